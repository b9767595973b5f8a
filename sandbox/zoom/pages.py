"""The pages of the simulated Zoom that people see, in English and Spanish."""

from collections.abc import Mapping, Sequence
from hmac import compare_digest
from html import escape
from zoneinfo import ZoneInfo

from sandbox.messages import Answer
from sandbox.pages import page
from sandbox.zoom.state import BASIC, Meeting, User
from sandbox.zoom.texts import TEXTS


def consent_page(language: str, users: Sequence[User], request: Mapping[str, str]) -> Answer:
    """Ask which person it is and whether the application may act for them."""
    say = TEXTS[language]
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in request.items()
    )
    people = "".join(_person(user, say, is_first=index == 0) for index, user in enumerate(users))
    wishes = "".join(f"<li>{wish}</li>" for wish in (say["may_create"], say["may_read"]))
    return _page(
        language,
        say["consent_title"],
        f'<form method="post" action="authorize">{carried}'
        f"<fieldset><legend>{say['who']}</legend>{people}</fieldset>"
        f"<h2>{say['may']}</h2><ul>{wishes}</ul>"
        f'<div class="choice"><button class="first" name="decision" value="allow">{say["allow"]}</button>'
        f'<button name="decision" value="deny">{say["deny"]}</button></div></form>'
        f'<p class="soft">{say["simulated"]}</p>',
    )


def room_page(language: str, meeting: Meeting | None, link_code: str) -> Answer:
    """Show the meeting to those who come by its link, and nothing to those who only know its number."""
    say = TEXTS[language]
    if meeting is None:
        return error_page(language, say["no_meeting"], status=404)
    if not compare_digest(link_code.encode(), meeting.link_code.encode()):
        return error_page(language, say["passcode_wrong"], status=403)
    start = meeting.starts_at.astimezone(ZoneInfo(meeting.timezone)).strftime("%Y-%m-%d %H:%M")
    facts = {
        say["number"]: _spaced(meeting.number),
        say["passcode"]: meeting.passcode,
        say["start"]: f"{start} ({meeting.timezone})",
        say["length"]: f"{meeting.duration} min",
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    body = f"<h2>{escape(meeting.topic)}</h2><dl>{rows}</dl><p class='soft'>{say['room_note']}</p>"
    return _page(language, say["room_title"], body)


def error_page(language: str, message: str, *, status: int = 400) -> Answer:
    say = TEXTS[language]
    return _page(language, say["error_title"], f"<p>{escape(message)}</p>", status=status)


def _spaced(number: int) -> str:
    """Return a meeting number as Zoom writes it for people: 857 4606 5432."""
    digits = str(number)
    return f"{digits[:3]} {digits[3:-4]} {digits[-4:]}"


def _person(user: User, say: Mapping[str, str], *, is_first: bool) -> str:
    checked = " checked" if is_first else ""
    plan = say["basic"] if user.type == BASIC else say["licensed"]
    return (
        f'<label><input type="radio" name="user" value="{escape(user.id)}"{checked}>'
        f"<span>{escape(user.name)}<small>{escape(user.email)} · {plan}</small></span></label>"
    )


def _page(language: str, title: str, body: str, *, status: int = 200) -> Answer:
    return page(language, title, body, mark=TEXTS[language]["mark"], status=status)
