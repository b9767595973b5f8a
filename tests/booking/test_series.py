"""Repeats: booked, signed up for and cancelled in one act; all or none."""

from datetime import date, timedelta

import pytest

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Meeting,
    Membership,
    Notification,
    Schedule,
    Series,
    Slot,
)
from convoca.booking.operations.auditing import Actor
from convoca.booking.operations.booking import Client, book_place
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.refusals import AlreadyCancelled, AlreadySignedUp, NotOffered, RepeatNotAllowed
from convoca.booking.operations.series import Repeat, book_series, cancel_following, sign_up_for_series
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.series import following_bookings, rest_of_series
from convoca.booking.questions.terms import supervisor_terms
from convoca.core.admission import (
    LimitReached,
    OutsideOpeningHours,
    ResourceTaken,
    SeriesClash,
    SlotFull,
    TooFar,
    TooLateToCancel,
    TooManyRepeats,
)
from convoca.core.time import Interval
from tests.booking.building import (
    MADRID,
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)

pytestmark = pytest.mark.django_db

Frequency = Series.Frequency
Kind = Notification.Kind
THURSDAY = date(2026, 11, 26)
LUIS = make_client()


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def room(account: Account) -> Schedule:
    """A resource schedule whose users may repeat."""
    return make_resource_schedule(account, repeats=Schedule.Repeats.MAY)


@pytest.fixture
def yoga(account: Account) -> Schedule:
    """A capacity schedule whose users may sign up for several sessions at once."""
    return make_capacity_schedule(account, repeats=Schedule.Repeats.MAY)


def weekly(weeks: int, frequency: Frequency = Frequency.WEEKLY) -> Repeat:
    return Repeat(frequency, THURSDAY + timedelta(weeks=weeks - 1))


def repeat_booking(schedule: Schedule, repeat: Repeat, *, client: Client = LUIS, clock: str = "10:00") -> list[Booking]:
    resource = schedule.resources.get()
    return book_series(schedule, resource, at(clock), repeat=repeat, client=client, now=NOW)


def make_course(schedule: Schedule, weeks: int = 4, *, capacity: int | None = 3) -> list[Slot]:
    when = Interval(at("18:00"), at("19:00"))
    return open_series(schedule, when, repeat=weekly(weeks), title="Yoga for backs", capacity=capacity, now=NOW)


def clashes_of(clash: SeriesClash) -> list[tuple[date, type]]:
    return [(each.interval.starts_at.date(), type(each.refusal)) for each in clash.clashes]


def test_a_repeat_is_a_booking_and_a_slot_of_its_own_each_time(room: Schedule) -> None:
    bookings = repeat_booking(room, weekly(3))

    assert [booking.slot.starts_at for booking in bookings] == [
        at("10:00", THURSDAY + timedelta(weeks=week)) for week in range(3)
    ]
    assert len({booking.slot_id for booking in bookings}) == len({booking.token_digest for booking in bookings}) == 3
    series = Series.objects.get()
    assert {booking.slot.series_id for booking in bookings} == {series.pk}
    assert (series.frequency, series.until) == ("weekly", THURSDAY + timedelta(weeks=2))


def test_a_class_at_ten_stays_at_ten_when_the_clock_is_moved(room: Schedule) -> None:
    Schedule.objects.filter(pk=room.pk).update(horizon_days=365)
    room.refresh_from_db()

    bookings = repeat_booking(room, Repeat(Frequency.MONTHLY_BY_DATE, date(2027, 4, 30)))

    assert bookings[-1].slot.starts_at == at("10:00", date(2027, 4, 26))
    assert {booking.slot.starts_at.hour for booking in bookings} == {8, 9}


