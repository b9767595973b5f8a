"""Who gets in: strangers are asked to log in, and whoever has no right learns nothing (M19)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import Settings

from convoca.booking.models import (
    Account,
    Connection,
    Incident,
    Invitation,
    Meeting,
    Membership,
    OutboxMail,
    Schedule,
    Sealed,
    Slot,
    Supervision,
)
from convoca.manage.urls import urlpatterns
from tests.booking.building import (
    NOW,
    THURSDAY,
    make_account,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.walk.routes import ROUTES

# Who may open each page. What is about one's own things is found by nobody else, whatever their rank.
OF_PERSONS = {"accounts", "consent-answered", "revoke-feed"}
OF_SUPERVISORS = {
    "today",
    "live",
    "paste-link",
    "booking",
    "approve",
    "decline",
    "cancel",
    "move",
    "schedules",
    "schedule",
    "slots",
    "places",
    "supervise",
    "trail",
    "supervise-csv",
    "supervise-ics",
    "new-booking",
    "edit-booking",
    "undo",
    "edit-slot",
    "cancel-slot",
    "arrivals",
    "start-meeting",
    "no-show",
    "send-link",
    "undo-slot",
    "feeds",
    "mails",
    "mail-again",
    "digest",
}
# Of the owner, and of superusers of the whole account as far as the owner lets them.
OF_PEOPLE = {
    "people",
    "add-person",
    "invite-person",
    "person",
    "rank-person",
    "block-person",
    "unblock-person",
    "delete-person",
    "send-invitation",
    "withdraw-invitation",
    "groups",
    "group",
    "delete-group",
    "group-add",
    "group-remove",
    "person-groups",
}
ON_GROUPS_POSTED = {"delete-group", "group-add", "group-remove", "person-groups"}
ON_PEOPLE_POSTED = {
    "rank-person",
    "block-person",
    "unblock-person",
    "delete-person",
    "send-invitation",
    "withdraw-invitation",
    *ON_GROUPS_POSTED,
}
# Of a schedule that takes resources; those that are posted want more than a click, or take the resource away.
OF_RESOURCES = {
    "show-with-schedule",
    "start-times",
    "resources",
    "share-resource",
    "rename-resource",
    "shift-resource",
    "take-off-resource",
    "resource-hours",
    "resource-special-days",
    "resource-remove-special-day",
}
OF_SERVICES = {"services", "new-service", "service", "shift-service"}
WANT_MORE = {"share-resource", "rename-resource", "take-off-resource"}
ON_THINGS_POSTED = {*WANT_MORE, "show-with-schedule", "shift-resource", "shift-service", "resource-remove-special-day"}
# They lead to Google, or want what stands there: the walk opens them, with a simulated one.
AT_GOOGLE = {
    "add-busy",
    "answer-event",
    "give-up-account",
    "publish",
    "read-calendars",
    "remove-busy",
    "synchronize-calendars",
    "synchronize-connect",
    "synchronize-progress",
    "unpublish",
}
AT_GOOGLE_POSTED = AT_GOOGLE - {"synchronize-calendars", "synchronize-progress", "unpublish"}
OF_EVENTS_POSTED = {"event-texts", "when-unknown"}
OF_HOURS_AND_DAYS = {
    "hours",
    "special-days",
    "remove-special-day",
    "resource-hours",
    "resource-special-days",
    "resource-remove-special-day",
}
OF_HEALTH_POSTED = {"reconnect", "answer-links", "retry", "answer", "send-mails-again", "quiet"}
OF_OWNER = {
    *OF_RESOURCES,
    *OF_SERVICES,
    "new-schedule",
    "edit-schedule",
    "delete-schedule",
    "leave-meetings",
    "existing",
    "form",
    "sign-up-form",
    "registration",
    "access",
    "appoint",
    "dismiss",
    "process",
    "rules",
    "hours",
    "special-days",
    "remove-special-day",
    "access-control",
    "integration",
    "receipt",
    "connect",
    "disconnect",
    "health",
    "health-live",
    *OF_HEALTH_POSTED,
    "outbox",
    "mail",
    "mail-html",
    "mail-calendar",
    "mend",
    "first-steps",
    "leave-step-out",
    "layout",
    "text",
    "text-preview",
    "sender",
    "publications",
    "synchronize",
    *OF_EVENTS_POSTED,
    *AT_GOOGLE,
}
# What the owner could let superusers do on a schedule: told in a sentence, not hidden.
GRANTED_ONE_BY_ONE = {*OF_HOURS_AND_DAYS, "layout", "text", "text-preview"}
# A capacity schedule has no opening hours.
OF_HOURS = {"hours", "special-days", "remove-special-day"}
ONLY_POSTED = {
    "approve",
    "undo",
    "connect",
    "remove-special-day",
    *ON_PEOPLE_POSTED,
    *ON_THINGS_POSTED,
    *OF_HEALTH_POSTED,
    "dismiss",
    "leave-meetings",
    "start-meeting",
    "no-show",
    "send-link",
    "undo-slot",
    "revoke-feed",
    "leave-step-out",
    "mail-again",
    "digest",
    *OF_EVENTS_POSTED,
    *AT_GOOGLE_POSTED,
}

# A page, nothing new to show, or on to where one goes after the press of a button.
OPENED = {200, 204, 302, 303}


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
    booking = slot.bookings.first() or sign_up(slot)
    rooms = slot.account.schedules.filter(kind=Schedule.Kind.RESOURCE).first() or make_resource_schedule(slot.account)
    services = slot.account.schedules.filter(kind=Schedule.Kind.SERVICE).first() or make_service_schedule(slot.account)
    day = rooms.special_days.create(account=slot.account, day=THURSDAY, kind="closed")
    person = slot.account.memberships.filter(login_name="paz@example.org").first()
    person = person or make_member(slot.account, email="paz@example.org")
    Supervision.objects.get_or_create(account=slot.account, membership=person, schedule=slot.schedule)
    invitation = Invitation.objects.create(
        account=slot.account,
        email="nora@example.org",
        invited_by=person,
        token_digest=f"{slot.account.invitations.count():064}",
        expires_at=NOW + timedelta(days=1),
    )
    values = _of_health(slot) | {
        "account": slot.account.name,
        "person": person.pk,
        "invitation": invitation.pk,
        "schedule": slot.schedule.slug,
        "slot": slot.pk,
        "booking": booking.pk,
        "day": day.pk,
        "resource": rooms.resources.get().pk,
        "service": services.services.get().pk,
        "mail": mail.pk,
        "kind": "confirmation",
        "language": "en",
        "number": 0,
        "event": 0,
        "feed": 1,
        "provider": "zoom",
        "group": slot.account.groups.get_or_create(name="Members")[0].pk,
    }
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in names:
            of: dict[str, str | int] = {**_schedule_of(str(pattern.name), rooms, services)}
            if pattern.name == "mail-again":
                of["mail"] = booking.notifications.order_by("pk")[0].pk
            wanted = {name: (values | of)[name] for name in pattern.pattern.converters}
            yield str(pattern.name), reverse(f"manage:{pattern.name}", kwargs=wanted)


def _of_health(slot: Slot) -> dict[str, int]:
    """Return one of each thing that the health page has a button for."""
    account = slot.account
    connection, _ = Connection.objects.get_or_create(account=account, provider="zoom", external_user="ana")
    incident, _ = Incident.objects.get_or_create(account=account, kind="access", provider="zoom", opened_at=NOW)
    absent = {"wanted": "absent", "wanted_at": NOW, "provider": "zoom"}
    meeting, _ = Meeting.objects.get_or_create(account=account, slot=slot, generation=9, defaults=absent)
    return {"connection": connection.pk, "incident": incident.pk, "meeting": meeting.pk}


def _schedule_of(name: str, rooms: Schedule, services: Schedule) -> dict[str, str]:
    """Return a schedule that has such a page, where a capacity schedule has none."""
    if name in OF_HOURS | OF_RESOURCES:
        return {"schedule": rooms.slug}
    return {"schedule": services.slug} if name in OF_SERVICES else {}


def statuses(browser: Client, slot: Slot, names: set[str]) -> dict[str, int]:
    return {
        name: (browser.post if name in ONLY_POSTED else browser.get)(address).status_code
        for name, address in addresses(slot, names)
    }


def test_every_page_says_whom_it_is_for() -> None:
    """Here, or in the walk, which opens each page for everybody."""
    here = OF_PERSONS | OF_SUPERVISORS | OF_PEOPLE | OF_OWNER
    assert here <= {pattern.name for pattern in urlpatterns} <= here | {name.removeprefix("manage:") for name in ROUTES}


def test_a_stranger_is_asked_to_log_in(client: Client, slot: Slot) -> None:
    found = {}
    for name, address in addresses(slot, OF_PERSONS | OF_SUPERVISORS | OF_PEOPLE | OF_OWNER):
        answer = (client.post if name in ONLY_POSTED else client.get)(address)
        found[name] = answer.headers.get("Location", "").partition("?")[0]

    assert set(found.values()) == {"/accounts/login/"}


def test_a_stranger_does_not_learn_which_accounts_there_are(client: Client, slot: Slot) -> None:
    there, elsewhere = client.get(f"/manage/{slot.account.name}/"), client.get("/manage/nobody/")

    assert there.status_code == elsewhere.status_code == 302


@pytest.mark.parametrize("role", [Membership.Role.USER, Membership.Role.BLOCKED])
def test_a_user_who_supervises_nothing_finds_nothing(role: str, slot: Slot, log_in: LogIn) -> None:
    browser = log_in(make_member(slot.account, role))

    assert set(statuses(browser, slot, OF_SUPERVISORS | OF_PEOPLE | OF_OWNER).values()) == {404}


def test_the_owner_of_another_account_finds_nothing(slot: Slot, log_in: LogIn) -> None:
    browser = log_in(make_member(make_account("Sombra"), Membership.Role.OWNER))

    assert set(statuses(browser, slot, OF_SUPERVISORS | OF_PEOPLE | OF_OWNER).values()) == {404}


def test_a_superuser_supervises_but_does_not_configure(slot: Slot, superuser: Client) -> None:
    assert set(statuses(superuser, slot, OF_SUPERVISORS).values()) <= OPENED
    assert set(statuses(superuser, slot, OF_OWNER - GRANTED_ONE_BY_ONE).values()) == {404}
    assert set(statuses(superuser, slot, GRANTED_ONE_BY_ONE).values()) == {403}


def test_a_superuser_sees_users_and_does_nothing_to_them_unless_the_owner_says_so(
    slot: Slot, superuser: Client
) -> None:
    found = statuses(superuser, slot, OF_PEOPLE)

    assert {name for name, status in found.items() if status != 403} == {"people", "person"}
    assert set(found.values()) == {200, 403}


def test_the_owner_opens_everything(slot: Slot, owner: Client, settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}
    without_calendar = OF_OWNER - {"mail-html", "mail-calendar"} - WANT_MORE
    # Whoever is unblocked supervises nothing any more; rights want a form.
    of_people, without_calendar = OF_PEOPLE - {"rank-person", "delete-person"}, without_calendar - {"dismiss"}
    # What is deleted cannot be opened afterwards, who joins a group wants naming, and only a schedule that is being
    # deleted leaves meetings behind.
    of_people, without_calendar = of_people - {"delete-group", "group-add"}, without_calendar - {"leave-meetings"}
    without_calendar -= AT_GOOGLE

    found = statuses(owner, slot, OF_SUPERVISORS | of_people | without_calendar)
    assert {name: status for name, status in found.items() if status not in OPENED} == {}


def test_a_superuser_of_one_schedule_sees_no_other(account: Account, log_in: LogIn) -> None:
    own, other = make_class(make_capacity_schedule(account)), make_resource_schedule(account)
    membership = make_member(account)
    Supervision.objects.create(account=account, membership=membership, schedule=own.schedule)
    browser = log_in(membership)

    assert set(statuses(browser, own, OF_SUPERVISORS).values()) <= OPENED
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
        f"/manage/{account.name}/schedules/{schedule.slug}/rules",
        f"/manage/{account.name}/schedules/{schedule.slug}/hours",
        f"/manage/{account.name}/schedules/{schedule.slug}/hours/days",
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
