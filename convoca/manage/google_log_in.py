"""The minutes between "Log in with Google" and Google's answer, and between that and the password that is asked for.

What Google must say back is random, lives in the browser's session together with where the person was going, counts
once, and not for long.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.outside import Outsider
from convoca.booking.operations.vendors import application_for, is_registered
from convoca.providers.google.openid import Identity, log_in_url, who_logs_in
from convoca.providers.oauth import challenge_of
from convoca.providers.wire import carry_out

GOOGLE = "google"
ANSWER_WITHIN = timedelta(minutes=10)
ASKED_KEY, LINK_KEY = "google_log_in", "google_to_link"
STATE_BYTES, VERIFIER_BYTES = 32, 48


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What Google was asked: where to go then, and for whom, if somebody is logged in and links their account."""

    state: str
    nonce: str
    code_verifier: str
    until: str
    going_to: str = ""
    user_id: int = 0


def is_offered() -> bool:
    """Say whether Google knows this installation."""
    return is_registered(GOOGLE)


def ask_google(request: HttpRequest, *, going_to: str, now: datetime) -> str:
    """Remember what is asked, and return the page of Google's that asks it."""
    asked = Asked(
        state=secrets.token_urlsafe(STATE_BYTES),
        nonce=secrets.token_urlsafe(STATE_BYTES),
        code_verifier=secrets.token_urlsafe(VERIFIER_BYTES),
        until=(now + ANSWER_WITHIN).isoformat(),
        going_to=going_to,
        user_id=int(request.user.pk or 0),
    )
    request.session[ASKED_KEY] = asdict(asked)
    return log_in_url(
        application=application_for(GOOGLE),
        state=asked.state,
        nonce=asked.nonce,
        code_challenge=challenge_of(asked.code_verifier),
    )


def answered(request: HttpRequest, provider: str, *, now: datetime) -> Asked | None:
    """Return what this browser asked, if the request carries its state, in time. It counts once.

    Anything else spends nothing: it may be the answer to another question, or forged.
    """
    kept = request.session.get(ASKED_KEY) if provider == GOOGLE else None
    if kept is None:
        return None
    asked = Asked(**kept)
    told = request.GET.get("state", "").encode("utf-8", "surrogatepass")
    if not secrets.compare_digest(asked.state.encode(), told):
        return None
    del request.session[ASKED_KEY]
    is_same_person = asked.user_id == int(request.user.pk or 0)
    return asked if is_same_person and now <= datetime.fromisoformat(asked.until) else None


def outsider_of(asked: Asked, code: str, *, now: datetime) -> Outsider:
    """Exchange the code for who it is. Raises what a provider raises."""
    exchange = who_logs_in(
        code, application=application_for(GOOGLE), code_verifier=asked.code_verifier, nonce=asked.nonce, now=now
    )
    found: Identity = carry_out(exchange, seconds=CALL_SECONDS)
    return Outsider(provider=GOOGLE, subject=found.subject, email=found.email, owns_email=found.owns_email)


def remember_to_link(request: HttpRequest, outsider: Outsider, *, now: datetime) -> str:
    """Keep who it was until their password is shown, and return the log-in that leads to the linking."""
    request.session[LINK_KEY] = asdict(outsider) | {"until": (now + ANSWER_WITHIN).isoformat()}
    return f"{reverse(settings.LOGIN_URL)}?next={reverse('account_google_link')}"


def waiting_to_be_linked(request: HttpRequest, *, now: datetime) -> Outsider | None:
    """Return the account that waits, if it has the address of whoever is logged in now, and not for too long."""
    kept = request.session.get(LINK_KEY)
    if kept is None or datetime.fromisoformat(kept["until"]) < now:
        return None
    outsider = Outsider(**{name: value for name, value in kept.items() if name != "until"})
    return outsider if outsider.email.lower() == getattr(request.user, "email", "") else None


def forget_waiting(request: HttpRequest) -> None:
    request.session.pop(LINK_KEY, None)
