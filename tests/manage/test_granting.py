"""The owner says what each superuser may do (M19, product.md §5): on both pages, on record, and from then on."""

import pytest
from django.test import Client

from convoca.booking.models import Account, AuditEntry, Membership, Right, Supervision
from tests.booking.building import make_account, make_member, make_resource_schedule
from tests.manage.conftest import LogIn
from tests.manage.people import page_of, trail
from tests.manage.reading import said, words

Role = Membership.Role


def test_the_owner_grants_a_superuser_of_the_account_and_it_counts_at_once(
    owner: Client, account: Account, log_in: LogIn
) -> None:
    rooms, paz = make_resource_schedule(account), make_member(account, Role.SUPERUSER, "paz@example.org")
    browser, hours = log_in(paz), f"/manage/Lumbre/schedules/{rooms.slug}/hours"
    before = browser.get(hours).status_code

    answer = owner.post(page_of(paz, "/trust"), {"rights": ["changes_hours", "blocks_users"], "manages_users": "add"})

    paz.refresh_from_db()
    assert (answer.status_code, before, browser.get(hours).status_code) == (303, 403, 200)
    assert (set(paz.rights), paz.blocks_users, paz.manages_users) == ({Right.HOURS}, True, "add")
    assert said(answer) == ["The rights of Superuser are saved. They count from now on."]


def test_the_owner_grants_a_superuser_of_one_schedule_what_counts_there(
    owner: Client, account: Account, log_in: LogIn
) -> None:
    rooms, talks = make_resource_schedule(account), make_resource_schedule(account, slug="talks", name="Talks")
    paz = make_member(account, email="paz@example.org")
    for schedule in (rooms, talks):
        Supervision.objects.create(account=account, membership=paz, schedule=schedule)
    page = f"/manage/Lumbre/schedules/{rooms.slug}/access"

    answer = owner.post(f"{page}/superusers/{paz.pk}/rights", {"rights": ["changes_hours", "changes_layout"]})

    browser = log_in(paz)
    opened = [browser.get(f"/manage/Lumbre/schedules/{each.slug}/hours").status_code for each in (rooms, talks)]
    assert (answer.status_code, opened) == (303, [200, 403])
    assert paz.supervisions.get(schedule=rooms).rights == {Right.HOURS, Right.LAYOUT}
    assert paz.supervisions.get(schedule=talks).rights == {Right.BOOKINGS, Right.BEYOND_RULES}


def test_the_trail_names_the_rights_that_changed(owner: Client, account: Account) -> None:
    rooms, paz = make_resource_schedule(account), make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=rooms)

    owner.post(f"/manage/Lumbre/schedules/{rooms.slug}/access/superusers/{paz.pk}/rights", {"rights": []})
    owner.post(page_of(paz, "/trust"), {"rights": ["blocks_users"], "manages_users": ""})
    owner.post(page_of(paz, "/trust"), {"rights": ["blocks_users"], "manages_users": ""})

    assert trail(account) == [("owner", "ranked", "paz@example.org")] * 2
    fields = list(AuditEntry.objects.filter(person=paz).order_by("pk").values_list("fields", flat=True))
    assert fields == [f"{rooms.slug}, changes_bookings, ignores_rules", "blocks_users"]
    page = words(owner.get(page_of(paz)))
    assert f"Rights changed : {rooms.slug}, bookings of others, hours and limits" in page
    assert "Rights changed : blocking users" in page


def test_who_becomes_a_superuser_may_what_superusers_always_could(account: Account) -> None:
    paz = make_member(account, Role.SUPERUSER, "paz@example.org")
    supervision = Supervision.objects.create(account=account, membership=paz, schedule=make_resource_schedule(account))

    usual = {Right.BOOKINGS, Right.BEYOND_RULES}
    assert paz.rights == supervision.rights == usual
    assert (paz.blocks_users, paz.manages_users) == (False, "")


@pytest.mark.parametrize("act", ["/rights", "/block"])
def test_who_is_no_superuser_any_more_keeps_nothing_that_was_granted(act: str, owner: Client, account: Account) -> None:
    paz = make_member(account, Role.SUPERUSER, "paz@example.org")
    owner.post(page_of(paz, "/trust"), {"rights": ["changes_hours", "blocks_users"], "manages_users": "rank"})

    owner.post(page_of(paz, act), {"role": "user"})
    owner.post(page_of(paz, "/unblock"))

    paz.refresh_from_db()
    assert paz.rights == {Right.BOOKINGS, Right.BEYOND_RULES}
    assert (paz.blocks_users, paz.manages_users) == (False, "")


def test_only_the_owner_grants_rights(account: Account, superuser: Client) -> None:
    Membership.objects.update(manages_users="rank")
    other, rooms = make_member(account, Role.SUPERUSER, "other@example.org"), make_resource_schedule(account)
    Supervision.objects.create(account=account, membership=other, schedule=rooms)
    browser, access = superuser, f"/manage/Lumbre/schedules/{rooms.slug}/access/superusers/{other.pk}/rights"

    answers = [browser.post(each, {"rights": []}).status_code for each in (page_of(other, "/trust"), access)]

    other.refresh_from_db()
    assert answers == [404, 404]
    assert other.rights == {Right.BOOKINGS, Right.BEYOND_RULES}
    assert "/trust" not in browser.get(page_of(other)).content.decode()


def test_a_plain_user_is_granted_nothing(owner: Client, account: Account) -> None:
    eva = make_member(account, email="eva@example.org")

    answer = owner.post(page_of(eva, "/trust"), {"rights": ["blocks_users"], "manages_users": "rank"})

    eva.refresh_from_db()
    assert said(answer) == ["This person is no superuser any more. Nothing was changed."]
    assert (eva.blocks_users, eva.manages_users) == (False, "")
    assert "/trust" not in owner.get(page_of(eva)).content.decode()


def test_a_superuser_of_another_account_is_not_found(owner: Client) -> None:
    far = make_account("Sombra")
    paz = make_member(far, Role.SUPERUSER, "paz@example.org")
    Supervision.objects.create(account=far, membership=paz, schedule=make_resource_schedule(far))

    assert owner.post(page_of(paz, "/trust"), {"rights": []}).status_code == 404


@pytest.mark.parametrize("right", ["everything", "role", "\x00"])
def test_a_right_that_there_is_not_is_refused_on_both_pages(right: str, owner: Client, account: Account) -> None:
    rooms, paz = make_resource_schedule(account), make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=rooms)
    access = f"/manage/Lumbre/schedules/{rooms.slug}/access/superusers/{paz.pk}/rights"

    answers = [owner.post(each, {"rights": [right]}) for each in (page_of(paz, "/trust"), access)]

    assert [each.status_code for each in answers] == [422, 422]
    assert all("Choose among these rights." in words(each) for each in answers)
