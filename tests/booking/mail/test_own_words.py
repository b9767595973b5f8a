"""M21, M13: what owners write themselves, in the mails that people get."""

from email.message import EmailMessage
from typing import Any

import pytest

from convoca.booking.mail.own_words import Text
from convoca.booking.models import Account, Booking, MessageText, Schedule
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.configuring import choose_link_source
from convoca.booking.operations.texts import (
    TextUnfit,
    discard_draft,
    publish_text,
    restore_text,
    save_draft,
    take_text_back,
)
from convoca.booking.operations.waiting import join_waiting_list
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    message_of,
)
from tests.booking.mail import arranging
from tests.booking.mail.arranging import (
    AFTER_GRACE,
    ZOOM_LINK,
    book_with_zoom,
    part_of,
    send_due,
    zoom_answers,
)
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

PMI = "https://us02web.zoom.us/j/1234567890?pwd=Personal1"
ATTENDEE = "luis@example.org"


def text_of(mail: EmailMessage) -> str:
    return arranging.text_of(mail).replace("\r\n", "\n")


def worded(schedule: Schedule, kind: str = "confirmation", language: str = "en", **words: Any) -> MessageText:
    return publish_text(message_of(schedule, kind, language), Text(**words), now=NOW)


def offline() -> Schedule:
    return make_resource_schedule(make_account(contact_email="ana@example.com"), reminder_minutes=60)


def test_m13_a_personal_meeting_id_goes_into_the_confirmation_once_zoom_is_disconnected(
    mail_server: MailServer,
) -> None:
    """«…querrás desactivar la conexión de Zoom y simplemente agregar el enlace de la reunión al correo electrónico de
    confirmación.»"""
    schedule = book_with_zoom().slot.schedule
    choose_link_source(schedule, Schedule.NO_LINK, now=NOW)
    worded(schedule, body=f"We meet here:\n{PMI}")

    book(schedule, "12:00", client=make_client(email="eva@example.org"))
    send_due(NOW)

    [mail] = [mail for mail in mail_server.received if mail["To"] == "eva@example.org"]
    assert f"We meet here:\n{PMI}\n" in text_of(mail)
    assert f'href="{PMI}"' in str(part_of(mail, "text/html").get_content())
    assert "example.org/j/" not in text_of(mail)


def test_m13_who_waits_for_a_place_or_an_answer_gets_no_such_link(mail_server: MailServer) -> None:
    """The confirmation is for who has a place."""
    account = make_account(contact_email="ana@example.com")
    schedule = make_resource_schedule(account, requires_approval=True, reminder_minutes=None)
    yoga = make_capacity_schedule(account, has_waiting_list=True, tells_owner=True)
    for each in (schedule, yoga):
        worded(each, body=f"We meet here: {PMI}")
    slot = make_class(yoga, capacity=1)
    book_place(slot, client=make_client(email="first@example.org"), now=NOW)
    join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    book(schedule)

    send_due(NOW)

    having = sorted(mail["To"] for mail in mail_server.received if PMI in mail.as_string() + text_of(mail))
    assert having == ["first@example.org"]
    assert len(mail_server.received) == 5


def test_words_are_added_under_the_link_or_stand_in_place_of_the_standard_sentences(mail_server: MailServer) -> None:
    schedule = offline()
    added = "Bring water, {name}.\n\nSee you at {time}."
    worded(schedule, subject="{day}: {what}", body=added)
    book(schedule)
    send_due(NOW)
    worded(schedule, body="Hola {name}\nSee you.", replaces=True)
    book(schedule, "12:00")
    send_due(NOW)

    first, second = mail_server.received
    assert first["Subject"] == "Thursday 26 November 2026: Consultations"
    assert text_of(first).index("Your appointment is booked, Luis Pérez.") < text_of(first).index("Bring water, Luis")
    assert "Bring water, Luis Pérez.\n\nSee you at 10:00.\n" in text_of(first)
    assert text_of(second).startswith("Hola Luis Pérez\n")
    assert "Your appointment is booked" not in text_of(second)
    assert "Thursday 26 November 2026, 12:00–12:30" in text_of(second)
    assert "/b/" in text_of(second)


def test_both_forms_of_a_mail_hold_the_owners_words_and_nothing_of_them_is_markup(mail_server: MailServer) -> None:
    schedule = offline()
    worded(schedule, body="<b>5 < 6</b> & {name}\nhttps://example.com/a?b=1&c=2.")
    book(schedule, client=make_client(name="<i>Eva"))

    send_due(NOW)

    [mail] = mail_server.received
    page = str(part_of(mail, "text/html").get_content())
    assert "<b>5 < 6</b> & <i>Eva\nhttps://example.com/a?b=1&c=2.\n" in text_of(mail)
    assert "&lt;b&gt;5 &lt; 6&lt;/b&gt; &amp; &lt;i&gt;Eva<br>" in page
    assert 'href="https://example.com/a?b=1&amp;c=2"' in page


