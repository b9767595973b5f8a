"""Supervise > Synchronize: connecting Google, choosing a calendar, and what becomes of that (J7; M4, M5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Connection, Publication, Schedule
from convoca.config.env import ApplicationKeys
from sandbox.faults import Fault, Kind
from sandbox.google.state import ANA, BRUNO, HOLIDAYS, WORK, User
from tests.booking.building import book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.googling import SimulatedGoogle, publication_of, simulated_google
from tests.googling import boxes_ticked
from tests.manage.reading import buttons, choices, page_of, said, words
from tests.vendors import VISITOR


@pytest.fixture
def google(settings: Settings) -> Iterator[SimulatedGoogle]:
    with simulated_google(settings) as google:
        yield google


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


@dataclass
class Desk:
    """An owner at the pages of one schedule."""

    browser: Client
    schedule: Schedule

    @property
    def page(self) -> str:
        return page_of(self.schedule, "synchronize")

    def connect(self, user: User = ANA, *, decision: str = "allow", unticked: tuple[str, ...] = ()) -> Any:
        """Press Connect Google, decide there, and come back."""
        asked = self.browser.post(f"{self.page}/connect")
        assert asked.status_code == 303
        consent_page = asked.headers["Location"]
        query = {name: values[0] for name, values in parse_qs(urlsplit(consent_page).query).items()}
        ticked = boxes_ticked(unticked)
        form = query | ticked | {"decision": decision, "user": user.id}
        answer = VISITOR.post(consent_page.partition("?")[0], data=form)
        back = urlsplit(answer.headers["location"])
        return self.browser.get(f"{back.path}?{back.query}")

    def publish(self, calendar: str = WORK, *, user: User = ANA, **more: str) -> Any:
        """Connect, and choose a calendar."""
        choice = self.connect(user).headers["Location"]
        return self.browser.post(choice, {"calendar": calendar, **more})

    def look(self, path: str = "") -> Any:
        return self.browser.get(f"{self.page}{path}")


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
    assert meet.links == (page_of(schedule, "synchronize"),)
    form = {"source": "google_meet"}
    assert owner.post(page_of(schedule, "process"), form).status_code == 422
    assert published(schedule).link_source == Schedule.NO_LINK


def test_the_journey_from_the_disabled_choice_to_meet_calls(desk: Desk, google: SimulatedGoogle) -> None:
    """J7: connect, choose a calendar, come back to the choice, which has the focus and is not made for anybody."""
    booking = book(desk.schedule)
    consented = desk.connect()
    assert said(consented) == ["It works: we read your Google account (ana@example.org). Now choose a calendar."]

    offered = desk.browser.get(consented.headers["Location"])
    assert [each.label for each in choices(offered)] == ["ana@example.org", "Work", "New calendar"]
    chosen = desk.browser.post(consented.headers["Location"], {"calendar": WORK})

    assert chosen.headers["Location"] == f"{page_of(desk.schedule, 'process')}?at=google_meet#source-google_meet"
    assert said(chosen) == ["Published to Work. 1 booking to come is being copied."]
    page = desk.browser.get(chosen.headers["Location"])
    (meet,) = [each for each in choices(page) if "Google Meet" in each.label]
    assert (meet.is_open, meet.is_chosen) == (True, False)
    assert 'value="google_meet" autofocus' in page.content.decode()
    assert desk.browser.post(page_of(desk.schedule, "process"), {"source": "google_meet"}).status_code == 303
    google.copy()
    google.work()
    assert publication_of(booking.slot).calendar.remote_id == WORK
    assert published(desk.schedule).link_source == "google_meet"


def test_the_page_says_where_it_is_published_and_how_far_the_copying_is(desk: Desk, google: SimulatedGoogle) -> None:
    for clock in ("10:00", "11:00"):
        book(desk.schedule, clock)
    desk.publish()

    page = desk.look()
    assert "Published to Work (ana@example.org)" in words(page)
    assert "0 of 2 bookings to come are in the calendar." in words(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    google.copy()
    google.work()

    done = desk.look("/progress?seen=0-2-0-1")
    assert "2 of 2 bookings to come are in the calendar." in words(done)
    assert "hx-trigger" not in done.content.decode()
    assert desk.look("/progress?seen=2-2-0-0").status_code == 204


def test_a_new_calendar_is_made_for_the_schedule(desk: Desk, google: SimulatedGoogle) -> None:
    answer = desk.publish("new", name="Bookings")

    assert said(answer) == ["Published to Bookings."] or "Published to Bookings." in said(answer)
    calendar = published(desk.schedule).calendar
    assert calendar is not None
    assert google.vendor.state.calendars[calendar.remote_id].summary == "Bookings"


def test_a_new_calendar_needs_a_name_and_a_choice_must_be_one_of_those_offered(desk: Desk) -> None:
    choice = desk.connect().headers["Location"]
    for form, sentence in (
        ({"calendar": "new", "name": " "}, "Give the new calendar a name."),
        ({}, "Choose a calendar."),
        ({"calendar": "elsewhere"}, "Choose a calendar."),
        ({"calendar": HOLIDAYS}, "Choose a calendar."),
    ):
        answer = desk.browser.post(choice, form)
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert published(desk.schedule).calendar is None


def test_an_unticked_box_is_recognised_said_and_mended(desk: Desk) -> None:
    """J7: partial consent."""
    answer = desk.connect(unticked=("calendar.events",))
    sentence = (
        "Google did not give permission to write. Connect again and leave the boxes for events and for the list of "
        "calendars ticked."
    )
    assert (said(answer), answer.headers["Location"]) == ([sentence], desk.page)
    page = desk.look()
    assert sentence in words(page)
    assert "Reconnect" in buttons(page)

    assert "choose a calendar" in said(desk.connect())[-1]
    assert Connection.objects.get().state == Connection.State.OPEN


def test_without_the_box_for_new_calendars_only_that_is_shut(desk: Desk) -> None:
    choice = desk.connect(unticked=("calendar.app.created",)).headers["Location"]

    page = desk.browser.get(choice)
    assert [(each.label, each.is_open) for each in choices(page)][-1] == ("New calendar", False)
    assert desk.browser.post(choice, {"calendar": "new", "name": "Bookings"}).status_code == 422


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
    assert "Published to Work (ana@example.org)" in page
    assert "Published to bruno@example.org (bruno@example.org)" in page
    assert owner.get(f"/manage/{account.name}/supervise").content.decode().count("/supervise/synchronize") == 1


def test_a_calendar_without_meet_says_so_and_leads_back_to_its_page(desk: Desk) -> None:
    choice = desk.connect(BRUNO).headers["Location"]

    offered = choices(desk.browser.get(choice))
    assert offered[0].hint == "Google makes no Meet links in this calendar."
    answer = desk.browser.post(choice, {"calendar": BRUNO.email})
    assert answer.headers["Location"] == desk.page


def test_in_test_mode_the_owner_reads_that_access_ends_each_week(desk: Desk, google: SimulatedGoogle) -> None:
    google.sandbox.configure({"google": {"test_mode": True}})
    desk.publish()

    page = words(desk.look())
    assert "This server's Google app is in test mode: you must reconnect every 7 days." in page
    assert "Publish app" in page


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
    ("verb", "kind", "sentence"),
    [
        ("calendar.list", Kind.ERROR_503, "Google did not answer. Try again in a minute."),
        ("calendar.list", Kind.RATE_LIMIT, "Google asks us to slow down. Try again in a minute."),
    ],
)
def test_calendars_that_google_does_not_tell_are_asked_for_later(
    desk: Desk, google: SimulatedGoogle, verb: str, kind: Kind, sentence: str
) -> None:
    choice = desk.connect().headers["Location"]
    google.sandbox.fault(Fault(verb=verb, kind=kind))

    answer = desk.browser.get(choice)

    assert (answer.headers["Location"], said(answer)[-1]) == (desk.page, sentence)


def test_a_calendar_whose_making_was_not_answered_is_looked_for_and_not_made_twice(
    desk: Desk, google: SimulatedGoogle
) -> None:
    choice = desk.connect().headers["Location"]
    google.sandbox.fault(Fault(verb="calendar.insert", kind=Kind.RESET_AFTER))

    answer = desk.browser.post(choice, {"calendar": "new", "name": "Bookings"})

    assert answer.status_code == 422
    assert "If it did, it is in the list now." in words(answer)
    assert "Bookings" in [each.label for each in choices(desk.browser.get(choice))]


def test_access_that_was_withdrawn_at_google_is_said_when_calendars_are_asked_for(
    desk: Desk, google: SimulatedGoogle
) -> None:
    choice = desk.connect().headers["Location"]
    google.vendor.user_withdraws(ANA.id)

    assert desk.browser.get(choice).status_code == 302 or desk.browser.get(choice).status_code == 303
    assert "Google access ended." in words(desk.look())


def test_the_events_are_written_by_the_owner_s_texts(desk: Desk, google: SimulatedGoogle) -> None:
    book(desk.schedule)
    desk.publish()
    google.copy()
    google.work()

    form = {"title": "$schedule for $name", "description": "", "names_client": "on"}
    answer = desk.browser.post(desk.page, form)
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
    answer = desk.browser.post(f"{desk.page}/events/{event.pk}", {"answer": "back"})
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
    assert "The event was changed in Google Calendar: its time." in words(desk.look())

    address = f"{desk.page}/events/{Publication.objects.get().pk}"
    assert said(desk.browser.post(address, {"answer": "leave"}))[-1].startswith("The event stays as it is")

    assert "changed in Google Calendar" not in words(desk.look())
    Publication.objects.update(differences="")
    assert "Nothing was changed." in said(desk.browser.post(address, {"answer": "leave"}))[-1]


def test_a_class_is_cancelled_as_a_slot(owner: Client, account: Account, google: SimulatedGoogle) -> None:
    desk = Desk(owner, make_capacity_schedule(account))
    slot = make_class(desk.schedule)
    desk.publish()
    google.copy()
    google.work()
    Publication.objects.update(observed=Publication.Observed.GONE, due_at=None)

    page = desk.look()
    assert f"/slots/{slot.pk}/cancel" in page.content.decode()
    assert "1 slot to come" in words(page)


def test_publication_is_stopped_after_saying_what_happens(desk: Desk, google: SimulatedGoogle) -> None:
    """«Stopping publication also turns Meet off for new bookings. Existing links keep working.»"""
    desk.publish()
    desk.browser.post(page_of(desk.schedule, "process"), {"source": "google_meet"})
    book(published(desk.schedule))
    google.work()

    question = words(desk.look("/stop"))
    assert "Stopping publication also turns Meet off for new bookings. Existing links keep working." in question
    assert "1 event carries a Meet link" in question
    answer = desk.browser.post(f"{desk.page}/stop", {"events": "keep"})

    assert said(answer)[-1] == "Consultations is no longer published. What was copied stays in the calendar."
    assert (published(desk.schedule).calendar, published(desk.schedule).link_source) == (None, Schedule.NO_LINK)
    assert Connection.objects.get().state == Connection.State.OPEN
    assert "is not published" in said(desk.look("/stop"))[-1]


def test_stopping_may_remove_what_was_copied_and_the_last_one_disconnects(desk: Desk, google: SimulatedGoogle) -> None:
    book(desk.schedule)
    desk.publish()
    google.copy()
    google.work()

    desk.browser.post(f"{desk.page}/stop", {"events": "remove"})
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
