"""One installation, many accounts: nothing of one ever points at another's."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from convoca.booking.models import Account, Connection, Schedule
from convoca.booking.operations.booking import book_resource, book_service
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.connecting import LinkSourceUnavailable, connect_schedule
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.refusals import NotOffered
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom

pytestmark = pytest.mark.django_db


def furnish(account: Account, zoom: SimulatedZoom) -> Schedule:
    """Fill an account with one of everything that the product makes."""
    appointments, services = make_resource_schedule(account), make_service_schedule(account)
    classes = make_capacity_schedule(account)
    for schedule in (appointments, services, classes):
        zoom.connect(schedule)
    for role in ("owner", "superuser", "user"):
        make_member(account, role)
    cancel(book(appointments, "10:00"), now=zoom.clock())
    book(appointments, "11:00")
    service = services.services.get()
    book_service(services, service, at("12:00"), client=make_client(), now=zoom.clock())
    lesson = make_class(classes)
    sign_up(lesson)
    zoom.work()
    type_link(lesson, "https://meet.example/typed", now=zoom.clock())
    zoom.work_later(minutes=6)
    return appointments


def crossings() -> tuple[list[str], int]:
    """Follow every foreign key between rows with an account; return those that cross, and how many there are."""
    crossed, seen = [], 0
    for model in apps.get_app_config("booking").get_models():
        if not _has_account(model):
            continue
        keys = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
        for key in keys:
            if not _has_account(key.related_model):
                continue
            pairs = model._default_manager.exclude(**{f"{key.name}__isnull": True})
            for pk, mine, theirs in pairs.values_list("pk", "account_id", f"{key.name}__account_id"):
                seen += 1
                if mine != theirs:
                    crossed.append(f"{model.__name__}.{key.name} of {pk}")
    return crossed, seen


def _has_account(model: object) -> bool:
    if not (isinstance(model, type) and issubclass(model, Model)):
        return False
    return any(field.name == "account" for field in model._meta.concrete_fields)


def test_no_foreign_key_crosses_accounts_even_where_a_zoom_user_is_shared(zoom: SimulatedZoom) -> None:
    accounts = [make_account("Lumbre"), make_account("Sol")]
    for account in accounts:
        furnish(account, zoom)

    crossed, seen = crossings()

    assert crossed == []
    assert seen > 80
    assert Connection.objects.values("grant").distinct().count() == 1


def test_the_test_above_sees_a_key_that_crosses(zoom: SimulatedZoom) -> None:
    furnish(make_account("Lumbre"), zoom)
    theirs = make_resource_schedule(make_account("Sol"))
    mine = Connection.objects.get()
    Schedule.objects.filter(pk=theirs.pk).update(connection=mine)

    assert crossings()[0] == [f"Schedule.connection of {theirs.pk}"]


def test_a_schedule_cannot_use_another_account_s_connection(zoom: SimulatedZoom) -> None:
    mine = furnish(make_account("Lumbre"), zoom)
    theirs = make_resource_schedule(make_account("Sol"))
    mine.refresh_from_db()
    assert mine.connection is not None

    with pytest.raises(LinkSourceUnavailable):
        connect_schedule(theirs, mine.connection, now=zoom.clock())

    assert Schedule.objects.get(pk=theirs.pk).connection is None


def test_another_account_s_resource_is_not_on_offer() -> None:
    mine, theirs = make_resource_schedule(make_account("Lumbre")), make_resource_schedule(make_account("Sol"))

    with pytest.raises(NotOffered):
        book_resource(mine, theirs.resources.get(), at("10:00"), client=make_client(), now=NOW)


def test_another_account_s_service_is_not_on_offer() -> None:
    mine, theirs = make_service_schedule(make_account("Lumbre")), make_service_schedule(make_account("Sol"))

    with pytest.raises(NotOffered):
        book_service(mine, theirs.services.get(), at("10:00"), client=make_client(), now=NOW)
