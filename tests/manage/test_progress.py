"""How far long work is, said alike wherever it is done: links of existing bookings, events in a calendar, lists."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from convoca.booking.models import Account, Meeting, Publication, Schedule
from convoca.manage.progress import time_left_words
from tests.booking.building import NOW, book, make_client, make_resource_schedule, publish_at_google
from tests.booking.zooming import SimulatedZoom
from tests.manage.reading import page_of, words

CLOCKS = ("09:00", "10:00", "11:00", "12:00", "13:00", "14:00")


def fill(schedule: Schedule, *clocks: str) -> None:
    for clock in clocks:
        book(schedule, clock, client=make_client(email=f"p{clock[:2]}@example.org"))


def half_a_minute_each(rows: list[Meeting] | list[Publication]) -> None:
    """Let them have been made one every half minute, the last one now."""
    for number, row in enumerate(rows):
        type(row)._default_manager.filter(pk=row.pk).update(ready_at=NOW - timedelta(seconds=30) * (len(rows) - number))


@pytest.mark.parametrize(
    ("left", "english", "spanish"),
    [
        (None, "", ""),
        (timedelta(seconds=50), "Less than a minute left.", "Falta menos de un minuto."),
        (timedelta(seconds=61), "About 2 minutes left.", "Faltan cerca de 2 minutos."),
        (timedelta(minutes=89), "About 89 minutes left.", "Faltan cerca de 89 minutos."),
        (timedelta(hours=30), "About 30 hours left.", "Faltan cerca de 30 horas."),
    ],
)
def test_the_end_is_told_in_steps(left: timedelta | None, english: str, spanish: str) -> None:
    assert time_left_words(left) == english
    with override("es"):
        assert time_left_words(left) == spanish


def test_j6_the_links_that_are_being_created_say_when_they_will_all_be_there(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    fill(schedule, *CLOCKS[:3])
    zoom.work()
    half_a_minute_each(list(Meeting.objects.order_by("pk")))
    fill(schedule, *CLOCKS[3:])

    page = owner.get(page_of(schedule, "process"))
    again = owner.get(page_of(schedule, "process"))

    for each in (page, again):
        assert "Creating 3 links… 3 of 6 done. About 2 minutes left." in words(each)
        assert '<p class="state state-pending" role="status">' in each.text
        assert '<progress max="6" value="3"' in each.text


def test_j7_the_first_publication_says_when_it_will_be_done(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    publish_at_google(schedule)
    fill(schedule, *CLOCKS)
    made = list(Publication.objects.order_by("pk")[:3])
    half_a_minute_each(made)
    Publication.objects.filter(pk__in=[each.pk for each in made]).update(observed=Publication.Observed.PRESENT)

    page = owner.get(page_of(schedule, "synchronize"))

    assert "3 of 6 copied… About 2 minutes left." in words(page)
    assert '<progress max="6" value="3"' in page.text
    assert "Check again" in page.text
