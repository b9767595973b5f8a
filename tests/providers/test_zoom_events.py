"""What Zoom tells us by itself: signed over its raw bytes, fresh, and read with tolerance."""

import json
from datetime import timedelta
from hashlib import sha256
from hmac import new
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from convoca.providers.contract import Change, Notice
from convoca.providers.zoom.events import answer_validation, is_genuine, read_notice
from sandbox.zoom import webhooks
from sandbox.zoom.state import ANA, Meeting
from tests.contracts import FOLDER
from tests.vendors import at

SECRET = "the-secret-token-of-zoom"
NOW = at("2030-03-01 09:00")
MEETING = Meeting(
    number=85746065432,
    uuid="4444AAAiAAAAA+iAiAiiAii==",
    user_id=ANA.id,
    topic="Clase de yoga 🧘 con Ñandú",
    agenda="",
    type=2,
    starts_at=at("2030-03-31 08:00"),
    duration=45,
    timezone="Europe/Madrid",
    passcode="",
    link_code="",
    created_at=NOW,
    settings={},
)
DELETED = webhooks.meeting_deleted(MEETING, now=NOW)
UPDATED = webhooks.meeting_updated(MEETING, {"topic": MEETING.topic}, now=NOW)
WITHDRAWN = webhooks.app_deauthorized(ANA.id, "client", now=NOW)


def genuine(delivery: webhooks.Delivery, **more: Any) -> bool:
    headers = {name.lower(): value for name, value in delivery.headers.items()}
    return is_genuine(headers, delivery.body, secret=more.get("secret", SECRET), now=more.get("now", NOW))


@pytest.mark.parametrize("event", [DELETED, UPDATED, WITHDRAWN], ids=["deleted", "updated", "withdrawn"])
def test_the_signature_covers_the_raw_bytes_whatever_letters_they_spell(event: dict[str, Any]) -> None:
    delivery = webhooks.signed(event, secret=SECRET, now=NOW)

    assert genuine(delivery)
    assert not genuine(webhooks.Delivery(body=json.dumps(event).encode() + b" ", headers=delivery.headers))
    assert not genuine(delivery, secret="another")
    assert not genuine(delivery, secret="")
    assert not genuine(webhooks.Delivery(body=delivery.body))


@pytest.mark.parametrize(("minutes", "accepted"), [(-5.1, False), (-4.9, True), (4.9, True), (5.1, False)])
def test_a_request_older_or_newer_than_five_minutes_is_not_believed(minutes: float, accepted: bool) -> None:
    delivery = webhooks.signed(DELETED, secret=SECRET, now=NOW)

    assert genuine(delivery, now=NOW + timedelta(minutes=minutes)) is accepted


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1.5", "9" * 400])
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    delivery = webhooks.signed(DELETED, secret=SECRET, now=NOW)

    assert not genuine(
        webhooks.Delivery(body=delivery.body, headers={**delivery.headers, "x-zm-request-timestamp": timestamp})
    )


def test_the_address_is_proven_ours_by_zoom_s_own_recipe() -> None:
    told = answer_validation(json.dumps(webhooks.url_validation("plain", now=NOW)).encode(), secret=SECRET)

    assert told == {"plainToken": "plain", "encryptedToken": new(SECRET.encode(), b"plain", sha256).hexdigest()}
    assert answer_validation(json.dumps(DELETED).encode(), secret=SECRET) is None


def test_a_notice_says_where_to_look_and_what_tells_it_from_others() -> None:
    notice = read_notice(json.dumps(DELETED).encode())

    assert notice == Notice(
        change=Change.MEETING_DELETED,
        identity=f"meeting deleted {int(NOW.timestamp() * 1000)} {MEETING.uuid}",
        external_user=ANA.id,
        external_account=ANA.account_id,
        remote_id="85746065432",
    )


def test_a_number_may_come_as_text() -> None:
    event = json.loads(json.dumps(UPDATED))
    event["payload"]["object"]["id"] = "85746065432"

    notice = read_notice(json.dumps(event).encode())

    assert notice is not None
    assert (notice.change, notice.remote_id) == (Change.MEETING_CHANGED, "85746065432")


def test_a_withdrawal_names_who_withdrew() -> None:
    notice = read_notice(json.dumps(WITHDRAWN).encode())

    assert notice is not None
    assert (notice.change, notice.external_user, notice.external_account) == (
        Change.ACCESS_WITHDRAWN,
        ANA.id,
        ANA.account_id,
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{}", b'{"event": "meeting.started"}', b'{"event": ["x"]}'])
def test_what_does_not_concern_us_is_no_notice(body: bytes) -> None:
    assert read_notice(body) is None


@pytest.mark.parametrize("body", [b'{"event": "meeting.deleted"}', b'{"event": "meeting.deleted", "payload": [1]}'])
def test_a_notice_without_particulars_leads_nowhere(body: bytes) -> None:
    notice = read_notice(body)

    assert notice is not None
    assert (notice.remote_id, notice.external_user) == ("", "")


def test_the_simulated_zoom_s_notices_keep_zoom_s_shapes() -> None:
    """Checked where a folder of contracts is named."""
    if not FOLDER:
        return
    schema = json.loads((Path(FOLDER) / "zoom.webhooks.schema.json").read_text("utf-8"))
    for event in (DELETED, UPDATED, WITHDRAWN, webhooks.url_validation("plain", now=NOW)):
        assert list(Draft7Validator(schema).iter_errors(event)) == []
