"""What the clients of the example account do: book, repeat, move, cancel, ask, wait, and are offered a place."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from convoca.booking.models import Account, Booking, Language, Membership, Schedule, Series, Slot
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.example_business import CABIN, CONSULTATIONS, LESSONS, ROOMS, TIME_ZONE, YOGA
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.series import Repeat, book_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.offers import local_window, slots_on_offer, starts_on_offer
from convoca.core.time import Interval, local_day

# The first has a log-in.
CLIENTS = (
    ("Luis Pérez", "luis@example.org", Language.SPANISH),
    ("Eva Gómez", "eva.gomez@example.org", Language.SPANISH),
    ("Tom Baker", "tom.baker@example.org", Language.ENGLISH),
    ("Marta Ibáñez", "marta.ibanez@example.org", Language.SPANISH),
    ("Emma Clarke", "emma.clarke@example.org", Language.ENGLISH),
    ("Hugo Martín", "hugo.martin@example.org", Language.SPANISH),
    ("Sofía Blanco", "sofia.blanco@example.org", Language.SPANISH),
    ("Noah Klein", "noah.klein@example.org", Language.ENGLISH),
)
LATECOMERS = (
    ("Irene Costa", "irene.costa@example.org", Language.SPANISH),
    ("Jack Moore", "jack.moore@example.org", Language.ENGLISH),
)
BOOKED_AHEAD_DAYS = 6
FULL_CLASS_AFTER = timedelta(days=3)


def book_as_clients_do(account: Account, *, now: datetime) -> None:
    """Book as a handful of clients would, more on the near days, and let a few change their minds."""
    everybody = list(_clients(account, CLIENTS))
    clients = cycle(everybody)
    today = local_day(now, TIME_ZONE)
    for days in range(BOOKED_AHEAD_DAYS):
        window = local_window(today + timedelta(days=days), 1, TIME_ZONE)
        _book_consultations(account, window, clients, now=now)
        _book_lessons(account, window, clients, now=now)
    _change_minds(account, now=now)
    _sign_up(account, everybody, now=now)
    _repeat_in_a_room(account, everybody[0], now=now)
    _ask_for_the_cabin(account, everybody[2], now=now)


def _clients(account: Account, people: tuple[tuple[str, str, Language], ...]) -> Iterator[Client]:
    members = {each.user.email: each for each in Membership.objects.filter(account=account).select_related("user")}
    for name, email, language in people:
        yield Client(name=name, email=email, language=language, time_zone=TIME_ZONE, membership=members.get(email))


def _schedule(account: Account, slug: str) -> Schedule:
    return Schedule.objects.select_related("account").get(account=account, slug=slug)


def _book_consultations(account: Account, window: Interval, clients: Iterator[Client], *, now: datetime) -> None:
    schedule = _schedule(account, CONSULTATIONS)
    for turn, listed in enumerate(schedule.listed.select_related("resource")):
        offers = starts_on_offer(schedule, window=window, now=now, resource=listed.resource)
        for offer in offers[1 + turn :: 5][:2]:
            book_resource(schedule, listed.resource, offer.starts_at, client=next(clients), now=now)


def _book_lessons(account: Account, window: Interval, clients: Iterator[Client], *, now: datetime) -> None:
    schedule = _schedule(account, LESSONS)
    for turn, service in enumerate(schedule.services.all()[:2]):
        offers = starts_on_offer(schedule, window=window, now=now, service=service)
        for offer in offers[4 + 9 * turn :][:1]:
            book_service(schedule, service, offer.starts_at, client=next(clients), now=now)


def _change_minds(account: Account, *, now: datetime) -> None:
    """Let one client move the last consultation but one to the next day that has time, and one cancel the last."""
    booked = Booking.objects.filter(account=account, slot__schedule__slug=CONSULTATIONS, slot__starts_at__gt=now)
    found = booked.select_related("slot__schedule__account", "slot__service", "membership")
    cancelled, moved = found.order_by("-slot__starts_at", "-pk")[:2]
    cancel(cancelled, now=now, by=acting(cancelled.membership))
    resource = moved.slot.occupancies.select_related("resource").get().resource
    day = local_day(moved.slot.starts_at, TIME_ZONE) + timedelta(days=1)
    window = local_window(day, 7, TIME_ZONE)
    [start, *_] = starts_on_offer(moved.slot.schedule, window=window, now=now, resource=resource)
    move_appointment(moved, start.starts_at, now=now, by=acting(moved.membership))


def _sign_up(account: Account, everybody: list[Client], *, now: datetime) -> None:
    """Fill one class and let two people wait for it; somebody leaves, so the first of them is offered the place."""
    schedule = _schedule(account, YOGA)
    window = local_window(local_day(now, TIME_ZONE), 14, TIME_ZONE)
    empty = [slot for slot in slots_on_offer(schedule, window=window, now=now) if not slot.taken]
    full = next(slot for slot in empty if slot.starts_at - now > FULL_CLASS_AFTER and slot.capacity == len(everybody))
    others = [slot for slot in empty if slot.pk != full.pk]
    for slot, people in zip(others, (5, 3, 2), strict=False):
        for client in everybody[:people]:
            book_place(slot, client=client, now=now)
    _fill(full, everybody, list(_clients(account, LATECOMERS)), now=now)


def _fill(slot: Slot, everybody: list[Client], latecomers: list[Client], *, now: datetime) -> None:
    booked = [book_place(slot, client=client, now=now) for client in everybody]
    for client in latecomers:
        join_waiting_list(slot, client=client, now=now)
    cancel(booked[-1], now=now)


def _repeat_in_a_room(account: Account, client: Client, *, now: datetime) -> None:
    """Take a practice room for two hours, every week for a month."""
    schedule, length = _schedule(account, ROOMS), timedelta(hours=2)
    room = schedule.resources.order_by("listed__position")[0]
    window = local_window(local_day(now, TIME_ZONE) + timedelta(days=1), 7, TIME_ZONE)
    start = starts_on_offer(schedule, window=window, now=now, resource=room, length=length)[4].starts_at
    repeat = Repeat(Series.Frequency.WEEKLY, local_day(start, TIME_ZONE) + timedelta(weeks=3))
    book_series(schedule, room, start, repeat=repeat, client=client, now=now, length=length)


def _ask_for_the_cabin(account: Account, client: Client, *, now: datetime) -> None:
    """Ask for three days, which the owner has yet to approve."""
    schedule, length = _schedule(account, CABIN), timedelta(days=3)
    cabin = schedule.resources.get()
    window = local_window(local_day(now, TIME_ZONE) + timedelta(days=7), 60, TIME_ZONE)
    start = starts_on_offer(schedule, window=window, now=now, resource=cabin, length=length)[0].starts_at
    book_resource(schedule, cabin, start, client=client, now=now, length=length)
