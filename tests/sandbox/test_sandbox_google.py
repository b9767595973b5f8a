"""The simulated Google: what Google's own client reads of what we wrote, and what it refuses."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from convoca.providers.contract import Application
from convoca.providers.wire import carry_out
from sandbox.google.members import select
from sandbox.google.state import ANA, WORK
from sandbox.server import Sandbox
from tests.googling import GOOGLE, REDIRECT_URI, boxes_ticked, connect_google, google_application_at, google_settings
from tests.providers.recorded_google import SPEC
from tests.vendors import VISITOR, SetClock, at, running_sandbox

BODY: dict[str, Any] = {
    "summary": "Class",
    "start": {"dateTime": "2030-03-31T10:00:00", "timeZone": "Europe/Madrid"},
    "end": {"dateTime": "2030-03-31T11:00:00+02:00"},
}
WITH_MEET = replace(SPEC, conference_request="first")


@pytest.fixture
def application(sandbox: Sandbox) -> Application:
    return google_application_at(sandbox)


@pytest.fixture
def token(application: Application) -> str:
    return connect_google(application).access_token


@pytest.fixture
def google(application: Application, token: str) -> Iterator[Any]:
    """Google's own client, which finds its addresses in the document that it brings."""
    address = application.endpoints["google_calendar"] + "/"
    with build(
        "calendar",
        "v3",
        credentials=Credentials(token),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": address},
        static_discovery=True,
        cache_discovery=False,
    ) as service:
        yield service


def test_google_s_own_client_reads_what_we_wrote(google: Any, application: Application, token: str) -> None:
    """M4, M6: the event, its times in its zone, its Meet call, and our reference by which it is found."""
    facts = carry_out(GOOGLE.insert(WITH_MEET, application=application, token=token), seconds=5)

    event = google.events().get(calendarId=WORK, eventId=SPEC.key.event_id).execute()
    found = (
        google.events().list(calendarId=WORK, privateExtendedProperty=f"convocaRef={SPEC.reference}").execute()["items"]
    )

    assert (event["summary"], event["description"], event["location"]) == (
        "Consultation",
        "Booked with Convoca",
        "Room 2",
    )
    assert event["start"] == {"dateTime": "2030-03-31T10:00:00+02:00", "timeZone": "Europe/Madrid"}
    assert event["end"] == {"dateTime": "2030-03-31T10:45:00+02:00", "timeZone": "Europe/Madrid"}
    assert event["hangoutLink"] == facts.link
    assert event["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}
    assert event["reminders"] == {"useDefault": False}
    assert "attendees" not in event
    assert [each["id"] for each in found] == [facts.key.event_id]


def test_google_s_own_client_sees_moves_and_deletions(google: Any, application: Application, token: str) -> None:
    access: dict[str, Any] = {"application": application, "token": token}
    carry_out(GOOGLE.insert(WITH_MEET, **access), seconds=5)
    before = google.events().list(calendarId=WORK).execute()
    moved = replace(SPEC, starts_at=at("2030-07-01 08:00"), ends_at=at("2030-07-01 09:00"), title="Moved")
    carry_out(GOOGLE.patch(moved, changed=frozenset({"starts_at", "title"}), **access), seconds=5)

    (after,) = google.events().list(calendarId=WORK, syncToken=before["nextSyncToken"]).execute()["items"]
    assert (after["summary"], after["start"]["dateTime"]) == ("Moved", "2030-07-01T10:00:00+02:00")
    assert after["hangoutLink"] == before["items"][0]["hangoutLink"]
    assert after["iCalUID"] == before["items"][0]["iCalUID"]

    carry_out(GOOGLE.remove(SPEC.key, **access), seconds=5)
    assert google.events().list(calendarId=WORK).execute()["items"] == []
    deleted = google.events().list(calendarId=WORK, showDeleted=True).execute()["items"]
    assert [each["status"] for each in deleted] == ["cancelled"]


def test_google_s_own_client_sees_the_calendar_that_we_made_and_when_it_is_taken(
    google: Any, application: Application, token: str
) -> None:
    access: dict[str, Any] = {"application": application, "token": token}
    made = carry_out(GOOGLE.make_calendar("Bookings", time_zone="America/Lima", **access), seconds=5)
    spec = replace(SPEC, key=replace(SPEC.key, calendar_id=made.id))
    carry_out(GOOGLE.insert(spec, **access), seconds=5)

    listed = google.calendarList().list().execute()["items"]
    body = {"timeMin": "2030-03-31T00:00:00Z", "timeMax": "2030-04-01T00:00:00Z", "items": [{"id": made.id}]}
    busy = google.freebusy().query(body=body).execute()["calendars"][made.id]["busy"]

    assert [(each["summary"], each["timeZone"]) for each in listed if each["id"] == made.id] == [
        ("Bookings", "America/Lima")
    ]
    assert busy == [{"start": "2030-03-31T08:00:00.000Z", "end": "2030-03-31T08:45:00.000Z"}]


def test_without_the_version_of_conferences_what_is_said_of_them_is_ignored_in_silence(google: Any) -> None:
    wish = {"createRequest": {"requestId": "r", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}

    ignored = google.events().insert(calendarId="primary", body=BODY | {"conferenceData": wish}).execute()
    heard = (
        google.events()
        .insert(calendarId="primary", conferenceDataVersion=1, body=BODY | {"conferenceData": wish})
        .execute()
    )

    assert "conferenceData" not in ignored
    assert heard["hangoutLink"]


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"start": None}, 400, "required"),
        ({"end": {"dateTime": "2030-03-31T10:00:00+02:00"}}, 400, "timeRangeEmpty"),
        ({"start": {"dateTime": "2030-03-31T10:00:00"}}, 400, "invalid"),
        ({"start": {"dateTime": "2030-03-31T10:00:00", "timeZone": "Mars/Base"}}, 400, "invalid"),
        ({"id": "UPPER"}, 400, "invalid"),
        ({"id": "tiny"}, 400, "invalid"),
        ({"id": "wxyzw"}, 400, "invalid"),
        ({"attendees": [{"email": "nobody"}]}, 400, "invalid"),
    ],
)
def test_an_event_that_google_would_not_take_is_refused(
    google: Any, change: dict[str, Any], status: int, reason: str
) -> None:
    with pytest.raises(HttpError) as refused:
        google.events().insert(calendarId="primary", body=BODY | change).execute()

    assert refused.value.resp.status == status
    assert json.loads(refused.value.content)["error"]["errors"][0]["reason"] == reason


