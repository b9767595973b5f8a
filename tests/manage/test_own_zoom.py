"""Connecting where our own application acts for its own Zoom account: nobody is asked for consent (M7)."""

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Connection
from sandbox.zoom.state import BRUNO
from tests.booking.building import make_resource_schedule
from tests.booking.zooming import SimulatedZoom
from tests.manage.reading import words

pytestmark = pytest.mark.django_db


def press_connect(owner: Client, account: Account, settings: Settings, *, external_account: str) -> str:
    """Press Connect to Zoom and return what the page then says."""
    settings.VENDORS = {**settings.VENDORS, "zoom": replace(settings.VENDORS["zoom"], account_id=external_account)}
    schedule = make_resource_schedule(account)
    page = f"/manage/{account.name}/integrations/zoom"
    answer = owner.post(f"{page}/{schedule.slug}/connect")
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    return words(owner.get(page))


def test_connect_connects_without_leaving_the_page(
    owner: Client, account: Account, zoom: SimulatedZoom, settings: Settings
) -> None:
    page = press_connect(owner, account, settings, external_account=BRUNO.account_id)

    schedule = account.schedules.get()
    assert (schedule.link_source, schedule.connection is not None) == ("zoom", True)
    assert Connection.objects.get().external_user == BRUNO.id
    assert BRUNO.email in page


def test_an_application_that_zoom_does_not_know_is_the_operator_s_to_mend_and_nothing_is_connected(
    owner: Client, account: Account, zoom: SimulatedZoom, settings: Settings
) -> None:
    page = press_connect(owner, account, settings, external_account="nobody")

    assert "does not accept this server's application" in page
    assert not Connection.objects.exists()