def test_the_texts_of_supersaas_can_be_pasted(mail_server: MailServer) -> None:
    """product.md: `$name`, `$url`, `$meeting_url`, `$su`, `$level`."""
    booking = book_with_zoom()
    Account.objects.update(supervisor_field="shown")
    type(booking).objects.update(super_field="Room 4")
    worded(booking.slot.schedule, body="Dear $name, $meeting_url or $url. $su, $level.")
    zoom_answers(booking)

    send_due(AFTER_GRACE)

    [mail] = mail_server.received
    base = "https://book.example.org"
    join, page = f"{base}/j/{booking.join_token.open()}", f"{base}/b/{booking.token.open()}"
    assert f"Dear Luis Pérez, {join} or {page}. Room 4, 1." in text_of(mail)


def test_a_text_reads_the_link_when_the_mail_leaves(mail_server: MailServer) -> None:
    """No mail ever carries an old link: a late one says what is true then."""
    booking = book_with_zoom()
    worded(booking.slot.schedule, body="{if direct_link}Ready: {direct_link}{otherwise}It follows.{end}")
    worded(booking.slot.schedule, "link_ready", body="{if direct_link}Ready: {direct_link}{end}")

    send_due(AFTER_GRACE)
    zoom_answers(booking)
    send_due(AFTER_GRACE)

    first, second = map(text_of, mail_server.received)
    assert "It follows." in first
    assert f"Ready: {ZOOM_LINK}" in second


def test_what_somebody_typed_advertises_nothing(mail_server: MailServer) -> None:
    """Anybody may type anybody's address: our mails must not carry what they add."""
    schedule = offline()
    worded(schedule, body="Phone: {phone}. Hello {name}.")
    book(schedule, client=make_client(name="www.casino.example"))
    Booking.objects.update(phone="casino.example")

    send_due(NOW)

    assert "Phone: . Hello ." in text_of(mail_server.received[0])
    assert "casino" not in text_of(mail_server.received[0])


def test_each_language_has_its_own_text_and_else_the_standard_one(mail_server: MailServer) -> None:
    schedule = offline()
    worded(schedule, language="es", body="Trae agua.")
    book(schedule, client=make_client(language="es"))
    book(schedule, "12:00", client=make_client(language="en", email="eva@example.org"))

    send_due(NOW)

    assert ["Trae agua." in text_of(mail) for mail in mail_server.received] == [True, False]


def test_a_draft_is_sent_to_nobody_and_what_is_unfit_is_not_published(mail_server: MailServer) -> None:
    schedule = offline()
    save_draft(message_of(schedule), Text(body="Draft"), now=NOW)
    with pytest.raises(TextUnfit):
        publish_text(message_of(schedule), Text(body="{nmae}"), now=NOW)
    with pytest.raises(TextUnfit):
        publish_text(message_of(schedule), Text(subject="{meeting_link}"), now=NOW)
    book(schedule)

    send_due(NOW)

    assert "Draft" not in text_of(mail_server.received[0])
    discard_draft(message_of(schedule))
    assert MessageText.objects.get().drafted_at is None


def test_the_standard_text_can_be_restored_and_that_taken_back(mail_server: MailServer) -> None:
    schedule = offline()
    worded(schedule, body="Bring water.")
    save_draft(message_of(schedule), Text(body="Bring wine."), now=NOW)
    restore_text(message_of(schedule), now=NOW)
    book(schedule)
    send_due(NOW)

    assert take_text_back(message_of(schedule))

    book(schedule, "11:00")
    send_due(NOW)
    assert ["Bring water" in text_of(mail) for mail in mail_server.received] == [False, True]
    assert MessageText.objects.get().draft_body.open() == "Bring wine."


def test_what_is_written_after_a_text_was_restored_takes_its_place() -> None:
    schedule = offline()
    worded(schedule, body="Bring water.", subject="Water")
    restore_text(message_of(schedule), now=NOW)

    save_draft(message_of(schedule), Text(body="Bring wine."), now=NOW)

    row = MessageText.objects.get()
    assert (row.body.open(), row.subject, row.published_at) == ("", "", None)
    assert not take_text_back(message_of(schedule))


def test_a_text_is_kept_encrypted() -> None:
    """B9: it may hold a link."""
    schedule = offline()
    worded(schedule, body=PMI)
    save_draft(message_of(schedule), Text(body=PMI), now=NOW)

    stored = MessageText.objects.values_list("body", "draft_body").get()
    assert all(PMI not in each.ciphertext and each.open() == PMI for each in stored)


def test_a_discreet_subject_does_not_say_what_was_booked(mail_server: MailServer) -> None:
    schedule = offline()
    Schedule.objects.update(has_discreet_subjects=True)
    book(Schedule.objects.get(pk=schedule.pk))

    send_due(NOW)
    send_due(at("09:00"))

    assert [mail["Subject"] for mail in mail_server.received] == [
        "Booked: Thu 26 Nov, 10:00 (Madrid) – your appointment",
        "In 1 hour: your appointment",
    ]
