"""What a plan and a day mean is said before it hurts, and never a refusal (M11, B3, B5, T6, T32, T35, T44)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Connection, Meeting, QuotaDay, Schedule
from convoca.booking.questions.health import (
    Condition,
    Remedy,
    changed_at_vendor,
    connections_health,
    deleted_at_vendor,
    unready_meetings,
)
from convoca.booking.questions.plans import forecast_for, overlaps, too_long
from convoca.config.doctor import _accounts
from convoca.core.quota import Share
from sandbox.faults import Kind
from sandbox.zoom.state import ANA, BRUNO
from tests.booking.building import NOW, at, make_account, make_capacity_schedule, make_class, sign_up
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)


@pytest.fixture
def yoga(zoom: SimulatedZoom) -> Schedule:
    schedule = make_capacity_schedule(make_account())
    zoom.connect(schedule)
    return schedule


@pytest.fixture
def free(zoom: SimulatedZoom) -> Schedule:
    """Bruno has the free plan."""
    schedule = make_capacity_schedule(make_account())
    zoom.connect(schedule, BRUNO)
    return schedule


# --- plans ---


def test_what_the_free_plan_ends_too_early_is_told_and_made_all_the_same(zoom: SimulatedZoom, free: Schedule) -> None:
    """M11: an hour's class on a plan of forty minutes."""
    lesson = make_class(free)
    zoom.work()

    assert too_long(Connection.objects.get(), now=NOW) == [lesson]
    assert meeting_of(lesson).observed == Meeting.Observed.PRESENT


def test_a_licence_ends_nothing_too_early(yoga: Schedule) -> None:
    make_class(yoga)

    assert too_long(Connection.objects.get(), now=NOW) == []


def test_two_at_once_are_one_too_many_for_the_free_plan(free: Schedule) -> None:
    """T35: of one host; what touches within five minutes overlaps."""
    first = make_class(free, starts_at=at("10:00"))
    second = make_class(free, starts_at=at("11:03"))
    make_class(free, starts_at=at("13:00"))

    assert [each.slots for each in overlaps(Connection.objects.get(), now=NOW)] == [(first, second)]


def test_a_licence_runs_two_at_once_and_not_three(yoga: Schedule) -> None:
    """T35."""
    for clock in ("10:00", "10:15"):
        make_class(yoga, starts_at=at(clock))
    assert overlaps(Connection.objects.get(), now=NOW) == []

    make_class(yoga, starts_at=at("10:30"))

    (found,) = overlaps(Connection.objects.get(), now=NOW)
    assert (len(found.slots), found.at_once) == (3, 2)


# --- the day's allowance ---


def test_a_term_s_slots_are_foretold_by_day(yoga: Schedule) -> None:
    """B3, T32: 80 today, 60 tomorrow."""
    term = [NOW + timedelta(days=each) for each in range(3, 143)]

    assert forecast_for(yoga, term, now=NOW) == (Share(TODAY, 80), Share(TOMORROW, 60))


def test_what_is_spent_and_what_waits_is_counted(yoga: Schedule) -> None:
    QuotaDay.objects.create(provider="zoom", external_user=ANA.id, day=TODAY, used=70)
    for minute in range(6):
        make_class(yoga, starts_at=NOW + timedelta(days=2, minutes=minute))
    term = [NOW + timedelta(days=each) for each in range(3, 13)]

    assert forecast_for(yoga, term, now=NOW) == (Share(TODAY, 4), Share(TOMORROW, 6))


def test_nothing_is_foretold_where_all_get_their_links_at_once(yoga: Schedule) -> None:
    assert forecast_for(yoga, [NOW + timedelta(days=3)], now=NOW) == ()
    assert forecast_for(make_capacity_schedule(make_account("Sol")), [NOW] * 500, now=NOW) == ()


# --- health ---


