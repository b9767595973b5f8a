"""The list of an account's users, to take away, to change in a spreadsheet, and to bring in again."""

import csv
from collections.abc import Iterator

from django.utils.translation import override

from convoca.booking.models import Account, GroupMember, Membership
from convoca.booking.questions.importing import EMAIL, GROUPS, ROLE, TEXTS
from convoca.manage.exporting import BOM, ROWS_AT_ONCE, Echo, harmless
from convoca.manage.importing import BETWEEN_GROUPS, headings_of


def people_csv(account: Account, *, language: str, separator: str) -> Iterator[str]:
    """Yield the table's lines: UTF-8 with its mark, no cell a formula; the columns that an import understands."""
    with override(language):
        headings = headings_of(account)
    writer = csv.writer(Echo(), delimiter=separator)
    yield BOM + str(writer.writerow([harmless(heading) for heading in headings.values()]))
    groups = _groups(account)
    people = Membership.objects.filter(account=account).select_related("user").order_by("login_name", "pk")
    for person in people.iterator(chunk_size=ROWS_AT_ONCE):
        with override(language):
            cells = _cells(person, groups.get(person.pk, []))
        yield str(writer.writerow([harmless(cells[key]) for key in headings]))


def _cells(person: Membership, groups: list[str]) -> dict[str, str]:
    return {
        **{column: getattr(person, column) for column in TEXTS},
        EMAIL: person.user.email,
        ROLE: str(person.get_role_display()),
        GROUPS: f" {BETWEEN_GROUPS} ".join(groups),
    }


def _groups(account: Account) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    members = GroupMember.objects.filter(account=account).order_by("group__name")
    for person, name in members.values_list("membership_id", "group__name"):
        found.setdefault(person, []).append(name)
    return found
