"""The vendors' applications can be pasted by whoever looks after the installation, tested, and need no restart."""

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Membership, User, VendorApplication
from convoca.booking.operations.vendors import application_for, is_registered, webhook_secret
from convoca.config.env import ApplicationKeys
from tests.booking.building import make_account, make_member
from tests.booking.zooming import SimulatedZoom
from tests.manage.conftest import LogIn
from tests.manage.reading import words

PAGE = "/setup/applications"
ZOOM = f"{PAGE}/zoom"
PASTED = {"zoom-client_id": "client", "zoom-client_secret": "a secret of ours", "zoom-webhook_secret": "told"}


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def operator(account: Account, log_in: LogIn) -> Client:
    person = make_member(account, Membership.Role.OWNER)
    User.objects.filter(pk=person.user_id).update(is_superuser=True)
    return log_in(person)


@pytest.fixture
def unset(settings: Settings) -> None:
    """An environment that names no application."""
    settings.VENDORS = settings.VENDORS | {"zoom": ApplicationKeys()}


def send(client: Client, where: str, form: dict[str, str] | None = None) -> str:
    """Send a form, and return the words of the page that it leads to."""
    answer = client.post(where, form or {})
    assert answer.status_code == 303
    return words(client.get(answer.headers["Location"].partition("#")[0]))


def test_what_is_pasted_is_used_at_once_and_its_secret_is_never_shown(operator: Client, unset: None) -> None:
    assert not is_registered("zoom")
    assert "No application yet." in words(operator.get(PAGE))

    assert "Saved. Test it before you connect." in send(operator, ZOOM, PASTED)

    assert application_for("zoom").client_id == "client"
    assert application_for("zoom").client_secret == "a secret of ours"
    assert webhook_secret("zoom") == "told"
    assert "a secret of ours" not in operator.get(PAGE).content.decode()
    kept = VendorApplication.objects.get()
    assert "a secret of ours" not in kept.client_secret.ciphertext


def test_an_empty_secret_leaves_the_one_that_is_kept(operator: Client, unset: None) -> None:
    operator.post(ZOOM, PASTED)

    operator.post(ZOOM, {"zoom-client_id": "another"})

    assert application_for("zoom").client_id == "another"
    assert application_for("zoom").client_secret == "a secret of ours"


def test_without_a_secret_nothing_is_kept_and_what_was_typed_stays(operator: Client, unset: None) -> None:
    answer = operator.post(ZOOM, {"zoom-client_id": "client"})

    assert answer.status_code == 422
    assert "Paste the client secret" in words(answer)
    assert 'value="client"' in answer.content.decode()
    assert not VendorApplication.objects.exists()


def test_the_environment_wins_and_is_shown_as_such(operator: Client, settings: Settings) -> None:
    given = ApplicationKeys(client_id="from outside", client_secret="kept outside")
    settings.VENDORS = settings.VENDORS | {"zoom": given}

    page = send(operator, ZOOM, PASTED)

    assert "The environment sets this application. Nothing was changed." in page
    assert "Set by the environment (CONVOCA_ZOOM_CLIENT_ID)" in page
    assert application_for("zoom").client_id == "from outside"
    assert not VendorApplication.objects.exists()


def test_a_test_says_whether_the_vendor_knows_the_application(
    operator: Client, zoom: SimulatedZoom, unset: None
) -> None:
    operator.post(ZOOM, PASTED)

    assert "Zoom knows this application." in send(operator, f"{ZOOM}/test")

    zoom.sandbox.configure({"zoom": {"client_secret": "the right one"}})
    refused = send(operator, f"{ZOOM}/test")
    assert "Zoom does not accept this application" in refused
    assert "Compare the client ID and the secret" in refused


def test_a_vendor_that_does_not_answer_is_not_called_a_wrong_secret(
    operator: Client, unset: None, settings: Settings
) -> None:
    settings.VENDOR_ENDPOINTS = dict(settings.VENDOR_ENDPOINTS) | {"zoom_oauth": "http://127.0.0.1:1/oauth"}
    operator.post(ZOOM, PASTED)

    assert "Zoom did not answer." in send(operator, f"{ZOOM}/test")


def test_what_is_deleted_is_used_no_more(operator: Client, unset: None) -> None:
    operator.post(ZOOM, PASTED)

    operator.post(f"{ZOOM}/forget")

    assert not is_registered("zoom")


@pytest.mark.parametrize("role", [Membership.Role.OWNER, Membership.Role.SUPERUSER, Membership.Role.USER])
def test_nobody_else_sees_the_page(role: Membership.Role, account: Account, log_in: LogIn, unset: None) -> None:
    person = log_in(make_member(account, role, email="nora@example.org"))

    assert person.get(PAGE).status_code == 404
    assert person.post(ZOOM, PASTED).status_code == 404
    assert Client().get(PAGE).status_code == 302
    assert not VendorApplication.objects.exists()
