"""Calendars to subscribe to: made, copied, revoked; of a person, schedule, resource; links as far as their owner."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
import vobject  # type: ignore[import-untyped]
from django.test import Client
from icalendar import Calendar

from convoca.booking.models import Account, AuditEntry, Booking, Feed, Membership, Schedule, Supervision
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.erasing import erase
from convoca.booking.operations.feeding import MOST_FEEDS, Following, make_feed
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.refusals import NotOffered
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.reading import said, words

LINK = "https://meet.example/room-7f3a"


def path_of(feed: Feed) -> str:
    return f"/feeds/{feed.token.open()}.ics"


def read(feed: Feed, **headers: str) -> Any:
    return Client().get(path_of(feed), headers=headers)


def entries(feed: Feed) -> list[Any]:
    answer = read(feed)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content).walk("VEVENT")


@pytest.fixture
def owner_member(account: Account) -> Membership:
    return make_member(account, Membership.Role.OWNER)


@pytest.fixture
def booking(account: Account) -> Booking:
    """An appointment with a link."""
    booking = book(make_resource_schedule(account, link_source=Schedule.MANUAL))
    type_link(booking.slot, LINK, now=NOW)
    return booking


def schedule_of(booking: Booking) -> Schedule:
    return booking.slot.schedule


# --- what is in them ---


def test_a_schedule_s_feed_has_one_entry_for_each_occasion_and_both_parsers_read_the_same(
    owner_member: Membership, booking: Booking
) -> None:
    feed = make_feed(owner_member, Following(schedule=schedule_of(booking), has_names=True, has_links=True), now=NOW)

    body = read(feed).content.decode()
    [first], second = Calendar.from_ical(body).walk("VEVENT"), vobject.readOne(body).vevent

    assert first.decoded("DTSTART") == second.dtstart.value == at("10:00")
    assert str(first["SUMMARY"]) == second.summary.value == "Luis Pérez – Consultations"
    assert str(first["LOCATION"]) == second.location.value == LINK
    assert "CONFERENCE" in first
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in body
    assert "\r\nX-PUBLISHED-TTL:PT15M\r\n" in body
    assert "\r\nNAME:Consultations · Estudio Lumbre\r\n" in body


def test_links_and_names_are_in_it_only_if_it_was_made_so(owner_member: Membership, booking: Booking) -> None:
    feed = make_feed(owner_member, Following(schedule=schedule_of(booking)), now=NOW)

    body = read(feed).content.decode()

    assert "SUMMARY:Consultations\r\n" in body
    for secret in ("Luis", "luis@example.org", "meet.example", booking.token.open(), booking.join_token.open()):
        assert secret not in body


def test_a_resource_s_feed_has_what_takes_it_on_every_schedule(account: Account, owner_member: Membership) -> None:
    schedule, services = make_resource_schedule(account, resources=2), make_service_schedule(account)
    room, other = schedule.resources.order_by("listed__position")
    Feed.objects.all().delete()
    book(schedule)
    assert services.services.exists()

    in_room = entries(make_feed(owner_member, Following(resource=room, has_names=True), now=NOW))
    in_other = entries(make_feed(owner_member, Following(resource=other), now=NOW))

    assert ([str(each["SUMMARY"]) for each in in_room], in_other) == (["Luis Pérez – Consultations"], [])


def test_a_class_is_in_it_before_anybody_has_booked(account: Account, owner_member: Membership) -> None:
    schedule = make_capacity_schedule(account)
    slot = make_class(schedule)
    feed = make_feed(owner_member, Following(schedule=schedule, has_names=True), now=NOW)
    empty = entries(feed)
    sign_up(slot)
    sign_up(slot, "eva@example.org")

    [entry] = entries(feed)

    assert [str(each["STATUS"]) for each in empty] == ["CONFIRMED"]
    assert str(entry["DESCRIPTION"]).count("Luis Pérez (Confirmed)") == 2


def test_one_s_own_feed_leads_to_one_s_own_join_page_and_has_the_uid_of_the_mails(
    account: Account, booking: Booking
) -> None:
    member = make_member(account)
    mine = book(schedule_of(booking), "11:00", client=make_client("Nora", member.user.email, membership=member))
    type_link(mine.slot, "https://meet.example/hers", now=NOW)
    feed = make_feed(member, Following(has_links=True), now=NOW)

    [entry] = entries(feed)

    assert str(entry["UID"]).startswith(f"{mine.uid}@")
    assert str(entry["LOCATION"]).endswith(f"/j/{mine.join_token.open()}")
    assert "meet.example" not in read(feed).content.decode()
    assert "Luis" not in read(feed).content.decode()


def test_what_is_asked_for_is_tentative_and_what_is_cancelled_is_gone(
    owner_member: Membership, booking: Booking
) -> None:
    feed = make_feed(owner_member, Following(schedule=schedule_of(booking)), now=NOW)

    Booking.objects.update(status="pending")
    assert [str(each["STATUS"]) for each in entries(feed)] == ["TENTATIVE"]
    cancel(booking, now=NOW)

    assert entries(feed) == []


def test_it_tells_no_name_of_somebody_who_had_their_data_deleted(
    owner_member: Membership, booking: Booking, this_instant: time_machine.Traveller
) -> None:
    feed = make_feed(owner_member, Following(schedule=schedule_of(booking), has_names=True), now=NOW)
    this_instant.move_to(booking.slot.ends_at)
    erase(booking, now=booking.slot.ends_at)

    assert [str(each["SUMMARY"]) for each in entries(feed)] == ["(data deleted) – Consultations"]


# --- the tag ---


def test_a_program_that_has_it_already_is_sent_nothing(
    owner_member: Membership, booking: Booking, this_instant: time_machine.Traveller
) -> None:
    feed = make_feed(owner_member, Following(schedule=schedule_of(booking), has_links=True), now=NOW)
    tag = read(feed)["ETag"]

    this_instant.shift(timedelta(hours=1))
    again = read(feed, if_none_match=tag)
    type_link(booking.slot, "https://meet.example/other", now=NOW)
    new_link = read(feed, if_none_match=tag)
    move_appointment(booking, at("12:00"), now=NOW)
    moved = read(feed, if_none_match=new_link["ETag"])

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert (new_link.status_code, moved.status_code) == (200, 200)
    assert len({tag, new_link["ETag"], moved["ETag"]}) == 3
    assert again["Cache-Control"] == "private, no-cache"
    assert (moved["X-Robots-Tag"], moved["Referrer-Policy"]) == ("noindex, nofollow", "no-referrer")


# --- whose they are ---


@pytest.mark.parametrize("role", ["blocked", "user"])
def test_it_is_dead_as_soon_as_its_owner_may_not_see_it(account: Account, booking: Booking, role: str) -> None:
    superuser = make_member(account, Membership.Role.SUPERUSER)
    feed = make_feed(superuser, Following(schedule=schedule_of(booking), has_links=True), now=NOW)
    assert read(feed).status_code == 200

    Membership.objects.filter(pk=superuser.pk).update(role=role)

    assert read(feed).status_code == 404
    assert b"meet.example" not in read(feed).content


def test_a_superuser_of_one_schedule_follows_that_one_alone(account: Account, booking: Booking) -> None:
    member = make_member(account)
    yoga = make_capacity_schedule(account)
    Supervision.objects.create(account=account, membership=member, schedule=yoga)

    make_feed(member, Following(schedule=yoga), now=NOW)
    with pytest.raises(NotOffered):
        make_feed(member, Following(schedule=schedule_of(booking)), now=NOW)
    with pytest.raises(NotOffered):
        make_feed(member, Following(resource=schedule_of(booking).resources.get()), now=NOW)


def test_nobody_follows_another_account_s_schedule(owner_member: Membership) -> None:
    theirs = make_resource_schedule(make_account("Sol"))

    for following in (Following(schedule=theirs), Following(resource=theirs.resources.get())):
        with pytest.raises(NotOffered):
            make_feed(owner_member, following, now=NOW)


def test_an_address_that_is_nobody_s_is_not_found(client: Client, db: None) -> None:
    for path in ("/feeds/unknown.ics", "/feeds/%00.ics", "/feeds/" + "x" * 500 + ".ics"):
        assert client.get(path).status_code == 404


# --- the pages ---


def test_a_supervisor_makes_copies_and_revokes_an_address(owner: Client, account: Account, booking: Booking) -> None:
    page = f"/manage/{account.name}/calendars"
    schedule = schedule_of(booking)

    made = owner.post(page, {"about": f"s{schedule.pk}", "names": "on"})
    shown = owner.get(made["Location"])
    feed = Feed.objects.get()
    answer = owner.post(f"{page}/{feed.pk}/revoke")

    assert (made.status_code, feed.has_names, feed.has_links) == (303, True, False)
    assert "with names, without meeting links" in words(shown)
    assert f'data-copy="http://localhost:8000{path_of(feed)}"' in shown.content.decode()
    assert f'href="webcal://localhost:8000{path_of(feed)}"' in shown.content.decode()
    assert said(answer) == ["The address no longer works."]
    assert read(feed).status_code == 404


@pytest.mark.parametrize("about", ["", "s999", "r1", "x"])
def test_what_is_not_on_the_list_cannot_be_followed(owner: Client, account: Account, about: str) -> None:
    make_account("Sol")

    answer = owner.post(f"/manage/{account.name}/calendars", {"about": about})

    assert (answer.status_code, "Choose what to follow." in words(answer)) == (422, True)


def test_nobody_sees_or_revokes_the_address_of_somebody_else(
    superuser: Client, account: Account, owner_member: Membership
) -> None:
    feed = make_feed(owner_member, Following(), now=NOW)
    page = f"/manage/{account.name}/calendars"

    assert feed.token.open() not in superuser.get(page).content.decode()
    for act in ("show", "revoke"):
        assert superuser.post(f"{page}/{feed.pk}/{act}").status_code == 404
        assert superuser.post(f"{page}/99999999999999999999/{act}").status_code == 404
    assert read(feed).status_code == 200


def test_who_made_read_and_revoked_an_address_is_in_the_trail(
    owner: Client, superuser: Client, account: Account, booking: Booking
) -> None:
    """A feed is a key: whoever has handled it is known, and its address stands only where it was asked for."""
    page, trail = f"/manage/{account.name}/calendars", f"/manage/{account.name}/supervise/trail"
    owner.post(page, {"about": f"s{schedule_of(booking).pk}", "names": "on"})
    feed = Feed.objects.get()
    assert path_of(feed) not in owner.get(page).text
    assert superuser.post(f"{page}/{feed.pk}/show").status_code == 404

    looked = owner.post(f"{page}/{feed.pk}/show")
    assert path_of(feed) in owner.get(looked["Location"]).text
    owner.post(f"{page}/{feed.pk}/revoke")

    verbs = AuditEntry.objects.filter(verb__startswith="feed_").values_list("verb", "actor", "fields")
    assert list(verbs) == [(f"feed_{act}", "owner", "consultations") for act in ("made", "shown", "revoked")]
    for line in ("Made a calendar address", "Looked at a calendar address", "Revoked a calendar address"):
        assert line in words(owner.get(trail))
        assert line in words(superuser.get(trail))
    assert feed.token.open() not in owner.get(trail).text


def test_an_address_that_was_asked_for_is_shown_for_minutes_and_not_by_a_made_up_key(
    owner: Client, account: Account, booking: Booking
) -> None:
    page = f"/manage/{account.name}/calendars"
    with time_machine.travel(NOW, tick=False):
        made = owner.post(page, {"about": f"s{schedule_of(booking).pk}"})
        feed = Feed.objects.get()
        assert path_of(feed) in owner.get(made["Location"]).text
        for key in (str(feed.pk), f"{feed.pk}:x:y", ""):
            assert path_of(feed) not in owner.get(page, {"shown": key}).text

    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert path_of(feed) not in owner.get(made["Location"]).text


def test_looking_into_a_feed_itself_notes_nothing(owner_member: Membership, booking: Booking) -> None:
    """A calendar program asks every quarter of an hour; a GET changes nothing."""
    feed = make_feed(owner_member, Following(schedule=schedule_of(booking)), now=NOW)
    before = AuditEntry.objects.count()

    read(feed)

    assert AuditEntry.objects.count() == before


def test_a_user_makes_and_revokes_the_address_of_their_own_calendar(account: Account, log_in: LogIn) -> None:
    browser, page = log_in(make_member(account)), f"/my/{account.name}/calendar"

    browser.post(page)
    feed = Feed.objects.get()
    shown = browser.get(page)
    browser.post(f"{page}/{feed.pk}/revoke")

    assert (feed.schedule, feed.resource, feed.has_links) == (None, None, True)
    assert path_of(feed) in shown.content.decode()
    assert not Feed.objects.exists()


def test_there_is_an_end_to_how_many_one_person_has(account: Account, log_in: LogIn) -> None:
    member = make_member(account)
    for _ in range(MOST_FEEDS):
        make_feed(member, Following(), now=NOW)

    answer = log_in(member).post(f"/my/{account.name}/calendar")

    assert (answer.status_code, Feed.objects.count()) == (409, MOST_FEEDS)
    assert "Revoke one first." in words(answer)


def test_the_token_is_stored_encrypted_and_found_by_its_hash(owner_member: Membership) -> None:
    feed = make_feed(owner_member, Following(), now=NOW)

    stored = Feed.objects.values_list("token_digest", flat=True).get()
    assert feed.token.open() not in (stored, feed.token.ciphertext)
    assert len(feed.token.open()) == 22
