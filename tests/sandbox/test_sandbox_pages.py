"""The pages of the simulated Zoom that people see."""

from urllib.parse import parse_qs, urlsplit

import pytest

from convoca.providers.contract import Application
from convoca.providers.oauth import challenge_of
from convoca.providers.wire import carry_out
from convoca.providers.zoom import Zoom
from sandbox.server import Sandbox
from tests.providers.recorded import SPEC
from tests.vendors import REDIRECT_URI, VISITOR


def consent(application: Application) -> str:
    return Zoom().consent_url(application=application, state="st<&>te", code_challenge=challenge_of("verifier" * 6))


@pytest.mark.parametrize(
    ("accept", "language", "allow", "deny"),
    [
        ("es-ES,es;q=0.9,en;q=0.8", "es", "Permitir", "Rechazar"),
        ("en-GB", "en", "Allow", "Decline"),
        ("it", "en", "Allow", "Decline"),
    ],
)
def test_consent_is_asked_in_the_readers_language(
    application: Application, accept: str, language: str, allow: str, deny: str
) -> None:
    page = VISITOR.get(consent(application), headers={"accept-language": accept})

    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert f">{allow}</button>" in page.text
    assert f">{deny}</button>" in page.text
    assert "st&lt;&amp;&gt;te" in page.text


def test_declining_leads_back_with_an_error_and_no_code(application: Application) -> None:
    url = consent(application)
    form = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    answer = VISITOR.post(url.partition("?")[0], data=form | {"decision": "deny"})

    assert answer.status_code == 302
    assert answer.headers["location"].startswith(REDIRECT_URI)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"error": ["access_denied"], "state": ["st<&>te"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"client_id": ""}, "4,702"),
        ({"redirect_uri": "javascript:alert(1)"}, "4,700"),
        ({"response_type": "token"}, "4,705"),
        ({"scope": "meeting:write"}, "Invalid scope"),
    ],
)
def test_an_address_that_asks_wrongly_is_told_so_and_leads_nowhere(
    application: Application, change: dict[str, str], said: str
) -> None:
    url = consent(application)
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} | change

    for answer in (
        VISITOR.get(url.partition("?")[0], params=query),
        VISITOR.post(url.partition("?")[0], data=query | {"decision": "allow"}),
    ):
        assert answer.status_code == 400
        assert said in answer.text


def test_the_room_says_that_it_is_simulated_and_opens_only_by_the_whole_link(
    application: Application, token: str
) -> None:
    facts = carry_out(Zoom().create(SPEC, application=application, token=token), seconds=5)

    spanish = VISITOR.get(facts.link, headers={"accept-language": "es"})
    english = VISITOR.get(facts.link)
    without_code = VISITOR.get(facts.link.partition("?")[0])

    assert "Esta es la reunión simulada de Zoom" in spanish.text
    assert "This is the simulated Zoom meeting" in english.text
    assert facts.passcode in english.text
    assert "10:00 (Europe/Madrid)" in english.text
    assert without_code.status_code == 403
    assert SPEC.topic not in without_code.text


def test_the_room_of_a_deleted_meeting_is_gone(application: Application, token: str) -> None:
    facts = carry_out(Zoom().create(SPEC, application=application, token=token), seconds=5)
    carry_out(Zoom().delete(facts.remote_id, application=application, token=token), seconds=5)

    assert VISITOR.get(facts.link).status_code == 404


def test_pages_allow_no_scripts_and_are_kept_by_nobody(sandbox: Sandbox, application: Application) -> None:
    headers = VISITOR.get(consent(application)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert headers["cache-control"] == "no-store"
    assert VISITOR.get(f"{sandbox.url}/zoom/elsewhere").status_code == 404
    assert VISITOR.get(f"{sandbox.url}/elsewhere").status_code == 404
