"""The reveal window (J13): a schedule's link opens so long before the start, and not before, anywhere."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from convoca.booking.mail.post import Post
from convoca.booking.models import Account, Booking, Notification, Schedule
from convoca.booking.operations.configuring import AT_ONCE, Process, set_process
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.notifying import notify_next
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import token_holder, viewer_of
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.public.reading import join_page_of, page_of, words

pytestmark = pytest.mark.django_db

LINK = "https://meet.example/room-7f3a"


def booked(*, minutes: int | None = 15, link_source: str = Schedule.MANUAL) -> Booking:
    """Book on a schedule whose link opens `minutes` before the start, and type the link."""
    account = make_account(contact_email="ana@example.org")
    booking = book(make_resource_schedule(account, link_source=link_source, reveal_minutes=minutes))
    type_link(booking.slot, LINK, now=NOW)
    return Booking.objects.select_related("slot__schedule", "account").get(pk=booking.pk)


def told(booking: Booking, minutes_before: int) -> Link:
    """Return what the attendee is told so many minutes before the start."""
    now = booking.slot.starts_at - timedelta(minutes=minutes_before)
    return links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id]


@pytest.mark.parametrize("link_source", [Schedule.MANUAL, Schedule.NO_LINK])
def test_the_link_opens_at_the_minute_and_not_before(link_source: str) -> None:
    """Also one that was typed into an appointment of a schedule without links."""
    booking = booked(link_source=link_source)

    assert (told(booking, 16).state, told(booking, 16).url) == (LinkState.NOT_YET, "")
    assert told(booking, 16).opens_at == booking.slot.starts_at - timedelta(minutes=15)
    assert (told(booking, 15).state, told(booking, 15).url) == (LinkState.READY, LINK)


def test_without_a_window_it_is_seen_as_soon_as_it_is_there() -> None:
    assert told(booked(minutes=None), 60 * 24).url == LINK


def test_who_supervises_sees_it_always() -> None:
    booking = booked()
    owner = make_member(booking.account, "owner")

    links = links_for(viewer_of(booking.account, owner.user), [booking.slot], now=NOW)

    assert links[booking.slot_id].url == LINK


def test_a_person_with_a_log_in_waits_as_everybody_does() -> None:
    account = make_account()
    member = make_member(account)
    schedule = make_resource_schedule(account, link_source=Schedule.MANUAL, reveal_minutes=15)
    booking = book(schedule, client=make_client(membership=member))
    type_link(booking.slot, LINK, now=NOW)

    links = links_for(viewer_of(account, member.user), [booking.slot], now=NOW)

    assert links[booking.slot_id].state is LinkState.NOT_YET


def test_a_schedule_without_links_promises_none() -> None:
    booking = book(make_resource_schedule(make_account(), reveal_minutes=15))

    assert told(booking, 60).state is LinkState.NONE


def test_neither_page_gives_it_away_before_and_both_say_when(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = booked()
    client.post(f"{page_of(booking)}/show")

    pressed = client.post(join_page_of(booking))
    page, join_page = client.get(page_of(booking)), client.get(join_page_of(booking))

    assert (pressed.status_code, "Location" in pressed.headers) == (200, False)
    for answer in (pressed, page, join_page):
        assert "The meeting link opens at 09:45." in words(answer)
        assert "meet.example" not in answer.content.decode()

    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=15))
    assert LINK in client.get(page_of(booking)).content.decode()
    assert client.post(join_page_of(booking))["Location"] == LINK


def test_whoever_pressed_join_too_early_is_taken_there_when_it_opens(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = booked()
    card = f"{join_page_of(booking)}/card?seen=not_yet&waiting=1"

    assert client.get(card).status_code == 204
    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=15))
    assert "data-forward" in client.get(card).content.decode()


def test_no_mail_carries_it_before_and_the_reminder_after_does() -> None:
    """M3: the mail says from when on the join page's address leads there."""
    booking = booked()
    Schedule.objects.update(reminder_minutes=10)
    reminder = Notification.objects.filter(booking=booking, kind="reminder")
    reminder.update(offset_minutes=-10, due_at=booking.slot.starts_at - timedelta(minutes=10))

    for minutes in (60, 10):
        with Post() as post:
            while notify_next(now=booking.slot.starts_at - timedelta(minutes=minutes), post=post):
                continue

    confirmation, last = (str(each.body) for each in getattr(mail, "outbox", []))
    assert "This address opens the meeting from Thu 26 Nov, 09:45 on:" in confirmation
    assert join_page_of(booking) in confirmation
    assert LINK not in confirmation
    assert LINK in last