def test_a_connection_that_works_says_so_with_what_it_has_spent(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """B5."""
    make_class(yoga)
    zoom.work()

    (health,) = connections_health(yoga.account, now=zoom.clock())

    assert (health.condition, health.schedules, health.reason) == (Condition.WORKING, ("Yoga",), "")
    assert (health.spent, health.allowance, health.waiting) == (1, 100, 0)
    assert health.last_ok_at is not None
    assert health.last_ok_at >= zoom.clock()
    assert unready_meetings(yoga.account, now=zoom.clock()) == []
    assert list(_accounts([], now=zoom.clock())) == []


def test_a_throttled_connection_rests_and_says_until_when(zoom: SimulatedZoom, yoga: Schedule) -> None:
    zoom.spoil("create", Kind.RATE_LIMIT, headers={"Retry-After": "600"})
    make_class(yoga)
    zoom.work()
    zoom.pass_time(minutes=2)

    (health,) = connections_health(yoga.account, now=zoom.clock())
    (unready,) = unready_meetings(yoga.account, now=zoom.clock())

    assert (health.condition, health.waiting, unready.remedy) == (Condition.RESTING, 1, Remedy.WAIT)
    assert health.again_at == unready.again_at
    assert health.again_at is not None
    assert timedelta(minutes=7) < health.again_at - zoom.clock() < timedelta(minutes=9)


def test_a_revoked_connection_needs_its_owner_and_so_do_its_meetings(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """T44: with the button that mends it."""
    zoom.spoil("create", Kind.REVOKED_TOKEN)
    lesson = make_class(yoga)
    sign_up(lesson)
    zoom.work()
    zoom.work_later(minutes=10)

    (health,) = connections_health(yoga.account, now=zoom.clock())
    (unready,) = unready_meetings(yoga.account, now=zoom.clock())

    assert (health.condition, health.waiting) == (Condition.NEEDS_OWNER, 1)
    assert (unready.slot.pk, unready.remedy) == (lesson.pk, Remedy.RECONNECT)
    assert "needs its owner" in next(iter(_accounts([], now=zoom.clock())))


@pytest.mark.parametrize(
    ("blocked", "remedy"),
    [(Meeting.Blocked.REJECTED, Remedy.RETRY), (Meeting.Blocked.MISCONFIGURED, Remedy.OPERATOR)],
)
def test_a_refused_meeting_says_who_mends_it(
    zoom: SimulatedZoom, yoga: Schedule, blocked: Meeting.Blocked, remedy: Remedy
) -> None:
    make_class(yoga)
    Meeting.objects.update(blocked=blocked, reason="Zoom's words", due_at=None)

    (unready,) = unready_meetings(yoga.account, now=zoom.clock())

    assert (unready.remedy, unready.reason) == (remedy, "Zoom's words")
    assert "Zoom's words" in next(iter(_accounts([], now=zoom.clock())))


def test_what_was_promised_within_a_minute_is_no_one_s_worry_yet(zoom: SimulatedZoom, yoga: Schedule) -> None:
    make_class(yoga)

    assert unready_meetings(yoga.account, now=zoom.clock()) == []
    assert len(unready_meetings(yoga.account, now=zoom.clock() + timedelta(minutes=2))) == 1


def test_another_account_s_troubles_are_not_told(zoom: SimulatedZoom, yoga: Schedule) -> None:
    make_class(yoga)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    other = make_account("Sol")

    later = zoom.clock() + timedelta(hours=1)
    assert (connections_health(other, now=later), unready_meetings(other, now=later)) == ([], [])


def test_what_is_otherwise_at_zoom_is_there_for_the_owner_to_be_asked(zoom: SimulatedZoom, yoga: Schedule) -> None:
    """T31, T40."""
    changed, deleted = make_class(yoga), make_class(yoga, starts_at=at("20:00"))
    zoom.work()
    Meeting.objects.filter(slot=changed).update(differences="topic")
    Meeting.objects.filter(slot=deleted).update(observed=Meeting.Observed.GONE, due_at=zoom.clock())
    zoom.work()

    assert [each.slot_id for each in changed_at_vendor(yoga.account, now=zoom.clock())] == [changed.pk]
    assert [each.slot_id for each in deleted_at_vendor(yoga.account, now=zoom.clock())] == [deleted.pk]
    assert meeting_of(deleted).generation == 2
