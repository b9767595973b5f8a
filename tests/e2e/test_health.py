"""B5: the health page with everything wrong at once, by the machine that looks at every page."""

import pytest

from convoca.booking.models import Account, Connection, Incident, Meeting, Notification
from convoca.booking.operations.booking import book_resource
from tests.booking.building import NOW, at, connect_zoom, make_client, make_resource_schedule
from tests.e2e.browser import HEIGHTS, Scheme, Visits, axe, overflow, shot
from tests.e2e.conftest import Served
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Visit


def spoil(served: Served) -> Account:
    """Leave something of every kind that the page tells of."""
    account = served.scene.account
    zoom = account.connections.get()
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
