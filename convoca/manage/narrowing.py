"""By what Supervise can be narrowed: schedules, resources, services, states."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from convoca.booking.models import Account, Resource, Schedule, Service
from convoca.booking.models.schedule import ScheduleResource, ServiceResource
from convoca.manage import supervise_phrases as say
from convoca.manage.supervising import Asked

# A list of choices longer than this is narrowed by its schedule first.
MOST_CHOICES = 200


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """The lists to choose from; `drawn` are the resources that a day's grid has columns for."""

    schedules: Sequence[Choice]
    resources: Sequence[Choice]
    services: Sequence[Choice]
    states: Sequence[Choice]
    drawn: Sequence[Resource]


def narrowing_of(asked: Asked, schedules: Sequence[Schedule], account: Account) -> Narrowing:
    """Return the choices on the schedules that may be supervised, or on the one that is chosen. Two queries."""
    within = [asked.schedule] if asked.schedule else list(schedules)
    resources = _resources(account, within)
    services = list(Service.objects.filter(account=account, schedule__in=within)[:MOST_CHOICES])
    return Narrowing(
        schedules=[Choice(value=each.slug, label=each.name, is_chosen=each == asked.schedule) for each in schedules],
        resources=[_choice(f"r{each.pk}", each.name, asked) for each in resources],
        services=[_choice(f"s{each.pk}", each.name, asked) for each in services],
        states=[
            Choice(value=state, label=label, is_chosen=state is asked.state)
            for state, label in say.state_names().items()
        ],
        drawn=[each for each in resources if asked.what in {"", f"r{each.pk}"}],
    )


def _resources(account: Account, schedules: Sequence[Schedule]) -> list[Resource]:
    listed = ScheduleResource.objects.filter(account=account, schedule__in=schedules)
    needed = ServiceResource.objects.filter(account=account, service__schedule__in=schedules)
    resources = Resource.objects.filter(
        Q(pk__in=listed.values("resource")) | Q(pk__in=needed.values("resource")),
        account=account,
        archived_at__isnull=True,
    )
    return list(resources.order_by("name", "pk")[:MOST_CHOICES])


def _choice(value: str, label: str, asked: Asked) -> Choice:
    return Choice(value=value, label=label, is_chosen=value == asked.what)
