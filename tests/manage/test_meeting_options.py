"""How people come into meetings, and what stands in for a link: Configure > Process, and what is told of it (T40)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Account, Booking, Meeting, Membership, Schedule, Sealed, Supervision
from tests.booking.building import (
    THURSDAY,
    book,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
    make_service_schedule,
)
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.conftest import LogIn
from tests.manage.reading import choices, page_of, said, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}
SPARE = "https://rooms.example.org/spare?key=4711"
INVITATION = f"Ana invites you.\nJoin: <{SPARE}>.\nMeeting ID: 852"


@pytest.fixture
def schedule(account: Account, zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    return schedule


def save(browser: Client, schedule: Schedule, **fields: str) -> Any:
    return browser.post(page_of(schedule, "process"), {"source": schedule.link_source, **fields})


def as_saved(schedule: Schedule) -> tuple[bool, bool]:
    schedule.refresh_from_db()
    return schedule.meeting_passcode, schedule.waiting_room


# --- how people come in ---


def test_a_passcode_is_on_and_a_waiting_room_off_unless_the_owner_wants_it_otherwise(
    owner: Client, schedule: Schedule
) -> None:
    """5.9: without a passcode Zoom forces a waiting room."""
    page = owner.get(page_of(schedule, "process"))

    assert "How do people come in? It counts for meetings made from now on." in words(page)
    ticked = {each.label: each.is_chosen for each in choices(page)}
    assert (ticked["With a passcode"], ticked["With a waiting room"]) == (True, False)
    assert "A meeting with neither passcode nor waiting room gets a waiting room all the same." in words(page)


@pytest.mark.parametrize(
    ("ticked", "saved"),
    [
        ({"passcode": "on"}, (True, False)),
        ({"waiting_room": "on"}, (False, True)),
        ({"passcode": "on", "waiting_room": "on"}, (True, True)),
        ({}, (False, False)),
    ],
)
def test_what_is_ticked_is_wanted_and_what_is_not_is_not(
    ticked: dict[str, str], saved: tuple[bool, bool], owner: Client, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    answer = save(owner, schedule, asked="1", **ticked)
    booking = book(Schedule.objects.get(pk=schedule.pk))
    zoom.work()

    assert answer.status_code == 303
    assert as_saved(schedule) == saved
    made = meeting_of(booking.slot)
    assert (bool(made.passcode), made.sent["waiting_room"]) == saved


def test_a_form_that_did_not_show_them_leaves_them_as_they_are(owner: Client, schedule: Schedule) -> None:
    save(owner, schedule)

    assert as_saved(schedule) == (True, False)


def test_where_the_source_has_no_such_choice_it_is_neither_shown_nor_saved(owner: Client, account: Account) -> None:
    schedule = make_service_schedule(account, link_source="jitsi")
    page = owner.get(page_of(schedule, "process"))
    save(owner, schedule, asked="1", waiting_room="on")

    assert "How do people come in?" not in words(page)
    assert as_saved(schedule) == (True, False)


@pytest.fixture
def forced(schedule: Schedule, zoom: SimulatedZoom) -> Booking:
    """A booking whose meeting has a waiting room because its owner wants no passcode."""
    Schedule.objects.update(meeting_passcode=False)
    booking = book(Schedule.objects.get(pk=schedule.pk))
    zoom.work()
    return booking


def test_t40_what_zoom_made_otherwise_is_told_in_the_day_and_at_the_booking(superuser: Client, forced: Booking) -> None:
    told = "Zoom made it with a waiting room although you asked for none: let people in."
    place = f"/manage/{forced.account.name}"

    assert told in words(superuser.get(f"{place}/", ON_THURSDAY))
    assert told in words(superuser.get(f"{place}/bookings/{forced.pk}"))


def test_t40_in_spanish(superuser: Client, forced: Booking) -> None:
    page = superuser.get(f"/manage/{forced.account.name}/", ON_THURSDAY, headers={"accept-language": "es"})

    assert "Zoom la creó con sala de espera aunque no la pediste: deja entrar a la gente." in words(page)


def test_t40_at_a_slot_of_a_class_too(superuser: Client, account: Account, zoom: SimulatedZoom) -> None:
    yoga = make_capacity_schedule(account, meeting_passcode=False)
    zoom.connect(yoga)
    lesson = make_class(yoga)
    zoom.work()

    for page in (f"/manage/{account.name}/slots/{lesson.pk}", page_of(yoga, "slots")):
        assert "Zoom made it with a waiting room although you asked for none" in words(superuser.get(page))


def test_the_guest_reads_nothing_of_it(client: Client, forced: Booking) -> None:
    assert "waiting room" not in words(client.post(f"/b/{forced.token.open()}/show", follow=True))


@pytest.mark.parametrize(
    ("differences", "sent", "told"),
    [
        ("waiting_room", {"waiting_room": True}, "Zoom made it without the waiting room that you asked for."),
        ("starts_at minutes", {}, "At Zoom it has another time: somebody has changed it there."),
        ("topic", {}, "At Zoom it has another name: somebody has changed it there."),
        ("passcode", {}, "Zoom made it with a passcode although you asked for none."),
    ],
)
def test_every_difference_is_told_once(
    differences: str, sent: dict[str, Any], told: str, superuser: Client, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    book(schedule)
    zoom.work()
    Meeting.objects.update(differences=differences, sent=sent)

    page = words(superuser.get(f"/manage/{schedule.account.name}/", ON_THURSDAY))

    assert page.count(told) == 1


def test_what_was_made_before_the_owner_changed_their_mind_is_not_called_a_difference(
    superuser: Client, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    """It is as it was asked for: the choice counts for meetings made from now on."""
    booking = book(schedule)
    zoom.work()
    Schedule.objects.update(waiting_room=True, meeting_passcode=False)
    Meeting.objects.update(doubted_at=zoom.clock(), due_at=zoom.clock())
    zoom.work()

    assert (zoom.calls("get"), meeting_of(booking.slot).differences) == (1, "")


# --- the backup link ---


@pytest.mark.parametrize("typed", [SPARE, INVITATION])
def test_a_backup_link_is_typed_like_any_other_and_kept_encrypted(
    typed: str, owner: Client, schedule: Schedule
) -> None:
    answer = save(owner, schedule, backup_link=typed)

    kept = Schedule.objects.get(pk=schedule.pk).backup_link
    assert answer.status_code == 303
    assert said(answer) == ["Saved."]
    assert kept.open() == SPARE
    assert kept.ciphertext.startswith("gAAAA")
    assert SPARE in owner.get(page_of(schedule, "process")).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("my room", "Enter a full address that starts with https://"),
        ("javascript:alert(1)", "Enter a full address that starts with https://"),
        ("https://us02web.zoom.us/s/85200000000?zak=abc", "This looks like your host link. Attendees need the join"),
    ],
)
def test_what_is_no_link_for_guests_is_refused_and_nothing_else_is_saved(
    typed: str, told: str, owner: Client, schedule: Schedule
) -> None:
    answer = owner.post(page_of(schedule, "process"), {"source": "none", "asked": "1", "backup_link": typed})

    assert answer.status_code == 422
    assert told in words(answer)
    assert typed in answer.text
    schedule.refresh_from_db()
    assert (schedule.link_source, bool(schedule.backup_link), schedule.meeting_passcode) == ("zoom", False, True)


def test_an_empty_one_takes_it_away(owner: Client, schedule: Schedule) -> None:
    save(owner, schedule, backup_link=SPARE)

    save(owner, schedule, backup_link="  ")

    assert not Schedule.objects.get(pk=schedule.pk).backup_link


@pytest.mark.parametrize(
    ("source", "told", "spanish"),
    [
        ("zoom", "Backup link in use because Zoom failed", "En uso el enlace de respaldo porque falló Zoom"),
        (
            "manual",
            "Backup link in use because nobody entered one",
            "En uso el enlace de respaldo porque nadie añadió otro",
        ),
    ],
)
def test_whoever_supervises_reads_that_it_is_in_use_and_why(
    source: str,
    told: str,
    spanish: str,
    superuser: Client,
    schedule: Schedule,
    zoom: SimulatedZoom,
    this_instant: time_machine.Traveller,
) -> None:
    """T5, T43: never another's name."""
    Schedule.objects.update(backup_link=Sealed.seal(SPARE), link_source=source)
    booking = book(Schedule.objects.get(pk=schedule.pk))
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED, due_at=None)
    place = f"/manage/{schedule.account.name}/"

    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=31))
    before = superuser.get(place)
    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=30))
    after, in_spanish = superuser.get(place), superuser.get(place, headers={"accept-language": "es"})

    assert SPARE not in before.text
    assert told in words(after)
    assert SPARE in after.text
    assert spanish in words(in_spanish)


def test_the_day_that_waits_for_a_link_turns_to_the_backup_by_itself(
    superuser: Client, schedule: Schedule, this_instant: time_machine.Traveller
) -> None:
    Schedule.objects.update(backup_link=Sealed.seal(SPARE))
    booking = book(Schedule.objects.get(pk=schedule.pk))
    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=30))

    news = superuser.get(f"/manage/{schedule.account.name}/live", {"rows": f"{booking.slot_id}.delayed"})

    assert "Backup link in use: 10:00–10:30." in words(news)


def test_a_superuser_of_one_schedule_reads_no_other_s_backup_link(
    account: Account, schedule: Schedule, log_in: LogIn
) -> None:
    """M2: the page is the owner's."""
    Schedule.objects.update(backup_link=Sealed.seal(SPARE))
    member = make_member(account, Membership.Role.USER, email="yoga@example.org")
    Supervision.objects.create(account=account, membership=member, schedule=schedule)

    answer = log_in(member).get(page_of(schedule, "process"))

    assert (answer.status_code, SPARE in answer.text) == (404, False)
