"""All that is held of a person in one booking, for them to take away."""

from datetime import datetime

from convoca.booking.models import Account, Booking, Notification

ANSWERS = ("phone", "mobile", "address", "country", "field_1", "field_2")


def data_of(booking: Booking) -> dict[str, object]:
    """Return what is held of the booking's person, by plain names; instants as text with their zone.

    No meeting link is in it, and the superusers' own note only where its person sees that anyway. Two queries.
    """
    return {
        "booking": _booking(booking),
        "person": _person(booking),
        "messages": _without_empty({"yours": booking.parting_message, "to_you": booking.cancel_message}),
        "mails": [
            {"kind": kind, "sent_at": _instant(sent_at)}
            for kind, sent_at in booking.notifications.filter(
                recipient=Notification.Recipient.ATTENDEE, sent_at__isnull=False
            )
            .order_by("sent_at", "pk")
            .values_list("kind", "sent_at")
        ],
        "history": [
            _without_empty({"at": _instant(at), "what": verb, "fields": fields, "by": actor})
            for at, verb, fields, actor in booking.audit.values_list("at", "verb", "fields", "actor")
        ],
    }


def _booking(booking: Booking) -> dict[str, object]:
    slot = booking.slot
    return _without_empty(
        {
            "reference": str(booking.uid),
            "with": booking.account.title,
            "schedule": slot.schedule.name,
            "what": slot.title or (slot.service.name if slot.service else ""),
            "where": slot.location,
            "starts_at": _instant(slot.starts_at),
            "ends_at": _instant(slot.ends_at),
            "status": booking.status,
            "places": booking.quantity,
            "made_at": _instant(booking.created_at),
            "cancelled_at": _instant(booking.cancelled_at),
            "marked_as_missed_at": _instant(booking.missed_at),
        }
    )


def _person(booking: Booking) -> dict[str, object]:
    shown = booking.account.supervisor_field == Account.SupervisorField.SHOWN
    answers = {name: getattr(booking, name) for name in ANSWERS}
    return _without_empty(
        {
            "name": booking.name,
            "email": booking.email,
            "language": booking.language,
            "time_zone": booking.time_zone,
            **answers,
            "note": booking.super_field if shown else "",
        }
    )


def _without_empty(found: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if value not in {"", None}}


def _instant(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else ""
