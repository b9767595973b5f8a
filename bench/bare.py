"""The least that a Django program does for a booking: it inserts the rows that ours inserts. It checks nothing."""

import os
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from convoca.config import settings as ours

KEPT = ("DATABASES", "AUTH_USER_MODEL", "ENCRYPTION_KEYS", "SECRET_KEY", "TASKS", "USE_TZ", "ALLOWED_HOSTS")
APPS = [app for app in ours.INSTALLED_APPS if not app.startswith(("allauth", "convoca.manage"))]
settings.configure(ROOT_URLCONF=__name__, INSTALLED_APPS=APPS, **{name: getattr(ours, name) for name in KEPT})
application = get_wsgi_application()
from convoca.booking import models  # noqa: E402
from convoca.booking.operations.provisioning import provision_due  # noqa: E402


@transaction.atomic
def book(request: HttpRequest) -> HttpResponse:
    form, at = request.POST, datetime.fromisoformat(request.POST["start"]).astimezone(UTC)
    when, whose = {"starts_at": at, "ends_at": at + timedelta(minutes=30)}, {"account_id": int(os.environ["ACCOUNT"])}
    made = {"schedule_id": int(os.environ["SCHEDULE"]), "link_source": "jitsi", "capacity": 1, "taken": 1}
    slot = models.Slot.objects.create(**whose, **when, **made)
    models.Occupancy.objects.create(**whose, **when, slot=slot, resource_id=int(form["resource"]))
    models.Meeting.objects.create(**whose, slot=slot, generation=1, provider="jitsi", wanted_at=at, due_at=at)
    digests = {"token_digest": os.urandom(16).hex(), "join_token_digest": os.urandom(16).hex()}
    booking = models.Booking.objects.create(**whose, slot=slot, name=form["name"], email=form["email"], **digests)
    models.AuditEntry.objects.create(**whose, at=at, actor="attendee", verb="booked", slot=slot, booking=booking)
    mail = {**whose, "booking": booking, "due_at": at, "slot_revision": 0, "booking_revision": 0}
    models.Notification.objects.bulk_create(models.Notification(**mail, kind=k) for k in ("confirmation", "reminder"))
    provision_due.enqueue()
    return HttpResponse(status=303)


urlpatterns = [path("healthz", lambda request: HttpResponse()), path("book", book)]
