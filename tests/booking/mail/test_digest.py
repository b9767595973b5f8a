"""ux.md 5.1: the day by mail, for superusers who want it: «Today: 8 appointments, 2 need you»."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client

from convoca.booking.mail.post import Post
from convoca.booking.models import Account, Alert, Membership, Supervision
from convoca.booking.operations.alerting import alert_next
from convoca.booking.operations.configuring import set_rules
from convoca.booking.operations.digesting import choose_digest, wants_digest
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.booking.mail.arranging import text_of
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

MORNING = at("07:00")


@pytest.fixture
def account() -> Account:
    return make_account(contact_email="ana@example.com")


@pytest.fixture
def superuser(account: Account) -> Membership:
    return make_member(account, Membership.Role.SUPERUSER)


def send(now: datetime = MORNING) -> None:
    with Post() as post:
        while alert_next(now=now, post=post):
            continue


def to(server: MailServer, membership: Membership) -> Sequence[EmailMessage]:
    return [mail for mail in server.received if mail["To"] == membership.user.email]


def test_it_says_who_comes_when_and_how_many_need_somebody(
    account: Account, superuser: Membership, mail_server: MailServer
) -> None:
    schedule = make_resource_schedule(account, link_source="manual")
    talks = make_resource_schedule(account, slug="talks", name="Talks")
    book(talks, "12:00")
    set_rules(schedule, {"requires_approval": True})
    book(schedule, client=make_client("Nora Gil", "nora@example.org"))
    choose_digest(superuser, wanted=True, now=at("08:00") - timedelta(days=1))

    send()

    [mail] = to(mail_server, superuser)
    assert mail["Subject"] == "Today: 2 appointments, 1 needs you"
    assert "Thursday 26 November 2026" in text_of(mail)
    assert "10:00–10:30 · Nora Gil, Consultations" in text_of(mail)
    assert "12:00–12:30 · Luis Pérez, Talks" in text_of(mail)
    assert "/manage/Lumbre/?day=2026-11-26" in text_of(mail)


def test_each_digest_owes_the_next_and_a_day_without_anything_is_silent(
    account: Account, superuser: Membership, mail_server: MailServer
) -> None:
    book(make_resource_schedule(account))
    choose_digest(superuser, wanted=True, now=NOW)

    for day in range(-1, 3):
        send(MORNING + timedelta(days=day))

    assert len(to(mail_server, superuser)) == 1
    days = superuser.digests.order_by("day").values_list("reason", flat=True)
    assert list(days) == ["Nothing is on that day.", "", "Nothing is on that day.", "Nothing is on that day.", ""]


def test_a_superuser_of_one_schedule_is_told_of_that_alone(account: Account, mail_server: MailServer) -> None:
    member = make_member(account)
    mine = make_resource_schedule(account)
    Supervision.objects.create(account=account, membership=member, schedule=mine)
    book(mine)
    book(make_resource_schedule(account, slug="talks", name="Talks"), "11:00")
    choose_digest(member, wanted=True, now=NOW)
    Alert.objects.update(day=MORNING.date(), due_at=MORNING)

    send()

    [mail] = to(mail_server, member)
    assert mail["Subject"] == "Today: 1 appointment"
    assert "Talks" not in text_of(mail)


def test_it_carries_no_link_to_a_meeting(account: Account, superuser: Membership, mail_server: MailServer) -> None:
    book(make_resource_schedule(account, link_source="jitsi"))
    choose_digest(superuser, wanted=True, now=at("08:00") - timedelta(days=1))

    send()

    [mail] = to(mail_server, superuser)
    for secret in ("/j/", "/b/", "meet.jit.si"):
        assert secret not in mail.as_string() + text_of(mail)


def test_after_an_outage_a_day_that_is_half_over_is_not_told(
    account: Account, superuser: Membership, mail_server: MailServer
) -> None:
    book(make_resource_schedule(account), "16:00")
    choose_digest(superuser, wanted=True, now=at("08:00") - timedelta(days=1))

    send(at("15:00"))

    assert not mail_server.received
    assert wants_digest(superuser)


def test_who_wants_it_no_more_or_supervises_nothing_any_more_gets_none(
    account: Account, superuser: Membership, mail_server: MailServer
) -> None:
    make_capacity_schedule(account)
    book(make_resource_schedule(account))
    choose_digest(superuser, wanted=True, now=NOW)
    choose_digest(superuser, wanted=True, now=NOW)
    assert superuser.digests.count() == 1
    choose_digest(superuser, wanted=False, now=NOW)
    assert not superuser.digests.exists()
    choose_digest(superuser, wanted=True, now=at("08:00") - timedelta(days=1))
    Membership.objects.filter(pk=superuser.pk).update(role=Membership.Role.BLOCKED)

    send()

    assert not mail_server.received
    assert not wants_digest(superuser)


def test_it_is_chosen_on_the_page_of_mails(account: Account, superuser: Membership, client: Client) -> None:
    client.force_login(superuser.user)
    page = f"/manage/{account.name}/mails"

    client.post(f"{page}/digest", {"wanted": "1"})
    assert wants_digest(superuser)
    assert "Send it no more" in client.get(page).text

    client.post(f"{page}/digest")
    assert not wants_digest(superuser)
