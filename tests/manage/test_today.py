"""The superuser's day: problems first, links as soon as they exist, links by hand (J12, M9, M10, M17)."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, Booking, Meeting, Sealed, Slot, Supervision
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.provisioning import provision_next
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.reading import said, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}


def day_of(account: Account) -> str:
    return f"/manage/{account.name}/"


def work() -> None:
    while provision_next(now=NOW):
        continue


def row_of(response: Any, slot: Slot) -> str:
    row = rf'<li class="row[^"]*" id="slot-{slot.pk}">.*?</div>\s*</li>\s*(?=<li class="row|</ol>)'
    found = re.findall(row, response.text, re.DOTALL)
    return str(found[0])


def poll_of(response: Any) -> str:
    return unescape(re.findall(r'<div id="live" hx-get="([^"]+)"', response.text)[0])


def test_the_day_lists_who_comes_when_to_what_and_the_link(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="jitsi"))
    work()

    row = row_of(superuser.get(day_of(account), ON_THURSDAY), booking.slot)

    link = Meeting.objects.get().link.open()
    assert "10:00–10:30" in row
    assert "Luis Pérez" in row
    assert "Consultations · Room 1" in row
    assert "Link ready" in row
    assert f'href="{link}"' in row
    assert f'data-copy="{link}"' in row


def test_today_is_where_a_log_in_leads(superuser: Client, account: Account) -> None:
    answer = superuser.get("/manage/")

    assert answer.headers["Location"] == day_of(account)
    assert "Today, Tuesday 24 November 2026" in words(superuser.get(day_of(account)))


def test_an_empty_day_names_the_next_occasion(superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account))

    assert "Nothing today. Next: Thu 26 Nov, 10:00–10:30" in words(superuser.get(day_of(account)))


def test_cancelled_bookings_are_not_in_the_day(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    Booking.objects.update(status=Booking.Status.CANCELLED)

    assert f"slot-{booking.slot_id}" not in superuser.get(day_of(account), ON_THURSDAY).text


def test_what_has_no_link_comes_first_and_is_counted(superuser: Client, account: Account) -> None:
    """«8 appointments · 2 need you»: no click is needed to see what is missing."""
    schedule = make_resource_schedule(account, link_source="jitsi")
    fine = book(schedule, "09:00")
    work()
    schedule.link_source = "manual"
    schedule.save()
    missing = book(schedule, "16:00", client=make_client("Eva Gómez", "eva@example.org"))

    page = superuser.get(day_of(account), ON_THURSDAY)

    assert "2 appointments · 1 needs you" in words(page)
    assert "No link entered yet" in row_of(page, missing.slot)
    assert page.text.index(f'id="slot-{missing.slot_id}"') < page.text.index(f'id="slot-{fine.slot_id}"')


def test_coming_days_without_link_are_announced_today(superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account, link_source="manual"))

    page = words(superuser.get(day_of(account)))

    assert "Coming days: no meeting link yet Thu 26 Nov, 10:00–10:30 · Luis Pérez" in page


def test_m10_a_class_is_one_row_with_its_count_and_one_link(superuser: Client, account: Account) -> None:
    """«el enlace de la reunión se almacenará en el campo de ubicación de la ranura»."""
    slot = make_class(make_capacity_schedule(account, link_source="jitsi"))
    for email in ("luis@example.org", "eva@example.org"):
        sign_up(slot, email)
    work()

    page = superuser.get(day_of(account), ON_THURSDAY)
    row = row_of(page, slot)

    assert "2 of 3 places taken" in row
    assert "Location" in row
    assert row.count(">Luis Pérez</a>") == 2
    assert row.count(f'href="{Meeting.objects.get().link.open()}"') == 1


def test_m9_the_superuser_sees_the_link_without_reloading(superuser: Client, account: Account) -> None:
    """«el enlace de la reunión será visible … tanto para los superusuarios como para el usuario que reservó.»"""
    booking = book(make_resource_schedule(account, link_source="jitsi"))
    poll = poll_of(superuser.get(day_of(account), ON_THURSDAY))

    unchanged = superuser.get(poll)
    work()
    news = superuser.get(poll)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert f'id="link-{booking.slot_id}" hx-swap-oob="true"' in news.text
    assert Meeting.objects.get().link.open() in news.text
    assert "Link ready: 10:00–10:30." in words(news)
    assert "hx-get" not in news.text


def test_m9_a_link_that_takes_long_is_asked_for_less_often(superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account, link_source="jitsi"))
    poll = poll_of(superuser.get(day_of(account), ON_THURSDAY))

    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        news = superuser.get(poll)

    assert "Jitsi Meet is slow to answer. Next attempt 09:00." in words(news)
    assert 'hx-trigger="every 5s"' in news.text


def test_news_of_another_account_is_no_news(superuser: Client, account: Account) -> None:
    elsewhere = make_account("Sombra")
    slot = make_class(make_capacity_schedule(elsewhere, link_source="jitsi"))
    work()

    news = superuser.get(f"{day_of(account)}live", {"rows": f"{slot.pk}.pending"})

    assert Meeting.objects.get().link
    assert "meet.jit.si" not in news.text


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (
            {"blocked": "rejected", "reason": "Meeting topic is not allowed."},
            "Zoom refused to create the link: Meeting",
        ),
        ({"waiting": "quota", "due_at": NOW + timedelta(hours=16)}, "1 meeting is waiting; it continues at 01:00."),
        ({}, "Link being created"),
    ],
)
def test_every_state_is_told_in_words(state: dict[str, Any], told: str, superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    book(schedule)
    Meeting.objects.update(**state)

    assert told in words(superuser.get(day_of(account), ON_THURSDAY))


def test_j12_the_owner_has_what_was_refused_tried_again_from_the_day_and_comes_back_to_it(
    owner: Client, superuser: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    booking = book(schedule)
    Meeting.objects.update(blocked="rejected", reason="Not allowed.", due_at=None)
    refused = Meeting.objects.get()
    row = row_of(owner.get(day_of(account), ON_THURSDAY), booking.slot)
    back = f"{day_of(account)}slots/{booking.slot_id}/link"
    assert "Try again" in row
    assert f'value="{back}"' in row
    assert "Try again" not in row_of(superuser.get(day_of(account), ON_THURSDAY), booking.slot)

    answer = owner.post(f"{day_of(account)}health/meetings/{refused.pk}/retry", {"back": back})

    assert answer.headers["Location"] == back
    assert owner.get(back).headers["Location"] == f"{day_of(account)}?day=2026-11-26#slot-{booking.slot_id}"
    refused.refresh_from_db()
    assert (refused.blocked, refused.due_at is None) == ("", False)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("manual", "No link yet. Attendees see “Estudio Lumbre will add the meeting link.” Only people with a booking"),
        ("jitsi", "Filled in automatically. You can replace it. Only people with a booking can see it."),
    ],
)
def test_j8_the_field_of_a_link_says_what_there_is_without_it(
    source: str, told: str, superuser: Client, account: Account
) -> None:
    book(make_resource_schedule(account, link_source=source))

    assert told in words(superuser.get(day_of(account), ON_THURSDAY))


def test_a_link_is_pasted_into_an_appointment(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))

    answer = superuser.post(f"{day_of(account)}slots/{booking.slot_id}/link", {"link": "https://meet.example/abc"})
    page = superuser.get(day_of(account), ON_THURSDAY)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{day_of(account)}?day=2026-11-26#slot-{booking.slot_id}"
    assert said(answer) == ["Saved. 1 person gets the link by email."]
    assert 'href="https://meet.example/abc"' in row_of(page, booking.slot)


def test_a_whole_invitation_may_be_pasted(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))
    invitation = "Ana invites you.\nJoin: https://meet.example/abc?pwd=1\nMeeting ID: 852"

    answer = superuser.post(f"{day_of(account)}slots/{booking.slot_id}/link", {"link": invitation})

    assert said(answer) == [
        "We took the link out of the invitation you pasted. Saved. 1 person gets the link by email."
    ]
    assert Meeting.objects.get().link.open() == "https://meet.example/abc?pwd=1"


@pytest.mark.parametrize("text", ["not a link", "javascript:alert(1)", "ftp://meet.example/abc", " ", "x" * 20_000])
def test_what_holds_no_link_is_kept_in_the_form_with_the_reason(text: str, superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))

    answer = superuser.post(f"{day_of(account)}slots/{booking.slot_id}/link", {"link": text})
    row = row_of(answer, booking.slot)

    assert answer.status_code == 422
    assert '<details class="paste" open>' in row
    assert 'aria-invalid="true"' in row
    assert text.strip() in row
    assert not Meeting.objects.exists()


def test_m17_a_link_by_hand_is_seen_by_its_booker_and_by_no_other(
    superuser: Client, account: Account, client: Client
) -> None:
    """«Los enlaces de la reunión solo se mostrarán a los usuarios que estén registrados para la ranura o la cita.»"""
    schedule = make_resource_schedule(account, link_source="manual")
    mine = book(schedule, "10:00")
    other = book(schedule, "11:00", client=make_client("Eva Gómez", "eva@example.org"))
    superuser.post(f"{day_of(account)}slots/{mine.slot_id}/link", {"link": "https://meet.example/mine"})

    own_page = client.post(f"/b/{mine.token.open()}/show", follow=True).text
    other_page = Client().post(f"/b/{other.token.open()}/show", follow=True).text
    public_page = Client().get(f"/schedule/{account.name}/{schedule.slug}").text

    assert "https://meet.example/mine" in own_page
    assert "meet.example" not in other_page
    assert "meet.example" not in public_page


def test_a_link_of_somebody_s_own_making_is_shown_as_text_never_as_code(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"), client=make_client('<b>"Luis"</b>'))
    Meeting.objects.create(
        account=account,
        slot=booking.slot,
        provider="manual",
        wanted_at=NOW,
        observed=Meeting.Observed.EXTERNAL,
        link=Sealed.seal('https://meet.example/"><script>alert(1)</script>'),
    )

    page = superuser.get(day_of(account), ON_THURSDAY).text

    assert "<script>alert" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-24\x00", "🙂"])
def test_a_day_that_makes_no_sense_is_today(day: str, superuser: Client, account: Account) -> None:
    assert "Today, Tuesday 24 November 2026" in words(superuser.get(day_of(account), {"day": day}))


@pytest.mark.parametrize("rows", ["", "x", "1.pending-", "9" * 30 + ".pending", "-", "1", "²³.pending", "1.\x00"])
def test_news_of_rows_that_make_no_sense_is_empty(rows: str, superuser: Client, account: Account) -> None:
    answer = superuser.get(f"{day_of(account)}live", {"rows": rows})

    assert answer.status_code == 200
    assert "link-" not in answer.text


def test_the_day_costs_the_same_however_many_appointments(
    superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions; schedules, bookings, slots, moves, meetings, resources."""
    schedule = make_resource_schedule(account, resources=4, link_source="jitsi")
    for clock in ("09:00", "10:00", "11:00"):
        book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org"))

    with django_assert_num_queries(11):
        superuser.get(day_of(account), ON_THURSDAY)


