"""The outbox: the mails of an installation without mail server, for the account's owner alone."""

from email.message import EmailMessage

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from convoca.booking.models import Account, OutboxMail, Sealed
from tests.booking.building import make_account
from tests.manage.reading import words

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture(autouse=True)
def outbox(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}


def keep_mail(
    account: Account | None, *, html: str = "<html><head></head><body><p>Hello</p></body></html>"
) -> OutboxMail:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Lumbre <a@example.org>", "luis@example.org", "Booked: Tue"
    letter.set_content("Hello <Luis>\nhttps://book.example/b/abc\n")
    letter.add_alternative(html, subtype="html")
    letter.add_attachment(CALENDAR, maintype="application", subtype="ics", filename="cita.ics")
    return OutboxMail.objects.create(
        account=account, recipient="luis@example.org", subject="Booked: Tue", message=Sealed.seal(letter.as_string())
    )


def page_of(mail: OutboxMail, part: str = "") -> str:
    return f"/manage/Lumbre/outbox/{mail.pk}{part}"


def test_the_mails_are_listed_newest_first_without_being_opened(
    owner: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keep_mail(account)

    with django_assert_num_queries(7):
        page = owner.get("/manage/Lumbre/outbox")

    assert "Booked: Tue luis@example.org" in words(page)


def test_a_mail_is_read_as_text_with_its_links(owner: Client, account: Account) -> None:
    page = owner.get(page_of(keep_mail(account)))

    assert "Hello &lt;Luis&gt;" in page.text
    assert '<a href="https://book.example/b/abc" rel="nofollow">' in page.text


def test_html_is_shown_in_a_frame_that_runs_nothing(owner: Client, account: Account) -> None:
    mail = keep_mail(account, html="<html><head></head><body><script>alert(1)</script></body></html>")

    frame, page = owner.get(page_of(mail, "/html")), owner.get(page_of(mail))

    assert "script-src" not in frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_calendar_file_is_downloaded(owner: Client, account: Account) -> None:
    answer = owner.get(page_of(keep_mail(account), "/calendar"))

    assert answer.content == CALENDAR
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cita.ics"'
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_mails_of_another_account_and_of_the_installation_are_not_there(owner: Client, account: Account) -> None:
    foreign, own = keep_mail(make_account("Sombra")), keep_mail(None)

    assert [owner.get(page_of(mail, part)).status_code for mail in (foreign, own) for part in ("", "/html")] == [
        404
    ] * 4
    assert "No mails yet" in words(owner.get("/manage/Lumbre/outbox"))


def test_a_superuser_reads_no_mails(superuser: Client, account: Account) -> None:
    assert superuser.get(page_of(keep_mail(account))).status_code == 404


def test_with_a_mail_server_there_is_no_outbox(owner: Client, account: Account, settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend"}}

    assert owner.get(page_of(keep_mail(account))).status_code == 404
    assert "Outbox" not in words(owner.get("/manage/Lumbre/"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "\x00"])
def test_a_page_that_does_not_exist_is_one_that_does(page: str, owner: Client, account: Account) -> None:
    assert owner.get("/manage/Lumbre/outbox", {"page": page}).status_code == 200


def test_an_unreadable_mail_is_shown_as_far_as_it_can_be_read(owner: Client, account: Account) -> None:
    mail = OutboxMail.objects.create(
        account=account, recipient="x", subject="Odd", message=Sealed.seal("\x00\xff garbage")
    )

    assert owner.get(page_of(mail)).status_code == 200
