"""Who gets in: strangers are asked to log in, and whoever has no right learns nothing (M19)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import Settings

from convoca.booking.models import Account, Membership, OutboxMail, Schedule, Sealed, Slot, Supervision
from convoca.manage.urls import urlpatterns
from tests.booking.building import make_account, make_capacity_schedule, make_class, make_member, make_resource_schedule
from tests.manage.conftest import LogIn

# Who may open each page; the account's other address says who it is for. A page that is not here fails the test.
OF_PERSONS = {"accounts", "consent-answered"}
OF_SUPERVISORS = {"today", "live", "paste-link", "schedules", "schedule", "slots"}
OF_OWNER = {
    "process",
    "access-control",
    "integration",
    "receipt",
    "connect",
    "disconnect",
    "outbox",
    "mail",
    "mail-html",
    "mail-calendar",
}
ONLY_POSTED = {"connect"}


@pytest.fixture
def slot(account: Account) -> Slot:
    return make_class(make_capacity_schedule(account))


def addresses(slot: Slot, names: set[str]) -> Iterator[tuple[str, str]]:
    mail = OutboxMail.objects.create(
        account=slot.account,
        recipient="luis@example.org",
        subject="Booked",
        message=Sealed.seal("Subject: Booked\n\nYes"),
    )
    values = {
        "account": slot.account.name,
        "schedule": slot.schedule.slug,
        "slot": slot.pk,
        "mail": mail.pk,
        "provider": "zoom",
    }
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in names:
            wanted = {name: values[name] for name in pattern.pattern.converters}
            yield str(pattern.name), reverse(f"manage:{pattern.name}", kwargs=wanted)


def statuses(browser: Client, slot: Slot, names: set[str]) -> dict[str, int]:
    return {
        name: (browser.post if name in ONLY_POSTED else browser.get)(address).status_code
        for name, address in addresses(slot, names)
    }


def test_every_page_says_whom_it_is_for() -> None:
    assert {pattern.name for pattern in urlpatterns} == OF_PERSONS | OF_SUPERVISORS | OF_OWNER


def test_a_stranger_is_asked_to_log_in(client: Client, slot: Slot) -> None:
    found = {}
    for name, address in addresses(slot, OF_PERSONS | OF_SUPERVISORS | OF_OWNER):
        answer = (client.post if name in ONLY_POSTED else client.get)(address)
        found[name] = answer.headers.get("Location", "").partition("?")[0]

    assert set(found.values()) == {"/accounts/login/"}


def test_a_stranger_does_not_learn_which_accounts_there_are(client: Client, slot: Slot) -> None:
    there, elsewhere = client.get(f"/manage/{slot.account.name}/"), client.get("/manage/nobody/")

    assert there.status_code == elsewhere.status_code == 302


@pytest.mark.parametrize("role", [Membership.Role.USER, Membership.Role.BLOCKED])
def test_a_user_who_supervises_nothing_finds_nothing(role: str, slot: Slot, log_in: LogIn) -> None:
    browser = log_in(make_member(slot.account, role))

    assert set(statuses(browser, slot, OF_SUPERVISORS | OF_OWNER).values()) == {404}


def test_the_owner_of_another_account_finds_nothing(slot: Slot, log_in: LogIn) -> None:
    browser = log_in(make_member(make_account("Sombra"), Membership.Role.OWNER))

    assert set(statuses(browser, slot, OF_SUPERVISORS | OF_OWNER).values()) == {404}


def test_a_superuser_supervises_but_does_not_configure(slot: Slot, superuser: Client) -> None:
    assert set(statuses(superuser, slot, OF_SUPERVISORS).values()) <= {200, 302}
    assert set(statuses(superuser, slot, OF_OWNER).values()) == {404}


def test_the_owner_opens_everything(slot: Slot, owner: Client, settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}
    without_calendar = OF_OWNER - {"mail-html", "mail-calendar"}

    assert set(statuses(owner, slot, OF_SUPERVISORS | without_calendar).values()) <= {200, 302, 303}


def test_a_superuser_of_one_schedule_sees_no_other(account: Account, log_in: LogIn) -> None:
    own, other = make_class(make_capacity_schedule(account)), make_resource_schedule(account)
    membership = make_member(account)
    Supervision.objects.create(account=account, membership=membership, schedule=own.schedule)
    browser = log_in(membership)

    assert set(statuses(browser, own, OF_SUPERVISORS).values()) <= {200, 302}
    assert browser.get(f"/manage/{account.name}/schedules/{other.slug}").status_code == 404
    assert other.name not in browser.get(f"/manage/{account.name}/schedules").text


def test_a_blocked_superuser_of_one_schedule_is_out(slot: Slot, log_in: LogIn) -> None:
    membership = make_member(slot.account, Membership.Role.BLOCKED)
    Supervision.objects.create(account=slot.account, membership=membership, schedule=slot.schedule)

    assert log_in(membership).get(f"/manage/{slot.account.name}/").status_code == 404


def test_the_slot_of_another_account_cannot_be_given_a_link(slot: Slot, log_in: LogIn) -> None:
    other = make_account("Sombra")
    browser = log_in(make_member(other, Membership.Role.OWNER))

    answer = browser.post(f"/manage/{other.name}/slots/{slot.pk}/link", {"link": "https://meet.example/abc"})

    assert answer.status_code == 404
    assert not slot.meetings.exclude(provider="jitsi").exists()


def test_forms_without_their_token_are_refused(account: Account) -> None:
    membership = make_member(account, Membership.Role.OWNER)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(membership.user)
    schedule = make_resource_schedule(account)

    for address in (
        f"/manage/{account.name}/access-control",
        f"/manage/{account.name}/schedules/{schedule.slug}/process",
        f"/manage/{account.name}/integrations/zoom/{schedule.slug}/connect",
        f"/manage/{account.name}/integrations/zoom/{schedule.slug}/disconnect",
    ):
        assert strict.post(address, {}).status_code == 403


def test_a_get_connects_nothing(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.get(f"/manage/{account.name}/integrations/zoom/{schedule.slug}/connect")

    assert answer.status_code == 405
    assert Schedule.objects.get().link_source == Schedule.NO_LINK


def test_no_cache_keeps_a_page(owner: Client, account: Account) -> None:
    assert "no-store" in owner.get(f"/manage/{account.name}/").headers["Cache-Control"]
