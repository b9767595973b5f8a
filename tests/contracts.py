"""Checks what we send and what the simulated vendors answer against the vendors' own specifications.

The specifications are not part of the project. The environment variable CONVOCA_CONTRACTS names the folder that holds
them; a run without it says so at its end.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

FOLDER: Final = os.environ.get("CONVOCA_CONTRACTS", "")
SAID: Final = pytest.StashKey[bool]()

# Keywords that mean the same in OpenAPI 3.0 and in JSON Schema. `format` is left out: Zoom tags times as date-time and
# documents them without an offset.
KEPT: Final = (
    "type",
    "enum",
    "required",
    "maxLength",
    "minLength",
    "pattern",
    "minimum",
    "maximum",
    "maxItems",
    "minItems",
)
# Members that live answers have although the specification of the operation does not name them.
UNDOCUMENTED: Final = {"meetingCreate": frozenset({"uuid", "host_id", "status"})}
# Answers that hold for every operation of Zoom's without being listed at each.
ALWAYS_POSSIBLE: Final = frozenset({"400", "401", "429"})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say once, at the end of the run, whether contracts were checked."""
    if not config.stash.get(SAID, False):
        config.stash[SAID] = True
        terminalreporter.write_line(
            "contracts checked" if FOLDER else "contracts not checked (CONVOCA_CONTRACTS is not set)"
        )


class Specification:
    """An OpenAPI 3.0 document. Members that it does not name are faults, in requests and in answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths: dict[str, dict[str, Any]] = document["paths"]
        self._definitions: dict[str, Any] = {}
        for name, schema in document["components"]["schemas"].items():
            self._definitions[name] = _translate(schema, is_closed=True)
            self._definitions[f"{name}.open"] = _translate(schema, is_closed=False)

    def faults_in_request(self, method: str, path: str, query: Mapping[str, str], body: object) -> list[str]:
        """Return what is wrong with a request, in sentences; nothing if it keeps the contract."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is no operation."]
        known = {
            parameter["name"]: parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"
        }
        faults = [f"query {name}: not known" for name in query if name not in known]
        for name, value in query.items():
            if name in known:
                faults += self._faults(known[name]["schema"], _as_json(value, known[name]["schema"]), f"query {name}")
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return faults + (["a body where none belongs"] if body is not None else [])
        return faults + self._faults(content["schema"], body, "body")

    def faults_in_answer(self, method: str, path: str, status: int, body: bytes) -> list[str]:
        """Return what is wrong with an answer, in sentences; nothing if it keeps the contract."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is no operation."]
        if str(status) not in {*operation["responses"], *ALWAYS_POSSIBLE}:
            return [f"{method} {path} never answers {status}."]
        if status >= 400:
            return self._faults({"$ref": "#/components/schemas/ZoomError"}, json.loads(body), "error")
        content = operation["responses"][str(status)].get("content", {}).get("application/json")
        if content is None:
            return ["a body where none belongs"] if body else []
        value = json.loads(body)
        extras = UNDOCUMENTED.get(operation["operationId"], frozenset())
        return self._faults(content["schema"], {name: value[name] for name in value if name not in extras}, "answer")

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        wanted = path.split("/")
        for template, operations in self._paths.items():
            parts = template.split("/")
            fits = len(parts) == len(wanted) and all(
                part == given or part.startswith("{") for part, given in zip(parts, wanted, strict=True)
            )
            if fits and method.lower() in operations:
                found: dict[str, Any] = operations[method.lower()]
                return found
        return None

    def _faults(self, schema: dict[str, Any], value: object, where: str) -> list[str]:
        validator = Draft202012Validator(_translate(schema, is_closed=True) | {"$defs": self._definitions})
        return [
            ".".join([where, *map(str, error.absolute_path)]) + f": {error.message}"
            for error in validator.iter_errors(value)
        ]


@cache
def zoom_specification() -> Specification | None:
    """Return Zoom's specification; None if no folder of contracts was named."""
    return Specification(json.loads((Path(FOLDER) / "zoom.openapi.json").read_text("utf-8"))) if FOLDER else None


def _translate(schema: dict[str, Any], *, is_closed: bool) -> dict[str, Any]:
    """Return a schema of OpenAPI 3.0 as JSON Schema 2020-12; a closed one allows no member that it does not name."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"$ref": f"#/$defs/{name}" if is_closed else f"#/$defs/{name}.open"}
    result: dict[str, Any] = {keyword: schema[keyword] for keyword in KEPT if keyword in schema}
    if schema.get("nullable") and "type" in schema:
        result["type"] = [schema["type"], "null"]
    if "items" in schema:
        result["items"] = _translate(schema["items"], is_closed=True)
    if "properties" in schema:
        result["properties"] = {name: _translate(part, is_closed=True) for name, part in schema["properties"].items()}
    for keyword in ("allOf", "anyOf", "oneOf"):
        if keyword in schema:
            result[keyword] = [_translate(part, is_closed=False) for part in schema[keyword]]
    if is_closed and {"properties", "allOf", "anyOf", "oneOf"} & set(schema):
        result["unevaluatedProperties"] = schema.get("additionalProperties", False)
    return result


def _as_json(text: str, schema: dict[str, Any]) -> object:
    """Return a query's text as the type that the specification gives it; the text itself if it is none."""
    match schema.get("type"):
        case "integer" if text.isdigit():
            return int(text)
        case "boolean" if text in ("true", "false"):
            return text == "true"
        case _:
            return text
