"""The frame of the pages that people see at the simulated vendors."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from sandbox.messages import Answer

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


def page(language: str, title: str, body: str, *, mark: str, status: int = 200) -> Answer:
    """Return a page; `mark` says whose it is, and `body` is HTML already."""
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><main><p class="mark">{mark}</p><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    return Answer(status=status, body=html.encode(), headers=HEADERS)