def test_an_id_is_never_given_away_twice(google: Any) -> None:
    body = BODY | {"id": "abcde"}
    google.events().insert(calendarId="primary", body=body).execute()
    google.events().delete(calendarId="primary", eventId="abcde").execute()

    with pytest.raises(HttpError) as taken:
        google.events().insert(calendarId="primary", body=body).execute()
    with pytest.raises(HttpError) as again:
        google.events().delete(calendarId="primary", eventId="abcde").execute()
    revived = google.events().patch(calendarId="primary", eventId="abcde", body={"status": "confirmed"}).execute()

    assert (taken.value.resp.status, again.value.resp.status) == (409, 410)
    assert revived["status"] == "confirmed"


def test_a_patch_merges_parts_and_null_takes_away(google: Any) -> None:
    private = {"extendedProperties": {"private": {"convocaRef": "1", "other": "2"}}, "location": "Room 2"}
    google.events().insert(calendarId="primary", body=BODY | private | {"id": "abcde"}).execute()

    change = {"extendedProperties": {"private": {"other": "3"}}, "location": None}
    after = google.events().patch(calendarId="primary", eventId="abcde", body=change).execute()

    assert after["extendedProperties"]["private"] == {"convocaRef": "1", "other": "3"}
    assert "location" not in after
    assert after["summary"] == "Class"


def test_a_token_of_changes_goes_with_no_filter(google: Any) -> None:
    token = google.events().list(calendarId="primary").execute()["nextSyncToken"]

    with pytest.raises(HttpError) as refused:
        google.events().list(calendarId="primary", syncToken=token, timeMin="2030-01-01T00:00:00Z").execute()
    assert refused.value.resp.status == 400


def test_partial_answers_hold_what_was_asked_for() -> None:
    value = {"a": 1, "items": [{"id": "x", "start": {"dateTime": "t", "timeZone": "z"}, "b": 2}], "c": {"d": 3, "e": 4}}

    assert select(value, "items(id,start/dateTime),c/d") == {
        "items": [{"id": "x", "start": {"dateTime": "t"}}],
        "c": {"d": 3},
    }
    for wrong in ("items(id", "a b", "a)"):
        with pytest.raises(ValueError, match="field"):
            select(value, wrong)


def consent(application: Application) -> tuple[str, dict[str, str]]:
    """Return the consent page's address without its query, and the query."""
    url = GOOGLE.consent_url(application=application, state="st<&>te", code_challenge="challenge")
    return url.partition("?")[0], {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_the_consent_page_shows_each_box_in_the_visitor_s_language(application: Application) -> None:
    address, query = consent(application)

    english = VISITOR.get(address, params=query)
    spanish = VISITOR.get(address, params=query, headers={"accept-language": "es"})

    assert english.text.count('type="checkbox"') == 4
    assert english.text.count(" checked") == 5
    assert "This is a simulation" in english.text
    assert "View and edit events on all your calendars" in english.text
    assert "Es una simulación" in spanish.text
    assert "st<&>te" not in english.text
    assert english.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_declining_leads_back_with_an_error_and_no_code(application: Application) -> None:
    address, query = consent(application)

    answer = VISITOR.post(address, data=query | boxes_ticked() | {"decision": "deny", "user": ANA.id})

    assert answer.headers["location"].startswith(REDIRECT_URI)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"error": ["access_denied"], "state": ["st<&>te"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"client_id": ""}, "invalid_client"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "https://www.googleapis.com/auth/calendar.everything"}, "invalid_scope"),
        ({"scope": ""}, "Missing required parameter: scope"),
    ],
)
def test_an_address_that_asks_wrongly_is_told_so_and_leads_nowhere(
    application: Application, change: dict[str, str], said: str
) -> None:
    address, query = consent(application)

    for answer in (
        VISITOR.get(address, params=query | change),
        VISITOR.post(address, data=query | change | {"decision": "allow"}),
    ):
        assert answer.status_code == 400
        assert said in answer.text


