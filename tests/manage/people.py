"""Where the page Users is, and what the trail says of people."""

from convoca.booking.models import Account, AuditEntry, Membership

USERS = "/manage/Lumbre/users"


def page_of(person: Membership, act: str = "") -> str:
    return f"{USERS}/{person.pk}{act}"


def trail(account: Account) -> list[tuple[str, str, str]]:
    """Return who did what about whom, in order."""
    lines = AuditEntry.objects.filter(account=account, slot=None).select_related("person")
    return [(line.actor, line.verb, line.person.login_name if line.person else "") for line in lines]
