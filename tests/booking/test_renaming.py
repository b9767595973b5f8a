"""Layout Settings: an account's own words for slot, user and booking, on every page and in every mail."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import convoca
from convoca.booking.renaming import OUR_OWN, Thing, Word, is_feminine_by_ending, plural_of, renamed

ENGLISH = (
    (Thing.BOOKING, Word(one="appointment", many="appointments")),
    (Thing.SLOT, Word(one="class", many="classes")),
    (Thing.USER, Word(one="athlete", many="athletes")),
)
SPANISH = (
    (Thing.BOOKING, Word(one="turno", many="turnos")),
    (Thing.SLOT, Word(one="taller", many="talleres")),
    (Thing.USER, Word(one="clienta", many="clientas", is_feminine=True)),
)
CATALOGUE = Path(convoca.__file__).parent / "locale" / "es" / "LC_MESSAGES" / "django.po"


def sentences() -> Iterator[tuple[str, str]]:
    """Yield every sentence of pages and mails, in English and in Spanish."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and message.context is None:
                yield from zip(ids, texts, strict=True)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Your booking is cancelled.", "Your appointment is cancelled."),
        ("My bookings", "My appointments"),
        ("Add a user", "Add an athlete"),
        ("Show a booking", "Show an appointment"),
        ("Slots", "Classes"),
        ("{n} slot is open for sign-up.", "{n} class is open for sign-up."),
        ("A superuser must approve each booking", "A superuser must approve each appointment"),
        ("cancelled-booking.ics", "cancelled-booking.ics"),
        ("{booking} is over.", "{booking} is over."),
        ("%(user)s has gone.", "%(user)s has gone."),
        ("Booking with", "Booking with"),
        ("Book this time", "Book this time"),
    ],
)
def test_an_english_sentence_says_the_accounts_word(ours: str, theirs: str) -> None:
    assert renamed(ours, ours, ENGLISH, "en") == theirs


@pytest.mark.parametrize(
    ("english", "ours", "theirs"),
    [
        ("Your booking is cancelled.", "Tu reserva está cancelada.", "Tu turno está cancelado."),
        (
            "The booking of {name} is cancelled.",
            "La reserva de {name} está cancelada.",
            "El turno de {name} está cancelado.",
        ),
        ("Back to the booking", "Volver a la reserva", "Volver al turno"),
        ("Of the booking", "De la reserva", "Del turno"),
        (
            "Apply to the {n} existing booking",
            "Aplicar a las {n} reservas existentes",
            "Aplicar a los {n} turnos existentes",
        ),
        ("No upcoming booking waits.", "Ninguna próxima reserva espera.", "Ningún próximo turno espera."),
        (
            "No slots are coming. Make the first one.",
            "No hay próximas ranuras. Crea la primera.",
            "No hay próximos talleres. Crea el primero.",
        ),
        ("Add a user", "Añadir un usuario", "Añadir una clienta"),
        ("{name} is a user again.", "{name} vuelve a ser usuario.", "{name} vuelve a ser clienta."),
        (
            "Login name or email of a user",
            "Nombre de usuario o correo de un usuario",
            "Nombre de usuario o correo de una clienta",
        ),
        ("What is booked", "Qué se reserva", "Qué se reserva"),
        ("People who book cost you bookings.", "Quien reserva te cuesta reservas.", "Quien reserva te cuesta turnos."),
    ],
)
def test_a_spanish_sentence_agrees_with_the_accounts_word(english: str, ours: str, theirs: str) -> None:
    assert renamed(english, ours, SPANISH, "es") == theirs


def test_a_word_of_the_same_gender_changes_nothing_but_itself() -> None:
    appointment = ((Thing.BOOKING, Word(one="cita", many="citas", is_feminine=True)),)

    for english, spanish in sentences():
        said = renamed(english, spanish, appointment, "es")
        assert said.replace("cita", "reserva").replace("Cita", "Reserva") == spanish.replace("cita", "reserva").replace(
            "Cita", "Reserva"
        )


def test_no_sentence_loses_what_is_filled_in_or_gets_two_words_out_of_one() -> None:
    blanks = re.compile(r"\{[^{}]*\}|%\(\w+\)s|<[^<>]*>")
    for english, spanish in sentences():
        for text, words, language in ((english, ENGLISH, "en"), (spanish, SPANISH, "es")):
            said = renamed(english, text, words, language)
            assert blanks.findall(said) == blanks.findall(text)
            assert len(said.split()) in range(len(text.split()) - 4, len(text.split()) + 1), said


def test_no_article_of_the_other_gender_is_left_before_a_word() -> None:
    wrong = [
        "la turno",
        "una turno",
        "las turnos",
        "esta turno",
        "la taller",
        "las talleres",
        "una taller",
        "a el ",
        "de el ",
        "el clienta",
        "un clienta",
        "los clientas",
        "ese clienta",
        "este clienta",
        "al la ",
        "próxima turno",
    ]

    said = [renamed(english, spanish, SPANISH, "es").lower() for english, spanish in sentences()]

    assert [text for text in said if any(f" {each}" in f" {text}" for each in wrong)] == []


@pytest.mark.parametrize(
    ("one", "language", "many"),
    [
        ("class", "en", "classes"), ("lesson", "en", "lessons"), ("party", "en", "parties"), ("day", "en", "days"),
        ("cita", "es", "citas"), ("sesión", "es", "sesiones"), ("taller", "es", "talleres"), ("vez", "es", "veces"),
    ],
)  # fmt: skip
def test_several_are_guessed_from_one(one: str, language: str, many: str) -> None:
    assert plural_of(one, language) == many


def test_the_gender_is_guessed_from_the_ending() -> None:
    assert [is_feminine_by_ending(word) for word in ("cita", "sesión", "clase", "turno", "taller")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_our_own_words_are_those_of_the_catalogue() -> None:
    own = dict(sentences())

    assert own["Booking"].lower() == OUR_OWN["es"][Thing.BOOKING][0].one
    assert own["Slots"].lower() == OUR_OWN["es"][Thing.SLOT][0].many
    assert own["Users"].lower() == OUR_OWN["es"][Thing.USER][0].many
