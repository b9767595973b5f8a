"""History, trash, the trail, and lists to take away (product.md §2.1, §12)."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, Booking, Membership, Slot, Supervision
from convoca.booking.operations.approving import decline
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.questions.terms import supervisor_terms
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
from tests.manage.reading import buttons, plain, said, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}
LINK = "https://meet.example/secret-room"


def supervise_of(account: Account, page: str = "") -> str:
    return f"/manage/{account.name}/supervise{page}"


def lines(response: Any) -> list[str]:
    """Return the names that head the lines of a table, in order."""
    return [plain(each) for each in re.findall(r'<th scope="row"[^>]*><a[^>]*>(.*?)</a>', response.text, re.DOTALL)]


def table(response: Any) -> list[list[str]]:
    """Return the downloaded table; without the mark that spreadsheets know UTF-8 by it would fail."""
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def calendar(response: Any) -> Calendar:
    return Calendar.from_ical(b"".join(response.streaming_content))


# --- history and trash ---


def test_the_history_has_what_is_over_the_last_first(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    for clock, name in (("09:00", "Early"), ("12:00", "Late")):
        book(schedule, clock, client=make_client(name))
    book(schedule, day=THURSDAY + timedelta(days=7), client=make_client("Coming"))

    with time_machine.travel(at("18:00"), tick=False):
        page = superuser.get(supervise_of(account), {"view": "history"})

    assert lines(page) == ["Late", "Early"]


def test_the_history_is_turned_in_pages_and_then_in_years(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    slots = Slot.objects.bulk_create(
        Slot(
            account=account,
            schedule=schedule,
            starts_at=NOW - timedelta(days=days, hours=1),
            ends_at=NOW - timedelta(days=days),
        )
        for days in [*range(60), 400]
    )
    Booking.objects.bulk_create(
        Booking(
            account=account,
            slot=slot,
            name=f"Client {number}",
            email="x@example.org",
            token_digest=f"t{number}",
            join_token_digest=f"j{number}",
        )
        for number, slot in enumerate(slots)
    )

    first = superuser.get(supervise_of(account), {"view": "history"})
    second = superuser.get(supervise_of(account), {"view": "history", "page": "2"})
    earlier = re.findall(r'class="turning"><a href="([^"]+)"', second.text)[0].replace("&amp;", "&")

    assert (len(lines(first)), len(lines(second))) == (50, 10)
    assert lines(superuser.get(earlier)) == ["Client 60"]


def test_the_trash_says_who_cancelled_and_when_the_last_first(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    cancel(book(schedule, "09:00"), now=NOW - timedelta(minutes=20))
    owner = make_member(account, Membership.Role.OWNER)
    cancel(
        book(schedule, "10:00", client=make_client("Eva")),
        now=NOW - timedelta(minutes=10),
        by=acting(owner),
        terms=supervisor_terms(),
    )
    schedule.requires_approval = True
    schedule.save()
    decline(book(schedule, "11:00", client=make_client("Tom")), by=acting(owner), now=NOW - timedelta(minutes=5))

    page = superuser.get(supervise_of(account), {"view": "trash"})

    assert lines(page) == ["Tom", "Eva", "Luis Pérez"]
    assert "Tue 24 Nov, 08:40 Luis Pérez" in words(page)
    assert "Tue 24 Nov, 08:50 Owner (Owner)" in words(page)
    assert "Tue 24 Nov, 08:55 Declined · Owner (Owner)" in words(page)


def test_a_fresh_cancellation_is_taken_back_from_the_trash(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    cancel(booking, now=NOW)
    here = supervise_of(account, "?view=trash")
    assert buttons(superuser.get(here))[-2:] == ["Undo", "Book again"]

    answer = superuser.post(f"/manage/{account.name}/bookings/{booking.pk}/undo", {"back": here})

    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    assert said(answer) == ["The appointment of Luis Pérez stands again. They are told by email."]
    assert Booking.objects.get().is_confirmed


def test_later_it_can_only_be_booked_again(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    cancel(booking, now=NOW - timedelta(minutes=6))

    page = superuser.get(supervise_of(account), {"view": "trash"})
    answer = superuser.post(f"/manage/{account.name}/bookings/{booking.pk}/undo")

    assert "Undo" not in buttons(page)
    assert "Book again" in buttons(page)
    assert said(answer) == ["A cancellation can be taken back for five minutes. Book it again instead."]
    assert Booking.objects.get().status == "cancelled"


def test_a_time_that_somebody_else_has_taken_is_not_taken_back(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    booking = book(schedule)
    cancel(booking, now=NOW)
    book(schedule, client=make_client("Eva", "eva@example.org"))

    answer = superuser.post(f"/manage/{account.name}/bookings/{booking.pk}/undo")

    assert said(answer) == ["Somebody else has that time. Nothing was changed."]


def test_undo_is_posted_never_followed(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    cancel(booking, now=NOW)

    assert superuser.get(f"/manage/{account.name}/bookings/{booking.pk}/undo").status_code == 405


@pytest.mark.parametrize("view", ["history", "trash"])
def test_a_list_costs_the_same_however_long(
    view: str, superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions; schedules, resources, services; bookings, occupancies,
    who cancelled."""
    schedule = make_resource_schedule(account)
    for clock in ("09:00", "10:00", "11:00"):
        booking = book(schedule, clock)
        if view == "trash":
            cancel(booking, now=NOW)

    with time_machine.travel(at("18:00"), tick=False):
        superuser.get(supervise_of(account))
        with django_assert_num_queries(11):
            superuser.get(supervise_of(account), {"view": view})


