"""Deleting a user: what the account knows of them goes, and what they have booked stays."""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import Membership, User
from convoca.booking.operations.auditing import Doer, Verb, acting, note_person
from convoca.booking.operations.people import hold_for_rights


def remove_user(person: Membership, *, by: Doer, now: datetime) -> None:
    """Delete what the account knows of a user, and their rights in it. Their bookings stay, as a guest's.

    A log-in that nobody has ever used goes with the last account that made it. Raises OwnerStays, NotYourself.
    """
    with transaction.atomic():
        # Whoever makes the same person a user elsewhere holds their log-in as well.
        user = User.objects.select_for_update().get(pk=person.user_id)
        held = hold_for_rights(person, by=by, for_good=True)
        number = f"user {held.pk}"
        note_person(Verb.REMOVED, by=acting(by), account=person.account, person=held, fields=number, now=now)
        held.delete()
        is_unused = user.last_login is None and not user.has_usable_password()
        if is_unused and not Membership.objects.filter(user=user).exists():
            user.delete()
