"""Reads that are written once and kept: they return what the queryset would, whatever values are filled in."""

from datetime import UTC, datetime, timedelta

import pytest

from convoca.booking.models import Schedule, Slot
from convoca.booking.questions.prepared import Blank, Prepared
from convoca.booking.questions.schedules import listed_resources, schedule_at
from tests.booking.building import NOW, make_account, make_capacity_schedule, make_class, make_resource_schedule

pytestmark = pytest.mark.django_db


def test_a_prepared_read_returns_what_its_queryset_returns() -> None:
    account = make_account()
    yoga = make_capacity_schedule(account)
    first, second = make_class(yoga), make_class(yoga, starts_at=NOW + timedelta(days=9))
    kept = Prepared(
        lambda: Slot.objects.select_related("schedule").filter(
            account_id=Blank("account"), starts_at__gte=Blank("begins"), cancelled_at__isnull=True
        )
    )

    for begins in (NOW, NOW + timedelta(days=8), datetime(2030, 1, 1, tzinfo=UTC)):
        found = kept.all(account=account.pk, begins=begins)
        asked = Slot.objects.filter(account=account, starts_at__gte=begins)
        assert [vars_of(each) for each in found] == [vars_of(each) for each in asked]
    assert [slot.schedule.name for slot in kept.all(account=account.pk, begins=NOW)] == ["Yoga", "Yoga"]
    assert {first.starts_at, second.starts_at} == {each.starts_at for each in kept.all(account=account.pk, begins=NOW)}


def test_a_schedule_is_found_by_its_own_address_and_no_other() -> None:
    ours, theirs = make_account("Ours"), make_account("Theirs")
    schedule = make_resource_schedule(ours, resources=2)
    make_resource_schedule(theirs)

    found = schedule_at("Ours", "consultations")

    assert found == schedule
    assert found is not None
    assert found.account == ours
    assert vars_of(found) == vars_of(Schedule.objects.get(pk=schedule.pk))
    assert [each.name for each in listed_resources(found)] == ["Room 1", "Room 2"]
    assert schedule_at("Ours", "nothing") is None


def vars_of(found: Slot | Schedule) -> dict[str, object]:
    # Two secrets are never equal; that they are there is all that can be said of them.
    return {field.attname: str(getattr(found, field.attname)) for field in found._meta.concrete_fields}
