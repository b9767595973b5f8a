"""An account's own words for three things: "class" for a slot, "client" for a user, "appointment" for a booking.

They are put into our sentences after these were translated, where the sentence names the thing, with the case, the
article and in Spanish the gender that stand around it. What people wrote themselves never passes here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

# A sentence whose context is this one names the thing itself, whatever it is called elsewhere.
OURS = "our own word, whatever an account calls it"
CONTEXT_ENDS = "\x04"
LONGEST_WORD = 30
# Sentences kept with their words: those of some hundred accounts that have words of their own.
KEPT = 8192


class Thing(StrEnum):
    """What may be called otherwise."""

    BOOKING = "booking"
    SLOT = "slot"
    USER = "user"


@dataclass(frozen=True, kw_only=True)
class Word:
    """What one thing is called, one of it and several. English has no gender, and `is_feminine` does not count."""

    one: str
    many: str
    is_feminine: bool = False


type Words = tuple[tuple[Thing, Word], ...]

# Ours, of which the first is the name of the thing; visitors read the others where they say it better.
OUR_OWN: Mapping[str, Mapping[Thing, tuple[Word, ...]]] = {
    "en": {
        Thing.BOOKING: (Word(one="booking", many="bookings"), Word(one="appointment", many="appointments")),
        Thing.SLOT: (Word(one="slot", many="slots"), Word(one="session", many="sessions")),
        Thing.USER: (Word(one="user", many="users"),),
    },
    "es": {
        Thing.BOOKING: (
            Word(one="reserva", many="reservas", is_feminine=True),
            Word(one="cita", many="citas", is_feminine=True),
        ),
        Thing.SLOT: (
            Word(one="ranura", many="ranuras", is_feminine=True),
            Word(one="sesión", many="sesiones", is_feminine=True),
        ),
        Thing.USER: (Word(one="usuario", many="usuarios"),),
    },
}

ARTICLE = re.compile(r"\b(a)n?(\s+)\Z", re.IGNORECASE)

# English sentences in which the word is a verb.
VERBS = frozenset({"Booking with"})
# Spanish "reserva" is a verb after these words and before those.
BEFORE_A_VERB = frozenset({"quien", "se", "solo", "y", "o"})
AFTER_A_VERB = (" sin repetir", " sin volver", " para sí", " de una en una")
# A "nombre de usuario" is what one logs in with, whatever users are called, and "sesión" what one opens so.
NOT_RENAMED_AFTER = ("nombre de ", "iniciar ", "inicia ", "inicias ", "inician ", "iniciado ", "cerrar ")

# Feminine and masculine of what may stand beside the noun in our Spanish sentences: before it, and before or after it.
ARTICLES = (
    "la el, las los, una un, unas unos, esta este, estas estos, esa ese, otra otro, otras otros, ninguna ningún, "
    "alguna algún, algunas algunos, todas todos, primera primer, propia propio, propias propios, muchas muchos, "
    "varias varios"
)
ADJECTIVES = (
    "nueva nuevo, nuevas nuevos, próxima próximo, próximas próximos, cancelada cancelado, canceladas cancelados, "
    "pasada pasado, pasadas pasados, hecha hecho, hechas hechos, abierta abierto, abiertas abiertos, "
    "cambiada cambiado, cambiadas cambiados, llena lleno, entera entero, bloqueadas bloqueados, registrada registrado, "
    "confirmada confirmado, confirmadas confirmados, completa completo, movida movido, reservada reservado, "
    "reservadas reservados, seguidas seguidos, suya suyo"
)
# What points back at the noun from farther away, whole.
POINTING_BACK = (
    "incluidas las pasadas=incluidos los pasados, Crea la primera=Crea el primero, Crea una.=Crea uno., "
    "Crea una nueva=Crea uno nuevo, con ella=con él, borra de ella=borra de él, por sí solas=por sí solos, "
    "para estas en=para estos en, las existentes=los existentes, también las ve=también los ve, "
    "a cuántas se apuntan=a cuántos se apuntan, a todas las que=a todos los que, "
    "una de ellas=uno de ellos, una de la lista=uno de la lista, hacerlas superusuarias=hacerlos superusuarios, "
    "bloquearlas=bloquearlos, elige otra.=elige otro., La primera de estos=El primero de estos, "
    "juntas los=juntos los, una completa solo=uno completo solo, Elige una cada vez=Elige uno cada vez"
)


def _table(pairs: str, separator: str, *, turned: bool) -> Mapping[str, str]:
    both = [(pair.split(separator)[0], pair.split(separator)[1]) for pair in pairs.split(", ")]
    return {last: first for first, last in both} if turned else dict(both)


@dataclass(frozen=True, kw_only=True)
class _Gender:
    """How what stands around a noun is turned into its gender."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    pointing_back: Mapping[str, str]


def _gender(*, turned: bool) -> _Gender:
    return _Gender(
        before=_table(f"{ARTICLES}, {ADJECTIVES}", " ", turned=turned),
        after=_table(ADJECTIVES, " ", turned=turned),
        pointing_back=_table(POINTING_BACK, "=", turned=turned),
    )


TO_MASCULINE, TO_FEMININE = _gender(turned=False), _gender(turned=True)
# Words that may stand between the noun and the adjective that follows it.
PASSED_OVER = frozenset({"ya", "no", "está", "están", "estaba", "queda", "de", "es"})
A_WORD = r"[^\W\d_]+"
A_BLANK = r"\{[^{}]*\}|%\(\w+\)s"
# With a number between: "a las {n} reservas"; and to the right: "la reserva de {name} está cancelada".
BEFORE = re.compile(rf"(?P<token>{A_WORD}|{A_BLANK})(?P<space>\s+)\Z")
AFTER = re.compile(rf"(?P<space>\s+)(?P<token>{A_WORD}|{A_BLANK})")
LOOKED_AHEAD = 4


