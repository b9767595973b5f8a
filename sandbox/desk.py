"""The desk's page at /sandbox: how the vendors behave from now on, chosen by hand, to see what Convoca makes of it."""

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final

from sandbox.faults import Kind
from sandbox.messages import Answer, Request
from sandbox.pages import page

if TYPE_CHECKING:
    from sandbox.server import Sandbox

# As long as somebody needs to see that a page waits; shorter than a call may take.
SLOW_SECONDS = 8.0
# More than anybody tries.
ALL_OF_THEM = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One way in which all vendors behave: the faults of their calls, how many Meet calls from now on fail, and whether
    what people have allowed is withdrawn.
    """

    faults: tuple[dict[str, Any], ...] = ()
    meet_failures: int = 0
    withdraws: bool = False
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)


SITUATIONS: Final = {
    "well": Situation(
        texts={
            "en": ("All is well", "Links are there in a second."),
            "es": ("Todo va bien", "Los enlaces llegan en un segundo."),
        }
    ),
    "slow": Situation(
        faults=(
            {"kind": Kind.LATENCY, "verb": "create", "seconds": SLOW_SECONDS, "count": None},
            {"kind": Kind.LATENCY, "verb": "event.insert", "seconds": SLOW_SECONDS, "count": None},
        ),
        texts={
            "en": ("Slow", "Book: the link is being prepared, and comes by itself after some seconds."),
            "es": ("Lentos", "Reserva: el enlace se está preparando y llega solo tras unos segundos."),
        },
    ),
    "silent": Situation(
        faults=({"kind": Kind.ERROR_503, "count": None},),
        texts={
            "en": ("Out of order", "Book: after a minute the link takes longer than usual, and is tried again."),
            "es": ("Fuera de servicio", "Reserva: tras un minuto el enlace tarda más de lo habitual y se reintenta."),
        },
    ),
    "refusing": Situation(
        faults=(
            {
                "kind": Kind.ANSWER,
                "verb": "create",
                "count": None,
                "status": 400,
                "body": {"code": 3161, "message": "Not allowed to host meetings."},
            },
        ),
        meet_failures=ALL_OF_THEM,
        texts={
            "en": ("Refusing", "Book: the link cannot be created. Health says why, and offers what mends it."),
            "es": ("Se niegan", "Reserva: el enlace no se puede crear. Salud dice por qué y ofrece arreglarlo."),
        },
    ),
    "used-up": Situation(
        faults=({"kind": Kind.DAILY_LIMIT, "verb": "create", "count": None},),
        texts={
            "en": ("The day's meetings are used up", "Book: the link waits for tomorrow (Zoom)."),
            "es": ("Reuniones del día agotadas", "Reserva: el enlace espera hasta mañana (Zoom)."),
        },
    ),
    "revoked": Situation(
        withdraws=True,
        texts={
            "en": ("Access withdrawn", "The next call finds it so: Health asks for a new consent."),
            "es": ("Acceso retirado", "La próxima llamada lo descubre: Salud pide un permiso nuevo."),
        },
    ),
}
WORDS: Final = {
    "en": {
        "mark": "Simulated Zoom and Google",
        "title": "How the vendors behave",
        "choose": "From now on they are",
        "button": "Let it be so",
        "note": "Only on your own computer. Choose “All is well” to end it; what waits is then made by itself.",
    },
    "es": {
        "mark": "Zoom y Google simulados",
        "title": "Cómo se portan los proveedores",
        "choose": "Desde ahora",
        "button": "Que sea así",
        "note": "Solo en tu propio ordenador. Elige «Todo va bien» para terminar; lo que espera se crea entonces solo.",
    },
}


def show_desk(sandbox: "Sandbox", request: Request) -> Answer:
    """Show what can be chosen."""
    language = request.language()
    say = WORDS[language]
    choices = "".join(
        f'<label><input type="radio" name="situation" value="{name}"{" checked" if name == sandbox.situation else ""}>'
        f"<span>{escape(each.texts[language][0])}<small>{escape(each.texts[language][1])}</small></span></label>"
        for name, each in SITUATIONS.items()
    )
    body = (
        f'<form method="post" action="/sandbox"><fieldset><legend>{say["choose"]}</legend>{choices}</fieldset>'
        f'<div class="choice"><button class="first">{say["button"]}</button></div></form>'
        f'<p class="soft">{say["note"]}</p>'
    )
    return page(language, say["title"], body, mark=say["mark"])


def choose(sandbox: "Sandbox", request: Request) -> Answer:
    """Let the vendors behave as was chosen; what was ordered before counts no more."""
    name = request.form().get("situation", "")
    if name not in SITUATIONS:
        return Answer.of_json(400, {"message": f"A situation is one of {', '.join(SITUATIONS)}."})
    sandbox.behave(SITUATIONS[name], name)
    return Answer.of_redirect("/sandbox")
