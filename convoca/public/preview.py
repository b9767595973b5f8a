"""What others show of a schedule's address that is posted to them: title, a few words, a picture, and its languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext

from convoca.booking.models import Audience, Schedule
from convoca.public.embedding import LANGUAGE
from convoca.public.pictures import HEIGHT, WIDTH, picture_of
from convoca.public.summary import summary_of
from convoca.public.visit import Visit, address_of

# More is cut by whoever shows it.
DESCRIPTION_CHARS = 200
# As networks write them: a language with a country.
LOCALES = {"en": "en_GB", "es": "es_ES"}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`address` is the page's one address, whatever was picked on it; `others` the same page by language."""

    title: str
    description: str
    site: str
    address: str
    others: Sequence[tuple[str, str]]
    locale: str
    other_locales: Sequence[str]
    picture: str
    width: int = WIDTH
    height: int = HEIGHT


def is_shown_to_all(schedule: Schedule) -> bool:
    """Whether anybody may see the page, and so what is said of it elsewhere."""
    return schedule.who_sees == Audience.ANYONE


def preview_of(visit: Visit) -> Preview | None:
    """Return what is shown of the page elsewhere; None of one that not everybody may see."""
    schedule = visit.schedule
    if not is_shown_to_all(schedule):
        return None
    summary, language = summary_of(schedule, visit=visit), get_language() or settings.LANGUAGE_CODE
    page = settings.BASE_URL + visit.path
    asked = {LANGUAGE: visit.embedding.language} if visit.embedding.language else {}
    title = f"{summary.title} {summary.partner}".strip()
    facts = " · ".join(part for part in (summary.length, summary.price, summary.online) if part)
    return Preview(
        title=f"{title} – {schedule.account.title}",
        description=Truncator(summary.description or facts or _book_with(schedule)).chars(DESCRIPTION_CHARS),
        site=schedule.account.title,
        address=address_of(page, asked),
        others=[(each, address_of(page, {LANGUAGE: each})) for each, _ in settings.LANGUAGES] + [("x-default", page)],
        locale=LOCALES[language],
        other_locales=[locale for each, locale in LOCALES.items() if each != language],
        picture=settings.BASE_URL + picture_address(schedule, language),
    )


def picture_address(schedule: Schedule, language: str) -> str:
    """Return the path of the schedule's picture as it is now, in the language that is spoken."""
    path = reverse("picture", args=[schedule.account.name, schedule.slug, language])
    return address_of(path, {"v": picture_of(schedule).digest})


def _book_with(schedule: Schedule) -> str:
    return gettext("Book with {owner}").format(owner=schedule.account.title)