@lru_cache(maxsize=KEPT)
def renamed(message: str, text: str, words: Words, language: str) -> str:
    """Return `text`, which translates our English `message`, with the account's words in it.

    A thing is renamed only where `message` names it, because a Spanish noun may be a verb as well.
    """
    context, _, said = message.rpartition(CONTEXT_ENDS)
    if context == OURS or said in VERBS:
        return text
    for thing, word in words:
        for english, ours in zip(OUR_OWN["en"][thing], OUR_OWN[language][thing], strict=True):
            if _noun(english).search(said):
                text = _in_spanish(text, ours, word) if language == "es" else _in_english(text, ours, word)
    return text


def plural_of(one: str, language: str) -> str:
    """Return what several of them are called as a rule."""
    last, ending = one[-1:].lower(), one.lower()
    if language == "es":
        if ending.endswith("ión"):
            return f"{one[:-2]}ones"
        if last == "z":
            return f"{one[:-1]}ces"
        return f"{one}s" if last in "aeiouáéíóú" else f"{one}es"
    if last == "y" and ending[-2:-1] not in set("aeiou"):
        return f"{one[:-1]}ies"
    return f"{one}es" if ending.endswith(("s", "x", "z", "ch", "sh")) else f"{one}s"


def is_feminine_by_ending(one: str) -> bool:
    """Say whether a Spanish noun is feminine as far as its ending tells."""
    ending = one.lower().split(" ")[0]
    return ending.endswith(("a", "ión", "dad", "tad", "umbre")) or ending in {"clase", "sede", "tarde", "noche"}


@lru_cache(maxsize=16)
def _noun(word: Word) -> re.Pattern[str]:
    """Find the word, one or many; not as part of a name, an address, a file's name or a blank."""
    return re.compile(rf"(?<![\w({{/.%-])(?P<noun>{word.one}|{word.many})(?![\w(}}/-]|\.\w)", re.IGNORECASE)


def _in_english(text: str, ours: Word, word: Word) -> str:
    written, rest = "", text
    while found := _noun(ours).search(rest):
        new = word.many if found["noun"].lower() == ours.many else word.one
        before = ARTICLE.sub(rf"\g<1>{'n' if _sounds_open(new) else ''}\g<2>", rest[: found.start()])
        written, rest = written + before + _cased(new, found["noun"]), rest[found.end() :]
    return written + rest


def _sounds_open(word: str) -> bool:
    return word.lower().startswith(("a", "e", "i", "o", "u", "hour", "hono")) and not word.lower().startswith(
        ("uni", "use", "eu", "one")
    )


def _in_spanish(text: str, ours: Word, word: Word) -> str:
    written, rest = "", text
    turn = None if ours.is_feminine == word.is_feminine else TO_MASCULINE if ours.is_feminine else TO_FEMININE
    while found := _noun(ours).search(rest):
        before, noun, after = rest[: found.start()], found["noun"], rest[found.end() :]
        if not _is_verb(written + before, after) and not before.lower().endswith(NOT_RENAMED_AFTER):
            noun = _cased(word.many if noun.lower() == ours.many else word.one, noun)
            if turn is not None:
                before, after = _before(before, turn.before), _after(after, turn)
        written, rest = written + before + noun, after
    return _pointing_back(written + rest, turn) if turn is not None and written else written + rest


def _pointing_back(text: str, turn: _Gender) -> str:
    for back, turned in turn.pointing_back.items():
        text = text.replace(back, turned)
    return text


def _is_verb(before: str, after: str) -> bool:
    last = before.lower().split()[-1:]
    return bool(last and last[0] in BEFORE_A_VERB) or after.startswith(AFTER_A_VERB)


def _before(text: str, agreeing: Mapping[str, str]) -> str:
    """Return what stands before the noun, agreeing with it: "a las {n} próximas" becomes "a los {n} próximos"."""
    found = BEFORE.search(text)
    if found is None:
        return text
    token, head = found["token"], text[: found.start()]
    if token.startswith(("{", "%")):
        return _before(head, agreeing) + token + found["space"]
    if token.lower() not in agreeing:
        return text
    turned = _before(head, agreeing) + _cased(agreeing[token.lower()], token) + found["space"]
    turned = re.sub(r"\b([Aa]|[Dd]e) el(\s+)\Z", lambda match: f"{match[1]}l{match[2]}", turned)
    return re.sub(r"\b([Aa]|[Dd]e)l (la\s+)\Z", r"\1 \2", turned)


def _after(text: str, turn: _Gender) -> str:
    """Return what stands after the noun, agreeing with it: " de {name} está cancelada" with "cancelado"."""
    at = 0
    for _ in range(LOOKED_AHEAD):
        found = AFTER.match(text, at)
        if found is None:
            break
        token = found["token"]
        if token.lower() in turn.after:
            return text[: found.start("token")] + _cased(turn.after[token.lower()], token) + text[found.end() :]
        if token.lower() not in PASSED_OVER and not token.startswith(("{", "%")):
            break
        at = found.end()
    return text


def _cased(word: str, like: str) -> str:
    """Return the word with a capital where the other one has it. "PT hour" keeps its own."""
    if like[:1].isupper():
        return word[:1].upper() + word[1:]
    return word if word[1:2].isupper() else word[:1].lower() + word[1:]
