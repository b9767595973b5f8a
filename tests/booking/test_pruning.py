"""What has been over for long leaves the tables at night, a little at a time."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.models import (
    Alert,
    AuditEntry,
    Booking,
    Incident,
    Meeting,
    MeetingAttempt,
    Notification,
    Occupancy,
)
from convoca.booking.operations import pruning
from convoca.booking.operations.pruning import BATCH, KEPT, OCCUPANCIES_KEPT, prune
from convoca.config.worker import sweep
from tests.booking.building import NOW, book, make_account, make_resource_schedule
from tests.installation import wait_for

pytestmark = pytest.mark.django_db

LONG_AFTER = NOW + OCCUPANCIES_KEPT + timedelta(days=7)


@pytest.fixture
def booking() -> Booking:
    return book(make_resource_schedule(make_account(), link_source="jitsi"), "10:00")


def settle_mails(booking: Booking, at: datetime) -> None:
    booking.notifications.update(sent_at=at, due_at=None)


def log_attempts(booking: Booking, number: int, at: datetime) -> None:
    meeting = Meeting.objects.get(slot=booking.slot)
    MeetingAttempt.objects.bulk_create(
        MeetingAttempt(account_id=booking.account_id, meeting=meeting, at=at, step="create", outcome="made")
        for _ in range(number)
    )


def test_past_occupancies_sent_mails_and_attempts_leave_and_the_booking_and_its_trail_stay(booking: Booking) -> None:
    settle_mails(booking, NOW)
    log_attempts(booking, 1, NOW)

    assert prune(now=LONG_AFTER) == 4  # The occupancy, a confirmation, a reminder, an attempt.

    assert not Occupancy.objects.exists()
    assert not Notification.objects.exists()
    assert not MeetingAttempt.objects.exists()
    assert Booking.objects.get() == booking
    assert AuditEntry.objects.filter(booking=booking).exists()


def test_incidents_that_have_been_over_for_long_leave_with_their_mails() -> None:
    account = make_account()
    over, going_on = (
        Incident.objects.create(account=account, kind=kind, provider="zoom", opened_at=NOW)
        for kind in (Incident.Kind.REFUSED, Incident.Kind.ACCESS)
    )
    Incident.objects.filter(pk=over.pk).update(closed_at=NOW)
    Alert.objects.create(account=account, incident=over, kind=Alert.Kind.ALL_CLEAR, sent_at=NOW)
    Alert.objects.create(account=account, kind=Alert.Kind.RECEIPT, sent_at=NOW)

    prune(now=LONG_AFTER)

    assert (list(Incident.objects.all()), Alert.objects.count()) == ([going_on], 0)


def test_what_is_not_over_for_long_stays(booking: Booking) -> None:
    settle_mails(booking, NOW)
    log_attempts(booking, 1, NOW)

    assert prune(now=NOW + KEPT) == 0


def test_the_history_of_a_year_still_says_who_or_what_was_booked(booking: Booking) -> None:
    prune(now=booking.slot.ends_at + OCCUPANCIES_KEPT)

    assert Occupancy.objects.filter(slot=booking.slot).exists()


def test_a_mail_that_is_still_owed_stays_however_old(booking: Booking) -> None:
    prune(now=LONG_AFTER)

    assert Notification.objects.filter(due_at__isnull=False).count() == 2


def test_the_mails_of_a_booking_that_is_still_ahead_stay(booking: Booking) -> None:
    settle_mails(booking, NOW - 2 * KEPT)

    prune(now=NOW)

    assert booking.notifications.count() == 2


def test_a_dropped_mail_leaves_like_a_sent_one(booking: Booking) -> None:
    booking.notifications.update(dropped_at=NOW, due_at=None)

    prune(now=LONG_AFTER)

    assert not Notification.objects.exists()


def test_many_rows_leave_in_short_batches(booking: Booking) -> None:
    log_attempts(booking, 2 * BATCH + 1, NOW)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        prune(now=NOW + KEPT + timedelta(minutes=1))

    deleting = [each["sql"] for each in asked if each["sql"].startswith("DELETE")]
    assert len(deleting) == 3
    assert not MeetingAttempt.objects.exists()


def test_what_was_cut_off_is_gone_on_with(booking: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    log_attempts(booking, 3, NOW)
    monkeypatch.setattr(pruning, "BATCH", 1)

    assert prune(now=NOW + KEPT + timedelta(minutes=1)) == 3
    assert prune(now=NOW + KEPT + timedelta(minutes=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_by_itself(booking: Booking, settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    log_attempts(booking, 1, timezone.now() - KEPT - timedelta(days=1))
    stop = threading.Event()
    sweeper = threading.Thread(target=sweep, args=(stop,))

    sweeper.start()
    try:
        wait_for(lambda: not MeetingAttempt.objects.filter(step="create", outcome="made").exists(), 20)
    finally:
        stop.set()
        sweeper.join(30)

    assert not sweeper.is_alive()
