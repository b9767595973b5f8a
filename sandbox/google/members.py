"""Partial answers: the query `fields` of Google's interfaces, as `nextPageToken,items(id,start/dateTime)`."""

import re
from typing import Any

# What is kept of each member; an empty selection keeps the whole of it.
type Selection = dict[str, "Selection"]


def select(value: Any, fields: str) -> Any:
    """Return of `value` only what `fields` names. Raises ValueError if it cannot be read."""
    tokens = re.findall(r"[A-Za-z_*][\w*]*|[(),/]", fields)
    if "".join(tokens) != fields:
        raise ValueError("Invalid field selection")
    selection = _read(tokens)
    if tokens:
        raise ValueError("Invalid field selection")
    return _keep(value, selection)


def _read(tokens: list[str]) -> Selection:
    """Take a list of members from the front of `tokens`, up to its end or a bracket that closes."""
    selection: Selection = {}
    while tokens and tokens[0] != ")":
        into, name = selection, tokens.pop(0)
        while tokens and tokens[0] == "/":
            tokens.pop(0)
            into = into.setdefault(name, {})
            name = tokens.pop(0)
        inner = into.setdefault(name, {})
        if tokens and tokens[0] == "(":
            tokens.pop(0)
            inner.update(_read(tokens))
            if not tokens or tokens.pop(0) != ")":
                raise ValueError("Invalid field selection")
        if tokens and tokens[0] == ",":
            tokens.pop(0)
    return selection


def _keep(value: Any, selection: Selection) -> Any:
    if not selection or "*" in selection:
        return value
    if isinstance(value, list):
        return [_keep(item, selection) for item in value]
    if isinstance(value, dict):
        return {name: _keep(value[name], inner) for name, inner in selection.items() if name in value}
    return value
