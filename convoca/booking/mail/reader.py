"""Who reads a mail: the attendee, or somebody on the owner's side. In whose language, on whose clocks."""

from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.models import Account, Membership, Notification
from convoca.booking.questions.people import superusers_of

Recipient = Notification.Recipient


def is_for_staff(notification: Notification) -> bool:
    """Say whether it is for the owner, a superuser or somebody who gets copies, and not for who has booked."""
    return notification.recipient != Recipient.ATTENDEE


def address_of(notification: Notification) -> str:
    """Return where the mail goes. Raises Undeliverable if there is nobody to write to."""
    match notification.recipient:
        case Recipient.ATTENDEE:
            return notification.booking.email
        case Recipient.OWNER:
            return owners_address(notification.account)
        case Recipient.SUPERUSER:
            superuser = superuser_of(notification)
            if superuser is None:
                raise Undeliverable("They are no superuser any more.")
            return superuser.user.email
        case _:
            return notification.reader


def owners_address(account: Account) -> str:
    """Return where the owner reads mails. Raises Undeliverable if the account has nobody to write to."""
    if account.contact_email:
        return account.contact_email
    owner = Membership.objects.select_related("user").filter(account=account, role=Membership.Role.OWNER).first()
    if owner is None:
        raise Undeliverable("The account has no address to write to.")
    return owner.user.email


def superuser_of(notification: Notification) -> Membership | None:
    """Return the superuser whom it is for, or None if they are not one any more."""
    superusers = superusers_of(notification.booking.slot.schedule)
    return superusers.filter(pk=notification.reader).first() if notification.reader.isdigit() else None


def language_of(notification: Notification) -> str:
    if notification.recipient == Recipient.SUPERUSER:
        superuser = superuser_of(notification)
        return superuser.user.language if superuser else notification.account.language
    return notification.account.language if is_for_staff(notification) else notification.booking.language


def zone_of(notification: Notification) -> str:
    booking = notification.booking
    return booking.slot.schedule.time_zone if is_for_staff(notification) else booking.time_zone
