"""Who may do what behind /manage.

Strangers are asked to log in. A person without the right gets the same answer as for an address that does not exist, so
that nobody learns which accounts and schedules there are. A superuser knows that already: what the owner could grant
them, and has not, they are told in a sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from convoca.booking.manner import speak_for
from convoca.booking.models import Account, Booking, Membership, Schedule, Slot, User
from convoca.booking.questions.permissions import GRANTABLE, Action, may, may_in_account
from convoca.booking.questions.viewers import Viewer, viewer_of
from convoca.booking.spoken import in_the_language_asked
from convoca.manage import right_phrases


@dataclass(frozen=True)
class NotGranted(Exception):
    """A superuser wants what the owner could let them do, and has not."""

    action: Action


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A person with rights in one account, who is looking at it now."""

    account: Account
    viewer: Viewer

    @property
    def is_owner(self) -> bool:
        return self.viewer.owns_account

    @property
    def member(self) -> Membership:
        """Return who acts. Behind a guard there always is one."""
        if self.viewer.membership is None:
            raise Http404
        return self.viewer.membership

    def may(self, action: Action) -> bool:
        """Say whether the visitor may do this in the account."""
        return may_in_account(self.viewer, action, self.account)

    def require(self, action: Action, schedule: Schedule | None = None) -> None:
        """Return if the visitor may do this, in the account or on a schedule that they supervise. Raises NotGranted."""
        if not (self.may(action) if schedule is None else may(self.viewer, action, schedule)):
            raise NotGranted(action)


# Django calls it with the account's name and whatever else the address holds, by keyword.
type Address = Callable[..., HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase]


def for_supervisors[**P](view: View[P]) -> Address:
    """Let in the owner, superusers, and superusers of any one schedule, who see only theirs."""
    return _guarded(view, may_enter=lambda visit: visit.viewer.supervises_anything)


def for_owner[**P](view: View[P]) -> Address:
    """Let in the owner alone: what links, credentials and mails depend on."""
    return _guarded(view, may_enter=lambda visit: visit.viewer.owns_account)


def for_operator[**P](view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Address:
    """Let in whoever looks after the installation: what all its accounts depend on."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not (isinstance(request.user, User) and request.user.is_superuser):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_those_who_may[**P](action: Action) -> Callable[[View[P]], Address]:
    """Let in whoever may do this in the account; tell superusers whom the owner could let in."""

    def may_enter(visit: Visit) -> bool:
        if action in GRANTABLE and visit.viewer.supervises_anything:
            visit.require(action)
        return visit.may(action)

    def decorate(view: View[P]) -> Address:
        return _guarded(view, may_enter=may_enter)

    return decorate


def _guarded[**P](view: View[P], *, may_enter: Callable[[Visit], bool]) -> Address:
    # Pages carry links of other people's meetings: no cache keeps them.
    @never_cache
    @login_required
    @in_the_language_asked
    @wraps(view)
    def guarded(request: HttpRequest, account: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visit = visit_of(request, account)
        if visit is None:
            raise Http404
        try:
            if not may_enter(visit):
                raise Http404
            speak_for(visit.account)
            return view(request, visit, *args, **kwargs)
        except NotGranted as refusal:
            return _refuse(request, visit, refusal)

    return guarded


def _refuse(request: HttpRequest, visit: Visit, refusal: NotGranted) -> HttpResponseBase:
    speak_for(visit.account)
    context = {"account": visit.account, "said": right_phrases.not_granted(refusal.action)}
    return render(request, "manage/not_granted.html", context, status=403)


def visit_of(request: HttpRequest, account: str) -> Visit | None:
    """Return what the person who is logged in is in the account called so, or None if there is no such account."""
    found = Account.objects.filter(name=account).first()
    user = request.user
    if found is None or not isinstance(user, User):
        return None
    return Visit(account=found, viewer=viewer_of(found, user))


def accounts_of(user: User) -> list[Account]:
    """Return the accounts in which `user` has something to manage, by name."""
    supervising = [Membership.Role.OWNER, Membership.Role.SUPERUSER]
    everywhere = Account.objects.filter(memberships__user=user, memberships__role__in=supervising)
    of_a_schedule = Account.objects.filter(
        memberships__user=user, memberships__role=Membership.Role.USER, memberships__supervisions__isnull=False
    )
    return sorted({*everywhere, *of_a_schedule}, key=lambda account: account.title)


def supervised_schedule(visit: Visit, slug: str) -> Schedule:
    """Return the account's schedule of that address. Raises Http404 unless the visitor supervises it."""
    schedules = Schedule.objects.select_related("connection", "calendar__connection").filter(closing_at__isnull=True)
    schedule = get_object_or_404(schedules, account=visit.account, slug=slug)
    if not visit.viewer.supervises(schedule.pk):
        raise Http404
    # The account is at hand; asking for it again would cost a query on every page.
    schedule.account = visit.account
    return schedule


def configured_schedule(visit: Visit, slug: str) -> Schedule:
    """Return the account's schedule of that address. Raises Http404 unless the visitor may configure it."""
    schedule = supervised_schedule(visit, slug)
    if not may(visit.viewer, Action.CONFIGURE, schedule):
        raise Http404
    return schedule


def schedule_on_which(visit: Visit, action: Action, slug: str) -> Schedule:
    """Return the account's schedule of that address. Raises Http404 as `supervised_schedule`, or NotGranted."""
    schedule = supervised_schedule(visit, slug)
    visit.require(action, schedule)
    return schedule


def supervised_slot(visit: Visit, slot_id: int) -> Slot:
    """Return the account's live slot of that id. Raises Http404 unless the visitor supervises its schedule."""
    slots = Slot.objects.select_related("schedule").filter(cancelled_at__isnull=True)
    slot = get_object_or_404(slots, account=visit.account, pk=slot_id)
    if not visit.viewer.supervises(slot.schedule_id):
        raise Http404
    return slot


def supervised_booking(visit: Visit, booking_id: int) -> Booking:
    """Return the account's booking of that id, cancelled or not. Raises Http404 unless the visitor supervises it."""
    bookings = Booking.objects.select_related("slot__schedule", "slot__service", "membership__user")
    booking = get_object_or_404(bookings, account=visit.account, pk=booking_id)
    if not visit.viewer.supervises(booking.slot.schedule_id):
        raise Http404
    # The account is at hand; asking for it again would cost a query on every page.
    booking.account = booking.slot.schedule.account = visit.account
    return booking


def changed_booking(visit: Visit, booking_id: int) -> Booking:
    """Return the account's booking of that id. Raises Http404 as `supervised_booking`, or NotGranted."""
    booking = supervised_booking(visit, booking_id)
    visit.require(Action.CHANGE, booking.slot.schedule)
    return booking