def test_the_day_is_the_account_s_not_utc_s(superuser: Client, account: Account) -> None:
    """Half past midnight in Madrid is still the day before in UTC."""
    slot = make_class(make_capacity_schedule(account), starts_at=at("00:30", date(2026, 11, 27)))

    assert f'id="slot-{slot.pk}"' in superuser.get(day_of(account), {"day": "2026-11-27"}).text
    assert f'id="slot-{slot.pk}"' not in superuser.get(day_of(account), ON_THURSDAY).text


def test_today_said_nothing_of_requests_that_wait_on_other_days(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, requires_approval=True)
    book(schedule, "10:00")
    listed = f"/manage/{account.name}/supervise?view=coming&state=pending"

    one = superuser.get(day_of(account))
    book(schedule, "11:00", client=make_client("Eva Gómez", "eva@example.org"))
    two = words(superuser.get(day_of(account)))
    spanish = words(superuser.get(day_of(account), headers={"accept-language": "es"}))

    assert "1 request is waiting for your answer" in words(one)
    assert f'href="{listed}"' in unescape(one.text)
    assert "2 requests are waiting for your answer" in two
    assert "2 solicitudes esperan tu respuesta" in spanish
    assert all(name in words(superuser.get(listed)) for name in ("Luis Pérez", "Eva Gómez"))


