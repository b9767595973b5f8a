"""Links typed by hand, as they are recognised, warned of and mailed (J8, T39, M13, M17)."""

from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Booking, Meeting, Membership, Notification, Schedule, Slot, Supervision
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.linking import type_link
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.reading import page_of, said, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}
ROOM = "https://us02web.zoom.us/j/85212345678?pwd=Zm9v"
HOST = "This looks like your host link. Attendees need the join link."
SAME = "You use this link for another booking at the same time (Consultations, 10:00–10:30)."
CLOSE = (
    "You use this link also for what comes right before or after (Consultations, 10:00–10:30): guests may walk into "
    "the other meeting. A waiting room prevents that."
)


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, resources=2, link_source="manual")


def paste(browser: Client, slot: Slot, text: str, **more: str) -> Any:
    return browser.post(f"/manage/{slot.account.name}/slots/{slot.pk}/link", {"link": text, **more})


def day(browser: Client, account: Account) -> Any:
    return browser.get(f"/manage/{account.name}/", ON_THURSDAY)


@pytest.mark.parametrize(
    ("link", "known"),
    [
        (ROOM, "Zoom meeting 852 1234 5678, passcode included"),
        ("https://zoom.us/j/5551234567", "Zoom meeting 555 123 4567, without passcode"),
    ],
)
def test_what_was_recognised_is_said_and_stays_readable(
    link: str, known: str, superuser: Client, account: Account, schedule: Schedule
) -> None:
    answer = paste(superuser, book(schedule).slot, link)

    assert said(answer) == [f"{known}. Saved. 1 person gets the link by email."]
    assert known in words(day(superuser, account))


def test_in_spanish(superuser: Client, schedule: Schedule) -> None:
    address = f"/manage/{schedule.account.name}/slots/{book(schedule).slot_id}/link"

    answer = superuser.post(address, {"link": ROOM}, headers={"accept-language": "es"})

    assert said(answer)[0].startswith("Reunión de Zoom 852 1234 5678, con código incluido. ")


