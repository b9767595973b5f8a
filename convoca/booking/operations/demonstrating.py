"""A small business to look at: Estudio Lumbre in Madrid, its people, its schedules, the bookings of the coming days.

Everything that clients do is done the way they do it. Filling twice keeps what is there; on a later day it adds the
classes that have come within sight, and bookings once there are none to come.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext, override

from convoca.booking.models import Account, Booking, Membership
from convoca.booking.operations.example_business import (
    ACCOUNT,
    CABIN,
    LESSONS,
    ROOMS,
    TIME_ZONE,
    YOGA,
    enrol,
    found_business,
    open_classes,
)
from convoca.booking.operations.example_business import CONSULTATIONS as CONSULTATIONS
from convoca.booking.operations.example_business import OWNER_EMAIL as OWNER_EMAIL
from convoca.booking.operations.example_business import PASSWORD as PASSWORD
from convoca.booking.operations.example_business import PEOPLE as PEOPLE
from convoca.booking.operations.example_clients import book_as_clients_do

# Of the account in which nothing is yet: every page of it shows how it begins.
EMPTY_ACCOUNT, EMPTY_EMAIL = "nueva", "vera@example.org"
SCHEDULES = (CONSULTATIONS, LESSONS, YOGA, ROOMS, CABIN)


def fill_with_examples(*, now: datetime, language: str = settings.LANGUAGE_CODE) -> Account:
    """Make the example account, in `language`, if it is missing, and keep its coming days alive. Return it."""
    account = Account.objects.filter(name=ACCOUNT).first()
    with override(account.language if account else language), transaction.atomic():
        account = account or found_business(language, now=now)
        open_classes(account, now=now)
        if not _has_clients(account, now=now):
            book_as_clients_do(account, now=now)
    return account


def found_empty_account(language: str = settings.LANGUAGE_CODE) -> Account:
    """Make the account in which nothing is yet, if it is missing. Return it."""
    with override(language), transaction.atomic():
        title = gettext("An empty account")
        account, is_new = Account.objects.get_or_create(
            name=EMPTY_ACCOUNT, defaults={"title": title, "language": language, "time_zone": TIME_ZONE}
        )
        if is_new:
            enrol(account, make_password(PASSWORD), EMPTY_EMAIL, "Vera Soto", Membership.Role.OWNER, language)
    return account


def _has_clients(account: Account, *, now: datetime) -> bool:
    """Say whether somebody comes yet; whoever repeats their bookings comes for weeks, and counts as nobody."""
    coming = Booking.objects.filter(account=account, slot__starts_at__gt=now)
    return coming.filter(slot__schedule__slug__in=[CONSULTATIONS, LESSONS]).exists()