# --- the trail ---


def test_the_trail_tells_who_did_what_the_last_act_first(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    superuser.post(f"/manage/{account.name}/bookings/{booking.pk}/cancel")

    page = words(superuser.get(supervise_of(account, "/trail")))

    assert page.index("Superuser (Superuser) Cancelled Luis Pérez") < page.index("Luis Pérez Booked Luis Pérez")


def test_the_trail_is_that_of_one_schedule_for_its_superuser(account: Account, log_in: LogIn) -> None:
    own, other = make_resource_schedule(account), make_capacity_schedule(account)
    book(own)
    sign_up(make_class(other), "eva@example.org")
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=own)

    page = words(log_in(member).get(supervise_of(account, "/trail")))

    assert "Consultations" in page
    assert "Yoga" not in page


# --- downloads ---


def test_the_table_has_a_line_for_each_booking_of_the_list(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    booking = book(schedule, client=make_client(details={"phone": "600 123", "field_1": "High"}))
    book(schedule, day=THURSDAY + timedelta(days=1), client=make_client("Eva"))

    answer = superuser.get(supervise_of(account, "/csv"), ON_THURSDAY)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Lumbre-2026-11-24.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert table(answer) == [
        [
            "Reference", "Schedule", "Resource or service", "Start", "End", "Status", "Name", "Email", "Phone",
            "Mobile phone", "Address", "Country", "Field 1", "Field 2", "Places", "Created", "No-show",
            "Meeting link",
        ],
        [
            str(booking.uid), "Consultations", "Room 1", "2026-11-26 10:00+01:00", "2026-11-26 10:30+01:00",
            "Confirmed", "Luis Pérez", "luis@example.org", "600 123", "", "", "", "High", "", "1",
            "2026-11-24 09:00+01:00", "", "",
        ],
    ]  # fmt: skip


def test_times_are_those_of_the_schedule_s_zone(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, time_zone="America/New_York")
    resource = schedule.resources.get()
    from convoca.booking.operations.booking import book_resource

    book_resource(schedule, resource, at("16:00"), client=make_client(), now=NOW)

    assert table(superuser.get(supervise_of(account, "/csv"), ON_THURSDAY))[1][3] == "2026-11-26 10:00-05:00"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "\t=1"])
def test_no_cell_of_the_table_is_a_formula(name: str, superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account), client=make_client(name))

    assert table(superuser.get(supervise_of(account, "/csv"), ON_THURSDAY))[1][6] == f"'{name}"


def test_m2_the_link_is_in_the_table_of_those_who_supervise_its_schedule(
    superuser: Client, account: Account, log_in: LogIn
) -> None:
    own, other = make_resource_schedule(account, link_source="manual"), make_capacity_schedule(account)
    type_link(book(own).slot, LINK, now=NOW)
    sign_up(make_class(other), "eva@example.org")
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=other)

    of_all = table(superuser.get(supervise_of(account, "/csv"), ON_THURSDAY))
    of_other = table(log_in(member).get(supervise_of(account, "/csv"), ON_THURSDAY))

    assert [line[-1] for line in of_all[1:]] == [LINK, ""]
    assert [line[6] for line in of_other[1:]] == ["Luis Pérez"]
    assert LINK not in str(of_other)


