"""A site with django-appointment: one person, nine to five every day, any number of appointments.

Run by a Python of its own, in which that package is installed: `python bench/peer_site.py <appointments> <month>` fills
the database DATABASE; `gunicorn peer_site` serves it. Of our own code it needs nothing.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path

IN_THE_MONTH = 100
A_DAY = 16
DJANGO = [f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages", "sites", "staticfiles")]
# The usual middleware of a new Django project.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

settings.configure(
    SECRET_KEY="peer",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[*DJANGO, "phonenumber_field", "appointment"],
    MIDDLEWARE=MIDDLEWARE,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "CONN_MAX_AGE": 60}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    SITE_ID=1,
    LOGGING_CONFIG=None,
)
application = get_wsgi_application()
urlpatterns = [path("healthz", lambda request: HttpResponse()), path("", include("appointment.urls"))]


def fill(appointments: int, month: date) -> None:
    """Insert a hundred in the month, four a day, and the others before and after it, sixteen a day."""
    models = import_module("appointment.models")
    user = import_module("django.contrib.auth.models").User.objects.create(username="resource", first_name="Resource")
    service = models.Service.objects.create(name="Measured", duration=timedelta(minutes=30), price=0)
    person = models.StaffMember.objects.create(user=user, slot_duration=30, work_on_saturday=True, work_on_sunday=True)
    person.services_offered.add(service)
    for day in range(7):
        hours = {"start_time": time(9), "end_time": time(17)}
        models.WorkingHours.objects.create(staff_member=person, day_of_week=day, **hours)
    wanted, made = models.AppointmentRequest.objects, models.Appointment.objects
    requests = wanted.bulk_create(
        [
            models.AppointmentRequest(
                date=each.date(),
                start_time=each.time(),
                end_time=(each + timedelta(minutes=30)).time(),
                service=service,
                staff_member=person,
                id_request=str(number),
            )
            for number, each in enumerate(_starts(appointments, month))
        ],
        batch_size=500,
    )
    made.bulk_create(
        [models.Appointment(appointment_request=each, client=user, amount_to_pay=0) for each in requests],
        batch_size=500,
    )


def _starts(appointments: int, month: date) -> Iterator[datetime]:
    if not appointments:
        return
    nine = datetime.combine(month, time(9))
    for number in range(IN_THE_MONTH):
        yield nine + timedelta(days=number // 4, minutes=30 * (number % 4))
    for number in range(appointments - IN_THE_MONTH):
        day = number // A_DAY
        away = -1 - day // 2 if day % 2 else 40 + day // 2
        yield nine + timedelta(days=away, minutes=30 * (number % A_DAY))


if __name__ == "__main__":
    # The package brings no migrations of its own; its tables are made from its models.
    call_command("migrate", verbosity=0, run_syncdb=True)
    fill(int(sys.argv[1]), date.fromisoformat(sys.argv[2]))