OTHER_LINK = "https://meet.example/room-9b21"


def sent_by(booking: Booking, minutes_before: int) -> list[str]:
    """Send what is due so many minutes before the start; return the kinds of all mails sent so far but reminders."""
    with Post() as post:
        while notify_next(now=booking.slot.starts_at - timedelta(minutes=minutes_before), post=post):
            continue
    sent = Notification.objects.filter(booking=booking, sent_at__isnull=False).exclude(kind="reminder")
    return list(sent.order_by("sent_at", "pk").values_list("kind", flat=True))


def with_a_link_that_changed(*, minutes: int) -> Booking:
    """Mail a link that is seen at once; then set the window, and type another link."""
    booking = booked(minutes=None)
    assert sent_by(booking, 24 * 60 + 1) == ["confirmation"]
    choose_window(booking, minutes)
    type_link(booking.slot, OTHER_LINK, now=NOW)
    return booking


def choose_window(booking: Booking, minutes: int) -> None:
    now = NOW + timedelta(minutes=1)
    # A link can be typed only where there is a place for it.
    Account.objects.update(supervisor_field=Account.SupervisorField.SHOWN)
    booking = Booking.objects.select_related("slot__schedule__account").get(pk=booking.pk)
    set_process(booking.slot.schedule, Process(source=Schedule.MANUAL, reveal_minutes=minutes), now=now)


def test_whoever_was_mailed_an_older_link_is_mailed_the_new_one_when_the_window_opens() -> None:
    """Or they would go where nobody is: the mail about it was dropped, because they could not see the link yet."""
    booking = with_a_link_that_changed(minutes=15)

    assert sent_by(booking, 16) == ["confirmation"]
    assert sent_by(booking, 15) == ["confirmation", "link_changed"]

    last = str(getattr(mail, "outbox", [])[-1].body)
    assert OTHER_LINK in last
    assert LINK not in last


@pytest.mark.parametrize(("window", "too_early", "leaves"), [(30, 31, 30), (5, 6, 5), (AT_ONCE, None, 60)])
def test_a_window_that_is_changed_retimes_what_waits_for_it(window: int, too_early: int | None, leaves: int) -> None:
    """A longer window opens earlier, a shorter one later, and without one there is nothing to wait for."""
    booking = with_a_link_that_changed(minutes=15)
    assert sent_by(booking, 120) == ["confirmation"]

    choose_window(booking, window)

    if too_early is not None:
        assert sent_by(booking, too_early) == ["confirmation"]
    assert sent_by(booking, leaves) == ["confirmation", "link_changed"]
    assert sent_by(booking, 1) == ["confirmation", "link_changed"]


@pytest.mark.parametrize("window", [5, 30, AT_ONCE])
def test_a_window_that_is_changed_mails_nobody_who_waits_for_nothing(window: int) -> None:
    """Whoever has no link yet was told from when on the join page opens it; the page says what is so now."""
    booking = booked(minutes=15)
    assert sent_by(booking, 120) == ["confirmation"]

    choose_window(booking, window)

    assert sent_by(booking, 1) == ["confirmation"]
    page = {5: "09:55", 30: "09:30"}.get(window, "")
    assert page in words(Client().get(join_page_of(booking)))


def test_a_confirmation_does_not_wait_for_a_link_that_it_could_not_carry() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi", reveal_minutes=15)

    booking = book(schedule)

    assert booking.notifications.get(kind="confirmation").due_at == NOW


def test_the_owner_sets_the_window_on_process_and_it_counts_for_what_is_booked(client: Client) -> None:
    booking = booked(minutes=None)
    client.force_login(make_member(booking.account, "owner").user)
    process = "/manage/Lumbre/schedules/consultations/process"

    assert "as soon as it is there" in words(client.get(process))
    client.post(process, {"source": "none", "reveal": "30"})
    assert told(booking, 31).state is LinkState.READY
    booking = Booking.objects.select_related("slot__schedule").get()
    assert (told(booking, 31).state, told(booking, 30).state) == (LinkState.NOT_YET, LinkState.READY)

    client.post(process, {"source": "none", "reveal": "-1"})
    assert Schedule.objects.get().reveal_minutes is None


def test_a_window_that_is_not_on_offer_is_refused(client: Client) -> None:
    booking = booked(minutes=15)
    client.force_login(make_member(booking.account, "owner").user)

    answer = client.post("/manage/Lumbre/schedules/consultations/process", {"source": "manual", "reveal": "7"})

    assert answer.status_code == 422
    assert Schedule.objects.get().reveal_minutes == 15
