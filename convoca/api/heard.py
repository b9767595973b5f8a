"""What a program says: in the query or the body, as JSON or as a form, with a wrapper or without.

SuperSaaS's clients differ in all of that; whatever they send is gathered here, and an attribute that nothing of that
kind has is refused by name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from convoca.api.asked import MOST_ID, Unclear, yes_or_no
from convoca.api.door import Caller, Wrong
from convoca.booking.asking import OneLineField, PersonNameField, longest_answer
from convoca.booking.operations.auditing import Actor, acting

ANSWERS = ("phone", "mobile", "address", "country", "field_1", "field_2", "super_field")


class Answers(forms.Form):
    """Lines of text, each as long as its column takes."""

    full_name = PersonNameField(required=False)
    email = forms.EmailField(required=False, max_length=254)

    def __init__(self, said: Mapping[str, str]) -> None:
        super().__init__(said)
        for column in ANSWERS:
            self.fields[column] = OneLineField(required=False, max_length=longest_answer(column))


@dataclass(frozen=True)
class Kind:
    """What programs write: the name of its wrapper, its attributes, and what is said about the call beside it."""

    wrapper: str
    attributes: frozenset[str]
    of_the_call: frozenset[str]


@dataclass(frozen=True)
class Said:
    """All that a call says: about itself, and `about` the booking or the user."""

    call: Mapping[str, Any]
    about: Mapping[str, Any]

    @property
    def tells_webhooks(self) -> bool:
        return yes_or_no(self.call.get("webhook", "")) is True

    def choice(self, name: str, *options: str) -> str:
        """Return which of the options the call says, the first if it says none. Raises Unclear for another."""
        said = str(self.call.get(name) or options[0])
        if said not in options:
            raise Unclear(f"{name} must be {' or '.join(options)}.")
        return said


def body_of(wrapper: str, attributes: Mapping[str, str], *, call: Mapping[str, str]) -> dict[str, Any]:
    """Return how /api/openapi.json describes such a body, by the types of what it says."""
    typed = {name: {"type": kind} for name, kind in attributes.items()}
    wrapped = {"type": "object", "properties": typed, "additionalProperties": False}
    beside = {name: {"type": kind} for name, kind in call.items()}
    schema = {"type": "object", "properties": beside | {wrapper: wrapped}}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def said_by(request: HttpRequest, kind: Kind) -> Said:
    """Gather what a call says. Raises Unclear for a body that is no object, or what nothing of that kind has."""
    body = _body(request, kind)
    every: dict[str, Any] = dict(request.GET.items()) | body
    wrapped = every.get(kind.wrapper)
    if wrapped is not None and not isinstance(wrapped, dict):
        raise Unclear(f"{kind.wrapper} must be an object.")
    about = {key: value for key, value in every.items() if key not in kind.of_the_call} if wrapped is None else wrapped
    for name in about:
        if name not in kind.attributes and name not in kind.of_the_call:
            raise Unclear(f"unknown attribute '{str(name)[:60]}' for {kind.wrapper.capitalize()}.")
    return Said(call=every, about=about)


def _body(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return _form(request.POST, kind)
    text = request.body.strip()
    if not text or text == b"null":
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unclear("the body is not JSON.") from error
    if not isinstance(found, dict):
        raise Unclear("the body must be an object.")
    return found


def _form(posted: QueryDict, kind: Kind) -> dict[str, Any]:
    """Return a form's fields; those called booking[start] are the booking's."""
    found: dict[str, Any] = {}
    begins = f"{kind.wrapper}["
    for name, value in posted.items():
        if name.startswith(begins) and name.endswith("]"):
            found.setdefault(kind.wrapper, {})[name[len(begins) : -1]] = value
        else:
            found[name] = value
    return found


def checked(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns that are said, checked as on any form; `full_name` is the column `name`. Raises Wrong."""
    texts = {name: "" if value is None else str(value) for name, value in said.items()}
    form = Answers(texts)
    if not form.is_valid():
        raise Wrong(*(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()))
    columns = {name: value for name, value in form.cleaned_data.items() if name in texts}
    if "full_name" in columns:
        columns["name"] = columns.pop("full_name")
    return columns


def number_in(name: str, value: Any) -> int | None:
    """Return the number that is written there, None for nothing. Raises Unclear."""
    if value is None or value == "":
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ID)) and int(text) <= MOST_ID):
        raise Unclear(f"{name} must be a number.")
    return int(text)


def actor_of(caller: Caller, said: Said) -> Actor:
    """Return who acts: the account, in its owner's name, and quietly unless other programs are to be told."""
    owner = acting(caller.viewer.membership)
    return Actor(owner.kind, owner.membership, is_quiet=not said.tells_webhooks)
