"""What an owner is asked on the health page, and that the answer holds (B5, T16, T31, J10)."""

import time_machine
from django.test import Client

from convoca.booking.models import Account, Booking, Connection, Meeting, Schedule, Sealed
from sandbox.zoom.state import ANA, BRUNO
from tests.booking.building import (
    NOW,
    book,
    connect_zoom,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.reading import buttons, words
from tests.manage.test_health_page import LATER, page_of, press
from tests.manage.test_zoom_page import decide


def deleted_by_host(schedule: Schedule) -> tuple[Booking, Meeting]:
    """Leave what a worker leaves when a host has deleted a meeting: it is gone, and replaced."""
    booking = book(schedule)
    gone = meeting_of(booking.slot)
    gone.observed, gone.wanted, gone.due_at = Meeting.Observed.GONE, Meeting.Wanted.ABSENT, None
    gone.save()
    Meeting.objects.create(
        account=schedule.account,
        slot=booking.slot,
        generation=2,
        provider="zoom",
        connection=gone.connection,
        wanted_at=NOW,
        observed=Meeting.Observed.PRESENT,
        link=Sealed.seal("https://us02web.zoom.us/j/1"),
        ready_at=NOW,
    )
    return booking, gone


def test_t31_a_meeting_deleted_by_the_host_is_asked_about_and_the_answer_is_kept(
    owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    booking, gone = deleted_by_host(schedule)

    page = owner.get(page_of(account))

    assert "Somebody deleted this meeting at Zoom. We made a new one and sent its link" in words(page)
    assert buttons(page)[-2:] == ["Keep the appointment", "Cancel the booking"]
    assert f"/manage/{account.name}/bookings/{booking.pk}/cancel" in page.text
    press(owner, f"{page_of(account)}/meetings/{gone.pk}/answer", answer="keep")
    assert "Somebody deleted" not in words(owner.get(page_of(account)))


def test_t31_a_class_deleted_by_the_host_is_cancelled_as_a_class(owner: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account)
    connect_zoom(yoga)
    slot = make_class(yoga)
    sign_up(slot)
    Meeting.objects.update(observed="gone", wanted="absent", due_at=None)

    assert f"/schedules/yoga/slots/{slot.pk}/cancel" in owner.get(page_of(account)).text


def changed_by_host(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    booking = book(schedule)
    zoom.work()
    Meeting.objects.update(differences="passcode topic")
    return booking


def test_t16_what_the_host_changed_can_be_put_back(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    booking = changed_by_host(zoom, schedule)
    link = meeting_of(booking.slot).link.open()

    page = owner.get(page_of(account))
    press(owner, f"{page_of(account)}/meetings/{meeting_of(booking.slot).pk}/answer", answer="ours")
    zoom.work_off_edits()

    after = meeting_of(booking.slot)
    assert "At Zoom this is not as it is here: passcode, name." in words(page)
    assert buttons(page)[-2:] == ["Put our settings back", "Keep those of Zoom"]
    assert (zoom.calls("update"), after.differences, after.link.open()) == (1, "passcode", link)


def test_putting_back_loses_no_later_edit(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    """What is wanted and the slot keep one revision between them, or the next move would not be sent."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    booking = changed_by_host(zoom, schedule)
    press(owner, f"{page_of(account)}/meetings/{meeting_of(booking.slot).pk}/answer", answer="ours")

    booking.slot.refresh_from_db()

    assert meeting_of(booking.slot).wanted_revision == booking.slot.revision


def test_what_the_owner_leaves_as_it_is_is_not_asked_again_until_it_differs_otherwise(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    booking = changed_by_host(zoom, schedule)

    press(owner, f"{page_of(account)}/meetings/{meeting_of(booking.slot).pk}/answer", answer="theirs")

    assert "this is not as it is here" not in words(owner.get(page_of(account)))
    Meeting.objects.update(differences="starts_at")
    assert "this is not as it is here: start." in words(owner.get(page_of(account)))


def replaced(owner: Client, account: Account, zoom: SimulatedZoom) -> tuple[Booking, Booking]:
    """Lose Ana's access with one link made and one waiting, and reconnect as Bruno."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule, ANA)
    made = book(schedule, "10:00")
    zoom.work()
    waiting = book(schedule, "11:00", client=make_client(email="eva@example.org"))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    zoom.clock.now = LATER
    with time_machine.travel(LATER, tick=False):
        path = f"{page_of(account)}/connections/{Connection.objects.get().pk}/reconnect"
        owner.get(decide(press(owner, path), user=BRUNO))
        zoom.work()
    return made, waiting


def test_another_zoom_account_makes_what_waited_and_asks_about_the_links_that_exist(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    made, waiting = replaced(owner, account, zoom)

    with time_machine.travel(LATER, tick=False):
        page = owner.get(page_of(account))

    old, new = Connection.objects.get(external_user=ANA.id), Connection.objects.get(external_user=BRUNO.id)
    assert Schedule.objects.get().connection == new
    assert (meeting_of(waiting.slot).connection, meeting_of(waiting.slot).observed) == (new, "present")
    assert meeting_of(made.slot).connection == old
    assert f"You connected another Zoom account ({new.email}). 1 existing link belongs to {old.email}." in words(page)
    assert {"Keep old links", "Create new ones"} <= set(buttons(page))


def test_old_links_are_kept_if_the_owner_says_so(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    made, _ = replaced(owner, account, zoom)
    before = meeting_of(made.slot).pk

    press(owner, f"{page_of(account)}/connections/{meeting_of(made.slot).connection_id}/links", links="keep")

    assert meeting_of(made.slot).pk == before
    assert "Keep old links" not in buttons(owner.get(page_of(account)))


def test_new_links_are_made_if_the_owner_says_so(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    made, _ = replaced(owner, account, zoom)
    old = meeting_of(made.slot)

    with time_machine.travel(LATER, tick=False):
        press(owner, f"{page_of(account)}/connections/{old.connection_id}/links", links="new")
        zoom.work()

    after = meeting_of(made.slot)
    assert (after.connection, after.observed) == (Connection.objects.get(external_user=BRUNO.id), "present")
    assert after.link.open() != old.link.open()
