"""Who reads a mail: the attendee, or the owner of the account. In whose language, on whose clocks."""

from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.models import Membership, Notification


def is_for_owner(notification: Notification) -> bool:
    return notification.recipient == Notification.Recipient.OWNER


def address_of(notification: Notification) -> str:
    """Return where the mail goes. Raises Undeliverable if the account has nobody to write to."""
    if not is_for_owner(notification):
        return notification.booking.email
    account = notification.account
    if account.contact_email:
        return account.contact_email
    owner = Membership.objects.select_related("user").filter(account=account, role=Membership.Role.OWNER).first()
    if owner is None:
        raise Undeliverable("The account has no address to write to.")
    return owner.user.email


def language_of(notification: Notification) -> str:
    return notification.account.language if is_for_owner(notification) else notification.booking.language


def zone_of(notification: Notification) -> str:
    booking = notification.booking
    return booking.slot.schedule.time_zone if is_for_owner(notification) else booking.time_zone