def test_if_one_date_is_taken_none_is_booked_and_every_clash_is_named(room: Schedule) -> None:
    book(room, "10:00", day=THURSDAY + timedelta(weeks=1), client=make_client(email="eva@example.org"))
    Schedule.objects.filter(pk=room.pk).update(horizon_days=20)
    room.refresh_from_db()
    before = Booking.objects.count()

    with pytest.raises(SeriesClash) as refused:
        repeat_booking(room, weekly(4))

    assert clashes_of(refused.value) == [(date(2026, 12, 3), ResourceTaken), (date(2026, 12, 17), TooFar)]
    assert (Booking.objects.count(), Series.objects.count(), Slot.objects.count()) == (before, 0, before)
    assert not Notification.objects.filter(booking__email=LUIS.email).exists()


def test_outside_opening_hours_the_whole_series_is_refused(room: Schedule) -> None:
    room.hours.filter(weekday=THURSDAY.weekday()).delete()

    with pytest.raises(SeriesClash) as refused:
        repeat_booking(room, weekly(2))

    assert {type(each.refusal) for each in refused.value.clashes} == {OutsideOpeningHours}


def test_a_limit_per_person_counts_the_bookings_of_the_series_too(room: Schedule) -> None:
    Schedule.objects.filter(pk=room.pk).update(most_in_total=2)
    room.refresh_from_db()

    with pytest.raises(SeriesClash) as refused:
        repeat_booking(room, weekly(3))

    assert clashes_of(refused.value) == [(date(2026, 12, 10), LimitReached)]


def test_a_series_has_at_most_52_dates(room: Schedule) -> None:
    terms = supervisor_terms()
    resource = room.resources.get()
    until_53 = Repeat(Frequency.DAILY, THURSDAY + timedelta(days=52))
    until_52 = Repeat(Frequency.DAILY, THURSDAY + timedelta(days=51))

    with pytest.raises(TooManyRepeats):
        book_series(room, resource, at("10:00"), repeat=until_53, client=LUIS, now=NOW, terms=terms)
    assert not Series.objects.exists()

    assert len(book_series(room, resource, at("10:00"), repeat=until_52, client=LUIS, now=NOW, terms=terms)) == 52


def test_where_one_books_one_at_a_time_only_who_supervises_may_repeat(account: Account) -> None:
    single = make_resource_schedule(account)

    with pytest.raises(RepeatNotAllowed):
        repeat_booking(single, weekly(2))
    resource = single.resources.get()
    terms = supervisor_terms()

    assert len(book_series(single, resource, at("10:00"), repeat=weekly(2), client=LUIS, now=NOW, terms=terms)) == 2


def test_each_repeat_has_a_meeting_of_its_own(room: Schedule) -> None:
    connect_zoom(room)

    bookings = repeat_booking(room, weekly(3))

    assert {meeting.slot_id for meeting in Meeting.objects.all()} == {booking.slot_id for booking in bookings}


def test_a_repeat_that_must_be_approved_holds_every_date_and_asks_once(account: Account) -> None:
    asked = make_resource_schedule(account, repeats=Schedule.Repeats.MAY, requires_approval=True)

    bookings = repeat_booking(asked, weekly(3))

    assert {booking.status for booking in bookings} == {Booking.Status.PENDING}
    due = Notification.objects.filter(due_at__isnull=False)
    assert sorted(due.values_list("kind", "booking")) == [
        (Kind.APPROVAL_WANTED, bookings[0].pk),
        (Kind.REQUEST, bookings[0].pk),
    ]


def test_a_series_owes_one_confirmation_and_a_reminder_of_each_date(room: Schedule) -> None:
    first, second, third = repeat_booking(room, weekly(3))

    due = Notification.objects.filter(due_at__isnull=False)
    assert list(due.filter(kind=Kind.CONFIRMATION).values_list("booking", flat=True)) == [first.pk]
    reminded = due.filter(kind=Kind.REMINDER).order_by("booking").values_list("booking", flat=True)
    assert list(reminded) == [first.pk, second.pk, third.pk]
    assert {each.made_with_id for each in (second, third)} == {first.pk}


