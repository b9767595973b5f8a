"""The rows of the health page about what runs by itself: mails, reminders, webhooks (J10)."""

import re
from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from convoca.booking.models import Account, Delivery, Notification, Webhook
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from tests.booking.building import NOW, book, make_resource_schedule
from tests.manage.reading import plain


def page_of(account: Account) -> str:
    return f"/manage/{account.name}/health"


def of_service(page: Any, name: str) -> str:
    """Return the words of the row of one service."""
    html = page.content.decode()
    [row] = re.findall(rf'<li class="health-row" id="service-{name}">(.*?)</li>', html, re.DOTALL)
    return plain(row)


def test_j10_mails_and_reminders_say_how_they_do(owner: Client, account: Account) -> None:
    """«One row per service: … mail, reminders, webhooks»: state, last success, last error, where it is seen to."""
    assert of_service(owner.get(page_of(account)), "emails") == "Emails None has been sent yet. Messages"
    book(make_resource_schedule(account, reminder_minutes=60))
    assert of_service(owner.get(page_of(account)), "reminders") == (
        "Reminders None was due yet. Next Thu 26 Nov, 09:00 Schedules"
    )

    Notification.objects.filter(kind="confirmation").update(sent_at=NOW - timedelta(minutes=3), due_at=None)
    Notification.objects.filter(kind="reminder").update(
        failed=True, dropped_at=NOW, due_at=None, reason="The mail server refused the recipient (550 5.1.1)."
    )

    page = owner.get(page_of(account))
    refused = "Last error just now. The mail server refused the address (550 5.1.1)."
    assert of_service(page, "emails") == f"Emails Working. Last success 3 minutes ago {refused} Messages"
    assert of_service(page, "reminders") == f"Reminders None is planned. {refused} Schedules"


def test_j10_a_mail_that_nobody_tries_names_the_worker(owner: Client, account: Account) -> None:
    book(make_resource_schedule(account, reminder_minutes=None))

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        said = of_service(owner.get(page_of(account)), "emails")

    assert "1 email waits for this server's worker. Whoever runs the server must look." in said


def test_j10_webhooks_say_how_they_do(owner: Client, account: Account) -> None:
    assert of_service(owner.get(page_of(account)), "webhooks") == "Webhooks There is none yet. Webhooks"
    told = Telling(url="https://hooks.example.com/convoca", happenings=CHOOSABLE)
    webhook = make_webhook(account, told, now=NOW)
    assert of_service(owner.get(page_of(account)), "webhooks") == "Webhooks Working. Webhooks"
    book(make_resource_schedule(account))
    Delivery.objects.filter(happening="booking.created").update(delivered_at=NOW - timedelta(hours=2), due_at=None)
    Delivery.objects.filter(happening="slot.created").update(
        tried_at=NOW - timedelta(minutes=1), reason="status", status=500, attempts=3
    )
    Webhook.objects.update(failing_since=NOW)

    assert of_service(owner.get(page_of(account)), "webhooks").startswith(
        "Webhooks 1 webhook does not take what we send; we try again. Last success 2 hours ago"
    )
    Webhook.objects.filter(pk=webhook.pk).update(switched_off_at=NOW)
    assert "1 webhook is switched off." in of_service(owner.get(page_of(account)), "webhooks")
    Webhook.objects.update(switched_off_at=None, failing_since=None, paused_at=NOW)
    assert "Paused." in of_service(owner.get(page_of(account)), "webhooks")
