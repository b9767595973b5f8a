"""The contract check itself, on a contract small enough to read."""

from typing import Any

import pytest

from tests.contracts import Specification

ROOM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "topic": {"type": "string", "maxLength": 5},
        "host": {"type": "string", "nullable": True},
        "settings": {"allOf": [{"$ref": "#/components/schemas/Settings"}]},
    },
}
SPECIFICATION = Specification(
    {
        "paths": {
            "/rooms/{id}": {
                "patch": {
                    "operationId": "roomUpdate",
                    "parameters": [{"name": "quiet", "in": "query", "schema": {"type": "boolean"}}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}},
                    "responses": {"204": {}},
                }
            }
        },
        "components": {
            "schemas": {
                "Room": ROOM,
                "Settings": {"type": "object", "properties": {"open": {"type": "boolean"}}},
                "ZoomError": {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}}},
            }
        },
    }
)


def faults(body: object, query: dict[str, str] | None = None) -> list[str]:
    return SPECIFICATION.faults_in_request("PATCH", "/rooms/7", query or {}, body)


def test_what_keeps_the_contract_has_no_faults() -> None:
    assert faults({"topic": "Class", "host": None, "settings": {"open": True}}, {"quiet": "true"}) == []
    assert SPECIFICATION.faults_in_answer("PATCH", "/rooms/7", 204, b"") == []
    assert SPECIFICATION.faults_in_answer("PATCH", "/rooms/7", 429, b'{"code": 429}') == []


@pytest.mark.parametrize(
    "body",
    [
        {"topic": "Longer"},
        {"topic": 1},
        {"title": "Class"},
        {"settings": {"opne": True}},
        {"settings": {"open": "yes"}},
        None,
    ],
)
def test_a_body_with_wrong_or_unknown_members_is_a_fault(body: object) -> None:
    assert faults(body)


def test_unknown_operations_queries_and_answers_are_faults() -> None:
    assert len(SPECIFICATION.faults_in_request("GET", "/rooms/7", {}, None)) == 1
    assert len(faults({}, {"loud": "true"})) == 1
    assert len(faults({}, {"quiet": "perhaps"})) == 1
    assert len(SPECIFICATION.faults_in_answer("PATCH", "/rooms/7", 201, b"")) == 1
    assert len(SPECIFICATION.faults_in_answer("PATCH", "/rooms/7", 204, b"{}")) == 1
    assert len(SPECIFICATION.faults_in_answer("PATCH", "/rooms/7", 400, b"{}")) == 1
