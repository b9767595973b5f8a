"""What is said of a list of users that somebody brings in: whole sentences."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext, ngettext

from convoca.booking.models import PeopleImport
from convoca.booking.questions.importing import LINE, Outcome, Outlook
from convoca.manage.importing import LONGEST_GROUP, Problem
from convoca.manage.progress import time_left_words
from convoca.manage.tables import MOST_LINES, Wrong


def not_a_table(wrong: Wrong) -> str:
    """Say why a file cannot be read, and what to do."""
    match wrong:
        case Wrong.EMPTY:
            return gettext("There is nothing in this list.")
        case Wrong.NO_TEXT:
            return gettext("This is no CSV file. In your spreadsheet, choose “Save as” and the type CSV (UTF-8).")
        case Wrong.TOO_LONG:
            return gettext(
                "This list has more than {n} lines. Split it, and bring in one part after the other."
            ).format(n=MOST_LINES)
        case Wrong.BROKEN:
            return gettext("The quotation marks of this file do not match. Save it again as CSV.")


def no_email_column() -> str:
    return gettext(
        "No column is called “Email”. The first line must name the columns; a list that you download here shows how."
    )


def problem(found: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """Say what is wrong with one line of the file."""
    column = headings.get(found["about"], "")
    match Problem(found["problem"]):
        case Problem.NO_EMAIL:
            said = gettext("No email address.")
        case Problem.WRONG_EMAIL:
            said = gettext("The email address is not in the format name@example.com.")
        case Problem.TWICE:
            said = gettext("The same email address stands in an earlier line.")
        case Problem.TOO_LONG:
            said = gettext("“{column}” is too long.").format(column=column)
        case Problem.UNSEEN:
            said = gettext("“{column}” has characters that cannot be seen.").format(column=column)
        case Problem.NO_OPTION:
            said = gettext("“{column}” is none of the choices of your sign-up form.").format(column=column)
        case Problem.WRONG_ROLE:
            said = gettext("“{column}” must be User, Superuser or Blocked.").format(column=column)
        case Problem.WRONG_GROUP:
            said = gettext("A group's name has {n} characters at most.").format(n=LONGEST_GROUP)
    return gettext("Line {n}: {what}").format(n=found[LINE], what=said)


def more_problems(count: int) -> str:
    return ngettext("{n} more line like this.", "{n} more lines like these.", count).format(n=count)


def unread(headings: str) -> str:
    return gettext("Columns that we do not know are left out: {headings}").format(headings=headings)


def new_groups(names: str) -> str:
    return gettext("New groups: {names}").format(names=names)


def counts(outlook: Outlook, *, wrong: int) -> list[str]:
    """Say what would become of the list, one line for each kind."""
    said = []
    if outlook.added:
        said.append(ngettext("{n} new user", "{n} new users", outlook.added).format(n=outlook.added))
    if outlook.changed:
        said.append(ngettext("{n} user is changed", "{n} users are changed", outlook.changed).format(n=outlook.changed))
    if outlook.same:
        said.append(
            ngettext("{n} user stays as they are", "{n} users stay as they are", outlook.same).format(n=outlook.same)
        )
    if outlook.refused:
        sentence = ngettext(
            "{n} line would change the owner, or your own rights: it changes nothing",
            "{n} lines would change the owner, or your own rights: they change nothing",
            outlook.refused,
        )
        said.append(sentence.format(n=outlook.refused))
    if wrong:
        said.append(ngettext("{n} line is left out", "{n} lines are left out", wrong).format(n=wrong))
    return said


def confirm_label(outlook: Outlook) -> str:
    number = outlook.added + outlook.changed
    return ngettext("Import {n} user", "Import {n} users", number).format(n=number)


def outcome(found: Outcome) -> str:
    """Say in one or two words what would become of a line."""
    match found:
        case Outcome.ADDED:
            return gettext("New")
        case Outcome.CHANGED:
            return gettext("Changed")
        case Outcome.SAME:
            return gettext("Stays as it is")
        case Outcome.REFUSED:
            return gettext("Changes nothing")


def progress(kept: PeopleImport, left: timedelta | None) -> str:
    """Say how far the work is; once it is over, nothing."""
    if not kept.is_under_way:
        return ""
    said = gettext("{done} of {total} lines imported.").format(done=kept.done, total=kept.total)
    return f"{said} {time_left_words(left)}".strip()


def result(kept: PeopleImport) -> list[str]:
    """Say what became of the list, one line for each kind."""
    said = [
        ngettext("{n} user was added", "{n} users were added", kept.added).format(n=kept.added),
        ngettext("{n} user was changed", "{n} users were changed", kept.changed).format(n=kept.changed),
    ]
    if kept.same:
        said.append(ngettext("{n} user was so already", "{n} users were so already", kept.same).format(n=kept.same))
    if kept.refused:
        said.append(
            ngettext("{n} line changed nothing", "{n} lines changed nothing", kept.refused).format(n=kept.refused)
        )
    return said


def started() -> str:
    return gettext("The list is being imported. You may leave this page; it goes on by itself.")


def confirmed_already() -> str:
    return gettext("This list was confirmed already.")


def discarded() -> str:
    return gettext("The list was discarded. Nothing was imported.")
