"""What people are asked: on a schedule's booking form, and when they sign up."""

from collections.abc import Iterable

from convoca.booking.models import Account, FormField, Schedule
from convoca.booking.questions.prepared import Blank, Prepared

_ASKED = Prepared(lambda: FormField.objects.filter(account_id=Blank("account"), schedule_id=Blank("schedule")))

ORDER = {key: place for place, key in enumerate(FormField.Key.values)}


def asked_fields(schedule: Schedule) -> list[FormField]:
    """Return what the schedule's booking form asks beside name and e-mail, in the form's order. One query."""
    return _in_order(_ASKED.all(account=schedule.account_id, schedule=schedule.pk))


def sign_up_fields(account: Account) -> list[FormField]:
    """Return what the account's sign-up form asks beside name and e-mail, in the form's order. One query."""
    return _in_order(FormField.objects.filter(account=account, schedule=None))


def _in_order(fields: Iterable[FormField]) -> list[FormField]:
    return sorted(fields, key=lambda field: ORDER[field.key])
