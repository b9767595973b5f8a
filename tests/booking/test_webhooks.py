"""Webhooks: what another program is told, signed, once it has happened, whatever that program does with it."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings
from structlog.testing import capture_logs

from convoca.booking.models import Account, Delivery, Membership, Schedule, Webhook
from convoca.booking.operations.approving import approve
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.configuring import set_rules
from convoca.booking.operations.hooking import (
    Telling,
    change_webhook,
    delete_webhook,
    make_webhook,
    pause_webhook,
    replace_secret,
    resume_webhook,
    send_test,
)
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.people import add_user, block
from convoca.booking.operations.refusals import AddressNotAllowed, TooManyWebhooks
from convoca.booking.operations.telling import tell_programs
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
)
from tests.booking.hearing import deliver, listen, types
from tests.receiving import Program, answering, program

pytestmark = pytest.mark.usefixtures("within")

LINK = "https://rooms.example.net/secret-room-4711"


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, link_source=Schedule.MANUAL)


def test_each_thing_that_happens_to_a_booking_is_told_once_under_its_name(
    account: Account, schedule: Schedule, other: Program
) -> None:
    owner = make_member(account, Membership.Role.OWNER)
    listen(account, other)

    booking = book(schedule, "10:00")
    move_appointment(booking, at("11:00"), now=NOW)
    cancel(booking, now=NOW)
    undo_cancel(booking, now=NOW)
    set_rules(schedule, {"requires_approval": True})
    asked = book(schedule, "12:00", client=make_client(email="iris@example.org"))
    approve(asked, by=acting(owner), now=NOW)
    eva = add_user(account, "eva@example.org", name="Eva", details={}, by=owner, now=NOW)
    block(eva, by=owner, now=NOW)
    make_class(make_capacity_schedule(account))
    deliver()

    assert types(other) == [
        "booking.created",
        "booking.moved",
        "booking.cancelled",
        "booking.restored",
        "booking.created",
        "booking.approved",
        "user.created",
        "user.changed",
        "slot.created",
    ]
    assert [each["event"] for each in other.said][:4] == ["create", "edit", "destroy", "edit"]
    assert not Delivery.objects.filter(delivered_at=None).exists()


def test_a_booking_is_told_in_the_form_of_the_api_and_without_its_addresses(
    account: Account, schedule: Schedule, other: Program
) -> None:
    listen(account, other)
    booking = book(schedule, "10:00")

    deliver()

    [said] = other.said
    assert said == {
        "event": "create",
        "type": "booking.created",
        "timestamp": "2026-11-24T08:00:00Z",
        "account": "Lumbre",
        "id": booking.pk,
        "schedule_id": schedule.pk,
        "schedule_name": "Consultations",
        "resource_id": schedule.resources.get().pk,
        "res_name": "Room 1",
        "start": "2026-11-26T10:00",
        "finish": "2026-11-26T10:30",
        "start_utc": "2026-11-26T09:00:00Z",
        "finish_utc": "2026-11-26T09:30:00Z",
        "created_on": said["created_on"],
        "updated_on": "2026-11-24T08:00:00Z",
        "full_name": booking.name,
        "email": booking.email,
        "quantity": 1,
        "status": 100,
        "status_message": "Approved",
    }
    [(_, body)] = other.told
    for token in (booking.token, booking.join_token):
        assert token.open().encode() not in body


def test_the_body_is_signed_with_its_number_and_the_moment_of_sending(
    account: Account, schedule: Schedule, other: Program
) -> None:
    """Standard Webhooks: v1, HMAC-SHA256 over «id.timestamp.body» with the bytes behind `whsec_`."""
    webhook = listen(account, other)
    book(schedule, "10:00")

    deliver()

    [(headers, body)] = other.told
    number, moment = headers["webhook-id"], headers["webhook-timestamp"]
    assert number == str(Delivery.objects.get().number)
    assert moment == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["webhook-signature"] == signature(webhook, number, moment, body)


def signature(webhook: Webhook, number: str, moment: str, body: bytes) -> str:
    key = base64.b64decode(webhook.secret.open().removeprefix("whsec_"))
    assert len(key) == 32
    signed = f"{number}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def test_a_replaced_secret_signs_beside_the_new_one_for_a_day(
    account: Account, schedule: Schedule, other: Program
) -> None:
    webhook = listen(account, other)
    replace_secret(webhook, now=NOW)
    renewed = Webhook.objects.get()

    book(schedule, "10:00")
    deliver()
    book(schedule, "11:00")
    deliver(hours=25)

    [(both, body), (one, _)] = other.told
    number, moment = both["webhook-id"], both["webhook-timestamp"]
    assert both["webhook-signature"].split() == [
        signature(renewed, number, moment, body),
        signature(webhook, number, moment, body),
    ]
    assert len(one["webhook-signature"].split()) == 1


def test_a_change_that_is_taken_back_is_told_to_nobody(account: Account, schedule: Schedule, other: Program) -> None:
    listen(account, other)

    point = transaction.savepoint_create()
    book(schedule, "10:00")
    assert Delivery.objects.count() == 1
    transaction.savepoint_rollback(point)
    deliver()

    assert other.told == []
    assert Delivery.objects.count() == 0


def test_a_webhook_of_one_schedule_hears_of_that_alone_and_of_what_was_chosen(
    account: Account, schedule: Schedule, other: Program
) -> None:
    elsewhere = make_resource_schedule(account, slug="visits", name="Visits")
    telling = Telling(url=other.url, happenings=["booking.created", "user.created"], schedule=schedule)
    make_webhook(account, telling, now=NOW)

    book(elsewhere, "10:00")
    cancel(book(schedule, "11:00"), now=NOW)
    add_user(account, "eva@example.org", name="Eva", details={}, by=make_member(account, "owner"), now=NOW)
    deliver()

    assert [(each["type"], each["schedule_id"]) for each in other.said] == [("booking.created", schedule.pk)]


def test_no_account_hears_of_another(account: Account, schedule: Schedule, other: Program) -> None:
    listen(make_account("Otra"), other)

    book(schedule, "10:00")
    deliver()

    assert other.told == []


def test_m2_a_webhook_is_told_a_link_only_where_its_owner_has_ticked_it_and_only_of_who_has_a_place(
    account: Account, schedule: Schedule
) -> None:
    with program() as silent, program() as trusted:
        listen(account, silent)
        listen(account, trusted, tells_links=True)
        booking = book(schedule, "10:00")
        type_link(booking.slot, LINK, now=NOW)
        deliver()
        cancel(booking, now=NOW)
        deliver()

        assert [each.get("meeting_url") for each in trusted.said] == [LINK, LINK, None]
        assert types(trusted) == ["booking.created", "link.ready", "booking.cancelled"]
        assert types(silent) == ["booking.created", "booking.cancelled"]
        assert all(LINK.encode() not in body for _, body in silent.told)


def test_m2_who_waits_for_approval_has_no_link_in_a_webhook_either(
    account: Account, schedule: Schedule, other: Program
) -> None:
    set_rules(schedule, {"requires_approval": True})
    listen(account, other, tells_links=True)
    booking = book(schedule, "10:00")
    type_link(booking.slot, LINK, now=NOW)

    deliver()

    assert types(other) == ["booking.created"]
    assert all(LINK.encode() not in body for _, body in other.told)


def test_a_paused_webhook_hears_nothing_of_what_happens_meanwhile(
    account: Account, schedule: Schedule, other: Program
) -> None:
    webhook = listen(account, other)
    book(schedule, "10:00")
    pause_webhook(webhook, now=NOW)
    book(schedule, "11:00")
    resume_webhook(webhook)
    book(schedule, "12:00")

    deliver()

    assert [each["start"] for each in other.said] == ["2026-11-26T12:00"]


def test_a_deleted_webhook_leaves_nothing(account: Account, schedule: Schedule, other: Program) -> None:
    webhook = listen(account, other)
    book(schedule, "10:00")

    delete_webhook(webhook)
    deliver()

    assert other.told == []
    assert Delivery.objects.count() == 0


def test_a_test_is_sent_at_once_even_to_an_address_that_has_failed(
    account: Account, schedule: Schedule, other: Program
) -> None:
    webhook = listen(account, other)
    other.reaction = answering(500)
    book(schedule, "10:00")
    deliver()

    other.reaction = answering(204)
    send_test(webhook, now=NOW)
    deliver()

    assert other.said[-1] == {
        "event": "test",
        "type": "test",
        "timestamp": "2026-11-24T08:00:00Z",
        "account": "Lumbre",
    }


def test_t38_no_log_names_the_address_the_secret_or_what_was_said(
    account: Account, schedule: Schedule, other: Program
) -> None:
    webhook = listen(account, other)
    booking = book(schedule, "10:00")

    with capture_logs() as logs:
        deliver()

    assert any(each["event"] == "told" for each in logs)
    written = str(logs)
    for secret in ("in-the-address", webhook.secret.open(), booking.email, booking.name):
        assert secret not in written


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.8/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://user:word@example.org/",
        "https://",
        "https://exa mple.org/",
        "https://[",
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://printer.local/",
        "https://2130706433/",
    ],
)
def test_an_address_that_is_not_the_world_s_is_refused(account: Account, settings: Settings, url: str) -> None:
    settings.WEBHOOKS_WITHIN = False

    with pytest.raises(AddressNotAllowed):
        make_webhook(account, Telling(url=url, happenings=["booking.created"]), now=NOW)


def test_a_name_that_leads_into_our_own_network_is_not_called(
    account: Account, schedule: Schedule, other: Program, settings: Settings
) -> None:
    """Judged when the call is made, whatever the name led to when it was typed."""
    listen(account, other)
    settings.WEBHOOKS_WITHIN = False
    book(schedule, "10:00")

    deliver()

    assert other.told == []
    assert Delivery.objects.get().reason == "not_public"


def test_an_account_has_so_many_webhooks_and_no_more(
    account: Account, other: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convoca.booking.operations.hooking.MOST_WEBHOOKS", 1)
    webhook = listen(account, other)

    with pytest.raises(TooManyWebhooks):
        listen(account, other)

    change_webhook(webhook, Telling(url=f"{other.url}&more", happenings=[]))
    assert Webhook.objects.get().told_of == []


def test_b9_the_address_and_the_secret_are_not_readable_in_the_database(account: Account, other: Program) -> None:
    webhook = listen(account, other)

    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM booking_webhook")
        url, secret = cursor.fetchone()

    assert (webhook.url.open(), "in-the-address" in url) == (other.url, False)
    assert "whsec_" not in secret


def test_an_account_without_webhooks_pays_one_query(
    account: Account, schedule: Schedule, django_assert_num_queries: Any
) -> None:
    booking = book(schedule, "10:00")
    entry = booking.audit.get()

    with django_assert_num_queries(1):
        tell_programs([entry], now=NOW)
