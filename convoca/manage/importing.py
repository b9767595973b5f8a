"""A list of users: its columns by whatever they are called, its lines checked, and what stands in a list of ours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext, gettext_lazy, override

from convoca.booking.asking import label_of, longest_answer
from convoca.booking.models import Account, FormField, Language, Membership
from convoca.booking.questions.forms import sign_up_fields
from convoca.booking.questions.importing import EMAIL, GROUPS, LINE, ROLE, TEXTS
from convoca.manage.exporting import FORMULA
from convoca.manage.people import LONGEST_EMAIL, plain_address
from convoca.manage.tables import Line, Table

LARGEST = 5_000_000
LONGEST = {"super_field": 200, "name": 100}
LONGEST_GROUP = 60
BETWEEN_GROUPS = "|"
Role = Membership.Role
ROLES = (Role.USER, Role.SUPERUSER, Role.BLOCKED, Role.OWNER)

# Beside our own words in both languages, and the account's: what other programs call their columns.
ALIASES = {
    "correo": EMAIL,
    "e-mail": EMAIL, "mail": EMAIL, "email address": EMAIL, "correo electrónico": EMAIL, "full_name": "name",
    "full name": "name", "nombre completo": "name", "nombre y apellidos": "name", "telephone": "phone",
    "mobile": "mobile", "móvil": "mobile", "group": GROUPS, "grupo": GROUPS, "rol": ROLE,
}  # fmt: skip


class Problem(StrEnum):
    """What is wrong with a line."""

    NO_EMAIL = "no_email"
    WRONG_EMAIL = "wrong_email"
    TWICE = "twice"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"
    NO_OPTION = "no_option"
    WRONG_ROLE = "wrong_role"
    WRONG_GROUP = "wrong_group"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of ours each column of a file is; `unread` are headings that name none."""

    keys: Sequence[str]
    unread: Sequence[str]

    @property
    def has_email(self) -> bool:
        return EMAIL in self.keys


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The lines of a file, good and bad."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


class UploadForm(forms.Form):
    """A file, or the same pasted as text."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={"empty": gettext_lazy("There is nothing in this file.")},
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste the list here"),
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("file")
        if upload is None and not cleaned.get("pasted") and not self.errors:
            self.add_error("file", gettext("Choose a file, or paste a list."))
        if upload is not None and upload.size > LARGEST:
            self.add_error("file", gettext("This file is too large. Split it, and bring in one part after the other."))
        return cleaned

    @property
    def raw(self) -> bytes:
        """The bytes of a valid form."""
        upload = self.cleaned_data.get("file")
        return bytes(upload.read()) if upload is not None else str(self.cleaned_data["pasted"]).encode()


def headings_of(account: Account) -> Mapping[str, str]:
    """Return what the columns are called in a list of ours, in its order, in the reader's language."""
    own = {each.key: label_of(each) for each in sign_up_fields(account)}
    return {
        EMAIL: gettext("Email"),
        "name": gettext("Name"),
        **{key: own.get(key) or str(FormField.Key(key).label) for key in TEXTS if key in FormField.Key.values},
        "super_field": account.supervisor_label or gettext("Supervisor field"),
        ROLE: gettext("Rights"),
        GROUPS: gettext("Groups"),
    }


def columns_of(table: Table, account: Account) -> Columns:
    """Recognise the columns by their headings: our words in both languages, the account's, those of other programs."""
    known = dict(ALIASES)
    for language in Language.values:
        with override(language):
            known |= {heading.casefold(): key for key, heading in headings_of(account).items()}
    known |= {key: key for key in (EMAIL, ROLE, GROUPS, *TEXTS)}
    keys: list[str] = []
    for heading in table.headings:
        key = known.get(heading.casefold(), "")
        keys.append(key if key not in keys else "")
    unread = [heading for heading, key in zip(table.headings, keys, strict=True) if heading and not key]
    return Columns(keys=keys, unread=unread)


def check_lines(table: Table, columns: Columns, account: Account, *, ranks: bool) -> Checked:
    """Sort the lines into good ones and bad ones. An empty cell says nothing; rights count only if `ranks`."""
    checked, seen = Checked(), set[str]()
    options = {each.key: each.choices for each in sign_up_fields(account) if each.kind == FormField.Kind.CHOICE}
    roles = _roles()
    for line in table.lines:
        row = dict(_cells(line, columns))
        problems = list(_problems(row, options, roles))
        if not problems and row[EMAIL].lower() in seen:
            problems = [(Problem.TWICE, EMAIL)]
        if problems:
            checked.problems.extend({LINE: line.number, "problem": wrong, "about": key} for wrong, key in problems)
        else:
            seen.add(row[EMAIL].lower())
            checked.rows.append(_row(line, row, roles, ranks=ranks))
    return checked


def _cells(line: Line, columns: Columns) -> Iterator[tuple[str, str]]:
    for key, cell in zip(columns.keys, line.cells, strict=False):
        text = ", ".join(" ".join(part.split()) for part in _unmarked(cell.strip()).splitlines() if part.strip())
        if key and text:
            yield key, text


def _unmarked(cell: str) -> str:
    """Return what stood in a cell before a list of ours marked it, so that no spreadsheet takes it for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(FORMULA) else cell


def _problems(
    row: Mapping[str, str], options: Mapping[str, Sequence[str]], roles: Mapping[str, str]
) -> Iterator[tuple[Problem, str]]:
    if EMAIL not in row:
        yield Problem.NO_EMAIL, EMAIL
    elif not _is_address(row[EMAIL]):
        yield Problem.WRONG_EMAIL, EMAIL
    for key in TEXTS:
        text = row.get(key, "")
        if len(text) > (LONGEST.get(key) or longest_answer(key)):
            yield Problem.TOO_LONG, key
        elif not text.isprintable():
            yield Problem.UNSEEN, key
        elif text and key in options and text not in options[key]:
            yield Problem.NO_OPTION, key
    if ROLE in row and row[ROLE].casefold() not in roles:
        yield Problem.WRONG_ROLE, ROLE
    if any(len(name) > LONGEST_GROUP or not name.isprintable() for name in _groups(row)):
        yield Problem.WRONG_GROUP, GROUPS


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
        plain_address(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_EMAIL


def _groups(row: Mapping[str, str]) -> list[str]:
    names = (name.strip() for name in row.get(GROUPS, "").split(BETWEEN_GROUPS))
    return list({name.casefold(): name for name in names if name}.values())


def _roles() -> Mapping[str, str]:
    """Return the roles by what a list may call them: their keys, and their words in both languages."""
    found = {role.value: role.value for role in ROLES}
    for language in Language.values:
        with override(language):
            found |= {str(role.label).casefold(): role.value for role in ROLES}
    return found


def _row(line: Line, row: Mapping[str, str], roles: Mapping[str, str], *, ranks: bool) -> dict[str, Any]:
    good: dict[str, Any] = {key: row[key] for key in TEXTS if key in row}
    good |= {LINE: line.number, EMAIL: row[EMAIL].lower()}
    if ranks and ROLE in row:
        good[ROLE] = roles[row[ROLE].casefold()]
    if ranks and (groups := _groups(row)):
        good[GROUPS] = groups
    return good
