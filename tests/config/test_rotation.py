"""Keys rotate (B9): every secret encrypted anew, old keys reading meanwhile, and nothing lost by stopping halfway."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from convoca.booking.models import Booking, Grant, Meeting, Sealed
from convoca.config import rotation
from convoca.config.rotation import rotate_column, rotate_keys, sealed_columns
from tests.booking.building import book, connect_zoom, make_account, make_resource_schedule

pytestmark = pytest.mark.django_db


def new_key(settings: Settings) -> str:
    """Put a new key in front of those in use, and return it."""
    key = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = (key, *settings.ENCRYPTION_KEYS)
    return key


@pytest.fixture
def bookings() -> list[Booking]:
    schedule = make_resource_schedule(make_account())
    connect_zoom(schedule)
    bookings = [book(schedule, f"{hour:02}:00") for hour in range(9, 17)]
    Meeting.objects.update(link=Sealed.seal("https://zoom.us/j/1"))
    return bookings


def test_afterwards_the_new_key_alone_reads_everything(
    bookings: list[Booking], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = [each.token.open() for each in bookings]
    key = new_key(settings)

    assert rotate_keys() == 0

    settings.ENCRYPTION_KEYS = (key,)
    assert [each.token.open() for each in Booking.objects.order_by("pk")] == tokens
    assert {each.link.open() for each in Meeting.objects.all()} == {"https://zoom.us/j/1"}
    assert Grant.objects.get().refresh_token.open() == "refresh-0"
    said = capsys.readouterr().out
    assert "booking_booking.token: 8 rotated" in said
    assert "booking_meeting.passcode: empty" in said


def test_before_and_while_it_runs_the_old_key_still_reads(bookings: list[Booking], settings: Settings) -> None:
    new_key(settings)
    rotate_column(Booking, "token")

    assert Booking.objects.order_by("pk")[0].token.open()
    assert Grant.objects.get().access_token.open() == "access-0"


def test_stopped_and_run_again_it_goes_on_where_it_was(
    bookings: list[Booking], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    new_key(settings)
    half = bookings[:4]
    for each in half:
        Booking.objects.filter(pk=each.pk).update(token=Sealed.seal(each.token.open()))

    assert rotate_column(Booking, "token") == {"current": 4, "rotated": 4}
    assert rotate_column(Booking, "token") == {"current": 8}


def test_a_secret_that_was_changed_meanwhile_is_not_overwritten(bookings: list[Booking], settings: Settings) -> None:
    old = Grant.objects.get().refresh_token
    new_key(settings)
    Grant.objects.update(refresh_token=Sealed.seal("newer"))

    assert rotation._rotate(Grant, "refresh_token", Grant.objects.get().pk, old) == "changed meanwhile"
    assert Grant.objects.get().refresh_token.open() == "newer"


def test_what_no_key_opens_is_counted_and_the_status_says_so(
    bookings: list[Booking], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = (Fernet.generate_key().decode(),)

    assert rotate_keys() == 1

    said = capsys.readouterr().out
    assert "booking_booking.token: 8 lost" in said
    assert "put back the key they need" in said


def test_no_secret_is_printed(bookings: list[Booking], settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    key = new_key(settings)

    rotate_keys()

    said = capsys.readouterr().out
    assert not any(secret in said for secret in (key, "refresh-0", bookings[0].token.open(), "https://"))


def test_every_column_of_secrets_is_among_them() -> None:
    names = {f"{model.__name__}.{column}" for model, column in sealed_columns()}

    assert {"Grant.access_token", "Grant.refresh_token", "Meeting.link", "Meeting.passcode", "Booking.token"} <= names
