"""One alert per incident and one all-clear, whatever crashes and however many workers look (T44, B5, M14)."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from convoca.booking.models import Account, Alert, Connection, Incident, Meeting, Membership, Schedule
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.connecting import disconnect_schedule
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.watching import CALM, keep_quiet, watch
from sandbox.faults import Kind
from tests.booking.alarms import letters, look, send_alerts, subjects, text_of
from tests.booking.building import (
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}


@pytest.fixture
def account() -> Account:
    account = make_account()
    make_member(account, Membership.Role.OWNER)
    return account


@pytest.fixture
def schedule(zoom: SimulatedZoom, account: Account) -> Schedule:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    return schedule


def lose_access(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """Let somebody withdraw our access at Zoom, and three people book afterwards."""
    zoom.spoil("token", Kind.REVOKED_TOKEN)
    zoom.pass_time(hours=1)
    for clock, name in (("10:00", "Luis Pérez"), ("11:00", "Eva Gómez"), ("12:00", "Iris Paz")):
        book(schedule, clock, client=make_client(name, f"{name[:4].lower()}@example.org"))
    zoom.work()
    assert Connection.objects.get().state == Connection.State.NEEDS_OWNER


def calm(zoom: SimulatedZoom) -> None:
    """Let the worker look, let time pass in which nothing is wrong, and let it look again."""
    look(zoom.clock())
    zoom.pass_time(seconds=CALM.total_seconds())
    look(zoom.clock())


def test_t44_a_lost_access_is_one_mail_at_once_however_many_bookings_suffer(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    lose_access(zoom, schedule)

    for _ in range(3):
        look(zoom.clock())
        zoom.pass_time(minutes=10)

    assert subjects() == ["Zoom disconnected: 3 upcoming bookings without link"]
    text = text_of(letters()[0])
    assert "- Thu 26 Nov, 10:00–10:30 · Luis Pérez, Consultations" in text
    assert "- Thu 26 Nov, 12:00–12:30 · Iris Paz, Consultations" in text
    connection = Connection.objects.get()
    button = f"http://localhost:8000/manage/Lumbre/health/connections/{connection.pk}/mend?key="
    assert f"Reconnect Zoom:\n{button}" in text
    assert "zoom.us" not in text


def test_t44_the_owner_is_written_to_in_their_language_at_their_own_address(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    owner = schedule.account.memberships.get().user
    owner.language = "es"
    owner.save()
    lose_access(zoom, schedule)

    look(zoom.clock())

    (letter,) = letters()
    assert (letter["To"], letter["Content-Language"]) == (owner.email, "es")
    assert letter["Subject"] == "Zoom desconectado: 3 próximas reservas sin enlace"


def test_t44_one_all_clear_once_every_link_is_made_again(zoom: SimulatedZoom, schedule: Schedule) -> None:
    lose_access(zoom, schedule)
    look(zoom.clock())

    zoom.consent(schedule)
    calm(zoom)
    assert len(subjects()) == 1, "its links were not made yet"
    zoom.work()
    calm(zoom)
    calm(zoom)

    assert subjects()[1:] == ["Zoom works again"]
    assert Incident.objects.get().closed_at is not None


def test_t44_a_cause_that_comes_back_within_a_minute_never_went(zoom: SimulatedZoom, schedule: Schedule) -> None:
    lose_access(zoom, schedule)
    look(zoom.clock())

    Connection.objects.update(state=Connection.State.OPEN, reason="", connected_at=None)
    look(zoom.clock())
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    zoom.pass_time(minutes=2)
    look(zoom.clock())

    assert (len(subjects()), Incident.objects.get().healed_at) == (1, None)


def test_t44_what_only_passes_is_told_after_three_minutes_of_trying(zoom: SimulatedZoom, schedule: Schedule) -> None:
    book(schedule)
    zoom.spoil("create", Kind.ERROR_503, count=None)
    for _ in range(5):
        zoom.work_later(seconds=30)
        look(zoom.clock())
    assert subjects() == []

    zoom.work_later(seconds=60)
    look(zoom.clock())

    assert subjects() == ["Action needed: no meeting link for Thu 26 Nov, 10:00"]
    assert "Zoom has not answered for minutes." in text_of(letters()[0])


def test_t44_a_queue_that_moves_is_no_trouble(zoom: SimulatedZoom, schedule: Schedule) -> None:
    book(schedule)

    zoom.pass_time(hours=1)
    look(zoom.clock())

    assert not Incident.objects.exists()


def test_t44_a_refusal_is_told_at_once_and_its_words_are_on_the_page(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 300, "message": "No permission"})
    booking = book(schedule)
    zoom.work()

    look(zoom.clock())
    type_link(booking.slot, "https://meet.example/typed", now=zoom.clock())
    calm(zoom)

    assert subjects() == [
        "Action needed: no meeting link for Thu 26 Nov, 10:00",
        "All clear: that trouble with Zoom is over",
    ]


def test_t44_the_operator_s_error_says_who_must_act(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("token", Kind.ANSWER, status=401, body={"error": "invalid_client", "reason": "Invalid client_id"})
    zoom.pass_time(hours=1)
    book(schedule)
    zoom.work()

    look(zoom.clock())
    zoom.work_later(minutes=16)
    calm(zoom)

    assert "whoever runs this server must check its application at Zoom" in " ".join(text_of(letters()[0]).split())
    assert subjects()[1:] == ["Zoom works again"]


def test_t44_one_more_mail_a_day_before_the_first_appointment_and_no_third(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    lose_access(zoom, schedule)
    look(zoom.clock())

    zoom.clock.now = at("09:59") - timedelta(days=1)
    look(zoom.clock())
    assert len(subjects()) == 1
    for _ in range(3):
        zoom.pass_time(minutes=1)
        look(zoom.clock())

    assert len(subjects()) == 2
    assert "The first of these appointments begins within a day." in text_of(letters()[1])


def test_whoever_asks_for_quiet_is_not_reminded(zoom: SimulatedZoom, schedule: Schedule) -> None:
    lose_access(zoom, schedule)
    look(zoom.clock())
    assert keep_quiet(Incident.objects.get(), now=zoom.clock())

    zoom.clock.now = at("10:01") - timedelta(days=1)
    look(zoom.clock())

    assert len(subjects()) == 1


def test_t44_what_heals_before_it_could_be_told_is_told_by_neither_mail(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    lose_access(zoom, schedule)
    watch(now=zoom.clock())

    zoom.consent(schedule)
    zoom.work()
    calm(zoom)

    assert subjects() == []
    assert set(Alert.objects.values_list("reason", flat=True)) == {
        "The trouble is over.",
        "Its owner was never told of the trouble.",
    }


def test_bookings_that_are_cancelled_suffer_no_more(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 300, "message": "No permission"})
    booking = book(schedule)
    zoom.work()
    look(zoom.clock())

    cancel(booking, now=zoom.clock())
    calm(zoom)

    assert Incident.objects.get().closed_at is not None


def test_the_same_trouble_of_two_accounts_is_each_owner_s_own(zoom: SimulatedZoom, schedule: Schedule) -> None:
    other = make_account("Otra")
    make_member(other, Membership.Role.OWNER)
    theirs = make_resource_schedule(other)
    zoom.connect(theirs)
    lose_access_of_both = Connection.objects.all()
    book(schedule)
    book(theirs)
    lose_access_of_both.update(state=Connection.State.NEEDS_OWNER)

    look(zoom.clock())

    assert sorted(str(letter["To"]) for letter in letters()) == ["owner@lumbre.example", "owner@otra.example"]


def test_an_account_without_an_owner_keeps_nobody_else_waiting(zoom: SimulatedZoom, schedule: Schedule) -> None:
    Membership.objects.all().delete()
    lose_access(zoom, schedule)

    look(zoom.clock())

    assert Alert.objects.get().failed


@pytest.mark.django_db(transaction=True)
def test_classes_that_nobody_had_booked_were_called_bookings(zoom: SimulatedZoom, account: Account) -> None:
    """A class has its meeting from the start, so it is a slot that has no link."""
    classes = make_capacity_schedule(account)
    connection = zoom.connect(classes)
    make_class(classes)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    look(zoom.clock())
    Connection.objects.update(state=Connection.State.OPEN)

    disconnect_schedule(classes, now=zoom.clock())
    zoom.close()
    look(zoom.clock())

    lost, *_, receipt = (" ".join(text_of(letter).split()) for letter in letters())
    assert subjects()[0] == "Zoom disconnected: 1 upcoming slot without link"
    assert "1 upcoming slot has no link." in lost
    assert "1 slot was waiting for a link: paste one on the health page." in receipt
    assert Connection.objects.get(pk=connection.pk).state == Connection.State.CLOSED


@pytest.mark.django_db(transaction=True)
def test_t11_m14_giving_the_last_schedule_up_is_a_receipt_and_no_alarm(zoom: SimulatedZoom, schedule: Schedule) -> None:
    book(schedule, "10:00")
    zoom.work()
    waiting = book(schedule, "11:00")

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()
    zoom.pass_time(minutes=30)
    look(zoom.clock())

    assert subjects() == ["Zoom disconnected and credentials deleted"]
    text = " ".join(text_of(letters()[0]).split())
    assert "Tue 24 Nov, 09:00: credentials deleted from this server." in text
    assert "Tue 24 Nov, 09:00: access withdrawn at Zoom." in text
    assert "1 existing meeting still works; nobody can change it from here:" in text
    assert "1 booking was waiting for a link: paste one on the health page." in text
    assert "- Thu 26 Nov, 10:00–10:30 · Luis Pérez, Consultations" in text
    assert meeting_of(waiting.slot).observed == Meeting.Observed.NOTHING
    send_alerts(zoom.clock())
    assert len(subjects()) == 1