def test_one_signs_up_for_all_sessions_of_a_course_at_once(yoga: Schedule) -> None:
    Schedule.objects.filter(pk=yoga.pk).update(places_per_person=2)
    slots = make_course(yoga)

    bookings = sign_up_for_series(rest_of_series(slots[1], now=NOW), client=LUIS, quantity=2, now=NOW)

    assert [booking.slot_id for booking in bookings] == [slot.pk for slot in slots[1:]]
    assert list(Slot.objects.values_list("taken", flat=True)) == [0, 2, 2, 2]


def test_if_one_session_is_full_one_is_signed_up_for_none(yoga: Schedule) -> None:
    slots = make_course(yoga, capacity=1)
    sign_up(slots[2], "eva@example.org")

    with pytest.raises(SeriesClash) as refused:
        sign_up_for_series(slots, client=LUIS, now=NOW)

    assert clashes_of(refused.value) == [(date(2026, 12, 10), SlotFull)]
    assert list(Slot.objects.values_list("taken", flat=True)) == [0, 0, 1, 0]


def test_sessions_of_two_courses_are_not_one_series(yoga: Schedule) -> None:
    with pytest.raises(NotOffered):
        sign_up_for_series([make_course(yoga)[0], make_course(yoga)[0]], client=LUIS, now=NOW)


def test_where_sessions_are_booked_one_by_one_several_at_once_are_refused(account: Account) -> None:
    slots = make_course(make_capacity_schedule(account))

    with pytest.raises(RepeatNotAllowed):
        sign_up_for_series(slots, client=LUIS, now=NOW)


def test_where_one_must_take_the_course_one_place_is_a_place_in_all_that_follow(account: Account) -> None:
    """«yes, has to sign up for all of them»"""
    slots = make_course(make_capacity_schedule(account, repeats=Schedule.Repeats.MUST))

    booking = book_place(slots[1], client=LUIS, now=NOW)

    assert booking.slot_id == slots[1].pk
    assert list(Slot.objects.values_list("taken", flat=True)) == [0, 1, 1, 1]


def test_where_one_must_take_the_course_a_place_one_has_already_stands_in_the_way(account: Account) -> None:
    slots = make_course(make_capacity_schedule(account, repeats=Schedule.Repeats.MUST))
    book_place(slots[2], client=LUIS, now=NOW)

    with pytest.raises(SeriesClash) as refused:
        book_place(slots[0], client=LUIS, now=NOW)

    assert {type(each.refusal) for each in refused.value.clashes} == {AlreadySignedUp}


def test_who_supervises_may_give_somebody_a_single_session_of_a_course(account: Account) -> None:
    slots = make_course(make_capacity_schedule(account, repeats=Schedule.Repeats.MUST))

    book_place(slots[0], client=LUIS, now=NOW, terms=supervisor_terms())

    assert list(Slot.objects.values_list("taken", flat=True)) == [1, 0, 0, 0]


def test_this_and_following_are_cancelled_in_one_act_with_one_mail(room: Schedule) -> None:
    bookings = repeat_booking(room, weekly(4))

    ended = cancel_following(bookings[1], now=NOW)

    assert [booking.pk for booking in ended] == [booking.pk for booking in bookings[1:]]
    statuses = Booking.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["confirmed", "cancelled", "cancelled", "cancelled"]
    cancellations = Notification.objects.filter(kind=Kind.CANCELLATION, due_at__isnull=False)
    assert list(cancellations.values_list("booking", flat=True)) == [bookings[1].pk]
    assert repeat_booking(room, Repeat(Frequency.WEEKLY, THURSDAY), clock="11:00")


def test_places_in_a_course_that_are_given_back_are_offered_to_who_waits(account: Account) -> None:
    yoga = make_capacity_schedule(account, repeats=Schedule.Repeats.MAY, has_waiting_list=True)
    slots = make_course(yoga, weeks=2, capacity=1)
    bookings = sign_up_for_series(slots, client=LUIS, now=NOW)
    eva = join_waiting_list(slots[1], client=make_client(email="eva@example.org"), now=NOW)

    cancel_following(bookings[0], now=NOW)

    eva.refresh_from_db()
    assert eva.status == Booking.Status.OFFERED
    assert list(Slot.objects.values_list("taken", flat=True)) == [0, 1]


