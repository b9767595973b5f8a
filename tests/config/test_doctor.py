"""`convoca doctor` says what the health page says, and its exit status says whether anything is wrong (B5)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from django.conf import settings

from convoca.booking.models import Alert, Connection, Incident, Meeting, Notification, User
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.demonstrating import found_empty_account
from convoca.config.doctor import examine
from convoca.config.env import Environment
from tests.booking.building import NOW, at, book, connect_zoom, make_account, make_client, make_resource_schedule
from tests.booking.zooming import meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_instant() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def complaints(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return the exit status, and what is said about accounts."""
    status = examine(settings.ENV)
    return status, [line for line in capsys.readouterr().out.splitlines() if "Account Lumbre" in line]


def test_a_connection_that_works_is_no_complaint(capsys: pytest.CaptureFixture[str]) -> None:
    connect_zoom(make_resource_schedule(make_account()))

    assert complaints(capsys)[1] == []


def test_b5_the_doctor_says_what_the_health_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    schedule = make_resource_schedule(make_account())
    connect_zoom(schedule)
    slots = [
        book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org")).slot
        for clock in ("10:00", "11:00", "12:00", "13:00", "14:00")
    ]
    refused, gone, changed, lost, waiting = (meeting_of(slot) for slot in slots)
    Meeting.objects.filter(pk=refused.pk).update(blocked="rejected", reason="No permission.", due_at=None)
    Meeting.objects.filter(pk=gone.pk).update(observed="gone", due_at=None)
    Meeting.objects.filter(pk=changed.pk).update(observed="present", differences="topic", due_at=None)
    lost.delete()
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, reason="Invalid Token!")
    Notification.objects.filter(booking__slot=waiting.slot, kind="confirmation").update(
        failed=True, dropped_at=NOW, due_at=None
    )

    status, said = complaints(capsys)

    assert status == 1
    assert said == [
        "- Account Lumbre: the connection to zoom needs its owner (Invalid Token!). 3 meetings wait until somebody "
        "reconnects it.",
        f"- Account Lumbre: meeting {refused.pk} needs its owner: No permission.",
        f"- Account Lumbre: slot {lost.slot_id} has no link, and its owner must paste one.",
        "- Account Lumbre: 1 meetings were deleted at the vendor, and its owner has to answer.",
        "- Account Lumbre: 1 meetings were changed at the vendor, and its owner has to answer.",
        "- Account Lumbre: 1 mails about bookings to come could not be delivered.",
    ]


def test_b5_the_doctor_says_of_mails_what_the_health_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    account = make_account()
    booking = book(make_resource_schedule(account))
    Notification.objects.filter(booking=booking, kind="confirmation").update(attempts=2, due_at=NOW)
    incident = Incident.objects.create(account=account, kind=Incident.Kind.QUOTA, provider="zoom", opened_at=NOW)
    Alert.objects.create(account=account, incident=incident, kind=Alert.Kind.OPENED, failed=True)

    status, said = complaints(capsys)

    assert status == 1
    assert said == [
        "- Account Lumbre: 1 mails are not accepted at the moment; they are tried again by themselves.",
        "- Account Lumbre: its owner could not be told of this by mail.",
    ]


def test_m11_the_doctor_warns_of_what_the_plan_does_not_hold_and_calls_nothing_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """T35: a free plan ends after 40 minutes and lets one meeting run at a time; nothing is refused because of it."""
    schedule = make_resource_schedule(make_account(), resources=2, length_minutes=60)
    connect_zoom(schedule)
    Connection.objects.update(plan="basic", email="ana@example.org")
    book(schedule, "10:00")
    book_resource(schedule, schedule.resources.all()[1], at("10:00"), client=make_client(email="eva@x.org"), now=NOW)

    status, said = complaints(capsys)

    assert said == [
        "- Warning: Account Lumbre: the plan of zoom (ana@example.org) ends meetings after 40 minutes, and 2 to come "
        "are longer.",
        "- Warning: Account Lumbre: zoom (ana@example.org) can start 1 at a time, and more than that overlap (1 to "
        "come).",
    ]
    assert status == 0


def test_an_installation_for_others_that_still_holds_the_examples_is_told_that_anybody_can_log_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who followed the five lines of the manual served the database of `make run`, with its password, to the world."""
    found_empty_account("en")
    at_home, for_others = settings.ENV, replace(settings.ENV, base_url="https://book.example.org")

    assert "one of the examples" not in said_of(at_home, capsys)
    assert "- vera@example.org is one of the examples of `make run`, and everybody knows the password." in said_of(
        for_others, capsys
    )

    vera = User.objects.get(email="vera@example.org")
    vera.set_password("tulipan-azul-9")
    vera.save()

    assert "one of the examples" not in said_of(for_others, capsys)


def said_of(environment: Environment, capsys: pytest.CaptureFixture[str]) -> str:
    examine(environment)
    return capsys.readouterr().out


def test_an_error_of_the_operator_s_is_told_as_theirs(capsys: pytest.CaptureFixture[str]) -> None:
    connect_zoom(make_resource_schedule(make_account()))
    Connection.objects.update(reason="invalid_client")

    assert complaints(capsys)[1] == [
        "- Account Lumbre: zoom does not accept this server's application (invalid_client). 0 meetings wait until you "
        "have mended it."
    ]
