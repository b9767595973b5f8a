"""The superuser's day, row by row: no-shows, the link once more, the strip, and who books meanwhile (J12)."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from convoca.booking.models import Account, Booking, Notification
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from tests.booking.building import (
    NOW,
    at,
    book,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.reading import after_posting, words

LINK = "https://meet.example/secret-room"
ON_THURSDAY = {"day": "2026-11-26"}


def day_of(account: Account) -> str:
    return reverse("manage:today", args=[account.name])


def act(name: str, booking: Booking) -> str:
    return reverse(f"manage:{name}", args=[booking.account.name, booking.pk])


def news_address(page: str) -> str:
    found = re.search(r'id="watch" hx-get="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def downloaded(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


# No-shows


def test_a_no_show_is_marked_in_the_row_and_taken_back_there(
    superuser: Client, account: Account, this_instant: time_machine.Traveller
) -> None:
    booking = book(make_resource_schedule(account))
    assert "Mark as no-show" not in words(superuser.get(day_of(account), ON_THURSDAY))
    this_instant.move_to(at("10:20"))
    assert "Mark as no-show" in words(superuser.get(day_of(account), ON_THURSDAY))

    page = after_posting(superuser, act("no-show", booking), {"back": f"{day_of(account)}?day=2026-11-26"})

    assert "Noted: Luis Pérez did not come." in words(page)
    assert "No-show" in words(page)
    assert 'name="came"' in page.content.decode()
    page = after_posting(superuser, act("no-show", booking), {"came": "1"})
    assert "Luis Pérez is no longer marked as no-show." in words(page)
    assert not Booking.objects.get().was_missed


def test_a_no_show_stands_in_the_history_the_table_and_the_trail(
    superuser: Client, account: Account, this_instant: time_machine.Traveller
) -> None:
    booking = book(make_resource_schedule(account))
    this_instant.move_to(at("12:00"))
    after_posting(superuser, act("no-show", booking), {})
    supervise = reverse("manage:supervise", args=[account.name])

    table = downloaded(superuser.get(f"{supervise}/csv", {"view": "history"}))
    assert "2026-11-26 12:00+01:00" in table
    assert "No-show" in words(superuser.get(supervise, {"view": "history"}))
    assert "Marked as no-show" in words(superuser.get(f"{supervise}/trail"))
    assert "Marked as no-show" in words(superuser.get(act("booking", booking)))


def test_in_a_class_each_person_is_marked_alone(
    superuser: Client, account: Account, this_instant: time_machine.Traveller
) -> None:
    slot = make_class(make_capacity_schedule(account))
    sign_up(slot)
    eva = sign_up(slot, "eva@example.org")
    this_instant.move_to(at("18:10"))

    after_posting(superuser, act("no-show", eva), {})

    assert [booking.was_missed for booking in Booking.objects.order_by("pk")] == [False, True]


def test_what_has_not_begun_is_refused_in_a_sentence(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    assert "Nobody has missed it yet" in words(after_posting(superuser, act("no-show", booking), {}))


# The link once more


def test_the_link_is_sent_again_from_the_row(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))
    assert "Send link again" not in words(superuser.get(day_of(account), ON_THURSDAY))
    type_link(booking.slot, LINK, now=NOW)
    assert "Send link again" in words(superuser.get(day_of(account), ON_THURSDAY))

    page = after_posting(superuser, act("send-link", booking), {})

    assert "The meeting link goes to luis@example.org once more." in words(page)
    assert Notification.objects.filter(kind=Notification.Kind.LINK_READY, due_at=NOW).count() == 1


def test_without_a_link_nothing_is_sent_and_the_page_says_so(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    page = after_posting(superuser, act("send-link", booking), {})

    assert "There is no meeting link to send." in words(page)


# The strip


def test_a_press_on_the_strip_narrows_the_day(superuser: Client, account: Account) -> None:
    """«8 appointments · 2 need you (filter on click)»"""
    schedule = make_resource_schedule(account)
    book(schedule, "09:00", client=make_client("Nothing Missing"))
    schedule.link_source = "manual"
    schedule.save()
    book(schedule, "16:00", client=make_client("Eva Gómez", "eva@example.org"))

    whole = superuser.get(day_of(account), ON_THURSDAY)
    narrowed = superuser.get(day_of(account), ON_THURSDAY | {"only": "need"})

    assert "2 appointments · 1 needs you" in words(whole)
    assert f"{day_of(account)}?day=2026-11-26&amp;only=need" in whole.content.decode()
    assert "Nothing Missing" in words(whole)
    assert "Nothing Missing" not in words(narrowed)
    assert "Eva Gómez" in words(narrowed)


# Who books meanwhile


def test_who_books_while_the_day_is_looked_at_is_named_and_the_list_stays(superuser: Client, account: Account) -> None:
    """«New: {name}, 17:30. [Show]»"""
    schedule = make_resource_schedule(account)
    book(schedule, "09:00")
    ask = news_address(superuser.get(day_of(account), ON_THURSDAY).content.decode())
    assert superuser.get(ask).status_code == 204

    booking = book(schedule, "16:30", client=make_client("Eva Gómez", "eva@example.org"))
    told = superuser.get(ask)

    assert "New: Eva Gómez, 16:30. Show" in words(told)
    assert f"#slot-{booking.slot_id}" in told.content.decode()
    assert "Luis" not in words(told)
    again = news_address(told.content.decode())
    assert superuser.get(again).status_code == 204
    book(schedule, "15:00", client=make_client("Ada Ruiz", "ada@example.org"))
    assert "New: Ada Ruiz, 15:00. Show New: Eva Gómez, 16:30." in words(superuser.get(again))


def test_what_was_cancelled_meanwhile_or_is_on_another_day_is_no_news(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    ask = news_address(superuser.get(day_of(account), ON_THURSDAY).content.decode())

    cancel(book(schedule), now=NOW)
    book(schedule, day=at("10:00").date().replace(day=27))

    assert superuser.get(ask).status_code == 204


def test_of_other_schedules_a_superuser_of_one_hears_nothing(account: Account, log_in: LogIn) -> None:
    own, other = make_capacity_schedule(account), make_resource_schedule(account)
    member = make_member(account)
    member.supervisions.create(account=account, schedule=own)
    browser = log_in(member)
    ask = news_address(browser.get(day_of(account), ON_THURSDAY).content.decode())

    book(other)
    assert browser.get(ask).status_code == 204
    sign_up(make_class(own), "eva@example.org")
    assert browser.get(ask).status_code == 200


@pytest.mark.parametrize("query", ["", "?day=x&after=y&seen=z", "?after=99999999999999999999"])
def test_an_address_of_news_that_makes_no_sense_is_answered_all_the_same(
    superuser: Client, account: Account, query: str
) -> None:
    assert superuser.get(reverse("manage:arrivals", args=[account.name]) + query).status_code in {200, 204}


def test_the_keys_are_told_on_the_pages_that_have_them(superuser: Client, account: Account) -> None:
    for page in (day_of(account), reverse("manage:supervise", args=[account.name])):
        text = words(superuser.get(page))
        assert "Next and previous appointment" in text
        assert "Use these keys in this browser" in text
