"""Users (M19): who they are, who comes in, who is a superuser, and who is blocked."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, AuditEntry, FormField, Invitation, Membership, Schedule, Supervision, User
from tests.booking.building import NOW, book, make_account, make_client, make_member, make_resource_schedule
from tests.manage.conftest import LogIn
from tests.manage.people import USERS, page_of, trail
from tests.manage.reading import buttons, said, words

Role = Membership.Role


@pytest.fixture
def eva(account: Account) -> Membership:
    return make_member(account, email="eva@example.org")


# --- the list ---


def test_the_page_lists_users_with_their_rights(owner: Client, account: Account, eva: Membership) -> None:
    schedule = make_resource_schedule(account)
    paz = make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=schedule)
    make_member(account, Role.BLOCKED, "out@example.org")

    text = words(owner.get(USERS))

    assert "Users 4 users" in text
    assert "eva@example.org User" in text
    assert "paz@example.org Superuser of Consultations" in text
    assert "out@example.org Blocked" in text


def test_users_of_another_account_are_not_listed(owner: Client) -> None:
    make_member(make_account("Sombra"), email="far@example.org")

    assert "far@example.org" not in owner.get(USERS).text


@pytest.mark.parametrize("looked_for", ["perez", "PÉREZ", "luis.p", "Luis Pérez", "luis example.org"])
def test_users_are_found_by_name_and_address(looked_for: str, owner: Client, account: Account) -> None:
    luis = make_member(account, email="luis.p@example.org")
    Membership.objects.filter(pk=luis.pk).update(name="Luis Pérez")

    text = words(owner.get(USERS, {"q": looked_for}))

    assert "Luis Pérez luis.p@example.org" in text
    assert "owner@lumbre.example" not in text


def test_whoever_is_not_found_is_not_there(owner: Client) -> None:
    assert "Nobody is called so." in words(owner.get(USERS, {"q": "nobody-like-this"}))


def test_nobody_is_found_by_the_name_that_they_have_elsewhere(owner: Client, account: Account) -> None:
    """What an account calls a person is its own; another account's owner must not learn it."""
    person = make_member(account, email="x@example.org")
    User.objects.filter(pk=person.user_id).update(name="Secret Elsewhere")
    Membership.objects.filter(pk=person.pk).update(name="Xenia")

    answer = owner.get(USERS, {"q": "Secret"})

    assert "x@example.org" not in answer.text
    assert "Secret Elsewhere" not in owner.get(USERS).text


