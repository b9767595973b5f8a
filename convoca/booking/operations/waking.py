"""Finding what is due. Wake-ups are enqueued with the work itself; this finds what a lost one left behind."""

from datetime import datetime

import structlog
from django.db.models import DateTimeField, F, Q
from django.db.models.functions import Coalesce, Greatest

from convoca.booking.models import (
    Alert,
    Booking,
    Connection,
    Delivery,
    Meeting,
    Notification,
    Publication,
    Remote,
    Schedule,
)
from convoca.booking.operations.alerting import alert_due, due_alerts
from convoca.booking.operations.applying import apply_due, schedules_applied
from convoca.booking.operations.backing import back_up_due, slots_to_back_up
from convoca.booking.operations.busy import ask_due, calendars_to_ask, forget_what_is_old
from convoca.booking.operations.closing import close_due, closing_connections
from convoca.booking.operations.deleting import schedules_to_take_away, take_schedules_away
from convoca.booking.operations.delivering import deliver_due, due_deliveries
from convoca.booking.operations.heeding import forget_old_notices
from convoca.booking.operations.importing import forget_abandoned, import_due, imports_under_way
from convoca.booking.operations.inviting import due_invitations, invite_due
from convoca.booking.operations.keeping import check_due, connections_to_check, grants_to_renew, renew_due
from convoca.booking.operations.mending import find_forgotten
from convoca.booking.operations.notifying import due_notifications, notify_due
from convoca.booking.operations.picking import due_meetings, due_rows
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.publishing import copy_due, find_uncopied, let_go_of_unused, schedules_copied
from convoca.booking.operations.reading import calendars_to_read, find_unread, read_due
from convoca.booking.operations.reconnecting import go_on_taking_over
from convoca.booking.operations.waiting import expire_offers, overdue_offers

log = structlog.get_logger(__name__)


def wake_due(now: datetime) -> datetime | None:
    """Enqueue one wake-up for each kind of work that is due and free to be taken.

    Return when the next work becomes due, later than `now`, or None. What is due but cannot be taken yet counts from
    the instant at which it can, if that is known; what somebody is at work on does not count: whoever works, goes on
    until nothing is left.
    """
    if due_meetings(now=now).exists() or due_rows(Publication, now=now).exists():
        provision_due.enqueue()
    if schedules_applied().exists():
        apply_due.enqueue()
    if calendars_to_read(now=now).exists():
        read_due.enqueue()
    if calendars_to_ask(now=now).exists():
        ask_due.enqueue()
    if schedules_copied().exists():
        copy_due.enqueue()
    if slots_to_back_up(now=now).exists():
        back_up_due.enqueue()
    if due_notifications(now=now).exists():
        notify_due.enqueue()
    if due_alerts(now=now).exists():
        alert_due.enqueue()
    if due_deliveries(now=now).exists():
        deliver_due.enqueue()
    if closing_connections(now=now).exists():
        close_due.enqueue()
    if grants_to_renew(now=now).exists():
        renew_due.enqueue()
    if connections_to_check(now=now).exists():
        check_due.enqueue()
    if overdue_offers(now=now).exists():
        expire_offers.enqueue()
    if schedules_to_take_away(now=now).exists():
        take_schedules_away.enqueue()
    if due_invitations(now=now).exists():
        invite_due.enqueue()
    if imports_under_way().exists():
        import_due.enqueue()
    upcoming = [
        _next_row(Meeting, now),
        _next_row(Publication, now),
        _next_notification(now),
        _next_alert(now),
        _next_delivery(now),
        _next_closing(now),
        _next_check(now),
        _next_offer(now),
        _next_deletion(now),
    ]
    return min(filter(None, upcoming), default=None)


def tidy_up(now: datetime) -> None:
    """Do what is done now and then: find what nothing points at, and forget what nobody asks for any more."""
    if found := find_forgotten(now=now):
        log.warning("forgotten meetings found", number=found)
        provision_due.enqueue()
    go_on_taking_over(now=now)
    find_uncopied(now=now)
    let_go_of_unused(now=now)
    find_unread(now=now)
    forget_what_is_old(now=now)
    never_checked = Connection.objects.filter(state=Connection.State.OPEN, grant__isnull=False, check_at__isnull=True)
    never_checked.update(check_at=now)
    forget_old_notices(now=now)
    forget_abandoned(now=now)


def _next_row(model: type[Remote], now: datetime) -> datetime | None:
    """Return the next instant at which some row can be acted on; a throttled connection's wait for its pause."""
    able = [Connection.State.OPEN, Connection.State.CLOSING]
    workable = Q(connection__isnull=True) | Q(connection__state__in=able)
    free_at = Greatest(F("due_at"), Coalesce(F("connection__blocked_until"), F("due_at")), output_field=DateTimeField())
    rows = model._default_manager.filter(workable, due_at__isnull=False)
    waiting = rows.annotate(free_at=free_at).filter(free_at__gt=now)
    return waiting.order_by("free_at").values_list("free_at", flat=True).first()


def _next_notification(now: datetime) -> datetime | None:
    return Notification.objects.filter(due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()


def _next_alert(now: datetime) -> datetime | None:
    return Alert.objects.filter(due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()


def _next_delivery(now: datetime) -> datetime | None:
    """Return when a program is told next; of an address that failed, when it is tried again."""
    owed = Delivery.objects.filter(due_at__isnull=False, webhook__paused_at=None, webhook__switched_off_at=None)
    free_at = Greatest(F("due_at"), Coalesce(F("webhook__blocked_until"), F("due_at")), output_field=DateTimeField())
    waiting = owed.annotate(free_at=free_at).filter(free_at__gt=now)
    return waiting.order_by("free_at").values_list("free_at", flat=True).first()


def _next_closing(now: datetime) -> datetime | None:
    closing = Connection.objects.filter(state=Connection.State.CLOSING, due_at__gt=now)
    return closing.order_by("due_at").values_list("due_at", flat=True).first()


def _next_check(now: datetime) -> datetime | None:
    """Return when the next access is to be proven."""
    checks = Connection.objects.filter(grant__isnull=False, check_at__gt=now)
    return checks.order_by("check_at").values_list("check_at", flat=True).first()


def _next_offer(now: datetime) -> datetime | None:
    """Return when the next offer of a place passes."""
    offers = Booking.objects.filter(status=Booking.Status.OFFERED, offered_until__gt=now)
    return offers.order_by("offered_until").values_list("offered_until", flat=True).first()


def _next_deletion(now: datetime) -> datetime | None:
    """Return when a schedule that is being deleted is looked at again."""
    closing = Schedule.objects.filter(closing_due_at__gt=now)
    return closing.order_by("closing_due_at").values_list("closing_due_at", flat=True).first()