@pytest.mark.parametrize(
    "link", ["https://us02web.zoom.us/s/85212345678?zak=eyJ0", "https://zoom.us/j/85212345678?zak=eyJ0"]
)
def test_a_host_s_own_link_is_given_to_no_guest(link: str, superuser: Client, schedule: Schedule) -> None:
    """J8, 5.9: wherever it is typed."""
    booking = book(schedule)
    yoga = make_capacity_schedule(schedule.account, link_source="manual")
    slot = {"title": "Yoga", "day": "2026-11-27", "starts": "18:00", "ends": "19:00", "capacity": "5"}

    answers = [
        paste(superuser, booking.slot, link),
        superuser.post(page_of(yoga, "slots"), slot | {"location": link}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(HOST in words(answer) for answer in answers)
    assert not Meeting.objects.exists()


def test_t39_one_link_for_two_at_once_is_warned_of_and_never_refused(
    superuser: Client, account: Account, schedule: Schedule
) -> None:
    first, second = two(schedule, "10:00", "10:00")
    type_link(first.slot, ROOM, now=NOW)

    answer = paste(superuser, second.slot, ROOM)

    assert said(answer)[1] == SAME
    assert Meeting.objects.filter(wanted="present").count() == 2
    # Once as what was just done, and once at each of the two.
    assert words(day(superuser, account)).count(SAME) == 3


@pytest.mark.parametrize(("clock", "warned"), [("10:30", True), ("11:00", False)])
def test_t39_a_guest_of_the_next_one_could_walk_in(
    clock: str, warned: bool, superuser: Client, schedule: Schedule
) -> None:
    """Closer together than a quarter of an hour."""
    first, second = two(schedule, "10:00", clock)
    type_link(first.slot, ROOM, now=NOW)

    answer = paste(superuser, second.slot, ROOM)

    assert (CLOSE in said(answer)) is warned


def two(schedule: Schedule, one: str, other: str) -> tuple[Booking, Booking]:
    return (
        book(schedule, one),
        _with_another(schedule, other) if one == other else book(schedule, other, client=_eva()),
    )


def _eva() -> Any:
    return make_client("Eva Gómez", "eva@example.org")


def _with_another(schedule: Schedule, clock: str) -> Booking:
    resource = schedule.resources.order_by("-listed__position")[0]
    return book_resource(schedule, resource, at(clock), client=_eva(), now=NOW)


def test_t39_two_different_links_are_fine(superuser: Client, account: Account, schedule: Schedule) -> None:
    first, second = two(schedule, "10:00", "10:00")
    type_link(first.slot, ROOM, now=NOW)
    answer = paste(superuser, second.slot, "https://meet.example/other")

    assert len(said(answer)) == 1
    assert "You use this link" not in words(day(superuser, account))


def test_t39_a_cancelled_one_and_another_account_s_are_no_neighbours(superuser: Client, schedule: Schedule) -> None:
    cancelled, kept = two(schedule, "10:00", "10:00")
    type_link(cancelled.slot, ROOM, now=NOW)
    Slot.objects.filter(pk=cancelled.slot_id).update(cancelled_at=NOW)
    elsewhere = make_class(make_capacity_schedule(make_account("Sol"), link_source="manual"), starts_at=at("10:00"))
    type_link(elsewhere, ROOM, now=NOW)

    assert len(said(paste(superuser, kept.slot, ROOM))) == 1


def test_t39_slots_of_a_class_are_warned_of_too(superuser: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account, link_source="manual")
    lessons = [make_class(yoga, starts_at=at(clock)) for clock in ("17:00", "18:00")]
    for lesson in lessons:
        type_link(lesson, ROOM, now=NOW)

    page = words(superuser.get(page_of(yoga, "slots")))

    assert page.count("right before or after (Yoga for backs") == 2


def test_m2_whoever_supervises_one_schedule_is_told_nothing_of_another_s_people(
    account: Account, schedule: Schedule, log_in: LogIn
) -> None:
    type_link(book(schedule, "10:00").slot, ROOM, now=NOW)
    yoga = make_capacity_schedule(account, link_source="manual")
    lesson = make_class(yoga, starts_at=at("10:00"))
    member = make_member(account, Membership.Role.USER, email="yoga@example.org")
    Supervision.objects.create(account=account, membership=member, schedule=yoga)

    answer = paste(log_in(member), lesson, ROOM)

    assert said(answer)[1] == "You use this link for another booking at the same time (10:00–10:30)."


# --- who is told ---


def test_the_box_says_how_many_get_it_and_is_ticked(superuser: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account, link_source="manual")
    lesson = make_class(yoga)
    bookings = [sign_up(lesson, f"{name}@example.org") for name in ("luis", "eva")]

    pages = [
        day(superuser, account),
        superuser.get(f"/manage/{account.name}/slots/{lesson.pk}"),
        superuser.get(f"/manage/{account.name}/bookings/{bookings[0].pk}"),
    ]

    box = f'name="tell" id="tell-{lesson.pk}" value="1" checked>'
    assert all(box in page.text and "Email the new link to 2 people" in words(page) for page in pages)


def test_where_nobody_is_signed_up_there_is_no_box(superuser: Client, account: Account) -> None:
    make_class(make_capacity_schedule(account, link_source="manual"))

    assert "Email the new link" not in words(day(superuser, account))


@pytest.mark.parametrize(("ticked", "told"), [({"tell": "1"}, 1), ({}, 0)])
def test_an_unticked_box_mails_nobody_now_and_the_pages_have_the_link(
    ticked: dict[str, str], told: int, superuser: Client, client: Client, schedule: Schedule
) -> None:
    booking = book(schedule)
    Notification.objects.update(due_at=None, sent_at=NOW)

    answer = paste(superuser, booking.slot, ROOM, asked="1", **ticked)

    assert said(answer)[0].endswith("Saved. 1 person gets the link by email." if told else "Saved.")
    assert Notification.objects.filter(due_at__isnull=False).count() == told
    assert ROOM in client.post(f"/b/{booking.token.open()}/show", follow=True).text.replace("&amp;", "&")
