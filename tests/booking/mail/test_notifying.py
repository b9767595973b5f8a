"""Each mail leaves once, and only while it is owed, whatever the mail server does (T17, T19, T42)."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.post import Post
from convoca.booking.models import Booking, Meeting, Notification, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.notifying import notify_due, notify_next
from convoca.booking.operations.sending import MAIL_LEASE
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.booking.mail.arranging import (
    AFTER_GRACE,
    PASSCODE,
    ZOOM_LINK,
    book_with_zoom,
    calendar_of,
    owed,
    reasons,
    send_due,
    text_of,
    zoom_answers,
)
from tests.booking.mail.mail_server import HANG_UP, TAKEN, MailServer

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
NEXT_HOUR = AFTER_GRACE + timedelta(hours=1)


def test_a_confirmation_is_sent_once_however_often_the_worker_looks(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))

    send_due()
    send_due()
    send_due(NEXT_HOUR)

    assert [mail["To"] for mail in mail_server.received] == ["luis@example.org"]
    confirmation = owed(booking, Kind.CONFIRMATION)
    assert (confirmation.sent_at, confirmation.unanswered, confirmation.due_at) == (AFTER_GRACE, 0, None)


def test_the_confirmation_waits_for_its_link_twenty_seconds_at_most(mail_server: MailServer) -> None:
    booking = book_with_zoom()

    send_due(NOW + timedelta(seconds=19))
    assert mail_server.received == []
    send_due(NOW + timedelta(seconds=20))

    (mail,) = mail_server.received
    assert "Your meeting link is being prepared." in text_of(mail)
    assert f"https://book.example.org/j/{booking.join_token.open()}" in text_of(mail)
    booking.refresh_from_db()
    assert booking.mailed_meeting is None


def test_a_confirmation_leaves_as_soon_as_its_link_is_there_and_carries_it(mail_server: MailServer) -> None:
    """M3, T17: what the mail says of the link is asked when it is sent."""
    booking = book_with_zoom()

    meeting = zoom_answers(booking, now=NOW + timedelta(seconds=2))
    send_due(NOW + timedelta(seconds=2))

    (mail,) = mail_server.received
    assert ZOOM_LINK in text_of(mail)
    assert PASSCODE in text_of(mail)
    booking.refresh_from_db()
    assert booking.mailed_meeting == meeting


def test_t19_a_link_that_comes_after_the_confirmation_is_mailed_in_a_mail_of_its_own(mail_server: MailServer) -> None:
    """T19: the same calendar entry, one step on."""
    booking = book_with_zoom()
    send_due()

    meeting = zoom_answers(booking, now=AFTER_GRACE)
    send_due(AFTER_GRACE)
    send_due(NEXT_HOUR)

    confirmation, link_ready = mail_server.received
    assert link_ready["Subject"] == "Meeting link for Thu 26 Nov, 10:00 (Madrid)"
    assert ZOOM_LINK not in str(confirmation)
    assert ZOOM_LINK in text_of(link_ready)
    assert link_ready["References"] == confirmation["Message-ID"]
    assert _sequence(confirmation) == 0
    assert _sequence(link_ready) == 1
    assert _uid(confirmation) == _uid(link_ready)
    booking.refresh_from_db()
    assert booking.mailed_meeting == meeting


def test_a_link_that_comes_while_the_mail_without_it_is_under_way_follows_it(mail_server: MailServer) -> None:
    """Nobody owes it when it becomes ready, because the confirmation seems still to wait for it."""
    booking = book_with_zoom()

    with PostThatTakesLong(lambda: zoom_answers(booking, now=AFTER_GRACE)) as post:
        notify_next(now=AFTER_GRACE, post=post)
    send_due(AFTER_GRACE)
    send_due(NEXT_HOUR)

    confirmation, link_ready = mail_server.received
    assert ZOOM_LINK not in text_of(confirmation)
    assert ZOOM_LINK in text_of(link_ready)
    assert _sequence(link_ready) == _sequence(confirmation) + 1


def test_a_confirmation_without_an_answer_is_repeated_with_the_link_that_has_come_since(
    mail_server: MailServer,
) -> None:
    booking = book_with_zoom()
    mail_server.after_body = HANG_UP
    send_due()
    zoom_answers(booking, now=AFTER_GRACE)

    mail_server.after_body = TAKEN
    send_due(NEXT_HOUR)
    send_due(NEXT_HOUR)

    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]
    assert ZOOM_LINK in text_of(second)


def test_a_link_replaced_by_hand_is_mailed_as_changed(mail_server: MailServer) -> None:
    booking = book_with_zoom()
    zoom_answers(booking)
    send_due()

    type_link(booking.slot, "https://meet.example/room-7", now=AFTER_GRACE)
    send_due(AFTER_GRACE)

    mail = mail_server.received[-1]
    assert mail["Subject"] == "New meeting link for Thu 26 Nov, 10:00 (Madrid)"
    assert "https://meet.example/room-7" in text_of(mail)
    assert ZOOM_LINK not in str(mail)


def test_of_two_links_that_follow_each_other_quickly_only_the_last_is_mailed(mail_server: MailServer) -> None:
    booking = book_with_zoom()
    send_due()

    zoom_answers(booking, now=AFTER_GRACE)
    type_link(booking.slot, "https://meet.example/room-7", now=AFTER_GRACE)
    send_due(AFTER_GRACE)

    assert len(mail_server.received) == 2
    assert "https://meet.example/room-7" in text_of(mail_server.received[1])
    assert reasons(booking) == ["An earlier mail carried this link."]


def test_the_reminder_is_sent_a_day_before_and_not_earlier(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    send_due()

    send_due(booking.slot.starts_at - timedelta(hours=24, seconds=1))
    assert len(mail_server.received) == 1
    send_due(booking.slot.starts_at - timedelta(hours=24))
    send_due(booking.slot.starts_at - timedelta(hours=23))

    assert len(mail_server.received) == 2
    assert mail_server.received[1]["Subject"].startswith("Tomorrow 10:00 (Madrid): ")


def test_the_reminder_carries_the_link_of_the_day(mail_server: MailServer) -> None:
    """M3, T17: the link is read when the reminder leaves, whatever it was when the reminder was owed."""
    booking = book_with_zoom()
    zoom_answers(booking)
    send_due()
    type_link(booking.slot, "https://meet.example/room-7", now=AFTER_GRACE)
    send_due()

    send_due(booking.slot.starts_at - timedelta(hours=24))

    reminder = mail_server.received[-1]
    assert reminder["Subject"].startswith("Tomorrow 10:00 (Madrid): ")
    assert "https://meet.example/room-7" in text_of(reminder)
    assert ZOOM_LINK not in str(reminder)


def test_who_books_within_the_last_day_gets_no_reminder(mail_server: MailServer) -> None:
    starts_at = at("10:00")
    book(make_resource_schedule(make_account()), now=starts_at - timedelta(hours=23))

    send_due(starts_at - timedelta(minutes=1))

    assert [mail["Subject"].split(":")[0] for mail in mail_server.received] == ["Booked"]


def test_a_cancelled_booking_is_neither_confirmed_nor_reminded_of(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))

    cancel(booking, now=NOW)
    send_due(booking.slot.starts_at - timedelta(hours=24))

    assert [mail["Subject"].split(":")[0] for mail in mail_server.received] == ["Cancelled"]
    assert reasons(booking) == ["The booking does not stand any more."] * 2


def test_a_reminder_that_could_not_be_sent_before_the_start_is_dropped(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    send_due()

    send_due(booking.slot.starts_at)

    assert len(mail_server.received) == 1
    assert reasons(booking) == ["The occasion has begun."]


def test_mails_about_a_time_that_is_no_longer_true_are_dropped(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    Slot.objects.filter(pk=booking.slot_id).update(revision=1)

    send_due()

    assert mail_server.received == []
    assert reasons(booking) == ["The occasion has changed since."]


def test_the_address_is_read_when_the_mail_leaves(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    Booking.objects.filter(pk=booking.pk).update(email="corrected@example.org")

    send_due()

    assert [mail["To"] for mail in mail_server.received] == ["corrected@example.org"]


def test_everybody_in_a_class_is_mailed_apart(mail_server: MailServer) -> None:
    """Nobody learns from a mail who else comes."""
    slot = make_class(make_capacity_schedule(make_account()))
    for email in ("eva@example.org", "luis@example.org", "noa@example.org"):
        sign_up(slot, email)

    send_due()

    assert [mail["To"] for mail in mail_server.received] == ["eva@example.org", "luis@example.org", "noa@example.org"]
    for mail in mail_server.received:
        assert str(mail).count("@example.org") == str(mail).count(str(mail["To"])) + str(mail).count(
            "bookings@example.org"
        )


def test_t42_the_guest_is_confirmed_though_every_provider_is_down(mail_server: MailServer) -> None:
    """T42: a mail never depends on what became of an integration."""
    booking = book_with_zoom()
    Meeting.objects.filter(slot=booking.slot).update(blocked=Meeting.Blocked.REJECTED, reason="no", due_at=None)

    send_due()

    (mail,) = mail_server.received
    assert mail["Subject"] == "Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre"
    assert f"https://book.example.org/j/{booking.join_token.open()}" in text_of(mail)


def test_mails_of_one_booking_leave_one_after_the_other(mail_server: MailServer) -> None:
    """A cancellation never overtakes the confirmation that another worker is sending."""
    booking = book(make_resource_schedule(make_account()))
    confirmation = owed(booking, Kind.CONFIRMATION)
    Notification.objects.filter(pk=confirmation.pk).update(
        claim="5f0c5d0e-3f0a-4f8e-9d53-0c60a1f7f5f5", lease_until=AFTER_GRACE + MAIL_LEASE * 99999
    )
    cancel(booking, now=NOW)

    send_due()

    assert mail_server.received == []


def test_many_mails_share_one_connection(mail_server: MailServer) -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=None)
    for number in range(5):
        sign_up(slot, f"guest{number}@example.org")

    send_due()

    assert (len(mail_server.received), mail_server.connections) == (5, 1)


def test_the_task_sends_what_is_due(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    Notification.objects.filter(booking=booking).update(due_at=NOW - timedelta(days=365))
    Slot.objects.filter(pk=booking.slot_id).update(
        starts_at=booking.slot.starts_at + timedelta(days=36500), ends_at=booking.slot.ends_at + timedelta(days=36500)
    )

    notify_due.call()

    assert len(mail_server.received) == 2


class PostThatTakesLong(Post):
    """Something happens while each mail is under way."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def send(self, mail: BookingMail) -> None:
        self.meanwhile()
        super().send(mail)


def _sequence(mail: EmailMessage) -> int:
    sequence = calendar_of(mail).events[0].sequence
    assert isinstance(sequence, int)
    return sequence


def _uid(mail: EmailMessage) -> str:
    return str(calendar_of(mail).events[0]["UID"])
