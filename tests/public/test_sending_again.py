"""link_bad, send_again: whoever holds a link that is not valid has the valid ones mailed to the address that booked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from convoca.booking.mail.post import Post
from convoca.booking.models import Booking
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.erasing import erase
from convoca.booking.operations.notifying import notify_next
from tests.booking.building import NOW, book, make_account, make_client, make_resource_schedule
from tests.public.reading import join_page_of, page_of, words

pytestmark = pytest.mark.django_db

ANSWER = "If there is a booking for {email}, we have just sent a new link."


def sent(minutes: int = 1) -> list[Any]:
    with Post() as post:
        while notify_next(now=NOW + timedelta(minutes=minutes), post=post):
            continue
    return list(getattr(mail, "outbox", []))


def booked(email: str = "luis@example.org", account: str = "Lumbre") -> Booking:
    return book(make_resource_schedule(make_account(account)), client=make_client(email=email))


def test_the_page_of_a_link_that_is_not_valid_offers_to_mail_the_valid_ones(client: Client) -> None:
    page = client.get("/b/unknown")

    assert page.status_code == 404
    assert "Email me a new link" in words(page)


def test_who_booked_gets_the_links_again_in_whatever_account_and_however_their_address_is_written(
    client: Client,
) -> None:
    first, second = booked(), booked(account="Sol")
    booked("eva@example.org", account="Luna")
    sent()

    answer = client.post("/links", {"email": "Luis@Example.org"})

    assert ANSWER.format(email="Luis@Example.org") in words(answer)
    again = sent(2)[3:]
    assert [each.to for each in again] == [["luis@example.org"], ["luis@example.org"]]
    assert [page_of(each) in str(letter.body) for each, letter in zip((first, second), again, strict=True)] == [
        True
    ] * 2
    assert client.get(join_page_of(first)).status_code == 200


def test_the_answer_is_the_same_where_nobody_has_booked(client: Client) -> None:
    answer = client.post("/links", {"email": "nobody@example.org"})

    assert (answer.status_code, ANSWER.format(email="nobody@example.org") in words(answer)) == (200, True)
    assert sent() == []


def test_nobody_is_mailed_again_and_again_by_whoever_types_their_address(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booked()
    sent()

    for _ in range(3):
        client.post("/links", {"email": "luis@example.org"})
    assert len(sent(2)) == 2

    this_instant.shift(timedelta(hours=1))
    client.post("/links", {"email": "luis@example.org"})
    assert len(sent(61)) == 3


def test_what_is_cancelled_deleted_or_over_is_not_sent_again(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    cancelled, erased, over = booked(), booked(account="Sol"), booked(account="Luna")
    cancel(cancelled, now=NOW)
    erase(erased, now=NOW)
    before = len(sent())
    this_instant.move_to(over.slot.ends_at)

    client.post("/links", {"email": "luis@example.org"})

    assert len(sent(60 * 72)) == before


@pytest.mark.parametrize("email", ["", "luis", "a@b\r\nBcc: c@example.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused_with_a_sentence(client: Client, email: str) -> None:
    answer = client.post("/links", {"email": email})

    assert answer.status_code == 422
    assert "Enter an email address in the format name@example.com" in words(answer)


def test_a_get_sends_nothing(client: Client) -> None:
    booked()
    sent()

    assert client.get("/links", {"email": "luis@example.org"}).status_code == 405
    assert len(sent(2)) == 1