def test_requests_of_schedules_that_somebody_does_not_supervise_do_not_wait_for_them(
    account: Account, log_in: LogIn
) -> None:
    book(make_resource_schedule(account, requires_approval=True))
    member = make_member(account, email="yoga@example.org")
    Supervision.objects.create(account=account, membership=member, schedule=make_capacity_schedule(account))

    assert "waiting for your answer" not in words(log_in(member).get(day_of(account)))


def test_requests_that_wait_cost_today_one_query(
    superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions; schedules, bookings, slots; requests; ahead; the first
    after."""
    schedule = make_resource_schedule(account, requires_approval=True)
    for clock in ("09:00", "10:00", "11:00"):
        book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org"))

    with django_assert_num_queries(11):
        superuser.get(day_of(account))


def test_a_rental_was_left_out_of_the_days_after_its_first(superuser: Client, account: Account) -> None:
    """It stands on each day that it occupies, and on none besides."""
    schedule = make_resource_schedule(account, length_kind="days", most_days=3, check_out_minutes=12 * 60)
    resource = schedule.resources.get()
    rental = book_resource(schedule, resource, at("10:00"), client=make_client(), now=NOW, length=timedelta(days=3))

    def stands_on(day: int) -> bool:
        page = superuser.get(day_of(account), {"day": (THURSDAY + timedelta(days=day)).isoformat()})
        return f'id="slot-{rental.slot_id}"' in page.text

    assert [stands_on(day) for day in (-1, 0, 1, 2, 3)] == [False, True, True, True, False]


def test_a_rental_under_way_does_not_take_the_mark_of_what_is_next(superuser: Client, account: Account) -> None:
    rentals = make_resource_schedule(account, length_kind="days", most_days=3, check_out_minutes=18 * 60)
    book_resource(
        rentals, rentals.resources.get(), at("10:00"), client=make_client(), now=NOW, length=timedelta(days=2)
    )
    yoga = make_class(make_capacity_schedule(account), starts_at=at("18:00", THURSDAY + timedelta(days=1)))

    with time_machine.travel(at("09:00", THURSDAY + timedelta(days=1)), tick=False):
        row = row_of(superuser.get(day_of(account)), yoga)

    assert "is-next" in row
