"""Supervise > Synchronize: connecting Google, choosing a calendar, and what becomes of that (J7; M4, M5)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Connection, Publication, Schedule
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from convoca.config.env import ApplicationKeys
from sandbox.faults import Fault, Kind
from sandbox.google.state import ANA, BRUNO, HOLIDAYS, WORK
from tests.booking.building import book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.googling import SimulatedGoogle, publication_of, simulated_google
from tests.manage.desk import Desk
from tests.manage.reading import buttons, choices, page_of, said, words


@pytest.fixture
def google(settings: Settings) -> Iterator[SimulatedGoogle]:
    with simulated_google(settings) as google:
        yield google


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


@pytest.fixture
def desk(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> Desk:
    return Desk(owner, schedule)


def published(schedule: Schedule) -> Schedule:
    return Schedule.objects.select_related("calendar__connection").get(pk=schedule.pk)


def test_m5_google_meet_is_shown_and_shut_with_its_reason_and_its_way_out(owner: Client, schedule: Schedule) -> None:
    """«Google Meet requiere publicar este horario en Google Calendar. [Publicar ahora]»"""
    (meet,) = [each for each in choices(owner.get(page_of(schedule, "process"))) if "Google Meet" in each.label]

    assert (meet.label, meet.is_open) == ("Create Google Meet calls", False)
    assert meet.hint == "Google Meet needs this schedule to be published to Google Calendar. Publish now"
    assert meet.links == (f"{page_of(schedule, 'synchronize')}?for_meet=1",)
    form = {"source": "google_meet"}
    assert owner.post(page_of(schedule, "process"), form).status_code == 422
    assert published(schedule).link_source == Schedule.NO_LINK


def test_the_journey_from_the_disabled_choice_to_meet_calls(desk: Desk, google: SimulatedGoogle) -> None:
    """J7: connect, choose a calendar, come back to the choice, which has the focus and is not made for anybody."""
    book(desk.schedule)
    assert 'name="for_meet" value="1"' in desk.look("?for_meet=1").content.decode()
    consented = desk.connect(for_meet="1")
    assert said(consented) == ["Google gave access to the calendars of ana@example.org. Choose one."]

    offered = desk.browser.get(consented.headers["Location"])
    writable = [each.label for each in choices(offered)][:3]
    assert writable == ["ana@example.org", "Work", "New calendar “Consultations”"]
    chosen = desk.choose(consented, WORK, for_meet="1")

    assert chosen.headers["Location"] == f"{page_of(desk.schedule, 'process')}?focus=google_meet#source-google_meet"
    assert said(chosen)[-1] == "Published. 1 booking is being copied."
    page = desk.browser.get(chosen.headers["Location"])
    (meet,) = [each for each in choices(page) if "Google Meet" in each.label]
    assert (meet.is_open, meet.is_chosen) == (True, False)
    assert re.search(r'value="google_meet"[^>]* autofocus', page.content.decode())
    assert desk.browser.post(page_of(desk.schedule, "process"), {"source": "google_meet"}).status_code == 303

    booking = book(published(desk.schedule), "11:00")
    google.copy()
    google.work()
    assert publication_of(booking.slot).calendar.remote_id == WORK
    assert links_for(token_holder(booking), [booking.slot], now=google.clock())[booking.slot.pk].is_ready


def test_the_page_says_where_it_is_published_and_how_far_the_copying_is(desk: Desk, google: SimulatedGoogle) -> None:
    for clock in ("10:00", "11:00"):
        book(desk.schedule, clock)
    desk.publish()

    page = desk.look()
    assert "Published in “Work” of ana@example.org" in words(page)
    assert "0 of 2 copied…" in words(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    google.copy()
    google.work()

    done = desk.look("/progress?seen=1-0-0-2-0")
    assert "2 bookings are in the calendar." in words(done)
    assert "hx-trigger" not in done.content.decode()
    assert desk.look("/progress?seen=0-2-0-2-0").status_code == 204


def test_a_new_calendar_is_made_for_the_schedule(desk: Desk, google: SimulatedGoogle) -> None:
    answer = desk.publish("new")

    assert said(answer)[-1] == "Published. What is booked from now on appears there."
    calendar = published(desk.schedule).calendar
    assert calendar is not None
    assert google.vendor.state.calendars[calendar.remote_id].summary == "Consultations"


@pytest.mark.parametrize("calendar", ["", "elsewhere", HOLIDAYS])
def test_a_choice_must_be_one_that_can_be_written(desk: Desk, calendar: str) -> None:
    answer = desk.publish(calendar)

    assert said(answer)[-1] == "We cannot write into that calendar. Nothing was changed; choose another one."
    assert published(desk.schedule).calendar is None


def test_an_unticked_box_is_recognised_said_in_google_s_words_and_mended(
    desk: Desk, account: Account, owner: Client
) -> None:
    """J7: partial consent."""
    answer = desk.connect(unticked=("calendar.events",))
    sentence = (
        "Google did not give permission to write. Tick this box and try again: “View and edit events on all your "
        "calendars”."
    )
    assert (said(answer), answer.headers["Location"]) == ([sentence], desk.page)
    page = owner.get(f"/manage/{account.name}/supervise/synchronize")
    assert sentence in words(page)
    assert "Reconnect" in buttons(page)

    assert "Choose one." in said(desk.connect())[-1]
    assert Connection.objects.get().state == Connection.State.OPEN


def test_without_the_boxes_for_new_calendars_and_busy_times_only_these_are_missing(desk: Desk) -> None:
    consented = desk.connect(unticked=("calendar.app.created", "calendar.freebusy"))

    page = desk.browser.get(consented.headers["Location"])
    assert [each.label for each in choices(page)] == ["ana@example.org", "Work"]
    assert "Whose busy times shall count?" not in words(page)


def test_who_declines_changes_nothing(desk: Desk) -> None:
    assert said(desk.connect(decision="deny")) == ["You did not allow access. Nothing was changed."]
    assert not Connection.objects.exists()


def test_several_google_accounts_serve_one_account_each_schedule_its_own(
    desk: Desk, account: Account, owner: Client
) -> None:
    other = Desk(owner, make_resource_schedule(account, slug="talks", name="Talks"))
    desk.publish(WORK)
    other.publish(BRUNO.email, user=BRUNO)

    emails = [published(each.schedule).calendar.connection.email for each in (desk, other)]  # type: ignore[union-attr]
    assert emails == [ANA.email, BRUNO.email]
    page = words(owner.get(f"/manage/{account.name}/supervise/synchronize"))
    assert "Published in “Work” of ana@example.org" in page
    assert "Published in “bruno@example.org” of bruno@example.org" in page
    assert owner.get(f"/manage/{account.name}/supervise").content.decode().count("/supervise/synchronize") == 1


def test_a_calendar_without_meet_says_so_and_leaves_the_choice_shut(desk: Desk) -> None:
    """«This Google account cannot create Meet links. [Use another account]»"""
    consented = desk.connect(BRUNO)

    assert choices(desk.browser.get(consented.headers["Location"]))[0].hint == "Without Google Meet"
    desk.choose(consented, BRUNO.email)
    (meet,) = [
        each for each in choices(desk.browser.get(page_of(desk.schedule, "process"))) if "Google Meet" in each.label
    ]
    assert (meet.is_open, meet.hint) == (False, "This Google account cannot create Meet links. Use another account")


def test_in_test_mode_the_owner_reads_that_access_ends_each_week(desk: Desk, google: SimulatedGoogle) -> None:
    google.sandbox.configure({"google": {"test_mode": True}})
    desk.publish()

    page = words(desk.look())
    assert "This server's Google app is in test mode: you must reconnect every 7 days." in page
    assert "Whoever runs this server publishes the app" in page


def test_a_grant_that_died_on_the_seventh_day_is_one_of_test_mode(desk: Desk) -> None:
    desk.publish()
    assert "test mode" not in words(desk.look())
    lost = Connection.objects.get()
    assert lost.connected_at is not None
    Connection.objects.update(
        state=Connection.State.NEEDS_OWNER,
        reason="Token has been expired or revoked.",
        last_ok_at=lost.connected_at + timedelta(days=6, hours=23),
    )

    page = words(desk.look())
    assert "Google access ended. Publishing and Meet are paused." in page
    assert "test mode" in page


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Kind.ERROR_503, "Google Calendar did not answer. Nothing was changed; try again in a minute."),
        (Kind.RATE_LIMIT, "Google Calendar asks us to slow down. Nothing was changed; try again in a few minutes."),
    ],
)
def test_calendars_that_google_does_not_tell_are_read_again_later(
    desk: Desk, google: SimulatedGoogle, kind: Kind, sentence: str
) -> None:
    google.sandbox.fault(Fault(verb="calendar.list", kind=kind))

    consented = desk.connect()
    assert said(consented) == [sentence]
    page = consented.headers["Location"]
    assert choices(desk.browser.get(page))[0].label == "New calendar “Consultations”"
    Connection.objects.update(blocked_until=None)
    google.clock.advance(timedelta(minutes=2))
    assert desk.browser.post(f"{page}/read").headers["Location"] == page

    assert choices(desk.browser.get(page))[0].label == "ana@example.org"


def test_a_calendar_whose_making_was_not_answered_is_in_the_list_afterwards(
    desk: Desk, google: SimulatedGoogle
) -> None:
    consented = desk.connect()
    google.sandbox.fault(Fault(verb="calendar.insert", kind=Kind.RESET_AFTER))

    assert "did not answer" in said(desk.choose(consented, "new"))[-1]
    assert published(desk.schedule).calendar is None

    page = consented.headers["Location"]
    desk.browser.post(f"{page}/read")
    assert "Consultations" in [each.label for each in choices(desk.browser.get(page))]


def test_access_that_was_withdrawn_at_google_is_said_when_a_calendar_is_chosen(
    desk: Desk, google: SimulatedGoogle
) -> None:
    consented = desk.connect()
    google.vendor.user_withdraws(ANA.id)

    answer = desk.choose(consented, WORK)

    assert published(desk.schedule).calendar is None
    assert said(answer)
    assert Connection.objects.get().state == Connection.State.NEEDS_OWNER


def test_the_events_are_written_by_the_owner_s_texts(desk: Desk, google: SimulatedGoogle) -> None:
    book(desk.schedule)
    desk.publish()
    google.copy()
    google.work()

    form = {"title": "$schedule for $name", "description": "", "names_client": "on"}
    answer = desk.browser.post(f"{desk.page}/events", form)
    google.work_off_edits()

    assert said(answer)[-1] == "Saved. Events that exist are being rewritten."
    assert google.event()["summary"] == "Consultations for Luis Pérez"


def test_an_event_deleted_by_hand_is_shown_with_its_two_ways_out(desk: Desk, google: SimulatedGoogle) -> None:
    """«The event was deleted in Google Calendar. The booking still exists.»"""
    booking = book(desk.schedule)
    desk.publish()
    google.copy()
    google.work()
    google.by_hand("delete", google.events()[0])
    Publication.objects.update(observed=Publication.Observed.GONE, due_at=None)

    page = desk.look()
    assert "The event was deleted in Google Calendar. The booking still exists." in words(page)
    assert {"Put it back", "Cancel the booking"} <= set(buttons(page))
    assert f"/bookings/{booking.pk}/cancel" in page.content.decode()
    event = Publication.objects.get()
    answer = desk.browser.post(f"{desk.page}/events/{event.pk}/answer", {"answer": "put-back"})
    google.work()

    assert said(answer)[-1] == "The event is being put back."
    assert len(google.events()) == 1
    assert "deleted in Google Calendar" not in words(desk.look())


def test_an_event_left_as_somebody_made_it_is_not_shown_again(desk: Desk, google: SimulatedGoogle) -> None:
    book(desk.schedule)
    desk.publish()
    google.copy()
    google.work()
    Publication.objects.update(differences="starts_at ends_at", due_at=None)
    assert "The event was moved in Google Calendar. The booking is still at its own time." in words(desk.look())

    address = f"{desk.page}/events/{Publication.objects.get().pk}/answer"
    assert said(desk.browser.post(address, {"answer": "leave"}))[-1] == "Left as it is in Google Calendar."

    assert "moved in Google Calendar" not in words(desk.look())
    Publication.objects.update(differences="")
    assert said(desk.browser.post(address, {"answer": "leave"}))[-1] == "That was answered already."


def test_a_class_is_cancelled_as_a_slot(owner: Client, account: Account, google: SimulatedGoogle) -> None:
    desk = Desk(owner, make_capacity_schedule(account))
    slot = make_class(desk.schedule)
    desk.publish()
    google.copy()
    google.work()
    Publication.objects.update(observed=Publication.Observed.GONE, due_at=None)

    page = desk.look()
    assert f"/slots/{slot.pk}/cancel" in page.content.decode()


def test_publication_is_stopped_after_saying_what_happens(desk: Desk, google: SimulatedGoogle) -> None:
    """«Stopping publication also turns Meet off for new bookings. Existing links keep working.»"""
    desk.publish()
    desk.browser.post(page_of(desk.schedule, "process"), {"source": "google_meet"})
    book(published(desk.schedule))
    google.work()

    question = words(desk.look("/stop"))
    assert "Stopping publication also turns Meet off for new bookings. Existing links keep working." in question
    answer = desk.browser.post(f"{desk.page}/stop", {"events": "keep"})

    assert said(answer)[-1] == "Publishing is off. 1 booking keeps its Google Meet link and its event."
    assert (published(desk.schedule).calendar, published(desk.schedule).link_source) == (None, Schedule.NO_LINK)
    assert Connection.objects.get().state == Connection.State.OPEN
    assert said(desk.look("/stop"))[-1] == "This schedule is not published. Nothing was changed."


def test_stopping_may_remove_what_was_copied_and_the_last_one_disconnects(desk: Desk, google: SimulatedGoogle) -> None:
    book(desk.schedule)
    desk.publish()
    google.copy()
    google.work()

    desk.browser.post(f"{desk.page}/stop", {"events": "delete"})
    google.work()

    assert google.events() == []
    assert Connection.objects.get().state == Connection.State.CLOSING


def test_a_google_account_that_nothing_uses_is_given_up_and_one_in_use_is_not(
    desk: Desk, account: Account, owner: Client
) -> None:
    desk.publish()
    desk.connect(BRUNO)
    used, unused = Connection.objects.order_by("pk")
    page = f"/manage/{account.name}/supervise/synchronize"
    assert buttons(owner.get(page)).count("Disconnect") == 1

    for connection, state in ((used, Connection.State.OPEN), (unused, Connection.State.CLOSING)):
        answer = owner.post(f"{page}/{connection.pk}/disconnect")
        assert answer.headers["Location"] == page
        connection.refresh_from_db()
        assert connection.state == state


def test_without_an_application_at_google_the_page_says_what_the_operator_must_do(
    owner: Client, schedule: Schedule, settings: Settings
) -> None:
    settings.VENDORS = {**settings.VENDORS, "google": ApplicationKeys()}
    desk = Desk(owner, schedule)

    assert "CONVOCA_GOOGLE_CLIENT_ID" in words(desk.look())
    assert owner.post(f"{desk.page}/connect").headers["Location"] == desk.page


def test_another_account_s_schedules_and_connections_are_nowhere(desk: Desk, owner: Client) -> None:
    desk.connect()
    connection = Connection.objects.get()
    elsewhere = make_account("Otra")
    theirs = make_resource_schedule(elsewhere)
    Connection.objects.update(account=elsewhere)

    assert owner.get(f"{desk.page}/calendars/{connection.pk}").status_code == 404
    assert owner.get(page_of(theirs, "synchronize")).status_code == 404
    assert (
        owner.post(f"/manage/{desk.schedule.account.name}/supervise/synchronize/{connection.pk}/disconnect").status_code
        == 404
    )


def test_a_resource_has_a_calendar_of_its_own_until_it_is_shown_with_the_schedule_again(desk: Desk) -> None:
    room = desk.schedule.resources.get()
    desk.publish(ANA.email)
    desk.choose(desk.connect(), WORK, **{"for": str(room.pk)})
    assert "Room 1 · Work" in words(desk.look())

    desk.browser.post(f"{desk.page}/resources/{room.pk}/with-schedule")

    room.refresh_from_db()
    assert room.calendar is None
    assert "Room 1 · Work" not in words(desk.look())
