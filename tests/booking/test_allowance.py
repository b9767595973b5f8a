"""Zoom's hundred writes a day: spent before the call, the soonest first, twenty kept in reserve (M12, B3, T32, T33)."""

from datetime import UTC, datetime, timedelta

import pytest

from convoca.booking.models import Connection, Meeting, QuotaDay, Schedule, Slot
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from sandbox.zoom.state import ANA, BRUNO
from tests.booking.building import NOW, at, book, make_account, make_capacity_schedule, make_class, sign_up
from tests.booking.building import make_resource_schedule as make_appointments
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
FAR = at("18:00")
SOON = NOW + timedelta(hours=3)


@pytest.fixture
def yoga(zoom: SimulatedZoom) -> Schedule:
    schedule = make_capacity_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def spend(used: int, *, external_user: str = ANA.id) -> QuotaDay:
    return QuotaDay.objects.create(provider="zoom", external_user=external_user, day=NOW.date(), used=used)


def test_each_meeting_made_is_counted_for_the_zoom_user_and_the_utc_day(zoom: SimulatedZoom, yoga: Schedule) -> None:
    make_class(yoga)
    make_class(yoga, starts_at=SOON)

    zoom.work()

    day = QuotaDay.objects.get()
    assert (day.external_user, day.day, day.used) == (ANA.id, NOW.date(), 2)


def test_looking_and_deleting_cost_nothing(zoom: SimulatedZoom, yoga: Schedule) -> None:
    zoom.spoil("create", Kind.RESET_AFTER)
    slot = make_class(yoga)
    zoom.work()
    zoom.work_later(seconds=2)
    Meeting.objects.filter(slot=slot).update(wanted=Meeting.Wanted.ABSENT, due_at=zoom.clock())

    zoom.work()

    assert zoom.calls("delete") == 1
    assert QuotaDay.objects.get().used == 1


def test_the_last_twenty_are_kept_for_what_starts_within_a_day(zoom: SimulatedZoom, yoga: Schedule) -> None:
    spend(80)
    far, soon = make_class(yoga, starts_at=FAR), make_class(yoga, starts_at=SOON)

    zoom.work()

    assert meeting_of(soon).observed == Meeting.Observed.PRESENT
    waiting = meeting_of(far)
    assert (waiting.observed, waiting.waiting) == (Meeting.Observed.NOTHING, Meeting.Waiting.QUOTA)
    assert waiting.due_at == MIDNIGHT


def test_of_two_the_sooner_gets_the_last_and_the_other_waits_for_utc_midnight(
    zoom: SimulatedZoom, yoga: Schedule
) -> None:
    """M12: the soonest first; the rest is made when Zoom counts anew."""
    spend(99)
    later, sooner = make_class(yoga, starts_at=SOON + timedelta(hours=1)), make_class(yoga, starts_at=SOON)

    zoom.work()
    assert (meeting_of(sooner).observed, meeting_of(later).observed) == ("present", "nothing")
    assert QuotaDay.objects.get().used == 100

    Slot.objects.filter(pk=later.pk).update(starts_at=FAR, ends_at=FAR + timedelta(hours=1))
    zoom.clock.now = MIDNIGHT
    zoom.work()
    assert meeting_of(later).observed == Meeting.Observed.PRESENT


def test_what_waits_for_the_allowance_is_said_so_with_the_instant(zoom: SimulatedZoom, yoga: Schedule) -> None:
    spend(100)
    slot = make_class(yoga)
    booking = sign_up(slot)

    zoom.work()

    link = links_for(token_holder(booking), [slot], now=zoom.clock())[slot.pk]
    assert (link.state, link.again_at) == (LinkState.QUOTA, MIDNIGHT)


def test_zoom_s_own_word_about_the_day_is_believed_without_any_header(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """Somebody else has spent of the hundred: after the first refusal nobody asks again before midnight."""
    zoom.spoil("create", Kind.DAILY_LIMIT, count=None)
    slots = [make_class(yoga, starts_at=SOON + timedelta(hours=n)) for n in range(4)]

    zoom.work()

    assert zoom.calls("create") == 1
    assert {meeting_of(slot).waiting for slot in slots} == {"quota"}
    assert {meeting_of(slot).due_at for slot in slots} == {MIDNIGHT}
    assert Connection.objects.get().blocked_until is None


def test_a_wave_of_meetings_never_makes_more_than_the_allowance(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """T32: of a hundred and thirty the near ones get their links, the rest queues; Zoom never has to refuse."""
    spend(60)
    near = [make_class(yoga, starts_at=SOON + timedelta(minutes=n)) for n in range(10)]
    far = [make_class(yoga, starts_at=FAR + timedelta(minutes=n)) for n in range(25)]

    zoom.work()

    ready = set(Meeting.objects.filter(observed="present").values_list("slot", flat=True))
    assert ready == {slot.pk for slot in near} | {slot.pk for slot in far[:10]}
    assert (zoom.calls("create"), QuotaDay.objects.get().used) == (20, 80)


def test_a_call_that_was_provably_never_sent_is_given_back(zoom: SimulatedZoom, yoga: Schedule) -> None:
    slot = make_class(yoga)
    zoom.sandbox.stop()

    zoom.work()

    assert QuotaDay.objects.get().used == 0
    assert (meeting_of(slot).observed, meeting_of(slot).waiting) == ("nothing", "retry")


def test_a_deletion_that_was_never_sent_gives_nothing_back(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """It was not counted either."""
    slot = make_class(yoga)
    zoom.work()
    Meeting.objects.filter(slot=slot).update(wanted=Meeting.Wanted.ABSENT, due_at=zoom.clock())
    zoom.sandbox.stop()

    zoom.work()

    assert QuotaDay.objects.get().used == 1


def test_one_zoom_user_s_day_says_nothing_about_another_s(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """T33: the ledger is keyed by the user in whose name we call."""
    spend(100)
    other = make_appointments(make_account("Sol"))
    zoom.connect(other, BRUNO)
    mine, theirs = make_class(yoga), book(other).slot

    zoom.work()

    assert (meeting_of(mine).waiting, meeting_of(theirs).observed) == ("quota", "present")


def test_a_throttled_connection_waits_alone(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """T34: Retry-After is kept, for this connection's meetings and for nobody else's."""
    other = make_appointments(make_account("Sol"))
    zoom.connect(other, BRUNO)
    slots = [make_class(yoga, starts_at=SOON), make_class(yoga, starts_at=SOON + timedelta(minutes=1))]
    theirs = book(other).slot
    zoom.spoil("create", Kind.RATE_LIMIT, headers={"Retry-After": "90"})

    zoom.work()
    assert [meeting_of(slot).observed for slot in [*slots, theirs]] == ["nothing", "nothing", "present"]
    zoom.work_later(seconds=85)
    assert zoom.calls("create") == 2
    zoom.work_later(seconds=10)

    assert [meeting_of(slot).observed for slot in slots] == ["present", "present"]
