"""A feed, byte for byte: what a calendar program reads of one's own bookings."""

import uuid
from pathlib import Path

import pytest
from pytest_django import Settings

from convoca.booking.mail.feeds import write_feed
from convoca.booking.models import Booking, Feed, Sealed
from convoca.booking.operations.feeding import Following, make_feed
from convoca.booking.questions.feeds import contents_of, reader_of
from tests.booking.building import (
    NOW,
    book,
    connect_zoom,
    make_account,
    make_client,
    make_member,
    make_resource_schedule,
)

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden" / "feed.en.ics"


@pytest.fixture
def feed(settings: Settings) -> Feed:
    settings.BASE_URL = "https://book.example.org"
    account = make_account()
    member, schedule = make_member(account), make_resource_schedule(account)
    connect_zoom(schedule)
    booking = book(schedule, client=make_client(email=member.user.email, membership=member))
    tokens = {"token": Sealed.seal("TOKEN-OF-THE-BOOKING-22"), "join_token": Sealed.seal("TOKEN-OF-THE-JOIN-PAGE")}
    Booking.objects.filter(pk=booking.pk).update(uid=uuid.UUID("0b3c1a52-7d2e-4a53-9f77-2f1c5f0a9e10"), **tokens)
    return make_feed(member, Following(has_links=True), now=NOW)


def test_a_feed_is_the_golden_one(feed: Feed) -> None:
    reader = reader_of(feed)
    assert reader is not None

    body, _tag = write_feed(feed, contents_of(feed, reader, now=NOW), language="en", now=NOW)

    assert body == GOLDEN.read_text(encoding="utf-8").replace("\n", "\r\n").encode()
