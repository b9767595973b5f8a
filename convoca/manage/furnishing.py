"""What an owner types to make a schedule, to describe it, and to furnish it with resources."""

from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account, Resource, Schedule
from convoca.booking.models.account import NAME_IN_ADDRESS
from convoca.booking.operations.furnishing import NewSchedule, free_address
from convoca.booking.spoken import SpokenForm
from convoca.manage.lengths import MINUTES_A_DAY, LengthField

Kind = Schedule.Kind

LONGEST_NAME = 100
MOST_RESOURCES = 50
REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)  # fmt: skip

KINDS = [
    (Kind.RESOURCE, gettext_lazy("Appointments with a person, in a room or for a thing, one at a time.")),
    (Kind.SERVICE, gettext_lazy("Services to choose from; the system finds who or what is free for each.")),
    (Kind.CAPACITY, gettext_lazy("Classes and events: you make the slots, and people sign up for places.")),
]


class NameField(forms.CharField):
    """A name on one line, as the columns take it."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"max_length": LONGEST_NAME, "widget": forms.TextInput(attrs={"autocomplete": "off"})}
        super().__init__(**usual | {"error_messages": {"required": gettext_lazy("Enter a name.")}} | options)


class NewScheduleForm(SpokenForm):
    """A schedule that is to be made. What its kind does not have is neither checked nor saved."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What can people book?"),
        choices=[(kind, kind.label) for kind, _ in KINDS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what people can book.")},
    )
    name = NameField(label=gettext_lazy("Name"), help_text=gettext_lazy("People read it on the page and in mails."))
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=60,
        required=False,
        validators=[NAME_IN_ADDRESS],
        help_text=gettext_lazy("The last part of the page's address. Left empty, it is made from the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    service = NameField(label=gettext_lazy("First service"), required=False)
    minutes = LengthField(label=gettext_lazy("Length"), least=5, most=MINUTES_A_DAY, required=False, initial=30)
    resources = forms.CharField(
        label=gettext_lazy("Resources, one per line"),
        required=False,
        max_length=MOST_RESOURCES * (LONGEST_NAME + 2),
        help_text=gettext_lazy("The people, rooms or things that a booking takes. You can add more later."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, account: Account) -> None:
        super().__init__(data, initial={"kind": Kind.RESOURCE, "time_zone": account.time_zone})
        self.account = account
        zones = self.fields["time_zone"]
        if isinstance(zones, forms.ChoiceField):
            zones.choices = zone_choices()

    @property
    def kinds(self) -> list[tuple[Any, str]]:
        """The radio buttons, each with what such a schedule is for."""
        return list(zip(self["kind"], [str(text) for _, text in KINDS], strict=True))

    def clean_resources(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["resources"].splitlines())
        names = list(dict.fromkeys(line for line in lines if line))
        if len(names) > MOST_RESOURCES or any(len(name) > LONGEST_NAME for name in names):
            raise forms.ValidationError(gettext("Use at most 50 lines of 100 characters."))
        return names

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("kind")
        if kind in {Kind.RESOURCE, Kind.SERVICE}:
            self._require("resources", gettext("Enter at least one person, room or thing."))
            self._require("minutes", gettext("Enter how long it takes."))
        if kind == Kind.SERVICE:
            self._require("service", gettext("Enter what your first service is called."))
        return cleaned

    def _require(self, field: str, sentence: str) -> None:
        if not self.cleaned_data.get(field) and field not in self.errors:
            self.add_error(field, sentence)

    @property
    def new(self) -> NewSchedule:
        """What is to be made. Only of a valid form."""
        typed = self.cleaned_data
        return NewSchedule(
            kind=Kind(typed["kind"]),
            name=typed["name"],
            slug=typed["slug"] or free_address(self.account, typed["name"]),
            time_zone=typed["time_zone"],
            resources=typed["resources"],
            service=typed["service"],
            minutes=typed["minutes"] or 30,
        )


@cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones of the world by region, each under its own name."""
    zones = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS)
    named = [(zone, zone.partition("/")[2].replace("_", " ")) for zone in zones]
    regions = [(region, list(each)) for region, each in groupby(named, key=lambda zone: zone[0].partition("/")[0])]
    return [*regions, ("UTC", [("UTC", "UTC")])]


class EditScheduleForm(SpokenForm):
    """What people read of a schedule, and whether it takes bookings for the moment."""

    name = NameField(label=gettext_lazy("Name"))
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("It stands on the page, above the times."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_paused = forms.BooleanField(
        label=gettext_lazy("Pause: nobody can book for the moment"),
        required=False,
        help_text=gettext_lazy("Bookings already made stay as they are. Superusers and you can still book."),
    )
    paused_message = forms.CharField(
        label=gettext_lazy("What people read while it is paused"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NewResourceForm(forms.Form):
    """One resource, or several that are alike."""

    name = NameField(label=gettext_lazy("Name"), max_length=LONGEST_NAME - 4)
    count = forms.IntegerField(
        label=gettext_lazy("How many of them?"),
        min_value=1,
        max_value=MOST_RESOURCES,
        initial=1,
        help_text=gettext_lazy("Several that are alike are numbered: “Court 1”, “Court 2” and so on."),
    )


class SharedResourceForm(forms.Form):
    """A resource that another schedule of the account has already."""

    resource = forms.ModelChoiceField(
        label=gettext_lazy("Resource"), queryset=Resource.objects.none(), empty_label=gettext_lazy("Choose one")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, schedule: Schedule) -> None:
        super().__init__(data)
        others = Resource.objects.filter(account=schedule.account_id, archived_at=None).exclude(
            listed__schedule=schedule
        )
        field = self.fields["resource"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = others.order_by("name", "pk")
        self.has_some = others.exists()


class RenameForm(forms.Form):
    """The name of one resource, in its row."""

    name = NameField(label=gettext_lazy("Name"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, resource: Resource) -> None:
        super().__init__(data, initial={"name": resource.name}, auto_id=f"id_{resource.pk}_%s")
