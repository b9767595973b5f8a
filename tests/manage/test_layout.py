"""Configure > Layout (J9, M21, M13): the owner words a mail and sees it before anybody gets it."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.mail.worded import OF_THE_ACCOUNT, WORDED, names_for
from convoca.booking.models import Account, Booking, MessageText, OutboxMail, Schedule
from convoca.manage.layout_phrases import VARIABLES, WHEN
from tests.booking.building import NOW, book, make_capacity_schedule, make_resource_schedule
from tests.manage.reading import said, words

PMI = "https://us02web.zoom.us/j/1234567890?pwd=Personal1"
TYPED = {"subject": "", "body": "Hello {name}", "way": "add"}


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def address(schedule: Schedule, kind: str = "confirmation", language: str = "en") -> str:
    return f"/manage/{schedule.account.name}/schedules/{schedule.slug}/layout/{kind}/{language}"


def to_owner(account: Account, kind: str, language: str = "en") -> str:
    return f"/manage/{account.name}/mails/texts/{kind}/{language}"


def test_every_worded_mail_is_on_the_page_in_every_language(owner: Client, schedule: Schedule) -> None:
    page = owner.get(f"/manage/{schedule.account.name}/schedules/{schedule.slug}/layout").text

    for kind in WORDED:
        for language in ("en", "es"):
            assert f'href="{address(schedule, str(kind), language)}"' in page
    assert set(WHEN) == {*WORDED, *OF_THE_ACCOUNT}


@pytest.mark.parametrize("kind", [str(kind) for kind in WORDED])
def test_every_name_that_a_text_may_use_is_offered_in_plain_words(owner: Client, schedule: Schedule, kind: str) -> None:
    page, names = owner.get(address(schedule, kind)).text, names_for(kind)

    assert set(re.findall(r'data-insert="\{(\w+)\}"', page)) == {*names.plain, *names.addresses} <= set(VARIABLES)
    assert "Attendee&#x27;s name" in page


def test_a_draft_is_seen_in_the_preview_and_published_when_its_owner_says_so(owner: Client, schedule: Schedule) -> None:
    owner.post(address(schedule), TYPED | {"do": "draft"})

    row = MessageText.objects.get()
    assert (row.draft_body.open(), row.published_at) == ("Hello {name}", None)
    assert "Hello Luis Pérez" in owner.get(f"{address(schedule)}/preview").text
    assert "Hello Luis" not in owner.get(f"{address(schedule)}/preview?text=published").text
    assert "You have a draft" in words(owner.get(address(schedule)))

    owner.post(address(schedule), TYPED | {"do": "publish"})

    page = owner.get(address(schedule))
    row.refresh_from_db()
    assert (row.body.open(), row.published_at, row.drafted_at) == ("Hello {name}", NOW, None)
    assert said(page) == ["Published. Mails that leave from now on say this."]


def test_an_unknown_variable_is_named_with_what_was_meant_and_not_published(owner: Client, schedule: Schedule) -> None:
    """J9: «{nmae} does not exist. Did you mean {name}?»"""
    answer = owner.post(address(schedule), {"subject": "", "body": "One\n{nmae}", "way": "add", "do": "publish"})

    assert answer.status_code == 422
    assert "{nmae} does not exist (in line 2). Did you mean {name}?" in words(answer)
    assert not MessageText.objects.exists()
    owner.post(address(schedule), {"subject": "", "body": "One\n{nmae}", "way": "add", "do": "draft"})
    assert "{nmae} does not exist (in line 2). Did you mean {name}?" in words(owner.get(address(schedule)))


def test_a_way_into_the_meeting_cannot_stand_in_a_subject(owner: Client, schedule: Schedule) -> None:
    answer = owner.post(address(schedule), {"subject": "{meeting_link}", "body": "", "way": "add", "do": "publish"})

    assert "{meeting_link} cannot stand in a subject." in words(answer)


def test_the_preview_shows_each_state_of_the_link_in_both_forms(owner: Client, schedule: Schedule) -> None:
    Schedule.objects.update(link_source="zoom")
    page = f"{address(schedule)}/preview"

    ready, pending = owner.get(f"{page}?link=ready").text, owner.get(f"{page}?link=pending").text
    none, plain = owner.get(f"{page}?link=none").text, owner.get(f"{page}?link=ready&form=text").text

    assert "https://meet.example.org/abc-defg-hij" in ready
    assert "being prepared" in pending
    assert "/j/" not in none
    assert "Join the meeting:" in plain
    assert "<table" not in plain


def test_the_preview_shows_the_mail_as_in_a_dark_and_in_a_light_program(owner: Client, schedule: Schedule) -> None:
    dark = owner.get(f"{address(schedule)}/preview?scheme=dark").text
    light = owner.get(f"{address(schedule)}/preview?scheme=light").text

    assert "@media all" in dark
    assert "@media not all" in light
    assert 'content="dark"' in dark


def test_the_preview_of_a_real_booking_is_no_key_to_it(owner: Client, schedule: Schedule) -> None:
    booking = book(schedule)
    Booking.objects.update(name="Nora Gil")

    page = owner.get(f"{address(schedule)}/preview?about=next&link=ready").text

    assert "Nora Gil" in page
    assert booking.token.open() not in page
    assert booking.join_token.open() not in page


@pytest.mark.parametrize("kind", [str(kind) for kind in WORDED])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_mail_can_be_looked_at_before_there_is_a_booking(
    owner: Client, account: Account, kind: str, language: str
) -> None:
    for schedule in (make_resource_schedule(account), make_capacity_schedule(account)):
        answer = owner.get(f"{address(schedule, kind, language)}/preview")
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text


def test_an_owner_is_told_what_a_link_in_a_text_means(owner: Client, schedule: Schedule) -> None:
    """M13: a personal meeting ID is the same for all."""
    form = {"subject": "", "body": f"We meet at {PMI}", "way": "add", "do": "draft"}
    owner.post(address(schedule), form)
    assert "it is the same for all" in words(owner.get(address(schedule)))

    owner.post(address(schedule, "waiting"), form)
    assert "has no place yet" in words(owner.get(address(schedule, "waiting")))

    Schedule.objects.update(link_source="jitsi")
    assert "beside the one of each meeting" in words(owner.get(address(schedule)))


def test_the_owner_reads_that_the_link_is_added_anyway(owner: Client, schedule: Schedule) -> None:
    owner.post(address(schedule), TYPED | {"do": "draft"})
    assert "We add it under the details." in words(owner.get(address(schedule)))

    owner.post(address(schedule), {"subject": "", "body": "", "way": "add", "do": "draft"})
    assert "Your message is empty." in words(owner.get(address(schedule)))


def test_the_other_language_tells_that_it_was_changed_later(owner: Client, schedule: Schedule) -> None:
    owner.post(address(schedule), TYPED | {"do": "publish"})
    owner.post(address(schedule, language="es"), TYPED | {"do": "publish"})
    MessageText.objects.filter(language="es").update(published_at=NOW.replace(hour=9))

    assert "The Spanish version was changed after this one." in words(owner.get(address(schedule)))


def test_a_test_is_sent_to_who_words_it_alone(owner: Client, schedule: Schedule, settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}

    owner.post(address(schedule), TYPED | {"do": "test"})

    page = owner.get(address(schedule))
    assert "Sent. Check your inbox." in said(page)
    [mail] = OutboxMail.objects.all()
    assert mail.recipient == "owner@lumbre.example"
    assert mail.subject.startswith("Test: Booked:")
    assert "Hello Luis P" in mail.message.open()


def test_a_test_that_no_server_takes_says_so(owner: Client, schedule: Schedule, settings: Settings) -> None:
    options = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend", "OPTIONS": options}}

    owner.post(address(schedule), TYPED | {"do": "test"})

    page = owner.get(address(schedule))
    assert said(page) == ["The test could not be sent: The mail server does not take it at the moment."]


def test_the_standard_text_is_restored_and_a_draft_discarded(owner: Client, schedule: Schedule) -> None:
    owner.post(address(schedule), TYPED | {"do": "publish"})
    owner.post(address(schedule), TYPED | {"body": "Other", "do": "draft"})

    owner.post(address(schedule), {"do": "discard"})
    assert "Hello Luis" in owner.get(f"{address(schedule)}/preview").text

    owner.post(address(schedule), {"do": "restore"})
    assert "Hello Luis" not in owner.get(f"{address(schedule)}/preview").text
    assert "Standard text" in words(owner.get(address(schedule)))


def test_restoring_can_be_taken_back(owner: Client, schedule: Schedule) -> None:
    owner.post(address(schedule), TYPED | {"do": "publish"})
    owner.post(address(schedule), {"do": "restore"})

    assert "Take it back" in words(owner.get(address(schedule)))
    owner.post(address(schedule), {"do": "back"})

    assert said(owner.get(address(schedule))) == ["Your text stands again, as it was."]
    assert "Hello Luis" in owner.get(f"{address(schedule)}/preview").text
    assert "Take it back" not in words(owner.get(address(schedule)))


def test_what_an_owner_words_is_nobody_elses(superuser: Client, schedule: Schedule) -> None:
    for path in (address(schedule), f"{address(schedule)}/preview"):
        assert superuser.get(path).status_code == 403
        assert superuser.post(path, TYPED).status_code in {403, 405}
    assert not MessageText.objects.exists()


def test_there_is_a_page_for_each_mail_that_there_is_and_no_other(owner: Client, schedule: Schedule) -> None:
    for path in (address(schedule, "digest"), address(schedule, "nonsense"), address(schedule, language="fr")):
        assert owner.get(path).status_code == 404
    for kind in ("confirmation", "nonsense"):
        assert owner.get(to_owner(schedule.account, kind)).status_code == 404


def test_the_mails_to_the_owners_side_are_worded_without_a_way_to_the_attendees_pages(
    owner: Client, schedule: Schedule
) -> None:
    booking = book(schedule)
    typed = TYPED | {"body": "Call {name} at {phone}: {day_page}"}
    owner.post(address(schedule, "approval_wanted"), typed | {"do": "publish"})

    preview = owner.get(f"{address(schedule, 'approval_wanted')}/preview?about=next").text
    refused = owner.post(address(schedule, "left"), TYPED | {"body": "{booking_page}", "do": "publish"})

    assert "Call Luis Pérez at" in preview
    assert "/manage/Lumbre/?day=" in preview
    assert booking.token.open() not in preview
    assert "Their address: luis@example.org" in preview
    assert "{booking_page} does not exist (in line 1)." in words(refused)


@pytest.mark.parametrize("kind", [str(kind) for kind in OF_THE_ACCOUNT])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_mail_to_the_owner_is_worded_and_looked_at(
    owner: Client, account: Account, kind: str, language: str
) -> None:
    """«subject and body per message and language»: day digest, link problem, grant revoked, credentials deleted."""
    page = to_owner(account, kind, language)
    assert f'href="{page}"' in owner.get(f"/manage/{account.name}/mails/texts").text

    names = names_for(kind)
    every = " ".join(f"{{{name}}}" for name in (*names.plain, *names.addresses))
    typed = {"subject": "Mine: {organiser}", "body": f"Well now\n{every}", "way": "replace"}
    answer = owner.post(page, typed | {"do": "publish"})

    assert answer.status_code == 303
    for about in ("example", "next"):
        html = owner.get(f"{page}/preview?about={about}").text
        plain = owner.get(f"{page}/preview?about={about}&form=text").text
        for form in (html, plain):
            assert "Mine: Estudio Lumbre" in form
            assert "Well now" in form
            assert not re.search(r"\{\w+\}", re.sub(r"<style>.*?</style>", "", form, flags=re.DOTALL))
        assert f'lang="{language}"' in html
    assert set(re.findall(r'data-insert="\{(\w+)\}"', owner.get(page).text)) == {*names.plain, *names.addresses}


def test_every_name_has_its_plain_words() -> None:
    used = {
        name for kind in (*WORDED, *OF_THE_ACCOUNT) for name in (*names_for(kind).plain, *names_for(kind).addresses)
    }

    assert used == set(VARIABLES)


def test_a_test_of_a_mail_to_the_owner_is_sent_to_them(owner: Client, account: Account, settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}

    owner.post(to_owner(account, "digest"), TYPED | {"body": "Good morning", "do": "test"})

    [mail] = OutboxMail.objects.all()
    assert mail.subject == "Test: Today: 3 appointments, 1 needs you"
    assert "Good morning" in mail.message.open()


def test_only_the_owner_words_the_mails_to_the_owner(superuser: Client, account: Account) -> None:
    for path in ("digest/en", "digest/en/preview"):
        assert superuser.get(f"/manage/{account.name}/mails/texts/{path}").status_code == 404
    assert superuser.get(f"/manage/{account.name}/mails/texts").status_code == 404


def test_subjects_are_made_discreet_on_the_page(owner: Client, schedule: Schedule) -> None:
    page = f"/manage/{schedule.account.name}/schedules/{schedule.slug}/layout"

    owner.post(page, {"discreet": "1"})
    assert Schedule.objects.get().has_discreet_subjects

    owner.post(page, {})
    assert not Schedule.objects.get().has_discreet_subjects


def test_a_text_of_another_schedule_is_another_text(owner: Client, account: Account, schedule: Schedule) -> None:
    other = make_capacity_schedule(account)
    owner.post(address(schedule), TYPED | {"do": "publish"})

    assert "Hello" not in owner.get(f"{address(other)}/preview").text


def test_a_text_that_was_pasted_as_html_becomes_plain_text(owner: Client, schedule: Schedule) -> None:
    """product.md: texts of SuperSaaS are HTML."""
    pasted = '<p>Dear $name,</p><p><a href="$meeting_url">Join</a></p>'
    owner.post(address(schedule), TYPED | {"body": pasted, "do": "publish"})

    assert MessageText.objects.get().body.open() == "Dear $name,\n\nJoin: $meeting_url"