def test_a_refresh_token_comes_only_offline_and_again_only_with_consent(application: Application) -> None:
    def refresh_token(**change: str) -> object:
        address, query = consent(application)
        said = {"decision": "allow", "user": ANA.id, "code_challenge": ""} | boxes_ticked() | change
        location = VISITOR.post(address, data=query | said).headers["location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        proof = {"client_id": "client", "client_secret": "client-secret"}
        return VISITOR.post(application.endpoints["google_token"], data=form | proof).json().get("refresh_token")

    assert refresh_token(access_type="online") is None
    assert refresh_token() is not None
    assert refresh_token(prompt="") is None
    assert refresh_token() is not None


def test_the_pages_of_a_call_and_of_an_event_say_what_they_are(application: Application, token: str) -> None:
    spec = replace(WITH_MEET, title="<Class>")
    facts = carry_out(GOOGLE.insert(spec, application=application, token=token), seconds=5)

    room, event = VISITOR.get(facts.link), VISITOR.get(facts.html_link, headers={"accept-language": "es"})

    assert "This is the simulated Google Meet call" in room.text
    assert "&lt;Class&gt;" in room.text
    assert "10:00 (Europe/Madrid)" in room.text
    assert "Un evento en el Google Calendar simulado" in event.text
    assert "Room 2" in event.text
    assert VISITOR.get(facts.link + "x").status_code == 404
    assert VISITOR.get(facts.html_link + "x").status_code == 404


def test_events_grants_and_tokens_of_one_run_hold_in_the_next(tmp_path: Path, clock: SetClock) -> None:
    state = tmp_path / "sandbox.json"
    with running_sandbox(clock=clock, state=state) as first:
        application = google_application_at(first)
        tokens = connect_google(application)
        access: dict[str, Any] = {"application": application, "token": tokens.access_token}
        carry_out(GOOGLE.insert(WITH_MEET, **access), seconds=5)
        place = carry_out(GOOGLE.changes(WORK, **access), seconds=5).sync_token
        address = "https://book.example/hooks/google"
        carry_out(GOOGLE.watch(WORK, channel_id="one", address=address, **access), seconds=5)

    with running_sandbox(clock=clock, state=state) as second:
        access["application"] = application = google_application_at(second)
        facts = carry_out(GOOGLE.read_event(SPEC.key, **access), seconds=5)
        assert facts.differences(SPEC) == set()
        assert VISITOR.get(facts.link).status_code == 200
        assert carry_out(GOOGLE.changes(WORK, sync_token=place, **access), seconds=5).events == ()
        assert carry_out(GOOGLE.refresh(tokens.refresh_token, application=application), seconds=5).access_token


def test_the_control_desk_changes_google_and_acts_by_hand(
    sandbox: Sandbox, application: Application, token: str
) -> None:
    desk = f"{sandbox.url}/sandbox"
    carry_out(GOOGLE.insert(SPEC, application=application, token=token), seconds=5)
    place = {"vendor": "google", "calendar": WORK, "event": SPEC.key.event_id}

    assert VISITOR.post(f"{desk}/settings", json={"google": {"meet_polls": 2}}).status_code == 204
    assert "no setting" in VISITOR.post(f"{desk}/settings", json={"google": {"colour": 1}}).json()["message"]
    assert VISITOR.post(f"{desk}/host", json=place | {"act": "delete"}).status_code == 204
    assert VISITOR.post(f"{desk}/host", json=place | {"act": "fly"}).status_code == 400
    assert VISITOR.post(f"{desk}/host", json={"vendor": "google", "act": "add", **place}).status_code == 400
    told = VISITOR.get(f"{desk}/ledger", params={"marker": str(SPEC.reference)}).json()["entries"]
    assert [(each["vendor"], each["verb"]) for each in told] == [("google", "create"), ("google", "delete")]
    with pytest.raises(ValueError, match="person"):
        sandbox.host_acts({"vendor": "google", "act": "withdraw", "user": "nobody"})


def test_a_minute_s_calls_are_counted_for_each_person(
    sandbox: Sandbox, application: Application, clock: SetClock
) -> None:
    google_settings(sandbox, calls_per_minute=600)
    token = connect_google(application).access_token
    list_calendars = {"application": application, "token": token}
    for _ in range(600):
        VISITOR.get(
            f"{sandbox.url}/google/calendar/v3/users/me/calendarList", headers={"authorization": f"Bearer {token}"}
        )
    refused = VISITOR.get(
        f"{sandbox.url}/google/calendar/v3/users/me/calendarList", headers={"authorization": f"Bearer {token}"}
    )
    clock.advance(timedelta(minutes=1))

    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (403, "rateLimitExceeded")
    assert carry_out(GOOGLE.calendars(**list_calendars), seconds=5)  # type: ignore[arg-type]