def test_following_is_what_a_guest_booked_in_one_act_not_what_bears_the_same_address(yoga: Schedule) -> None:
    """Anybody can type anybody's e-mail address: it must not open other bookings."""
    slots = make_course(yoga)
    sign_up_for_series(slots[1:], client=LUIS, now=NOW)
    yoga.places_per_person = None
    yoga.save()
    typed = sign_up(slots[0], LUIS.email)

    assert following_bookings(typed, now=NOW) == [typed]
    cancel_following(typed, now=NOW)

    assert list(Slot.objects.values_list("taken", flat=True)) == [0, 1, 1, 1]


def test_following_of_a_person_with_a_login_is_whatever_they_booked_in_the_series(
    account: Account, yoga: Schedule
) -> None:
    slots = make_course(yoga)
    member = make_member(account)
    client = make_client(email=member.user.email, membership=member)
    first = book_place(slots[0], client=client, now=NOW)
    book_place(slots[2], client=client, now=NOW)

    assert [booking.slot_id for booking in cancel_following(first, now=NOW)] == [slots[0].pk, slots[2].pk]


def test_too_late_for_one_is_too_late_for_the_series_and_nothing_changes(room: Schedule) -> None:
    bookings = repeat_booking(room, weekly(2))
    Schedule.objects.filter(pk=room.pk).update(cancel_limit_minutes=7 * 24 * 60)

    with pytest.raises(TooLateToCancel):
        cancel_following(Booking.objects.get(pk=bookings[0].pk), now=NOW)

    assert not Booking.objects.filter(status=Booking.Status.CANCELLED).exists()


def test_what_is_cancelled_is_not_cancelled_again(room: Schedule) -> None:
    bookings = repeat_booking(room, weekly(2))
    cancel_following(bookings[0], now=NOW)

    with pytest.raises(AlreadyCancelled):
        cancel_following(bookings[0], now=NOW)


def test_if_the_first_is_cancelled_before_its_mail_has_left_the_next_one_tells_of_the_rest(room: Schedule) -> None:
    first, second, third = repeat_booking(room, weekly(3))

    cancel(first, now=NOW)

    confirmation = Notification.objects.get(booking=second, kind=Kind.CONFIRMATION)
    assert (confirmation.told_by, confirmation.due_at) == (None, NOW)
    assert Notification.objects.get(booking=third, kind=Kind.CONFIRMATION).told_by == second


def test_the_trail_names_who_cancelled_each_booking_of_the_series(account: Account, room: Schedule) -> None:
    owner = make_member(account, Membership.Role.OWNER)
    bookings = repeat_booking(room, weekly(2))

    cancel_following(bookings[0], now=NOW, by=Actor(AuditEntry.Actor.OWNER, owner), terms=supervisor_terms())

    entries = AuditEntry.objects.filter(verb=AuditEntry.Verb.CANCELLED)
    assert {(entry.booking_id, entry.membership_id) for entry in entries} == {
        (booking.pk, owner.pk) for booking in bookings
    }


def test_the_zone_of_the_schedule_says_which_day_it_is(account: Account) -> None:
    night = make_resource_schedule(account, time_zone="Pacific/Auckland", repeats=Schedule.Repeats.MAY)
    start = at("09:00", THURSDAY, "Pacific/Auckland")
    resource = night.resources.get()
    repeat = Repeat(Frequency.DAILY, THURSDAY + timedelta(days=1))

    bookings = book_series(night, resource, start, repeat=repeat, client=LUIS, now=NOW)

    assert len(bookings) == 2
    assert bookings[0].time_zone == MADRID
