"""product.md 4: Layout Settings of the account: words, first day of the week, formats, colours, logo."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convoca.booking.models import Account, Logo, Membership
from convoca.booking.operations.looking import LOGOS_KEPT
from tests.booking.building import make_capacity_schedule, make_class, make_member, make_resource_schedule, sign_up
from tests.core.drawing import SECRET, jpeg, png
from tests.manage.conftest import LogIn
from tests.manage.reading import after_posting, words

pytestmark = pytest.mark.django_db

PAGE = "/manage/Lumbre/layout-settings"
PLAIN = {"clock": "24", "dates": "day", "first_weekday": "monday", "colour": "#0b5cad"}


def upload(body: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="image/png")


def post(browser: Client, **fields: Any) -> Any:
    return browser.post(PAGE, PLAIN | fields)


def test_an_owner_gives_things_their_own_words(owner: Client, account: Account) -> None:
    make_class(make_capacity_schedule(account))

    said = words(
        after_posting(
            owner,
            PAGE,
            PLAIN | {"slot-en-one": "class", "user-en-one": "student", "slot-es-one": "taller", "slot-es-gender": ""},
        )
    )

    assert "Saved." in said
    account.refresh_from_db()
    assert account.words == {
        "en": {"slot": ["class", "classes"], "user": ["student", "students"]},
        "es": {"slot": ["taller", "talleres"]},
    }
    page = words(owner.get("/manage/Lumbre/schedules/yoga/slots"))
    assert "New class" in page
    assert "Students" in page
    owner.cookies["django_language"] = "es"
    assert "Nuevo taller" in words(owner.get("/manage/Lumbre/schedules/yoga/slots"))


def test_the_page_itself_still_says_what_is_renamed(owner: Client, account: Account) -> None:
    post(owner, **{"booking-en-one": "appointment"})

    assert "A booking" in words(owner.get(PAGE))


@pytest.mark.parametrize("word", ["{x}", "<b>x</b>", "%s", "a\nb", "x" * 31, "a&b", "1st"])
def test_a_word_that_could_do_anything_but_be_read_is_refused(owner: Client, account: Account, word: str) -> None:
    answer = post(owner, **{"booking-en-one": word})

    account.refresh_from_db()
    assert (answer.status_code, account.words) == (422, {})


def test_several_without_one_is_asked_for(owner: Client) -> None:
    answer = post(owner, **{"booking-en-many": "sessions"})

    assert answer.status_code == 422
    assert "Write what one of them is called, too." in words(answer)


def test_a_colour_that_could_not_be_read_is_darkened_and_the_owner_told(owner: Client, account: Account) -> None:
    """ux.md 4.2: "We darkened your colour so that text stays readable"."""
    said = words(after_posting(owner, PAGE, PLAIN | {"own_colour": "on", "colour": "#FFD400"}))

    assert "We darkened your colour so that text stays readable." in said
    account.refresh_from_db()
    assert account.brand_colour == "#ffd400"


def test_a_colour_counts_only_if_it_is_wanted(owner: Client, account: Account) -> None:
    post(owner, colour="#ffd400")

    account.refresh_from_db()
    assert account.brand_colour == ""


@pytest.mark.parametrize("colour", ["red", "#fff", "#0b5cad;}", "url(x)"])
def test_a_colour_in_another_form_is_refused(owner: Client, colour: str) -> None:
    assert post(owner, own_colour="on", colour=colour).status_code == 422


def test_a_logo_is_kept_without_what_does_not_draw_it(owner: Client, account: Account) -> None:
    post(owner, logo=upload(jpeg(300, 120, secret=True)))

    account.refresh_from_db()
    logo = Logo.objects.get(account=account)
    assert (account.logo, account.logo_width, account.logo_height) == (logo.name, 300, 120)
    assert re.fullmatch(r"[0-9a-f]{32}\.jpg", logo.name)
    assert SECRET not in bytes(logo.body)
    assert f"/logo/Lumbre/{logo.name}" in owner.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "This is no PNG, JPEG or WebP picture."),
        (b"", "This is no PNG, JPEG or WebP picture."),
        (png(2001, 20), "This picture has more than 2000 pixels on a side."),
        (png(15, 40), "This picture is smaller than 16 pixels."),
        (png() + b"\0" * 200 * 1024, "This file is larger than 200 kB."),
    ],
)
def test_a_picture_that_cannot_be_a_logo_is_refused_with_its_reason(
    owner: Client, account: Account, body: bytes, sentence: str
) -> None:
    answer = post(owner, logo=upload(body), page_header="Not saved")

    account.refresh_from_db()
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert (account.logo, account.page_header, Logo.objects.count()) == ("", "", 0)


def test_what_is_far_too_large_is_let_go_unread(owner: Client, account: Account) -> None:
    answer = post(owner, logo=upload(b"\0" * 3_000_000))

    account.refresh_from_db()
    assert (answer.status_code, account.logo) == (303, "")


def test_a_logo_goes_and_mails_that_were_sent_keep_it(owner: Client, account: Account, client: Client) -> None:
    post(owner, logo=upload(png()))
    account.refresh_from_db()
    shown = f"/logo/Lumbre/{account.logo}"

    post(owner, no_logo="on")

    account.refresh_from_db()
    assert account.logo == ""
    assert client.get(shown).status_code == 200


def test_of_old_logos_only_some_are_kept(owner: Client, account: Account) -> None:
    for width in range(20, 24 + LOGOS_KEPT):
        post(owner, logo=upload(png(width, 20)))

    account.refresh_from_db()
    assert Logo.objects.filter(account=account).count() == LOGOS_KEPT
    assert Logo.objects.filter(account=account, name=account.logo).exists()


def test_the_preview_shows_what_is_being_chosen_and_saves_nothing(owner: Client, account: Account) -> None:
    asked = PLAIN | {"clock": "12", "booking-en-one": "session", "own_colour": "on", "colour": "#aa2200"}

    said = owner.get(f"{PAGE}/preview", asked)

    account.refresh_from_db()
    assert "Your session is cancelled." in words(said)
    assert "4:30 PM" in words(said)
    assert "/look/aa2200-" in said.content.decode()
    assert (account.words, account.brand_colour, account.clock) == ({}, "", "24")


def test_days_and_times_of_the_owners_pages_follow(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account))
    sign_up(slot)

    post(owner, clock="12", dates="iso")

    said = words(owner.get(f"/manage/Lumbre/?day={slot.starts_at:%Y-%m-%d}"))
    assert re.search(r"\d{1,2}:\d\d [AP]M", said)
    assert f"{slot.starts_at:%Y-%m-%d}" in said


def test_weekdays_of_opening_hours_stand_in_the_accounts_order(owner: Client, account: Account) -> None:
    make_resource_schedule(account)

    post(owner, first_weekday="sunday")

    said = words(owner.get("/manage/Lumbre/schedules/consultations/hours"))
    assert said.index("Sunday") < said.index("Monday")


def test_nobody_but_the_owner_chooses_the_look(superuser: Client, account: Account, log_in: LogIn) -> None:
    """M19: it is the owner's."""
    user = log_in(make_member(account, Membership.Role.USER, "user@example.org"))

    assert [browser.get(PAGE).status_code for browser in (superuser, user)] == [403, 404]