def test_what_is_cancelled_has_lost_its_link_in_the_table_too(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))
    type_link(booking.slot, LINK, now=NOW)
    cancel(booking, now=NOW)

    found = table(superuser.get(supervise_of(account, "/csv"), {**ON_THURSDAY, "state": "cancelled"}))

    assert [line[5] for line in found[1:]] == ["Cancelled"]
    assert LINK not in str(found)


def test_the_downloads_follow_what_the_list_is_narrowed_to(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, link_source="manual")
    type_link(book(schedule, "09:00", client=make_client("With")).slot, LINK, now=NOW)
    book(schedule, "10:00", client=make_client("Without"))

    def names(**query: str) -> list[str]:
        return [line[6] for line in table(superuser.get(supervise_of(account, "/csv"), query))[1:]]

    assert names(**ON_THURSDAY) == ["With", "Without"]
    assert names(**ON_THURSDAY, state="no_link") == ["Without"]
    assert names(**ON_THURSDAY, q="WITHÓUT") == ["Without"]
    assert names(view="coming") == ["With", "Without"]
    assert names() == []


def test_a_long_table_costs_a_few_queries_for_every_five_hundred_lines(
    superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    schedule = make_capacity_schedule(account)
    slots = Slot.objects.bulk_create(
        Slot(account=account, schedule=schedule, starts_at=at("09:00"), ends_at=at("10:00")) for _ in range(600)
    )
    Booking.objects.bulk_create(
        Booking(
            account=account, slot=slot, name="Eva", email="e@example.org", token_digest=f"t{slot.pk}",
            join_token_digest=f"j{slot.pk}",
        )
        for slot in slots
    )  # fmt: skip

    with django_assert_num_queries(11):
        found = table(superuser.get(supervise_of(account, "/csv"), ON_THURSDAY))

    assert len(found) == 601


def test_the_calendar_has_one_entry_for_each_occasion_with_everybody_in_it(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))
    type_link(booking.slot, LINK, now=NOW)
    slot = make_class(make_capacity_schedule(account))
    sign_up(slot)
    sign_up(slot, "eva@example.org")

    answer = superuser.get(supervise_of(account, "/ics"), ON_THURSDAY)
    found = calendar(answer)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert found["METHOD"] == "PUBLISH"
    one, both = found.walk("VEVENT")
    assert str(one["SUMMARY"]) == "Luis Pérez – Consultations"
    assert one.decoded("DTSTART") == at("10:00")
    assert str(one["LOCATION"]) == LINK
    assert str(both["SUMMARY"]) == "Yoga for backs"
    assert str(both["DESCRIPTION"]).count("Luis Pérez (Confirmed)") == 2


def test_an_entry_keeps_its_uid_when_it_is_moved(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    before = calendar(superuser.get(supervise_of(account, "/ics"), ON_THURSDAY)).walk("VEVENT")[0]
    superuser.post(f"/manage/{account.name}/bookings/{booking.pk}/move", {"start": at("12:00").isoformat()})
    after = calendar(superuser.get(supervise_of(account, "/ics"), ON_THURSDAY)).walk("VEVENT")[0]

    assert str(before["UID"]) == str(after["UID"])
    assert (before.decoded("SEQUENCE"), after.decoded("SEQUENCE")) == (0, 1)


def test_nothing_else_than_these_schedules_is_in_the_calendar(account: Account, log_in: LogIn) -> None:
    own, other = make_resource_schedule(account), make_capacity_schedule(account)
    sign_up(make_class(other), "eva@example.org")
    book(make_resource_schedule(make_account("Other")))
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=own)

    assert calendar(log_in(member).get(supervise_of(account, "/ics"), ON_THURSDAY)).walk("VEVENT") == []


def test_in_spanish_the_table_s_headings_are_spanish(superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account))

    answer = superuser.get(supervise_of(account, "/csv"), ON_THURSDAY, headers={"accept-language": "es"})

    found = table(answer)
    assert found[0][:2] == ["Referencia", "Horario"]
    assert found[1][5] == "Confirmada"
