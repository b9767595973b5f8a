"""Layout Settings: days, clocks and weeks as the account writes them, while it speaks and no longer."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.translation import get_language, gettext, ngettext, override, pgettext

from convoca.booking.manner import PLAIN, Clock, Dates, FirstWeekday, manner, manner_of, speak_for, speaking
from convoca.booking.models import Account
from convoca.booking.questions.terms import limits_of
from convoca.booking.wording import clock_text, day_text, span_text, week_begin, weekdays
from tests.booking.building import make_account, make_resource_schedule

TUESDAY = date(2026, 11, 24)
HALF_PAST_FOUR = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
MADRID = "Europe/Madrid"
STYLES = ("short", "medium", "long", "full", "date", "date of a year")


def account_with(**looks: Any) -> Account:
    return Account(name="Lumbre", title="Estudio Lumbre", **looks)


@pytest.mark.parametrize(
    ("clock", "language", "text"),
    [
        (Clock.FULL, "en", "16:30–00:00"),
        (Clock.FULL, "es", "16:30–00:00"),
        (Clock.HALF, "en", "4:30 PM–12:00 AM"),
        (Clock.HALF, "es", "4:30 p.\N{NO-BREAK SPACE}m.–12:00 a.\N{NO-BREAK SPACE}m."),
        (Clock.LANGUAGE, "en", "4:30 PM–12:00 AM"),
        (Clock.LANGUAGE, "es", "16:30–00:00"),
    ],
)
def test_times_are_written_as_the_account_writes_them(clock: Clock, language: str, text: str) -> None:
    with speaking(language, account_with(clock=clock)):
        said = f"{clock_text(HALF_PAST_FOUR, MADRID)}–{clock_text(MIDNIGHT, MADRID)}"
        span = span_text(HALF_PAST_FOUR, HALF_PAST_FOUR, MADRID)

    assert said == text
    assert span == f"{text.split('–')[0]}–{text.split('–')[0]}"


@pytest.mark.parametrize(
    ("dates", "language", "texts"),
    [
        (Dates.DAY_FIRST, "en", ["Tue 24 Nov", "Tue 24 Nov 2026", "Tuesday 24 November", "Tuesday 24 November 2026"]),
        (
            Dates.LANGUAGE,
            "en",
            ["Tue, Nov 24", "Tue, Nov 24, 2026", "Tuesday, November 24", "Tuesday, November 24, 2026"],
        ),
        (Dates.NUMBERS, "en", ["Tue 2026-11-24", "Tue 2026-11-24", "Tuesday 2026-11-24", "Tuesday 2026-11-24"]),
        (
            Dates.LANGUAGE,
            "es",
            ["mar 24 nov", "mar, 24 nov 2026", "martes 24 de noviembre", "martes 24 de noviembre de 2026"],
        ),
        (Dates.NUMBERS, "es", ["mar 2026-11-24", "mar 2026-11-24", "martes 2026-11-24", "martes 2026-11-24"]),
    ],
)
def test_dates_are_written_as_the_account_writes_them(dates: Dates, language: str, texts: list[str]) -> None:
    with speaking(language, account_with(dates=dates)):
        assert [day_text(TUESDAY, style) for style in STYLES[:4]] == texts


@pytest.mark.parametrize(
    ("first", "language", "begins", "order"),
    [
        (FirstWeekday.MONDAY, "en", date(2026, 11, 23), [0, 1, 2, 3, 4, 5, 6]),
        (FirstWeekday.SUNDAY, "es", date(2026, 11, 22), [6, 0, 1, 2, 3, 4, 5]),
        (FirstWeekday.SATURDAY, "en", date(2026, 11, 21), [5, 6, 0, 1, 2, 3, 4]),
        (FirstWeekday.LANGUAGE, "en", date(2026, 11, 22), [6, 0, 1, 2, 3, 4, 5]),
        (FirstWeekday.LANGUAGE, "es", date(2026, 11, 23), [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_week_begins_where_the_account_begins_it(
    first: FirstWeekday, language: str, begins: date, order: list[int]
) -> None:
    with speaking(language, account_with(first_weekday=first)):
        assert (week_begin(TUESDAY), weekdays()) == (begins, order)


def test_a_limit_per_week_counts_the_accounts_weeks(db: None) -> None:
    schedule = make_resource_schedule(make_account(first_weekday=FirstWeekday.SUNDAY), most_per_week=2)

    assert limits_of(schedule).first_weekday == 6


def test_an_account_speaks_until_it_is_done_and_nobody_after_it() -> None:
    sessions = {"en": {"booking": ["session", "sessions"]}, "es": {"booking": ["turno", "turnos"]}}
    account = account_with(words=sessions, clock=Clock.HALF)

    with override("es"):
        speak_for(account)
        assert (gettext("My bookings"), get_language()) == ("Mis turnos", "es")
        with speaking("en", account):
            assert gettext("My bookings") == "My sessions"
            assert ngettext("{n} slot.", "{n} slots.", 2) == "{n} slots."
            with speaking("es"):
                assert gettext("My bookings") == "Mis reservas"
        assert gettext("My bookings") == "Mis turnos"
        assert clock_text(HALF_PAST_FOUR, MADRID).startswith("4:30")
        speak_for(account_with())
        assert gettext("My bookings") == "Mis reservas"
    assert manner() == PLAIN


def test_what_names_the_thing_itself_is_not_renamed() -> None:
    account = account_with(words={"es": {"booking": ["turno", "turnos"]}})

    with speaking("es", account):
        assert pgettext("our own word, whatever an account calls it", "A booking") == "Una reserva"


def test_an_account_that_chose_nothing_speaks_as_we_do() -> None:
    assert [manner_of(account_with(), language) for language in ("en", "es")] == [PLAIN, PLAIN]
