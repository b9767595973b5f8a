"""Webhooks that programs make for themselves, as SuperSaaS's connectors do; the same that an owner makes on a page.

They tell of one trigger each, and never a meeting link: that is for the owner to tick.
"""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from ninja import Router

from convoca.api import phrases
from convoca.api.asked import Unclear
from convoca.api.door import Caller, Keyed, Wrong, api
from convoca.api.finding import schedule_called
from convoca.api.heard import Kind, Said, number_in, said_by
from convoca.api.schedules import WRONG
from convoca.api.told import Errors, HookMade, HookTold
from convoca.booking.models import Happening, Schedule, Webhook
from convoca.booking.operations.hooking import CHOOSABLE, Telling, delete_webhook, make_webhook
from convoca.booking.operations.refusals import AddressNotAllowed
from convoca.booking.questions.permissions import Action, may_in_account
from convoca.booking.questions.programs import webhooks_of

router = Router(tags=["webhooks"])

HOOK = Kind(
    wrapper="hook",
    attributes=frozenset({"id", "parent_id", "event", "target_url"}),
    of_the_call=frozenset({"hook", "account", "account_name"}),
)
# SuperSaaS's letters, and what they are in our words.
OF_BOOKINGS = {
    "N": frozenset({Happening.BOOKING_CREATED}),
    "C": frozenset(each for each in CHOOSABLE if each.startswith(("booking.", "waitlist."))),
}
OF_USERS = {
    "U": frozenset({Happening.USER_CREATED}),
    "M": frozenset({Happening.USER_CHANGED, Happening.USER_DELETED}),
}
TRIGGERS = OF_BOOKINGS | OF_USERS
MOST_URL_CHARS = 2000


@router.get("/hooks", response={200: list[HookTold], **WRONG}, url_name="hooks", exclude_unset=True)
def list_hooks(request: Keyed) -> list[dict[str, Any]]:
    """List the account's webhooks; of those that tell of just what a trigger means, its letter."""
    _require(request.auth)
    return [_told(each, request.auth) for each in webhooks_of(request.auth.account)]


@router.post("/hooks", response={201: HookMade, 422: Errors, **WRONG}, url_name="create-hook")
def create_hook(request: Keyed) -> HttpResponse:
    """Tell an address of N (new bookings) or C (all that happens to bookings) of a schedule, or of U (new) or M
    (changed) users of the account, whose name is `parent_id` then. The secret that signs is told here and never again.
    """
    caller, said = request.auth, said_by(request, HOOK)
    _require(caller)
    event = str(said.about.get("event") or "")
    if event not in TRIGGERS:
        raise Wrong(f"event must be one of {', '.join(TRIGGERS)}.")
    schedule = _schedule(caller, said, event)
    telling = Telling(url=str(said.about.get("target_url") or ""), happenings=TRIGGERS[event], schedule=schedule)
    if len(telling.url) > MOST_URL_CHARS:
        raise Unclear("target_url is too long.")
    try:
        made = make_webhook(caller.account, telling, now=caller.now)
    except AddressNotAllowed as refusal:
        # Connectors look for this very status.
        raise Unclear(phrases.refused(refusal)) from refusal
    told = _told(made, caller) | {"secret": made.secret.open()}
    return api.create_response(request, told, status=HTTPStatus.CREATED)


@router.delete("/hooks", response={200: dict[str, str], **WRONG}, url_name="delete-hook")
def delete_hook(request: Keyed) -> dict[str, str]:
    """Delete a webhook, by its `id`."""
    caller, said = request.auth, said_by(request, HOOK)
    _require(caller)
    number = number_in("id", said.about.get("id")) or 0
    found = webhooks_of(caller.account).filter(pk=number).first()
    if found is None:
        raise Http404
    delete_webhook(found)
    return {}


def _require(caller: Caller) -> None:
    if not may_in_account(caller.viewer, Action.GOVERN, caller.account):
        raise Http404


def _schedule(caller: Caller, said: Said, event: str) -> Schedule | None:
    """Return the schedule of which a trigger tells, None for the account's users. Raises Wrong or Http404."""
    parent = said.about.get("parent_id")
    if event in OF_USERS:
        if str(parent or "").replace(" ", "_") != caller.account.name:
            raise Wrong("parent_id must be the account's name.")
        return None
    number = number_in("parent_id", parent)
    if number is None:
        raise Wrong("parent_id is missing: the schedule's number.")
    return schedule_called(caller, number)


def _told(webhook: Webhook, caller: Caller) -> dict[str, Any]:
    letter = next((letter for letter, told_of in TRIGGERS.items() if told_of == set(webhook.told_of)), None)
    parent = caller.account.name if webhook.schedule_id is None else str(webhook.schedule_id)
    told = {"id": webhook.pk, "parent_id": parent, "url": webhook.url.open()}
    return told if letter is None else told | {"trigger": letter}
