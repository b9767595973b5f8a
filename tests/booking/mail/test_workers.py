"""Several workers, and workers that are killed: each mail still leaves once, or twice with the same identifier."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from convoca.booking.models import Booking, Notification
from convoca.booking.operations.notifying import notify_due
from tests.booking.building import make_account, make_capacity_schedule, make_class, sign_up
from tests.booking.mail.arranging import let_lease_end
from tests.booking.mail.mail_server import SAY_NOTHING, TAKEN, MailServer

pytestmark = pytest.mark.django_db(transaction=True)

# One worker's round, in a process of its own, on the test's database and mail server.
ROUND = """
import importlib, sys
from django.conf import settings
import django
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend",
                                "OPTIONS": {"host": "127.0.0.1", "port": int(sys.argv[2]), "timeout": 30}}}
django.setup()
module, _, task = sys.argv[3].partition(":")
getattr(importlib.import_module(f"convoca.booking.operations.{module}"), task).call()
"""


def signed_up(*emails: str) -> list[Booking]:
    """Sign people up for a class in three days, with no reminder to come."""
    schedule = make_capacity_schedule(make_account(), reminder_minutes=None)
    slot = make_class(schedule, capacity=None, starts_at=timezone.now() + timedelta(days=3))
    return [sign_up(slot, email, now=timezone.now()) for email in emails]


def test_workers_that_run_at_the_same_time_send_each_mail_once(mail_server: MailServer) -> None:
    signed_up(*(f"guest{number}@example.org" for number in range(12)))

    workers = [threading.Thread(target=_work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    notify_due.call()

    assert sorted(mail["To"] for mail in mail_server.received) == sorted(
        f"guest{number}@example.org" for number in range(12)
    )


def test_a_mail_whose_worker_was_killed_leaves_once_more_with_the_same_identifier(mail_server: MailServer) -> None:
    """kill -9 after the hand-over: the server has the mail, and nobody has its answer."""
    (booking,) = signed_up("luis@example.org")
    mail_server.after_body = SAY_NOTHING

    worker = worker_process(mail_server, "notifying:notify_due")
    mail_server.await_mail()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    (confirmation,) = Notification.objects.filter(booking=booking)
    assert (confirmation.unanswered, confirmation.sent_at) == (1, None)

    mail_server.after_body = TAKEN
    notify_due.call()
    assert len(mail_server.received) == 1
    let_lease_end(confirmation)
    notify_due.call()
    notify_due.call()

    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]


def _work() -> None:
    try:
        notify_due.call()
    finally:
        connection.close()


def worker_process(server: MailServer, task: str) -> subprocess.Popen[bytes]:
    """Start a process that makes the round of one kind of work: "module:task" of the operations."""
    database = str(connection.settings_dict["NAME"])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "convoca.config.settings",
        "CONVOCA_BASE_URL": settings.BASE_URL,
    }
    return subprocess.Popen([sys.executable, "-c", ROUND, database, str(server.port), task], env=environment)
