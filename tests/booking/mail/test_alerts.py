"""Several workers, and workers that are killed: an owner is told once, or twice with the same identifier (T44)."""

import signal
import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone
from playwright.sync_api import Browser, ViewportSize

from convoca.booking.mail.alerting import compose_alert
from convoca.booking.models import Alert, Connection, Incident, Membership, User
from convoca.booking.operations.alerting import alert_due
from convoca.booking.operations.watching import watch
from tests.booking.building import book, connect_zoom, make_account, make_member, make_resource_schedule
from tests.booking.mail.mail_server import SAY_NOTHING, TAKEN, MailServer
from tests.booking.mail.test_look import in_a_mail_program
from tests.booking.mail.test_workers import worker_process
from tests.e2e.browser import Scheme, axe, overflow, shot

pytestmark = pytest.mark.django_db(transaction=True)


def lose_access(language: str = "en") -> None:
    account = make_account()
    owner = make_member(account, Membership.Role.OWNER)
    User.objects.filter(pk=owner.user_id).update(language=language)
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    book(schedule, day=(timezone.now() + timedelta(days=3)).date(), now=timezone.now())
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, reason="revoked")


def _work() -> None:
    try:
        watch(now=timezone.now())
        alert_due.call()
    finally:
        database.close()


def test_t44_workers_that_look_at_the_same_time_open_one_incident_and_send_one_mail(mail_server: MailServer) -> None:
    lose_access()

    workers = [threading.Thread(target=_work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    _work()

    assert (Incident.objects.count(), Alert.objects.count()) == (1, 1)
    assert [mail["To"] for mail in mail_server.received] == ["owner@lumbre.example"]


def test_t44_an_alert_whose_worker_was_killed_leaves_once_more_with_the_same_identifier(
    mail_server: MailServer,
) -> None:
    """kill -9 after the hand-over: the server has the mail, and nobody has its answer."""
    lose_access()
    watch(now=timezone.now())
    mail_server.after_body = SAY_NOTHING

    worker = worker_process(mail_server, "alerting:alert_due")
    mail_server.await_mail()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    alert = Alert.objects.get()
    assert (alert.unanswered, alert.sent_at) == (1, None)

    mail_server.after_body = TAKEN
    alert_due.call()
    assert len(mail_server.received) == 1, "the lease of the dead worker lives"
    Alert.objects.update(lease_until=alert.created_at - timedelta(days=1))
    alert_due.call()
    alert_due.call()

    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 360, "dark"), ("es", 640, "light")])
@pytest.mark.parametrize("kind", [*Incident.Kind.values, "receipt", "all_clear"])
def test_a_mail_to_an_owner_can_be_read_by_everybody(
    browser: Browser, kind: str, language: str, width: int, scheme: Scheme
) -> None:
    lose_access(language)
    connection, incident = Connection.objects.get(), None
    if kind != "receipt":
        cause = Incident.Kind.ACCESS if kind == "all_clear" else kind
        incident = Incident(account=connection.account, kind=cause, provider="zoom", connection=connection)
        incident.opened_at = timezone.now()
    told = kind if kind in {"receipt", "all_clear"} else Alert.Kind.OPENED
    alert = Alert(pk=1, account=connection.account, kind=told, incident=incident, connection=connection)
    context = browser.new_context(viewport=ViewportSize(width=width, height=800), color_scheme=scheme)
    page = context.new_page()

    page.set_content(in_a_mail_program(str(compose_alert(alert, now=timezone.now()).alternatives[0][0])))

    shot(page, f"mail-alert-{kind}.{language}.{width}.{scheme}")
    assert axe(page) == []
    assert overflow(page) == 0
    context.close()


def test_an_owner_s_address_that_is_refused_is_told_on_the_page(mail_server: MailServer) -> None:
    lose_access()
    watch(now=timezone.now())
    mail_server.to_recipient = "550 5.1.1 no such person"

    alert_due.call()

    alert = Alert.objects.get()
    assert (alert.failed, alert.due_at) == (True, None)
