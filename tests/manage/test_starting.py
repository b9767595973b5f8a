"""Start meeting: the host's way in, asked for at the click and written down nowhere (5.1, 5.9, M17)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs
from structlog.typing import EventDict

from convoca.booking.models import Account, Booking, Connection, Meeting, Membership, Slot, Supervision
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.provisioning import provision_next
from sandbox.faults import Kind
from tests.booking.building import (
    NOW,
    THURSDAY,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
)
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.conftest import LogIn
from tests.manage.reading import buttons, said, words
from tests.walk.tables import snapshot

ON_THURSDAY = {"day": THURSDAY.isoformat()}


def start(browser: Client, slot: Slot, **form: str) -> Any:
    return browser.post(f"/manage/{slot.account.name}/slots/{slot.pk}/start", form)


@pytest.fixture
def booking(account: Account, zoom: SimulatedZoom) -> Booking:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.work()
    return booking


def test_the_host_is_sent_in_with_their_rights(owner: Client, booking: Booking) -> None:
    answer = start(owner, booking.slot)

    assert answer.status_code == 303
    assert f"/zoom/s/{meeting_of(booking.slot).remote_id}?" in answer.headers["Location"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_button_stands_at_the_booking_at_the_session_and_in_the_day(
    superuser: Client, account: Account, booking: Booking, zoom: SimulatedZoom
) -> None:
    yoga = make_capacity_schedule(account)
    zoom.connect(yoga)
    lesson = make_class(yoga)
    zoom.work()
    place = f"/manage/{account.name}"

    pages = [
        superuser.get(f"{place}/bookings/{booking.pk}"),
        superuser.get(f"{place}/slots/{lesson.pk}"),
        superuser.get(f"{place}/", ON_THURSDAY),
        superuser.get(f"{place}/supervise", ON_THURSDAY | {"as": "list"}),
        superuser.get(f"{place}/schedules/{yoga.slug}/slots"),
    ]

    assert all("Start meeting" in buttons(page) for page in pages)
    # Browsers hold form-action against the redirect into the meeting.
    assert all("form-action 'self' https: http:;" in page.headers["Content-Security-Policy"] for page in pages)


def test_the_way_in_is_kept_in_no_table_and_no_log(owner: Client, booking: Booking) -> None:
    with capture_logs() as logs:
        way_in = start(owner, booking.slot).headers["Location"]

    assert "/zoom/s/" in way_in
    assert "zak=" in way_in
    for kept in (str(logs), str(snapshot()), owner.get(f"/manage/{booking.account.name}/", ON_THURSDAY).text):
        assert "/zoom/s/" not in kept
        assert "zak=" not in kept


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_zoom_is_asked(owner: Client, booking: Booking) -> None:
    """A vendor that hangs keeps nobody waiting for a row."""

    def with_transaction(logger: object, method: str, event: EventDict) -> EventDict:
        return {**event, "in_transaction": connection.in_atomic_block}

    with capture_logs(processors=[with_transaction]) as logs:
        start(owner, booking.slot)

    assert [(each["method"], each["in_transaction"]) for each in logs if each["event"] == "vendor_call"] == [
        ("GET", False)
    ]


def test_of_other_links_the_link_itself_is_all_there_is(owner: Client, account: Account) -> None:
    """Jitsi has no host's address, and nobody knows one for a link that was typed."""
    computed = book(make_resource_schedule(account, link_source="jitsi"))
    while provision_next(now=NOW):
        continue
    typed = book(make_resource_schedule(account, slug="talks", link_source="manual"))
    type_link(typed.slot, "https://meet.example/abc", now=NOW)

    assert start(owner, computed.slot).headers["Location"] == meeting_of(computed.slot).link.open()
    assert start(owner, typed.slot).headers["Location"] == "https://meet.example/abc"


Change = Callable[[SimulatedZoom], object]

