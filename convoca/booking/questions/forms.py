"""What people are asked: on a schedule's booking form, and when they sign up."""

from django.db.models import QuerySet

from convoca.booking.models import Account, FormField, Schedule

ORDER = {key: place for place, key in enumerate(FormField.Key.values)}


def asked_fields(schedule: Schedule) -> list[FormField]:
    """Return what the schedule's booking form asks beside name and e-mail, in the form's order. One query."""
    return _in_order(FormField.objects.filter(account=schedule.account_id, schedule=schedule))


def sign_up_fields(account: Account) -> list[FormField]:
    """Return what the account's sign-up form asks beside name and e-mail, in the form's order. One query."""
    return _in_order(FormField.objects.filter(account=account, schedule=None))


def _in_order(fields: QuerySet[FormField]) -> list[FormField]:
    return sorted(fields, key=lambda field: ORDER[field.key])
