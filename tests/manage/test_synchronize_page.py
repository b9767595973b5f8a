"""Supervise > Synchronize: consent, calendars, what events say, and the way to Meet and back (M4, M5, J7)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, BusyCalendar, Connection, Publication, Schedule
from convoca.booking.operations.busy import ask_next
from convoca.booking.operations.reading import read_next
from sandbox.google.state import ANA, BRUNO, WORK, User
from tests.booking.building import book, make_account, make_member, make_resource_schedule
from tests.booking.googling import BOXES, SimulatedGoogle, simulated_google
from tests.manage.conftest import LogIn
from tests.manage.reading import buttons, said, words
from tests.vendors import VISITOR

NEEDS = "Google Meet needs this schedule to be published to Google Calendar."


@pytest.fixture
def google(settings: Settings) -> Iterator[SimulatedGoogle]:
    with simulated_google(settings) as google:
        yield google


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def page_of(schedule: Schedule, *, of: str = "synchronize") -> str:
    return f"/manage/{schedule.account.name}/schedules/{schedule.slug}/{of}"


def consent(
    owner: Client,
    schedule: Schedule,
    user: User = ANA,
    *,
    boxes: tuple[str, ...] = BOXES,
    decision: str = "allow",
    **form: str,
) -> str:
    """Press Connect, decide at Google, come back, and return where that leads."""
    asked = owner.post(f"{page_of(schedule)}/connect", form).headers["Location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
    ticked = dict.fromkeys(boxes, "yes")
    answer = VISITOR.post(asked.partition("?")[0], data=query | ticked | {"decision": decision, "user": user.id})
    back = urlsplit(answer.headers["location"])
    return str(owner.get(f"{back.path}?{back.query}").headers["Location"])


def publish(owner: Client, schedule: Schedule, calendar: str = ANA.email, user: User = ANA, **form: Any) -> str:
    """Go all the way to a calendar, and return where that leads."""
    choice = consent(owner, schedule, user, **form)
    answer = owner.post(f"{choice.partition('?')[0]}/publish", {"calendar": calendar} | form)
    return str(answer.headers["Location"])


def test_m5_meet_cannot_be_chosen_before_the_schedule_is_published(owner: Client, schedule: Schedule) -> None:
    """M5: shown, disabled, with the reason and the way out in the same line."""
    page = owner.get(page_of(schedule, of="process"))

    assert "Create Google Meet calls" in words(page)
    assert f"{NEEDS} Publish now" in words(page)
    assert f'href="{page_of(schedule)}?for_meet=1"' in page.text
    assert owner.post(page_of(schedule, of="process"), {"source": "google_meet"}).status_code == 422


def test_j7_from_the_disabled_choice_to_the_choice_that_can_be_made(
    owner: Client, schedule: Schedule, google: SimulatedGoogle
) -> None:
    """J7: consent, calendar, and back to the choice, which is open and has the focus but is not made."""
    book(schedule)

    back = publish(owner, schedule, for_meet="1")

    assert back == f"{page_of(schedule, of='process')}?focus=google_meet#source-google_meet"
    page = owner.get(back)
    assert said(page)[-1] == "Published. 1 booking is being copied."
    radio = page.text.partition('id="source-google_meet"')[2].partition(">")[0]
    assert ("autofocus" in radio, "checked" in radio, "disabled" in radio) == (True, False, False)
    assert owner.post(page_of(schedule, of="process"), {"source": "google_meet"}).status_code == 303
    assert Schedule.objects.get().link_source == "google_meet"


def test_the_page_tells_how_far_the_copying_is(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    """The progress survives a reload: it is read off what is there."""
    book(schedule, "10:00")
    book(schedule, "11:00")
    publish(owner, schedule)
    assert "0 of 2 copied…" in words(owner.get(page_of(schedule)))
    progress = owner.get(f"{page_of(schedule)}/progress")
    assert "hx-trigger" in progress.text

    google.copy()
    google.work()

    assert "2 bookings are in the calendar." in words(owner.get(page_of(schedule)))
    assert "hx-trigger" not in owner.get(f"{page_of(schedule)}/progress").text


def test_a_box_that_was_left_unticked_is_named(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    """Partial consent is recognised and said."""
    back = consent(owner, schedule, boxes=tuple(box for box in BOXES if box != "box-events"))

    assert back == page_of(schedule)
    assert said(owner.get(back)) == [
        "Google did not give permission to write. Tick this box and try again: “See, edit, share and delete events”."
    ]
    assert Schedule.objects.get().calendar is None


def test_a_denied_consent_changes_nothing(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    back = consent(owner, schedule, decision="deny")

    assert said(owner.get(back)) == ["You did not allow access. Nothing was changed."]
    assert not Connection.objects.exists()


def test_a_new_calendar_is_made_for_the_schedule(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    publish(owner, schedule, calendar="new")

    calendar = Schedule.objects.get().calendar
    assert calendar is not None
    assert (calendar.name, calendar.remote_id in google.vendor.state.calendars) == ("Consultations", True)


def test_only_calendars_that_can_be_written_are_offered(
    owner: Client, schedule: Schedule, google: SimulatedGoogle
) -> None:
    page = owner.get(consent(owner, schedule))

    form = words(page).partition("Whose busy times shall count?")
    assert "Festivos" not in form[0]
    assert "Festivos" in form[2]
    assert "New calendar “Consultations”" in form[0]


def test_an_account_that_makes_no_calls_is_said(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    publish(owner, schedule, calendar=BRUNO.email, user=BRUNO)

    assert "This Google account cannot create Meet links." in words(owner.get(page_of(schedule)))
    process = words(owner.get(page_of(schedule, of="process")))
    assert "This Google account cannot create Meet links. Use another account" in process


def test_lost_access_is_said_and_mended_by_reconnecting(
    owner: Client, schedule: Schedule, google: SimulatedGoogle
) -> None:
    publish(owner, schedule)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, reason="invalid_grant")

    page = owner.get(page_of(schedule))

    assert "Google access ended. Publishing and Meet are paused." in words(page)
    assert "Reconnect Google" in buttons(page)


def test_an_access_that_dies_after_seven_days_is_known_for_the_app_s_test_mode(
    owner: Client, schedule: Schedule, google: SimulatedGoogle, this_instant: time_machine.Traveller
) -> None:
    publish(owner, schedule)
    week = google.clock() + timedelta(days=7)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, last_ok_at=week)

    assert "you must reconnect every 7 days" in words(owner.get(page_of(schedule)))


def test_events_are_written_as_the_owner_wants(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    publish(owner, schedule)

    answer = owner.post(f"{page_of(schedule)}/events", {"title": "$what", "description": "", "names_client": ""})

    assert said(answer)[-1] == "Saved. Events that exist are being rewritten."
    kept = Schedule.objects.get()
    assert (kept.event_title, kept.event_names_client, kept.event_invites_client) == ("$what", False, False)


def test_what_was_deleted_in_the_calendar_is_shown_with_both_ways_out(
    owner: Client, schedule: Schedule, google: SimulatedGoogle, this_instant: time_machine.Traveller
) -> None:
    """J7: Put it back, or Cancel the booking."""
    booking = book(schedule)
    publish(owner, schedule)
    google.copy()
    google.work()
    while read_next(now=google.clock()):
        continue
    google.by_hand("delete", google.events()[0])
    google.pass_time(minutes=10)
    while read_next(now=google.clock()):
        continue
    google.work()
    google.work_later(seconds=11)

    page = owner.get(page_of(schedule))
    assert "The event was deleted in Google Calendar. The booking still exists." in words(page)
    assert f"/bookings/{booking.pk}/cancel" in page.text
    event = Publication.objects.get()
    owner.post(f"{page_of(schedule)}/events/{event.pk}/answer", {"answer": "put-back"})
    google.work()

    assert len(google.events()) == 1
    assert "Changed in Google Calendar" not in words(owner.get(page_of(schedule)))


@pytest.mark.parametrize("events", ["keep", "delete"])
def test_publishing_is_ended_after_a_question(
    owner: Client, schedule: Schedule, google: SimulatedGoogle, events: str
) -> None:
    publish(owner, schedule)
    Schedule.objects.update(link_source="google_meet")

    page = owner.get(f"{page_of(schedule)}/stop")
    assert "Stopping publication also turns Meet off for new bookings. Existing links keep working." in words(page)
    owner.post(f"{page_of(schedule)}/stop", {"events": events})

    kept = Schedule.objects.get()
    assert (kept.calendar, kept.link_source) == (None, Schedule.NO_LINK)
    assert Connection.objects.get().state == Connection.State.CLOSING


def test_busy_times_are_chosen_shown_and_removed(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    choice = consent(owner, schedule)
    resource = schedule.resources.get()

    answer = owner.post(f"{choice}/busy", {"calendar": WORK, "for": str(resource.pk)})
    assert said(answer)[-1] == "Busy times of “Work” count from now on."
    assert f"For {resource.name} Not read yet" in words(owner.get(page_of(schedule)))
    while ask_next(now=google.clock()):
        continue
    assert "Read " in words(owner.get(page_of(schedule)))
    owner.post(f"{page_of(schedule)}/unknown", {"when_unknown": "accept"})
    assert Schedule.objects.get().when_unknown == "accept"

    owner.post(f"{page_of(schedule)}/busy/{BusyCalendar.objects.get().pk}/remove")

    assert not BusyCalendar.objects.exists()


def test_nobody_reaches_another_account_s_access(
    owner: Client, schedule: Schedule, google: SimulatedGoogle, log_in: LogIn
) -> None:
    publish(owner, schedule)
    connection = Connection.objects.get()
    stranger = make_account("Other")
    elsewhere = make_resource_schedule(stranger)
    other = log_in(make_member(stranger, "owner"))

    assert other.get(f"{page_of(elsewhere)}/calendars/{connection.pk}").status_code == 404
    assert other.get(page_of(schedule)).status_code == 404


def test_a_superuser_sees_no_way_to_publish(superuser: Client, schedule: Schedule) -> None:
    assert superuser.get(page_of(schedule)).status_code == 404
