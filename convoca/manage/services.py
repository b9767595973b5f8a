"""What an owner types of a service: what people read, and which resources it takes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Resource, Schedule, Service
from convoca.booking.operations.furnishing import Offer
from convoca.booking.spoken import SpokenForm
from convoca.core.choosing import can_serve
from convoca.manage.furnishing import NameField
from convoca.manage.lengths import MINUTES_A_DAY, LengthField

MOST_NEEDS = 6


class ServiceForm(SpokenForm):
    """A service and what it takes: of each need one resource, any of those that are ticked."""

    name = NameField(label=gettext_lazy("Name"))
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    minutes = LengthField(label=gettext_lazy("Length"), least=5, most=31 * MINUTES_A_DAY, initial=60)
    price_label = forms.CharField(
        label=gettext_lazy("Price"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("As people read it: “25 €”. Left empty, no price is shown."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_hidden = forms.BooleanField(
        label=gettext_lazy("Hidden: not on the page, and booked by those who have its address"), required=False
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, schedule: Schedule, service: Service | None = None
    ) -> None:
        saved = _needs_of(service)
        super().__init__(data, initial=_initial(service) | {_need(place): need for place, need in enumerate(saved)})
        self.resources = resources_for_services(schedule)
        choices = [(resource.pk, resource.name) for resource in self.resources]
        typed = sum(_need(place) in data for place in range(MOST_NEEDS)) if data is not None else 0
        self.shown = min(max(len(saved), typed) + 1, MOST_NEEDS)
        for place in range(MOST_NEEDS):
            self.fields[_need(place)] = forms.TypedMultipleChoiceField(
                label=_need_label(place),
                choices=choices,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def needs(self) -> list[BoundField]:
        """The needs that have something ticked, and one more."""
        return [self[_need(place)] for place in range(self.shown)]

    @property
    def offer(self) -> Offer:
        """What is to be saved. Only of a valid form."""
        typed = self.cleaned_data
        plain = ("name", "description", "minutes", "price_label", "is_hidden")
        return Offer(needs=self._ticked(), **{name: typed[name] for name in plain})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        needs = self._ticked()
        if not needs:
            self.add_error(None, gettext("Tick at least one person, room or thing that the service takes."))
        elif not can_serve(needs, free=[resource.pk for resource in self.resources]):
            self.add_error(
                None, gettext("There are not enough of what you ticked for the service to take all at once.")
            )
        return cleaned

    def _ticked(self) -> list[Sequence[int]]:
        typed = (self.cleaned_data.get(_need(place)) or [] for place in range(MOST_NEEDS))
        return [need for need in typed if need]


def resources_for_services(schedule: Schedule) -> list[Resource]:
    """Return what the services of a schedule may take: what it lists, in its order, and what they take already."""
    listed = [each.resource for each in schedule.listed.select_related("resource")]
    taken = Resource.objects.filter(
        account=schedule.account_id,
        pk__in=schedule.services.values_list("candidates__resource", flat=True),
    ).exclude(pk__in=[each.pk for each in listed])
    return [*listed, *taken.order_by("pk")]


def by_need(candidates: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the candidates of each need from rows of (need, resource) that are in the order of the needs."""
    return [[resource for _, resource in rows] for _, rows in groupby(candidates, key=lambda row: row[0])]


def _needs_of(service: Service | None) -> list[list[int]]:
    return by_need(service.candidates.values_list("need", "resource_id")) if service else []


def _initial(service: Service | None) -> dict[str, Any]:
    if service is None:
        return {}
    return {name: getattr(service, name) for name in ("name", "description", "minutes", "price_label", "is_hidden")}


def _need(place: int) -> str:
    return f"need-{place}"


def _need_label(place: int) -> str:
    return gettext("It takes one of these") if place == 0 else gettext("And also one of these")