def test_the_list_takes_as_many_queries_for_many_users_as_for_one(
    owner: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    schedule = make_resource_schedule(account)
    for number in range(5):
        person = make_member(account, email=f"p{number}@example.org")
        Supervision.objects.create(account=account, membership=person, schedule=schedule)

    # Session, log-in, account, rights (2); how many, whom, whom they supervise, who is invited.
    with django_assert_num_queries(9):
        owner.get(USERS)


# --- added by hand ---


def test_the_owner_adds_a_user_by_hand(owner: Client, account: Account) -> None:
    answer = owner.post(f"{USERS}/add", {"name": "Nora Díaz", "email": "Nora@Example.org", "phone": "+34 600"})

    person = Membership.objects.get(account=account, user__email="nora@example.org")
    assert (answer.status_code, answer.headers["Location"]) == (303, USERS)
    assert (person.role, person.called, person.phone) == (Role.USER, "Nora Díaz", "+34 600")
    assert not person.user.has_usable_password()
    assert trail(account) == [("owner", "added", "nora@example.org")]


def test_who_was_added_by_hand_sets_a_password_by_mail(owner: Client, client: Client) -> None:
    owner.post(f"{USERS}/add", {"name": "Nora Díaz", "email": "nora@example.org"})
    client.post("/accounts/password/reset/", {"email": "nora@example.org"})
    form = client.get(re.findall(r"http://\S+", str(mail.outbox[0].body))[0], follow=True)

    client.post(form.request["PATH_INFO"], {"password1": "another horse", "password2": "another horse"})

    log_in = client.post("/accounts/login/", {"login": "nora@example.org", "password": "another horse"})
    assert log_in.status_code == 302
    assert client.get("/my/Lumbre").status_code == 200


def test_whoever_has_a_log_in_elsewhere_is_added_as_anybody_is(owner: Client, account: Account) -> None:
    """Nobody learns here who has a log-in in another account, nor under which name."""
    make_member(make_account("Sombra"), email="far@example.org")

    known = owner.post(f"{USERS}/add", {"name": "Somebody", "email": "far@example.org"})
    unknown = owner.post(f"{USERS}/add", {"name": "Somebody", "email": "new@example.org"})

    assert said(known)[-1] == said(unknown)[-1]
    assert {person.called for person in account.memberships.exclude(role=Role.OWNER)} == {"Somebody"}


def test_nobody_is_added_twice(owner: Client, eva: Membership) -> None:
    answer = owner.post(f"{USERS}/add", {"name": "Eva", "email": "EVA@example.org"})

    assert answer.status_code == 422
    assert "This person is a user here already. Nothing was changed." in words(answer)


@pytest.mark.parametrize("email", ["", "nora", "nöra@example.org", "a@b\r\nBcc: c@d.example"])
def test_an_address_that_no_mail_reaches_is_refused_with_the_form_kept(email: str, owner: Client) -> None:
    answer = owner.post(f"{USERS}/add", {"name": "Nora", "email": email})

    assert answer.status_code == 422
    assert "Enter an email address in the format name@example.com" in words(answer)
    assert 'value="Nora"' in answer.text


# --- what is known of a person ---


def test_the_owner_writes_what_is_known_of_a_user(owner: Client, account: Account, eva: Membership) -> None:
    account.supervisor_field = Account.SupervisorField.SUPERUSERS
    account.save()
    FormField.objects.create(account=account, key="field_1", label="Patient number", is_required=True)

    owner.post(page_of(eva), {"name": "Eva Mora", "phone": "600", "field_1": "", "super_field": "Pays late"})

    eva.refresh_from_db()
    assert (eva.name, eva.phone, eva.field_1, eva.super_field) == ("Eva Mora", "600", "", "Pays late")
    assert AuditEntry.objects.get(person=eva).fields == "name, phone, super_field"


def test_the_superusers_note_is_not_asked_where_the_field_is_off(owner: Client, eva: Membership) -> None:
    owner.post(page_of(eva), {"name": "Eva", "super_field": "Pays late"})

    eva.refresh_from_db()
    assert eva.super_field == ""


def test_the_page_of_a_user_shows_their_bookings(owner: Client, account: Account, eva: Membership) -> None:
    booking = book(make_resource_schedule(account), client=make_client(membership=eva))

    page = owner.get(page_of(eva))

    assert f'href="/manage/Lumbre/bookings/{booking.pk}"' in page.text
    assert "Consultations · Confirmed" in words(page)


def test_the_user_of_another_account_has_no_page_here(owner: Client) -> None:
    far = make_member(make_account("Sombra"), email="far@example.org")

    assert owner.get(page_of(far)).status_code == 404
    assert owner.post(page_of(far, "/block")).status_code == 404
    assert owner.get(f"{USERS}/{'9' * 30}").status_code == 404


# --- invitations ---


def test_an_invitation_is_listed_until_it_is_accepted(owner: Client, account: Account) -> None:
    answer = owner.post(f"{USERS}/invite", {"email": "Nora@example.org", "language": "es", "role": "superuser"})

    invitation = Invitation.objects.get(account=account)
    assert said(answer) == ["The invitation to nora@example.org is on its way."]
    assert (invitation.email, invitation.role, invitation.language) == ("nora@example.org", "superuser", "es")
    assert "nora@example.org Superuser · Being sent" in words(owner.get(USERS))
    assert trail(account) == [("owner", "invited", "")]


def test_a_user_is_not_invited(owner: Client, eva: Membership) -> None:
    answer = owner.post(f"{USERS}/invite", {"email": "eva@example.org", "language": "en", "role": "user"})

    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_who_is_invited_again_has_one_invitation(owner: Client) -> None:
    for role in ("user", "superuser"):
        owner.post(f"{USERS}/invite", {"email": "nora@example.org", "language": "en", "role": role})

    assert Invitation.objects.get().role == "superuser"


def test_an_expired_invitation_is_sent_again_for_another_fortnight(
    owner: Client, this_instant: time_machine.Traveller
) -> None:
    owner.post(f"{USERS}/invite", {"email": "nora@example.org", "language": "en", "role": "user"})
    invitation = Invitation.objects.get()
    this_instant.move_to(NOW + timedelta(days=15))
    owner.force_login(User.objects.get())
    listed = words(owner.get(USERS))

    owner.post(f"/manage/Lumbre/invitations/{invitation.pk}/send")

    invitation.refresh_from_db()
    assert "Expired on" in listed
    assert invitation.expires_at == NOW + timedelta(days=29)
    assert invitation.due_at == NOW + timedelta(days=15)


def test_an_invitation_is_withdrawn(owner: Client, client: Client) -> None:
    owner.post(f"{USERS}/invite", {"email": "nora@example.org", "language": "en", "role": "user"})
    invitation = Invitation.objects.get()
    link = f"/accounts/invitation/{invitation.token.open()}/"
    before = client.get(link).status_code

    owner.post(f"/manage/Lumbre/invitations/{invitation.pk}/withdraw")

    assert (before, client.get(link).status_code) == (200, 404)


def test_the_invitation_of_another_account_is_nobody_s_here(owner: Client, log_in: LogIn) -> None:
    far = log_in(make_member(make_account("Sombra"), Role.OWNER))
    far.post("/manage/Sombra/users/invite", {"email": "nora@example.org", "language": "en", "role": "user"})

    assert owner.post(f"/manage/Lumbre/invitations/{Invitation.objects.get().pk}/withdraw").status_code == 404


def test_the_owner_s_page_offers_no_rights_to_change(owner: Client, account: Account) -> None:
    own = Membership.objects.get(account=account, role=Role.OWNER)

    assert buttons(owner.get(page_of(own))) == ["Save changes"]


def test_the_page_speaks_spanish(owner: Client, eva: Membership) -> None:
    page = owner.get(page_of(eva), headers={"accept-language": "es"})

    assert "¿Bloquear a esta persona?" in words(page)
    assert Schedule.objects.count() == 0
