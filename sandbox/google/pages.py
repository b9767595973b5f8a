"""The pages of the simulated Google that people see, in English and Spanish."""

from collections.abc import Mapping, Sequence
from html import escape
from zoneinfo import ZoneInfo

from sandbox.google.scopes import TICKABLE
from sandbox.google.state import Calendar, Event, User
from sandbox.google.texts import TEXTS
from sandbox.google.times import read_point
from sandbox.messages import Answer
from sandbox.pages import page


def box_name(scope: str) -> str:
    """Return the name of a scope's box in the form."""
    return f"box-{TICKABLE[scope]}"


def consent_page(language: str, users: Sequence[User], request: Mapping[str, str], scopes: Sequence[str]) -> Answer:
    """Ask which person it is and what of `scopes` the application may do: each can be unticked."""
    say = TEXTS[language]
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in request.items()
    )
    people = "".join(_person(user, say, is_first=index == 0) for index, user in enumerate(users))
    boxes = "".join(
        f'<label><input type="checkbox" name="{box_name(scope)}" value="yes" checked>'
        f"<span>{say[TICKABLE[scope]]}</span></label>"
        for scope in scopes
        if scope in TICKABLE
    )
    return _page(
        language,
        say["consent_title"],
        f'<form method="post">{carried}'
        f"<fieldset><legend>{say['who']}</legend>{people}</fieldset>"
        f"<fieldset><legend>{say['may']}</legend>{boxes}</fieldset>"
        f'<div class="choice"><button class="first" name="decision" value="allow">{say["allow"]}</button>'
        f'<button name="decision" value="deny">{say["deny"]}</button></div></form>'
        f'<p class="soft">{say["simulated"]}</p>',
    )


def room_page(language: str, event: Event | None, calendar: Calendar | None) -> Answer:
    """Show the call to whoever comes by its link, for as long as its event stands."""
    say = TEXTS[language]
    if event is None or calendar is None or event.meet is None or event.status == "cancelled":
        return error_page(language, say["no_room"], status=404)
    facts = {say["code"]: event.meet.code, **_times(event, calendar, say)}
    title = escape(str(event.written.get("summary") or ""))
    return _page(language, say["room_title"], f"<h2>{title}</h2>{_table(facts)}<p class='soft'>{say['room_note']}</p>")


def event_page(language: str, event: Event | None, calendar: Calendar | None) -> Answer:
    """Show an event as its owner sees it in the calendar."""
    say = TEXTS[language]
    if event is None or calendar is None:
        return error_page(language, say["no_event"], status=404)
    written = {name: str(event.written.get(name) or "") for name in ("summary", "location", "description")}
    facts = {
        say["calendar"]: calendar.summary,
        **_times(event, calendar, say),
        say["place"]: written["location"],
        say["notes"]: written["description"],
        say["meet"]: event.meet.code if event.meet and event.meet.status == "success" else "",
    }
    note = f"<p>{say['deleted']}</p>" if event.status == "cancelled" else ""
    return _page(language, say["event_title"], f"<h2>{escape(written['summary'])}</h2>{note}{_table(facts)}")


def error_page(language: str, message: str, *, status: int = 400) -> Answer:
    return _page(language, TEXTS[language]["error_title"], f"<p>{escape(message)}</p>", status=status)


def _times(event: Event, calendar: Calendar, say: Mapping[str, str]) -> dict[str, str]:
    return {
        say[name]: read_point(event.written[name], calendar.time_zone)
        .astimezone(ZoneInfo(calendar.time_zone))
        .strftime("%Y-%m-%d %H:%M")
        + f" ({calendar.time_zone})"
        for name in ("start", "end")
    }


def _table(facts: Mapping[str, str]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    return f"<dl>{rows}</dl>"


def _person(user: User, say: Mapping[str, str], *, is_first: bool) -> str:
    checked = " checked" if is_first else ""
    plan = say["meet"] if user.makes_meet else say["no_meet"]
    return (
        f'<label><input type="radio" name="user" value="{escape(user.id)}"{checked}>'
        f"<span>{escape(user.name)}<small>{escape(user.email)} · {plan}</small></span></label>"
    )


def _page(language: str, title: str, body: str, *, status: int = 200) -> Answer:
    return page(language, title, body, mark=TEXTS[language]["mark"], status=status)
