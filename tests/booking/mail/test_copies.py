"""M21: the owner, superusers and whoever the owner names are told of what is booked, moved and cancelled."""

from typing import Any

import pytest

from convoca.booking.models import Booking, Membership, Notification, Schedule, Supervision
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.moving import move_appointment
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.booking.mail.arranging import PASSCODE, ZOOM_LINK, book_with_zoom, send_due, text_of, zoom_answers
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

OWNER, DESK = "ana@example.com", "desk@example.com"


def copied(**rules: object) -> Schedule:
    account = make_account(contact_email=OWNER)
    usual: dict[str, Any] = {"reminder_minutes": None, "tells_owner": True, "copies_to": DESK}
    return make_resource_schedule(account, **usual | rules)


def told(server: MailServer) -> list[tuple[str, str]]:
    return [(mail["To"], mail["Subject"]) for mail in server.received]


def test_everybody_who_is_to_know_is_told_once_of_what_is_booked_moved_and_cancelled(mail_server: MailServer) -> None:
    booking = book(copied())
    send_due(NOW)
    booking = move_appointment(booking, at("15:00"), now=NOW)
    send_due(NOW)
    cancel(booking, now=NOW)
    send_due(NOW)

    for reader in (OWNER, DESK):
        assert [subject for to, subject in told(mail_server) if to == reader] == [
            "New booking: Thu 26 Nov, 10:00 – Luis Pérez",
            "Moved to Thu 26 Nov, 15:00 (Madrid) – Luis Pérez",
            "Cancelled: Thu 26 Nov, 15:00 – Luis Pérez",
        ]
    assert len([to for to, _ in told(mail_server) if to == "luis@example.org"]) == 3


def test_superusers_are_told_of_their_schedules_while_they_are_that(mail_server: MailServer) -> None:
    schedule = copied(tells_owner=False, tells_superusers=True, copies_to="")
    account = schedule.account
    everywhere = make_member(account, Membership.Role.SUPERUSER)
    here, elsewhere = make_member(account, email="here@example.com"), make_member(account, email="else@example.com")
    other = make_capacity_schedule(account)
    Supervision.objects.create(account=account, membership=here, schedule=schedule)
    Supervision.objects.create(account=account, membership=elsewhere, schedule=other)
    book(schedule)
    gone = Supervision.objects.filter(membership=here)
    gone.delete()

    send_due(NOW)

    assert {to for to, _ in told(mail_server)} == {everywhere.user.email, "luis@example.org"}


def test_a_copy_carries_no_link_no_calendar_entry_and_no_key_to_the_booking(mail_server: MailServer) -> None:
    """M2: an address that gets copies belongs to anybody."""
    booking = book_with_zoom()
    Schedule.objects.update(tells_owner=True, copies_to=DESK)
    zoom_answers(booking)
    second = book(Schedule.objects.get(), "12:00")
    zoom_answers(second)

    send_due(NOW)

    copies = [mail for mail in mail_server.received if mail["To"] in {OWNER, DESK}]
    assert len(copies) == 2
    for mail in copies:
        whole = mail.as_string() + text_of(mail)
        for secret in (ZOOM_LINK, PASSCODE, "/j/", "/b/", "text/calendar"):
            assert secret not in whole
        assert "luis@example.org" in text_of(mail)


def test_a_copy_does_not_count_as_the_attendees_mail(mail_server: MailServer) -> None:
    """A copy that left first must not keep the link from the person who needs it."""
    booking = book_with_zoom()
    Schedule.objects.update(tells_owner=True)
    booking = book(Schedule.objects.get(), "12:00")
    send_due(NOW)
    assert [mail["To"] for mail in mail_server.received] == [OWNER]

    zoom_answers(booking)
    send_due(NOW)

    mine = [mail for mail in mail_server.received if mail["To"] == "luis@example.org"]
    assert [ZOOM_LINK in text_of(mail) for mail in mine] == [True]


def test_who_left_with_a_message_is_told_of_once(mail_server: MailServer) -> None:
    booking = book(copied(copies_to=""))
    send_due(NOW)

    cancel(booking, now=NOW, message="I am ill.")
    send_due(NOW)

    [last] = [mail for mail in mail_server.received if mail["To"] == OWNER][1:]
    assert "I am ill." in text_of(last)


def test_of_a_session_called_off_nobody_gets_a_copy_for_each_person(mail_server: MailServer) -> None:
    account = make_account(contact_email=OWNER)
    slot = make_class(make_capacity_schedule(account, reminder_minutes=None, tells_owner=True))
    for name in ("ana", "eva"):
        book_place(slot, client=make_client(name, f"{name}@example.org"), now=NOW)
    send_due(NOW)

    cancel_slot(slot, following=False, message="", by=SYSTEM, now=NOW)
    send_due(NOW)

    assert len([to for to, _ in told(mail_server) if to == OWNER]) == 2


def test_an_address_taken_off_the_list_gets_nothing_more(mail_server: MailServer) -> None:
    book(copied(tells_owner=False))
    Schedule.objects.update(copies_to="")

    send_due(NOW)

    assert [to for to, _ in told(mail_server)] == ["luis@example.org"]
    assert Notification.objects.get(reader=DESK).reason == "This address gets no copies any more."
    assert Booking.objects.count() == 1
