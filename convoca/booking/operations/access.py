"""The owner's word on who may what: of one schedule, and of the account."""

from dataclasses import dataclass

from convoca.booking.models import Account, Audience, Changes, Schedule, Visibility
from convoca.booking.operations.refusals import ContradictoryAccess
from convoca.booking.questions.permissions import contradictions


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who sees a schedule, who books on it, whose bookings users change, and what they see of others'."""

    who_sees: Audience
    who_books: Audience
    who_changes: Changes
    others_see: Visibility


def set_access(schedule: Schedule, access: Access) -> None:
    """Save who may what on the schedule, from now on. Raises ContradictoryAccess."""
    found = contradictions(who_sees=access.who_sees, who_books=access.who_books)
    if found:
        raise ContradictoryAccess(found)
    schedule.who_sees, schedule.who_books = access.who_sees, access.who_books
    schedule.who_changes, schedule.others_see = access.who_changes, access.others_see
    schedule.save(update_fields=["who_sees", "who_books", "who_changes", "others_see"])


def set_registration(
    account: Account, sign_up: Account.SignUp, *, domain: str, superusers_may: Account.SuperusersMay
) -> None:
    """Save who becomes a user by themselves, and what superusers may do to users.

    Raises ValueError if the domain decides and there is none.
    """
    if sign_up == Account.SignUp.DOMAIN and not domain:
        raise ValueError("Which domain?")
    account.sign_up, account.sign_up_domain, account.superusers_may = sign_up, domain.lower(), superusers_may
    account.save(update_fields=["sign_up", "sign_up_domain", "superusers_may"])
