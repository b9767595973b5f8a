"""B5: trouble from the mail that tells of it to the one click that mends it, and the page with everything wrong."""

import httpx2
import pytest
from playwright.sync_api import Page, expect

from convoca.booking.models import Account, Connection, Incident, Meeting, Notification
from convoca.booking.operations.booking import book_resource
from tests.booking.building import NOW, at, connect_zoom, make_client, make_resource_schedule
from tests.e2e.browser import HEIGHTS, Scheme, Visits, axe, overflow, shot
from tests.e2e.conftest import Served
from tests.e2e.hand import Hand
from tests.e2e.steps import (
    LINK_WITHIN_MS,
    MAIL_WITHIN_SECONDS,
    book,
    in_days,
    link_of,
    log_in,
    no_navigation,
    press,
)
from tests.e2e.test_journey import choose_jitsi, connect, disconnect
from tests.e2e.words import WORDS
from tests.installation import Installation, wait_for
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Visit


def spoil(served: Served) -> Account:
    """Leave something of every kind that the page tells of."""
    account = served.scene.account
    zoom = account.connections.get(provider="zoom")
    Connection.objects.filter(pk=zoom.pk).update(
        state=Connection.State.NEEDS_OWNER, reason="Invalid Token!", email="ana@example.org", plan="basic"
    )
    Incident.objects.update(kind=Incident.Kind.ACCESS)
    other = make_resource_schedule(account, slug="visits-2", name="House calls")
    second = connect_zoom(other, external_user="bruno")
    Connection.objects.filter(pk=second.pk).update(replaced_by=zoom, email="bruno@example.org")
    for clock, columns in (
        ("09:00", {"blocked": "rejected", "reason": "No permission.", "due_at": None}),
        ("09:30", {"waiting": "retry", "attempts": 4, "wanted_at": at("09:00", NOW.date())}),
        ("10:00", {"observed": "present", "differences": "passcode topic"}),
        ("10:30", {"observed": "gone", "wanted": "absent", "due_at": None}),
    ):
        resource = other.resources.get()
        booking = book_resource(other, resource, at(clock), client=make_client(email=f"{clock[:2]}@e.org"), now=NOW)
        Meeting.objects.filter(slot=booking.slot).update(**columns)
    Meeting.objects.filter(slot=served.scene.slots[Secret.ZOOM]).update(observed="nothing", ready_at=None)
    Notification.objects.filter(booking__slot__schedule=other, kind="confirmation").update(
        failed=True, dropped_at=NOW, due_at=None, reason="The mail server refused the recipient (550 5.1.1)."
    )
    return account


@pytest.mark.parametrize(("language", "schemes"), [("en", ("light", "dark")), ("es", ("dark", "light"))])
def test_b5_the_health_page_with_everything_wrong_is_accessible(
    served: Served, visits: Visits, language: str, schemes: tuple[Scheme, Scheme]
) -> None:
    visit = Visit(path=f"/manage/{spoil(served).name}/health")
    faults = []

    for width, scheme in zip(HEIGHTS, schemes, strict=True):
        page = served.open(visits, Looker.OWNER, visit, width=width, scheme=scheme, language=language)
        name = f"health.{language}.{width}.{scheme}"
        shot(page, name)
        faults += [f"{name}: {fault}" for fault in axe(page)]
        if wider := overflow(page):
            faults.append(f"{name}: has to be scrolled sideways by {wider} px")

    assert not faults, "\n".join(faults)


def test_b5_t44_o7_a_lost_access_is_told_by_mail_and_one_click_repairs_everything(
    tryout: Installation, visits: Visits
) -> None:
    """J10, with the processes of `make run`: the worker sees it, the owner is told, and watches the repair."""
    words = WORDS["en"]
    owner = visits.open(f"{tryout.url}/manage/", width=1440)
    log_in(owner, words)
    connect(tryout, owner, words, "en")
    fault = {"verb": "create", "kind": "revoked_token"}
    assert httpx2.post(f"{tryout.sandbox_url}/sandbox/faults", json=fault).status_code == 204

    visitor = visits.open(f"{tryout.url}/schedule/lumbre/consultations?day={in_days(8)}")
    book(visitor, words, email="lost.access@example.org")
    _read_alert(tryout, owner)
    shot(owner, "journey-alert.en")
    owner.goto(f"{tryout.url}/manage/lumbre/health")
    shot(owner, "journey-lost.en")
    hand = Hand(owner)
    hand.press("Reconnect Zoom")
    press(owner, words.allow)

    repaired = "Repaired: 1 of 1 link created, 1 email sent."
    expect(owner.locator("#connections")).to_be_visible()
    with no_navigation(owner):
        expect(owner.locator("#health-live")).to_contain_text(repaired, timeout=LINK_WITHIN_MS)
    # O7: one click, and the consent at the vendor.
    assert (hand.taps, hand.fields) == (1, 0)
    shot(owner, "journey-repaired.en")
    assert link_of(visitor, words).startswith(f"{tryout.sandbox_url}/zoom/j/")
    disconnect(tryout, owner, words, "en")
    choose_jitsi(tryout, owner, words)


def _read_alert(tryout: Installation, owner: Page) -> None:
    """Look into the outbox until the owner's mail is there, and open it."""

    def has_come() -> bool:
        owner.goto(f"{tryout.url}/manage/lumbre/outbox")
        return mail.count() > 0

    mail = owner.get_by_role("link", name="Zoom disconnected: 1 upcoming booking without link")
    wait_for(has_come, MAIL_WITHIN_SECONDS)
    mail.first.click()
    expect(owner.locator(".letter-text")).to_contain_text("Ada Ruiz")
