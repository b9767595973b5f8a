"""The page Zoom Integration: Connect, consent, Disconnect, and what becomes of the credentials (M7, M14)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from convoca.booking.models import Account, Connection, Grant, Membership, Schedule
from sandbox.faults import Kind
from sandbox.zoom.state import ANA, User
from tests.booking.building import (
    NOW,
    book,
    connect_zoom,
    make_account,
    make_client,
    make_member,
    make_resource_schedule,
    make_service_schedule,
)
from tests.booking.zooming import SimulatedZoom
from tests.manage.conftest import LogIn
from tests.manage.reading import buttons, said, words
from tests.vendors import VISITOR


def page_of(account: Account) -> str:
    return f"/manage/{account.name}/integrations/zoom"


def press_connect(browser: Client, schedule: Schedule) -> str:
    """Press Connect to Zoom, and return where that leads."""
    answer = browser.post(f"{page_of(schedule.account)}/{schedule.slug}/connect")
    assert answer.status_code == 303
    return answer.headers["Location"]


def decide(consent_page: str, decision: str = "allow", *, user: User = ANA) -> str:
    """Decide on the vendor's page as `user`, and return the address of ours that the browser is sent to."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(consent_page).query).items()}
    answer = VISITOR.post(consent_page.partition("?")[0], data=asked | {"decision": decision, "user": user.id})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def test_m7_the_page_lists_the_schedules_with_one_button_each(owner: Client, account: Account) -> None:
    make_resource_schedule(account)
    connect_zoom(make_service_schedule(account))

    page = owner.get(page_of(account))

    assert buttons(page) == ["Connect to Zoom", "Disconnect"]
    assert "Consultations Not connected" in words(page)


def test_the_page_listed_the_schedules_in_whatever_order_the_database_gave(owner: Client, account: Account) -> None:
    make_resource_schedule(account, position=2)
    make_service_schedule(account, position=1)

    page = words(owner.get(page_of(account)))

    assert page.index("Services Not connected") < page.index("Consultations Not connected")


def test_m7_the_first_connection_asks_for_consent_and_later_ones_do_not(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    """«Si es la primera vez que te conectas a Zoom, te pedirán permiso para hacerlo»."""
    first, second = make_resource_schedule(account), make_service_schedule(account)

    consent_page = press_connect(owner, first)
    answer = owner.get(decide(consent_page))
    straight_back = press_connect(owner, second)

    assert consent_page.startswith(f"{zoom.sandbox.url}/zoom/oauth/authorize?")
    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(account))
    assert said(answer) == ["It works: we read your Zoom account."]
    assert straight_back == page_of(account)
    assert set(Schedule.objects.values_list("link_source", flat=True)) == {"zoom"}
    assert Connection.objects.count() == 1


