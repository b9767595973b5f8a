"""The desk's page: how the vendors behave, chosen by hand."""

from html import escape

import pytest

from sandbox.desk import SITUATIONS
from sandbox.server import Sandbox
from tests.vendors import VISITOR


def choose(sandbox: Sandbox, name: str) -> int:
    return VISITOR.post(f"{sandbox.url}/sandbox", data={"situation": name}).status_code


@pytest.mark.parametrize(
    ("language", "title"), [("en", "How the vendors behave"), ("es", "Cómo se portan los proveedores")]
)
def test_the_page_offers_every_situation_in_both_languages(sandbox: Sandbox, language: str, title: str) -> None:
    page = VISITOR.get(f"{sandbox.url}/sandbox", headers={"accept-language": language}).text

    assert title in page
    for situation in SITUATIONS.values():
        for words in situation.texts[language]:
            assert escape(words) in page


def test_what_is_chosen_is_shown_and_takes_the_place_of_what_was(sandbox: Sandbox) -> None:
    assert choose(sandbox, "silent") == 302
    page = VISITOR.get(f"{sandbox.url}/sandbox").text
    assert 'value="silent" checked' in page
    assert sandbox.faults.take("create") is not None

    choose(sandbox, "well")

    assert sandbox.faults.take("create") is None
    assert 'value="well" checked' in VISITOR.get(f"{sandbox.url}/sandbox").text


def test_access_that_is_withdrawn_counts_no_more_and_a_new_consent_does(sandbox: Sandbox, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"}
    assert VISITOR.get(f"{sandbox.url}/zoom/v2/users/me", headers=headers).status_code == 200

    choose(sandbox, "revoked")

    assert VISITOR.get(f"{sandbox.url}/zoom/v2/users/me", headers=headers).status_code == 401
    assert sandbox.faults.take("create") is None


def test_nothing_else_can_be_chosen(sandbox: Sandbox) -> None:
    assert choose(sandbox, "chaos") == 400
    assert 'value="well" checked' in VISITOR.get(f"{sandbox.url}/sandbox").text
