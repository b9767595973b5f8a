"""What bookings have left in an installation: `python -m bench.counting`."""

import json

import django


def count() -> dict[str, int]:
    from convoca.booking.models import AuditEntry, Booking, Meeting, Notification, Occupancy

    mails = Notification.objects
    return {
        "bookings": Booking.objects.count(),
        "occupancies": Occupancy.objects.count(),
        "meetings": Meeting.objects.count(),
        "audit entries": AuditEntry.objects.filter(verb=AuditEntry.Verb.BOOKED).count(),
        "confirmations": mails.filter(kind=Notification.Kind.CONFIRMATION).count(),
        "reminders": mails.filter(kind=Notification.Kind.REMINDER).count(),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(count()))