FAILURES: list[tuple[Change, str]] = [
    (lambda zoom: zoom.spoil("get", Kind.ERROR_500), "Zoom did not answer. Try again, or start the meeting in Zoom"),
    (lambda zoom: zoom.spoil("get", Kind.RESET_BEFORE), "Zoom did not answer. Try again, or start the meeting in Zoom"),
    (lambda zoom: zoom.spoil("get", Kind.HTML), "Zoom did not answer. Try again, or start the meeting in Zoom"),
    (lambda zoom: zoom.spoil("get", Kind.RATE_LIMIT), "Zoom asks us to slow down. Try again in a few seconds."),
    (
        lambda zoom: zoom.spoil("get", Kind.ANSWER, status=404, body={"code": 3001, "message": "No such meeting."}),
        "Zoom says that this meeting no longer exists. We look again and make a new one; try in a minute.",
    ),
    (
        lambda zoom: zoom.spoil("get", Kind.ANSWER, status=400, body={"code": 3000, "message": "Not meeting host."}),
        "Zoom does not let us start it: Not meeting host. Perhaps somebody else is its host; start it there.",
    ),
    (lambda zoom: zoom.spoil("get", Kind.EXPIRED_TOKEN), "Zoom no longer accepts our access. Reconnect it on its page"),
    (
        lambda zoom: Connection.objects.update(grant=None),
        "Access to Zoom is not usable at the moment. Try again in a few seconds.",
    ),
    (
        lambda zoom: Meeting.objects.update(observed=Meeting.Observed.UNKNOWN),
        "There is no meeting to start yet: its link is not ready.",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), FAILURES, ids=range(len(FAILURES)))
def test_every_failure_has_a_sentence_and_leads_back(
    change: Change, sentence: str, owner: Client, booking: Booking, zoom: SimulatedZoom
) -> None:
    change(zoom)
    page = f"/manage/{booking.account.name}/bookings/{booking.pk}"

    answer = start(owner, booking.slot, back=page)

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert sentence in said(answer)[0]


def test_in_spanish_too(owner: Client, booking: Booking, zoom: SimulatedZoom) -> None:
    zoom.spoil("get", Kind.ERROR_500)
    address = f"/manage/{booking.account.name}/slots/{booking.slot_id}/start"

    answer = owner.post(address, headers={"accept-language": "es"})

    assert said(answer) == ["Zoom no respondió. Inténtalo de nuevo o inicia la reunión en el propio Zoom."]


def test_a_meeting_that_is_gone_is_looked_at_and_made_anew(
    owner: Client, booking: Booking, zoom: SimulatedZoom
) -> None:
    """T41: the click's word alone does not count, but it is a reason to look."""
    for _ in range(3):
        zoom.spoil("get", Kind.ANSWER, status=404, body={"code": 3001, "message": "Meeting does not exist."})

    start(owner, booking.slot)
    zoom.work()
    zoom.work_later(seconds=11)
    zoom.work_later(seconds=1)

    assert meeting_of(booking.slot).generation == 2


def test_a_superuser_of_another_schedule_and_people_of_other_accounts_find_nothing(
    account: Account, booking: Booking, log_in: LogIn, zoom: SimulatedZoom
) -> None:
    elsewhere = make_member(make_account("Sol"), Membership.Role.OWNER)
    other = make_member(account, email="yoga@example.org")
    Supervision.objects.create(account=account, membership=other, schedule=make_capacity_schedule(account))
    user = make_member(account, email="user@example.org")
    before = zoom.calls("get")

    answers = [start(log_in(member), booking.slot).status_code for member in (elsewhere, other, user)]

    assert answers == [404, 404, 404]
    assert zoom.calls("get") == before


def test_what_is_over_or_has_no_link_shows_no_button(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="jitsi"))
    page = f"/manage/{account.name}/bookings/{booking.pk}"

    assert "Start meeting" not in words(superuser.get(page))
