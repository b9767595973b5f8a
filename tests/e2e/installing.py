"""The pages of whoever looks after the installation, and of those who come to it first, in their states.

A state is brought about right before its page is asked for, as whoever looks after the installation would: what the
environment sets, none yet, pasted, taken, refused, without an answer; accounts taken in or not.
"""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from convoca.booking.operations.accepting import ask_to_found, decide
from convoca.booking.operations.founding import Founder, make_key
from convoca.booking.operations.registering import Pasted, register
from tests.e2e.sight import Press, Sight, send, send_empty
from tests.walk.scene import MADE_UP
from tests.walk.viewers import Looker
from tests.walk.visiting import Visit

PASTED = Pasted(client_id="4711-client.apps.googleusercontent.com", client_secret="a secret of theirs")
FOUNDER = Founder(
    name="Nora Gil",
    email="nora@sombra.example",
    password="a long way home",
    offer="Lessons",
    language="en",
    time_zone="Europe/Madrid",
)


def of_the_installation() -> Iterator[Sight]:
    yield from _of_setting_up()
    yield from _of_applications()
    yield from _of_taking_accounts()


def _of_setting_up() -> Iterator[Sight]:
    setup = reverse("setup")
    key = make_key(now=timezone.now())
    yield _seen("setup-problem", f"{setup}?key={key}", press=send_empty)
    yield _seen("setup-closed", f"{setup}?key={MADE_UP}")
    yield _operated("accounts-operator", reverse("manage:accounts"))


def _of_applications() -> Iterator[Sight]:
    """Zoom's is set by the environment, the others' are not; nobody answers at Google."""
    page = reverse("applications")
    google = reverse("application", args=["google"])
    yield _operated("applications-problem", page, press=send_empty)
    register("google", PASTED, now=timezone.now())
    yield _operated("applications-saved", page, press=send(google))
    yield _operated("applications-tested", page, press=send(f"{google}/test"))
    # Google's application lets everybody log in with it.
    yield _seen("login-google", reverse("account_login"))
    yield _operated("applications-forgotten", page, press=send(f"{google}/forget"))


def _of_taking_accounts() -> Iterator[Sight]:
    """Whether anybody may open an account: closed until it is decided otherwise."""
    setting, sign_up = reverse("sign_up_setting"), reverse("account_signup")
    yield _operated("sign-up-setting-closed", setting, press=send())
    decide(takes=True, now=timezone.now())
    yield _operated("sign-up-setting-open", setting, press=send())
    yield _seen("signup-open", sign_up)
    yield _seen("signup-open-problem", sign_up, press=send_empty)
    token = ask_to_found(FOUNDER, now=timezone.now())
    yield _seen("signup-finish", reverse("account_found", args=[token]))
    yield _seen("signup-over", reverse("account_found", args=[MADE_UP]))
    decide(takes=False, now=timezone.now())


def _seen(name: str, path: str, *, press: Press | None = None) -> Sight:
    return Sight(name=name, looker=Looker.STRANGER, visit=Visit(path=path), press=press)


def _operated(name: str, path: str, *, press: Press | None = None) -> Sight:
    return Sight(name=name, looker=Looker.OPERATOR, visit=Visit(path=path), press=press)
