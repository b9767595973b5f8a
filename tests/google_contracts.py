"""Checks what we send to Google and what the simulated Google answers against Google's discovery document.

Google's own client for Python brings the document along, so that this is checked in every run; with CONVOCA_CONTRACTS
the copy in that folder is asked, too.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import googleapiclient
from jsonschema import Draft202012Validator

from tests.contracts import FOLDER

BUNDLED: Final = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "calendar.v3.json"
KEPT: Final = ("type", "enum", "pattern", "minimum", "maximum")


class Discovery:
    """A discovery document. Members and parameters that it does not name are faults."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._methods = list(_methods_in(document))
        self._parameters: dict[str, Any] = document.get("parameters", {})
        self._definitions = {name: _translate(schema) for name, schema in document["schemas"].items()}
        self._schemas: dict[str, Any] = document["schemas"]

    def faults_in_request(self, method: str, path: str, query: Mapping[str, str], body: object) -> list[str]:
        """Return what is wrong with a request, in sentences; nothing if it keeps the contract or is not described."""
        described = self._method(method, path)
        if described is None:
            return []
        known = self._parameters | described.get("parameters", {})
        faults = [f"query {name}: not known" for name in query if name not in known]
        faults += [f"query {name}: {value}" for name, value in query.items() if not _fits(value, known.get(name, {}))]
        if "request" not in described:
            return faults + (["a body where none belongs"] if body is not None else [])
        if method == "PATCH" and isinstance(body, dict):
            # Null takes a member away.
            body = {name: value for name, value in body.items() if value is not None}
        name = described["request"]["$ref"]
        faults += [
            f"body: {each} is missing" for each in self._required(name, described["id"]) if each not in _in(body)
        ]
        return faults + self._faults(name, body, "body")

    def faults_in_answer(self, method: str, path: str, status: int, body: bytes) -> list[str]:
        """Return what is wrong with an answer other than a refusal."""
        described = self._method(method, path)
        if described is None or status >= 400:
            return []
        if "response" not in described:
            return ["a body where none belongs"] if body or status != 204 else []
        return [f"answers {status}"] * (status != 200) + self._faults(
            described["response"]["$ref"], json.loads(body), "answer"
        )

    def describes(self, method: str, path: str) -> bool:
        return self._method(method, path) is not None

    def _method(self, method: str, path: str) -> dict[str, Any] | None:
        wanted = [unquote(part) for part in path.strip("/").split("/")]
        for described in self._methods:
            parts = described["path"].split("/")
            fits = len(parts) == len(wanted) and all(
                part == given or part.startswith("{") for part, given in zip(parts, wanted, strict=True)
            )
            if fits and described["httpMethod"] == method:
                return described
        return None

    def _required(self, name: str, method_id: str) -> list[str]:
        properties = self._schemas[name].get("properties", {})
        return [
            each
            for each, schema in properties.items()
            if method_id in schema.get("annotations", {}).get("required", []) and each not in ("attendees", "email")
        ]

    def _faults(self, name: str, value: object, where: str) -> list[str]:
        validator = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": self._definitions})
        return [
            ".".join([where, *map(str, error.absolute_path)]) + f": {error.message}"
            for error in validator.iter_errors(value)
        ]


@cache
def google_specifications() -> tuple[Discovery, ...]:
    """Return the document that Google's client brings, and the one in the folder of contracts if that is named."""
    paths = [BUNDLED, *([Path(FOLDER) / "google.calendar.v3.discovery.json"] if FOLDER else [])]
    return tuple(Discovery(json.loads(path.read_text("utf-8"))) for path in paths)


def faults_in_google_request(method: str, path: str, query: Mapping[str, str], body: object) -> list[str]:
    """Return what is wrong with a call below `/calendar/v3`; a call that nobody describes is wrong by itself."""
    documents = google_specifications()
    unknown = [] if any(each.describes(method, path) for each in documents) else [f"{method} {path} is no operation."]
    return unknown + [fault for each in documents for fault in each.faults_in_request(method, path, query, body)]


def faults_in_google_answer(method: str, path: str, status: int, body: bytes) -> list[str]:
    documents = google_specifications()
    if status >= 400:
        return _faults_in_refusal(body)
    return [fault for each in documents for fault in each.faults_in_answer(method, path, status, body)]


def _faults_in_refusal(body: bytes) -> list[str]:
    """Refusals are described in words only: a code, a message, and reasons."""
    error = json.loads(body).get("error", {})
    told = isinstance(error.get("code"), int) and error.get("message") and error.get("errors", [{}])[0].get("reason")
    return [] if told else [f"no refusal of Google's: {body!r}"]


def _methods_in(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in part.get("resources", {}).values():
        yield from resource.get("methods", {}).values()
        yield from _methods_in(resource)


def _translate(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of a discovery document as JSON Schema 2020-12, without members that it does not name."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    result: dict[str, Any] = {keyword: schema[keyword] for keyword in KEPT if keyword in schema}
    if result.get("type") == "any":
        del result["type"]
    if "items" in schema:
        result["items"] = _translate(schema["items"])
    if "properties" in schema:
        result["properties"] = {name: _translate(part) for name, part in schema["properties"].items()}
    if "additionalProperties" in schema:
        result["additionalProperties"] = _translate(schema["additionalProperties"])
    elif "properties" in schema:
        result["additionalProperties"] = False
    return result


def _fits(value: str, parameter: dict[str, Any]) -> bool:
    """Say whether a query's text is of the type, and one of the values, that the document names."""
    match parameter.get("type"):
        case "integer":
            least, most = int(parameter.get("minimum", 0)), int(parameter.get("maximum", 10**9))
            return value.isdigit() and least <= int(value) <= most
        case "boolean":
            return value in ("true", "false")
        case _:
            return value in parameter.get("enum", [value])


def _in(body: object) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}