def test_the_consent_is_asked_with_state_and_challenge(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    """RFC 6749 and RFC 7636: what comes back is bound to who asked, and useless to whoever reads the address."""
    asked = parse_qs(urlsplit(press_connect(owner, make_resource_schedule(account))).query)

    assert len(asked["state"][0]) >= 43
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost:8000/manage/connect/zoom/callback"]
    assert owner.session["consent"]["code_verifier"] not in str(asked)


def test_the_page_may_send_its_form_on_to_the_vendor(owner: Client, account: Account) -> None:
    """Browsers hold form-action against the redirect that follows a form."""
    policy = owner.get(page_of(account)).headers["Content-Security-Policy"]

    assert "form-action 'self' https: http://127.0.0.1:* http://localhost:*" in policy
    assert "script-src 'self';" in policy


def test_a_denied_consent_changes_nothing(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    answer = owner.get(decide(press_connect(owner, make_resource_schedule(account)), "deny"))

    assert said(answer) == ["You did not allow access. Nothing was changed."]
    assert not Connection.objects.exists()


UNKNOWN = [
    "This answer does not belong to a connection that you started here in the last 10 minutes. Nothing was changed; "
    "start again."
]


@pytest.mark.parametrize("state", ["", "wrong", "%00", "ñ" * 50, "%ff"])
def test_a_wrong_state_connects_nothing_and_spends_nothing(
    state: str, owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    callback = decide(press_connect(owner, make_resource_schedule(account)))
    code = parse_qs(urlsplit(callback).query)["code"][0]

    forged = owner.get(f"/manage/connect/zoom/callback?code={code}&state={state}")

    assert (forged.status_code, said(forged)) == (302, UNKNOWN)
    assert not Connection.objects.exists()
    assert said(owner.get(callback))[-1] == "It works: we read your Zoom account."


def test_a_state_counts_once(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    callback = decide(press_connect(owner, make_resource_schedule(account)))
    owner.get(callback)

    assert said(owner.get(callback))[-1:] == UNKNOWN


def test_a_state_counts_for_ten_minutes(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    callback = decide(press_connect(owner, make_resource_schedule(account)))

    with time_machine.travel(NOW + timedelta(minutes=10, seconds=1), tick=False):
        answer = owner.get(callback)

    assert said(answer) == UNKNOWN
    assert not Connection.objects.exists()


def test_somebody_else_s_consent_is_not_taken(
    owner: Client, account: Account, zoom: SimulatedZoom, log_in: LogIn
) -> None:
    """An attacker's answer, opened in the owner's browser, would connect the attacker's account."""
    attacker = log_in(make_member(make_account("Sombra"), Membership.Role.OWNER))
    theirs = decide(press_connect(attacker, make_resource_schedule(Account.objects.get(name="Sombra"))))

    answer = owner.get(theirs)

    assert said(answer) == UNKNOWN
    assert not Connection.objects.exists()


def test_whoever_is_no_owner_any_more_connects_nothing(account: Account, zoom: SimulatedZoom, log_in: LogIn) -> None:
    membership = make_member(account, Membership.Role.OWNER)
    browser = log_in(membership)
    callback = decide(press_connect(browser, make_resource_schedule(account)))
    Membership.objects.filter(pk=membership.pk).update(role=Membership.Role.USER)

    assert said(browser.get(callback)) == UNKNOWN
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Kind.RESET_BEFORE, "Zoom did not answer. Nothing was changed; try again in a minute."),
        (Kind.ERROR_503, "Zoom did not answer. Nothing was changed; try again in a minute."),
        (Kind.RATE_LIMIT, "Zoom asks us to slow down. Nothing was changed; try again in a few minutes."),
    ],
)
def test_a_vendor_that_fails_becomes_a_sentence(
    fault: Kind, sentence: str, owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    callback = decide(press_connect(owner, make_resource_schedule(account)))
    zoom.spoil("*", fault)

    answer = owner.get(callback)

    assert (answer.status_code, said(answer)) == (303, [sentence])
    assert not Connection.objects.exists()


def test_a_server_without_application_names_what_to_set(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(f"{page_of(account)}/{schedule.slug}/connect")

    assert "CONVOCA_ZOOM_CLIENT_ID, CONVOCA_ZOOM_CLIENT_SECRET" in said(answer)[0]
    assert "CONVOCA_ZOOM_CLIENT_ID, CONVOCA_ZOOM_CLIENT_SECRET" in words(owner.get(page_of(account)))


def test_m14_disconnecting_one_of_two_says_what_happens_and_keeps_the_credentials(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    first, second = make_resource_schedule(account), make_service_schedule(account)
    zoom.connect(first)
    zoom.connect(second)

    asked = words(owner.get(f"{page_of(account)}/{first.slug}/disconnect"))
    answer = owner.post(f"{page_of(account)}/{first.slug}/disconnect")

    assert "New bookings of Consultations will have no Zoom link." in asked
    assert "This is the last schedule" not in asked
    assert said(answer) == ["Zoom is disconnected from Consultations. Meetings already made keep their links."]
    assert Grant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_m14_disconnecting_the_last_deletes_the_credentials_and_shows_it(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    """«Si desconectas Zoom de todos tus horarios, eliminaremos automáticamente tus credenciales»."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)

    asked = words(owner.get(f"{page_of(account)}/{schedule.slug}/disconnect"))
    owner.post(f"{page_of(account)}/{schedule.slug}/disconnect")
    while_closing = owner.get(page_of(account))
    zoom.work()
    zoom.close()
    afterwards = words(owner.get(page_of(account)))

    assert "This is the last schedule that uses Zoom. We will also delete your Zoom credentials" in asked
    assert "Credentials are being deleted" in words(while_closing)
    assert 'hx-trigger="every 2s"' in while_closing.text
    assert "Credentials deleted from this server · Tue 24 Nov, 09:00" in afterwards
    assert "Access withdrawn at Zoom · Tue 24 Nov, 09:00" in afterwards
    assert not Grant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_m14_the_receipt_follows_without_reload(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    owner.post(f"{page_of(account)}/{schedule.slug}/disconnect")
    connection = Connection.objects.get()
    seen = f"{page_of(account)}/receipt?seen={connection.pk}-closing-0-0"

    before = owner.get(seen)
    zoom.close()
    after = owner.get(seen)

    assert (before.status_code, before.content) == (204, b"")
    assert "Credentials deleted from this server" in words(after)
    assert "hx-get" not in after.text


def test_m14_a_vendor_that_cannot_be_reached_is_told(owner: Client, account: Account) -> None:
    connect_zoom(make_resource_schedule(account))
    Schedule.objects.update(link_source=Schedule.NO_LINK, connection=None)
    Connection.objects.update(state=Connection.State.CLOSED, closing_at=NOW, wiped_at=NOW, grant=None)

    page = owner.get(page_of(account))

    assert "Zoom did not answer; remove our access there too: Zoom app page" in words(page)
    assert "https://marketplace.zoom.us/user/installed" in page.text


def test_disconnecting_what_is_not_connected_changes_nothing(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, link_source="jitsi")

    answer = owner.post(f"{page_of(account)}/{schedule.slug}/disconnect")

    assert said(answer) == ["Consultations is not connected to Zoom. Nothing was changed."]
    assert Schedule.objects.get().link_source == "jitsi"


def test_a_broken_connection_offers_to_reconnect(owner: Client, account: Account, settings: Settings) -> None:
    connect_zoom(make_resource_schedule(account))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, email="ana@example.org")

    page = owner.get(page_of(account))

    assert buttons(page) == ["Reconnect Zoom", "Disconnect"]
    assert "Zoom no longer accepts our access (ana@example.org)." in words(page)


def test_m11_the_basic_plan_is_warned_of_and_forbids_nothing(owner: Client, account: Account) -> None:
    """«Nuestro sistema no te impide programar una reunión más larga de lo que permite tu plan de Zoom.»"""
    connect_zoom(make_service_schedule(account, minutes=60))
    Connection.objects.update(plan="basic")

    page = words(owner.get(page_of(account)))

    assert "Your Zoom plan ends meetings after 40 minutes; this schedule allows 60. You can book anyway" in page


def test_another_vendor_s_page_does_not_exist(owner: Client, account: Account) -> None:
    assert owner.get(f"/manage/{account.name}/integrations/jitsi").status_code == 404
    assert owner.get("/manage/connect/nobody/callback").status_code == 404


def test_the_page_costs_the_same_however_many_schedules(
    owner: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_resource_schedule(account, slug=f"schedule-{number}")

    # One of them reads the vendor's application, which may be pasted in a page.
    with django_assert_num_queries(8):
        owner.get(page_of(account))


@pytest.mark.django_db(transaction=True)
def test_m14_the_receipt_lists_what_works_on_what_waits_and_who_did_what(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    """J11."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule, "10:00")
    zoom.work()
    book(schedule, "11:00", client=make_client(email="eva@example.org"))

    asked = owner.get(f"{page_of(account)}/{schedule.slug}/disconnect")
    owner.post(f"{page_of(account)}/{schedule.slug}/disconnect")
    zoom.close()
    page = words(owner.get(page_of(account)))

    assert buttons(asked) == ["Disconnect", "Delete that meeting and disconnect", "Keep"]
    assert "1 existing meeting still works; nobody can change it from here" in page
    assert "1 booking was waiting for a link. Paste links" in page
    assert "Tue 24 Nov, 09:00 · Credentials deleted · Convoca" in page
    assert "Tue 24 Nov, 09:00 · Disconnected · Owner (Owner)" in page


def test_an_access_that_was_withdrawn_before_is_told_so(owner: Client, account: Account) -> None:
    connect_zoom(make_resource_schedule(account))
    Schedule.objects.update(link_source=Schedule.NO_LINK, connection=None)
    Connection.objects.update(
        state=Connection.State.CLOSED, closing_at=NOW, wiped_at=NOW, withdrawn_at=NOW, was_revoked=True, grant=None
    )

    assert "Zoom had already withdrawn access" in words(owner.get(page_of(account)))


def test_the_meetings_are_deleted_with_the_connection_if_the_owner_says_so(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    zoom.connect(make_service_schedule(account))
    book(schedule)
    zoom.work()

    answer = owner.post(f"{page_of(account)}/{schedule.slug}/disconnect", {"meetings": "delete"})
    zoom.work()

    assert "their bookings stand and have no link until you paste one." in said(answer)[0]
    assert zoom.standing() == []
