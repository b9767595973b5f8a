"""The pages of the simulated Zoom that people see, in English and Spanish."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest
from html import escape
from zoneinfo import ZoneInfo

from sandbox.messages import Answer
from sandbox.zoom.state import BASIC, Meeting, User
from sandbox.zoom.texts import TEXTS

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f3b; --soft: #565c7a; --paper: #fff; --ground: #eef1fb;
  --line: #d5daee; --blue: #0b4fd8; --on-blue: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f2ff; --soft: #b0b7d6; --paper: #1a1e33; --ground: #0f1222;
  --line: #363d61; --blue: #8fb3ff; --on-blue: #0f1222 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 28rem; padding: 2rem 1.75rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 1rem }
.mark { margin: 0 0 1rem; color: var(--soft); font-size: .875rem; font-weight: 600 }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance }
h2, legend { margin: 1.25rem 0 .5rem; padding: 0; font-size: 1rem; font-weight: 600 }
ul { margin: 0; padding-left: 1.25rem }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0 }
label { display: flex; gap: .75rem; align-items: center; padding: .625rem .75rem; border: 1px solid var(--line);
  border-radius: .625rem; cursor: pointer; overflow-wrap: anywhere }
label + label { margin-top: .5rem }
label:has(:checked) { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue) }
input { width: 1.125rem; height: 1.125rem; accent-color: var(--blue); flex: none }
small, .soft { color: var(--soft); font-size: .875rem }
label small { display: block }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem } }
main > :last-child { margin-bottom: 0 }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.75rem }
button { flex: 1 1 9rem; min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--blue);
  border-radius: .625rem; background: transparent; color: var(--blue); font: inherit; font-weight: 600;
  cursor: pointer }
button.first { background: var(--blue); color: var(--on-blue) }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px }
"""

STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'",
}


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
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><main><p class="mark">{TEXTS[language]["mark"]}</p><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    return Answer(status=status, body=html.encode(), headers=HEADERS)
