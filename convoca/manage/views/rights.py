"""What is done to one user, or to one invitation, with a button."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from convoca.booking.models import Invitation, Membership, Schedule
from convoca.booking.operations.entrusting import entrust
from convoca.booking.operations.inviting import send_again, withdraw_invitation
from convoca.booking.operations.people import block, rank, unblock
from convoca.booking.operations.removing import remove_user
from convoca.booking.questions.people import invited_to
from convoca.booking.questions.permissions import Action
from convoca.core.admission import Refusal
from convoca.manage import people_phrases as phrases
from convoca.manage import right_phrases
from convoca.manage.entrusting import TrustForm
from convoca.manage.pages import see_other
from convoca.manage.people import RightsForm
from convoca.manage.policy import Visit, for_owner, for_those_who_may
from convoca.manage.views.people import find_person, may_block, render_person


@require_POST
@for_those_who_may(Action.RANK_PEOPLE)
def rank_person(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Make somebody a superuser of the account or of single schedules, or a plain user again."""
    found = find_person(visit, person)
    rights = RightsForm(
        request.POST, person=found, schedules=Schedule.objects.filter(account=visit.account, closing_at=None)
    )
    if not rights.is_valid():
        return render_person(request, visit, found, rights=rights)
    role = Membership.Role(rights.cleaned_data["role"])
    act = _act(rank, found, role, rights.chosen)
    return _done(request, visit, found, act, phrases.ranked(found))


@require_POST
@for_owner
def trust_person(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Say what a superuser may do in the account."""
    found = find_person(visit, person)
    form = TrustForm(request.POST, person=found)
    if not form.is_valid():
        return render_person(request, visit, found, trust=form)
    return _done(request, visit, found, _act(entrust, found, form.trust), right_phrases.granted(found))


@require_POST
@for_those_who_may(Action.BLOCK_PEOPLE)
def block_person(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Take every right in the account from somebody."""
    found = _find_blockable(visit, person)
    return _done(request, visit, found, _act(block, found), phrases.blocked(found))


@require_POST
@for_those_who_may(Action.BLOCK_PEOPLE)
def unblock_person(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Let somebody be a user again."""
    found = _find_blockable(visit, person)
    return _done(request, visit, found, _act(unblock, found), phrases.unblocked(found))


@require_POST
@for_those_who_may(Action.RANK_PEOPLE)
def delete_person(request: HttpRequest, visit: Visit, person: int) -> HttpResponse:
    """Delete a user, whose bookings stay."""
    found = find_person(visit, person)
    try:
        remove_user(found, by=visit.member, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
        return see_other("manage:person", account=visit.account.name, person=str(person))
    messages.success(request, phrases.removed(found))
    return see_other("manage:people", account=visit.account.name)


@require_POST
@for_those_who_may(Action.ADD_PEOPLE)
def send_invitation_again(request: HttpRequest, visit: Visit, invitation: int) -> HttpResponse:
    """Send the mail of an invitation once more."""
    found = _find_invitation(visit, invitation)
    send_again(found, now=timezone.now())
    messages.success(request, phrases.invited(found))
    return see_other("manage:people", account=visit.account.name)


@require_POST
@for_those_who_may(Action.ADD_PEOPLE)
def withdraw(request: HttpRequest, visit: Visit, invitation: int) -> HttpResponse:
    """Let the link in an invitation's mail open nothing any more."""
    found = _find_invitation(visit, invitation)
    withdraw_invitation(found)
    messages.success(request, phrases.withdrawn(found))
    return see_other("manage:people", account=visit.account.name)


def _find_blockable(visit: Visit, pk: int) -> Membership:
    """Return the account's user of that id. Raises Http404, or NotGranted for a superuser, whom only few may block."""
    found = find_person(visit, pk)
    if not may_block(visit, found):
        visit.require(Action.RANK_PEOPLE)
    return found


def _find_invitation(visit: Visit, pk: int) -> Invitation:
    """Return the account's open invitation. Raises Http404; a superuser's is for those who may make superusers."""
    found = invited_to(visit.account).filter(pk=pk).first() if pk < 2**63 else None
    if found is None or (found.role != Membership.Role.USER and not visit.may(Action.RANK_PEOPLE)):
        raise Http404
    return found


def _act(operation: Callable[..., None], *about: Any) -> Callable[[Visit], None]:
    return lambda visit: operation(*about, by=visit.member, now=timezone.now())


def _done(
    request: HttpRequest, visit: Visit, person: Membership, act: Callable[[Visit], None], told: str
) -> HttpResponse:
    """Do it, and tell on the person's page what was done or why it was not."""
    try:
        act(visit)
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, told)
    return see_other("manage:person", account=visit.account.name, person=str(person.pk))
