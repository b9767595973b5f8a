"""One link for all bookings of a schedule, from its page Process and from the field of one booking (J8)."""

import pytest
from django.test import Client

from convoca.booking.models import Account, Booking, Meeting, Membership, Schedule, Supervision
from convoca.booking.operations.applying import apply_next
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from tests.booking.building import NOW, book, make_capacity_schedule, make_class, make_member, make_resource_schedule
from tests.manage.conftest import LogIn
from tests.manage.reading import buttons, page_of, said, words

ROOM = "https://us02web.zoom.us/j/85212345678?pwd=Zm9v"
HEADING = "Use one link for all bookings of this schedule"
SAVED = "Saved. Everybody who books from now on gets this link."


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, resources=2, link_source="manual")


def link_of(booking: Booking) -> str:
    while apply_next(now=NOW):
        continue
    booking = Booking.objects.select_related("slot__schedule").get(pk=booking.pk)
    return links_for(token_holder(booking), [booking.slot], now=NOW)[booking.slot_id].url


def test_the_page_offers_it_where_links_are_typed_by_hand_and_nowhere_else(owner: Client, schedule: Schedule) -> None:
    elsewhere = make_resource_schedule(schedule.account, slug="visits", link_source="jitsi")

    assert HEADING in words(owner.get(page_of(schedule, "process")))
    assert HEADING not in words(owner.get(page_of(elsewhere, "process")))
    answer = owner.post(page_of(elsewhere, "process/link"), {"shared_link": ROOM})
    assert said(answer) == ["This schedule's links are not typed by hand. Nothing was changed."]


def test_it_is_pasted_once_and_everybody_has_it(owner: Client, schedule: Schedule) -> None:
    before = book(schedule, "10:00")

    answer = owner.post(page_of(schedule, "process/link"), {"shared_link": f"Join us:\n{ROOM}\nSee you"})

    assert answer.status_code == 303
    assert said(answer) == [f"{SAVED} 1 upcoming booking gets it too, by email."]
    after = book(Schedule.objects.get(pk=schedule.pk), "11:00")
    assert (link_of(before), link_of(after)) == (ROOM, ROOM)
    page = owner.get(page_of(schedule, "process"))
    assert "Zoom meeting 852 1234 5678, passcode included" in words(page)
    assert ROOM in page.text


def test_in_a_class_all_slots_have_it(owner: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account, link_source="manual")
    make_class(yoga)

    answer = owner.post(page_of(yoga, "process/link"), {"shared_link": ROOM}, headers={"accept-language": "es"})

    assert said(answer) == [
        "Guardado. Quien reserve desde ahora recibe este enlace. 1 próxima ranura también lo recibe; quien está en "
        "ella recibe un correo."
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no address", "Enter a full address that starts with https://"),
        ("", "Enter a full address that starts with https://"),
        ("https://zoom.us/j/85212345678?zak=eyJ0", "This looks like your host link. Attendees need the join link."),
    ],
)
def test_what_is_no_link_for_guests_is_said_and_kept(
    text: str, problem: str, owner: Client, schedule: Schedule
) -> None:
    answer = owner.post(page_of(schedule, "process/link"), {"shared_link": text})

    assert answer.status_code == 422
    assert problem in words(answer)
    assert text in answer.content.decode()
    assert not Schedule.objects.get().shared_link


def test_it_is_used_no_more_and_stays_with_who_has_it(owner: Client, schedule: Schedule) -> None:
    owner.post(page_of(schedule, "process/link"), {"shared_link": ROOM})
    booking = book(Schedule.objects.get(), "10:00")

    assert "Use it no more" in buttons(owner.get(page_of(schedule, "process")))
    answer = owner.post(page_of(schedule, "process/link/remove"))

    assert said(answer)[0].startswith("Removed. Who books from now on gets no link until you type one;")
    assert link_of(booking) == ROOM
    assert link_of(book(Schedule.objects.get(), "11:00")) == ""
    assert "Use it no more" not in buttons(owner.get(page_of(schedule, "process")))


def test_from_the_field_of_one_booking_it_becomes_everybody_s(owner: Client, schedule: Schedule) -> None:
    here, there = book(schedule, "10:00"), book(schedule, "11:00")
    day = f"/manage/{schedule.account.name}/?day=2026-11-26"
    assert words(owner.get(day)).count(HEADING) == 2

    answer = owner.post(f"/manage/{schedule.account.name}/slots/{here.slot_id}/link", {"link": ROOM, "for_all": "1"})

    assert said(answer) == [
        "Zoom meeting 852 1234 5678, passcode included. Saved. 1 person gets the link by email.",
        f"{SAVED} 1 upcoming booking gets it too, by email.",
    ]
    assert (link_of(here), link_of(there)) == (ROOM, ROOM)


def test_whoever_may_not_configure_the_schedule_types_it_for_one_booking_alone(
    account: Account, schedule: Schedule, log_in: LogIn
) -> None:
    marco = make_member(account, Membership.Role.USER, email="marco@example.org")
    Supervision.objects.create(account=account, membership=marco, schedule=schedule)
    superuser, here, there = log_in(marco), book(schedule, "10:00"), book(schedule, "11:00")
    assert HEADING not in words(superuser.get(f"/manage/{account.name}/?day=2026-11-26"))

    superuser.post(f"/manage/{account.name}/slots/{here.slot_id}/link", {"link": ROOM, "for_all": "1"})

    assert (link_of(here), link_of(there)) == (ROOM, "")
    assert superuser.post(page_of(schedule, "process/link"), {"shared_link": ROOM}).status_code == 404
    assert superuser.post(page_of(schedule, "process/link/remove")).status_code == 404


def test_where_links_are_made_by_themselves_a_pasted_one_is_one_booking_s(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, link_source="jitsi")
    here, there = book(schedule, "10:00"), book(schedule, "11:00")
    assert HEADING not in words(owner.get(f"/manage/{account.name}/?day=2026-11-26"))

    owner.post(f"/manage/{account.name}/slots/{here.slot_id}/link", {"link": ROOM, "for_all": "1"})

    assert link_of(here) == ROOM
    assert Meeting.objects.get(slot=there.slot).provider == "jitsi"
