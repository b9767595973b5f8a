"""The minutes between "Connect" and the vendor's answer (RFC 6749, with PKCE, RFC 7636).

What we ask the vendor to say back is random, lives in the person's session together with what it is for, counts once,
and not for long. Whoever sends our callback anything else changes nothing.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from convoca.booking.models import Connection, Schedule
from convoca.booking.operations.vendors import application_for
from convoca.providers import connected_provider_by_id
from convoca.providers.oauth import challenge_of

ANSWER_WITHIN = timedelta(minutes=10)
SESSION_KEY = "consent"
STATE_BYTES = 32
# RFC 7636 section 4.1 asks for 43 to 128 characters; this gives 64.
VERIFIER_BYTES = 48


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What was asked: by whom, for which schedule of which account, and the secret half of the challenge.

    Instead of for one schedule, it may be to mend a connection, with all schedules that use it. `purpose` is what the
    schedule wants it for, where that is not said by the provider.
    """

    provider: str
    user_id: int
    account_id: int
    state: str
    code_verifier: str
    until: str
    schedule_id: int = 0
    connection_id: int = 0
    purpose: str = ""


def ask_for_consent(
    request: HttpRequest,
    provider_id: str,
    wanted_for: Schedule | Connection,
    *,
    purpose: str = "",
    now: datetime,
) -> str:
    """Remember what is asked, instead of anything asked before, and return the vendor's page that asks it."""
    is_schedule = isinstance(wanted_for, Schedule)
    consent = Consent(
        provider=provider_id,
        user_id=int(request.user.pk or 0),
        account_id=wanted_for.account_id,
        schedule_id=wanted_for.pk if is_schedule else 0,
        connection_id=0 if is_schedule else wanted_for.pk,
        purpose=purpose,
        state=secrets.token_urlsafe(STATE_BYTES),
        code_verifier=secrets.token_urlsafe(VERIFIER_BYTES),
        until=(now + ANSWER_WITHIN).isoformat(),
    )
    request.session[SESSION_KEY] = asdict(consent)
    return connected_provider_by_id(provider_id).consent_url(
        application=application_for(provider_id),
        state=consent.state,
        code_challenge=challenge_of(consent.code_verifier),
    )


def answered_consent(request: HttpRequest, provider_id: str, *, now: datetime) -> Consent | None:
    """Return what this person asked `provider_id`, if the request carries its state in time. It counts once.

    A wrong state spends nothing, so that nobody's forged answer takes away the one that is still to come.
    """
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    consent = Consent(**kept)
    told = request.GET.get("state", "").encode("utf-8", "surrogatepass")
    if not secrets.compare_digest(consent.state.encode(), told):
        return None
    del request.session[SESSION_KEY]
    ours = consent.provider == provider_id and consent.user_id == request.user.pk
    return consent if ours and now <= datetime.fromisoformat(consent.until) else None
