"""What a schedule asks of its bookings, as the owner types it: the fields of each kind, in groups, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Schedule
from convoca.booking.spoken import SpokenForm
from convoca.manage.lengths import MINUTES_A_DAY, CheckOutField, LengthField

MOST_BOOKINGS = 1000
MOST_COPIES = 10
FURTHEST_DAYS = 3 * 365
ANY_NUMBER = gettext_lazy("Left empty, any number.")

Kind = Schedule.Kind
LengthKind = Schedule.LengthKind
Repeats = Schedule.Repeats

# Which lengths count, by how the length is found; the others are neither checked nor saved.
LENGTHS: Mapping[str, tuple[str, ...]] = {
    LengthKind.FIXED: ("length_minutes",),
    LengthKind.CHOSEN: ("length_minutes", "longest_minutes", "length_step_minutes"),
    LengthKind.DAYS: ("most_days", "check_out_minutes"),
}
ALL_LENGTHS = ("length_minutes", "longest_minutes", "length_step_minutes", "most_days", "check_out_minutes")
TIMES = ("notice_minutes", "horizon_days", "change_limit_minutes", "cancel_limit_minutes")
LIMITS = ("most_per_day", "most_per_week", "most_per_month", "most_in_total", "most_ahead", "no_overlap")
BREAKS = ("buffer_before_minutes", "buffer_after_minutes")
PLACES = ("usual_capacity", "shows_places", "places_per_person")
WAITING = ("has_waiting_list", "offer_hours")
APPROVAL = ("requires_approval",)
MAILS = ("reminder_minutes", "second_reminder_minutes", "third_reminder_minutes", "follow_up_minutes")
COPIES = ("tells_owner", "tells_superusers", "copies_to")
AFTERWARDS = (*APPROVAL, *MAILS, *COPIES)

# The columns of each kind: a service has a length of its own, and a class is when its owner put it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    Kind.RESOURCE: ("length_kind", *ALL_LENGTHS, "resource_choice", *BREAKS, *TIMES, *LIMITS, "repeats", *AFTERWARDS),
    Kind.SERVICE: ("resource_choice", *BREAKS, *TIMES, *LIMITS, *AFTERWARDS),
    Kind.CAPACITY: (*PLACES, *TIMES, *LIMITS, "repeats", *WAITING, *AFTERWARDS),
}
# Who takes a resource takes it again, or not; only a class can be a course that one signs up for as a whole.
REPEATS = {
    Kind.RESOURCE: [
        (Repeats.NO, gettext_lazy("No: one booking at a time")),
        (Repeats.MAY, gettext_lazy("Yes: every day, week, two weeks or month, up to 52 times")),
    ],
    Kind.CAPACITY: [
        (Repeats.NO, gettext_lazy("No: one slot at a time")),
        (Repeats.MAY, gettext_lazy("Yes: if a slot repeats, they choose how many of them")),
        (Repeats.MUST, gettext_lazy("Yes: if a slot repeats, they sign up for all that are to come")),
    ],
}

GROUPS = [
    (gettext_lazy("Length"), ("length_kind", *ALL_LENGTHS)),
    (gettext_lazy("Places"), PLACES),
    (gettext_lazy("Who or what is taken"), ("resource_choice",)),
    (gettext_lazy("Breaks"), BREAKS),
    (gettext_lazy("How soon and how late"), TIMES),
    (gettext_lazy("Limits per person"), LIMITS),
    (gettext_lazy("Repeats"), ("repeats",)),
    (gettext_lazy("Waiting list"), WAITING),
    (gettext_lazy("Approval"), APPROVAL),
    (gettext_lazy("Reminders and follow-up"), MAILS),
    (gettext_lazy("Copies for your side"), COPIES),
]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that belong together, under one legend."""

    name: str
    legend: str
    fields: Sequence[BoundField]


def _count(label: Any, *, most: int = MOST_BOOKINGS, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, required=False, help_text=more.pop("help_text", ANY_NUMBER), **more
    )


def _reminder(label: Any) -> LengthField:
    return LengthField(label=label, least=5, most=31 * MINUTES_A_DAY, required=False)


class RulesForm(SpokenForm):
    """The rules of one schedule: only the fields that its kind has."""

    length_kind = forms.ChoiceField(
        label=gettext_lazy("How long is a booking?"), choices=LengthKind.choices, widget=forms.RadioSelect
    )
    length_minutes = LengthField(
        label=gettext_lazy("Length"),
        least=5,
        most=31 * MINUTES_A_DAY,
        help_text=gettext_lazy("Where who books chooses it, the shortest."),
    )
    longest_minutes = LengthField(label=gettext_lazy("Longest length"), least=5, most=31 * MINUTES_A_DAY)
    length_step_minutes = LengthField(label=gettext_lazy("In steps of"), least=1, most=MINUTES_A_DAY)
    most_days = forms.IntegerField(label=gettext_lazy("At most so many days"), min_value=1, max_value=366)
    check_out_minutes = CheckOutField(
        label=gettext_lazy("A rental ends at"),
        help_text=gettext_lazy(
            "00:00 of the day after is the end of the last day. Its beginning is a start time: “Start times”."
        ),
    )
    resource_choice = forms.ChoiceField(
        label=gettext_lazy("Where several are free and any will do, which one is taken?"),
        choices=Schedule.ResourceChoice.choices,
        widget=forms.RadioSelect,
    )
    usual_capacity = _count(
        gettext_lazy("Places in a new slot"),
        most=10_000,
        help_text=gettext_lazy("Each slot can have its own. Left empty, there is room for everybody."),
    )
    shows_places = forms.BooleanField(label=gettext_lazy("People see how many places are free"), required=False)
    repeats = forms.ChoiceField(label=gettext_lazy("May people book repeats?"), widget=forms.RadioSelect)
    buffer_before_minutes = LengthField(label=gettext_lazy("Time to prepare before each booking"), most=MINUTES_A_DAY)
    buffer_after_minutes = LengthField(label=gettext_lazy("Time to clear up after each booking"), most=MINUTES_A_DAY)
    notice_minutes = LengthField(
        label=gettext_lazy("Book at the latest before the start"),
        help_text=gettext_lazy("0: until it starts."),
    )
    horizon_days = forms.IntegerField(
        label=gettext_lazy("Book at most so many days ahead"),
        min_value=1,
        max_value=FURTHEST_DAYS,
        required=False,
        help_text=gettext_lazy("Left empty, as far ahead as people like."),
    )
    change_limit_minutes = LengthField(
        label=gettext_lazy("Change at the latest before the start"), help_text=gettext_lazy("0: until it starts.")
    )
    cancel_limit_minutes = LengthField(
        label=gettext_lazy("Cancel at the latest before the start"), help_text=gettext_lazy("0: until it starts.")
    )
    reminder_minutes = LengthField(
        label=gettext_lazy("Remind by email before the start"),
        least=5,
        most=31 * MINUTES_A_DAY,
        required=False,
        help_text=gettext_lazy("Left empty, nobody is reminded. It counts for new bookings."),
    )
    second_reminder_minutes = _reminder(gettext_lazy("Remind once more before the start"))
    third_reminder_minutes = _reminder(gettext_lazy("And once more"))
    follow_up_minutes = LengthField(
        label=gettext_lazy("Write again after the end"),
        most=31 * MINUTES_A_DAY,
        required=False,
        help_text=gettext_lazy("A thank-you with a button to book again. Left empty, nothing is sent."),
    )
    tells_owner = forms.BooleanField(
        label=gettext_lazy("Tell me by email of each booking, change and cancellation"), required=False
    )
    tells_superusers = forms.BooleanField(
        label=gettext_lazy("Tell the superusers of this schedule too"), required=False
    )
    copies_to = forms.CharField(
        label=gettext_lazy("Send copies to these addresses, one on each line"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("They read who has booked when, and how to reach them. They get no meeting link."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )
    places_per_person = _count(gettext_lazy("Places per person in one slot"), most=10_000)
    most_per_day = _count(gettext_lazy("Bookings per day"))
    most_per_week = _count(gettext_lazy("Bookings per week"))
    most_per_month = _count(gettext_lazy("Bookings per month"))
    most_in_total = _count(gettext_lazy("Bookings in total, past ones included"))
    most_ahead = _count(gettext_lazy("Bookings still to come"))
    no_overlap = forms.BooleanField(
        label=gettext_lazy("Nobody may have two appointments at the same time"), required=False
    )
    requires_approval = forms.BooleanField(
        label=gettext_lazy("A superuser must approve each booking"),
        required=False,
        help_text=gettext_lazy("Until then it holds its place and has no meeting link."),
    )
    has_waiting_list = forms.BooleanField(
        label=gettext_lazy("People may wait for a place when a slot is full"), required=False
    )
    offer_hours = forms.IntegerField(
        label=gettext_lazy("An offered place is held for so many hours"), min_value=1, max_value=14 * 24
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, schedule: Schedule) -> None:
        self.schedule = schedule
        columns = COLUMNS[schedule.kind]
        super().__init__(data, initial={column: getattr(schedule, column) for column in columns})
        self.fields = {name: self.fields[name] for name in columns}
        repeats = self.fields.get("repeats")
        if isinstance(repeats, forms.ChoiceField):
            repeats.choices = REPEATS[Kind(schedule.kind)]

    @property
    def groups(self) -> list[Group]:
        """The fields in their groups, without the groups of which this kind has none."""
        groups = []
        for legend, names in GROUPS:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                groups.append(Group(name=names[0], legend=str(legend), fields=fields))
        return groups

    @property
    def values(self) -> dict[str, object]:
        """What is to be saved. Only of a valid form."""
        return {column: self.cleaned_data[column] for column in self.fields if column in self.cleaned_data}

    def clean_copies_to(self) -> str:
        """Return the addresses in small letters, one on each line."""
        addresses = self.cleaned_data["copies_to"].lower().replace(",", " ").replace(";", " ").split()
        for address in addresses:
            validate_email(address)
        if len(addresses) > MOST_COPIES:
            raise forms.ValidationError(gettext("Use at most {n} addresses.").format(n=MOST_COPIES))
        return "\n".join(dict.fromkeys(addresses))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "length_kind" in self.fields:
            self._leave_out_other_lengths(cleaned)
            self._check_lengths(cleaned)
        self._check_notice(cleaned)
        return cleaned

    def _leave_out_other_lengths(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("length_kind", "")
        for name in set(ALL_LENGTHS) - set(LENGTHS.get(kind, ALL_LENGTHS)):
            cleaned.pop(name, None)
            self.errors.pop(name, None)

    def _check_lengths(self, cleaned: dict[str, Any]) -> None:
        shortest, longest = cleaned.get("length_minutes"), cleaned.get("longest_minutes")
        if shortest is not None and longest is not None and longest < shortest:
            self.add_error("longest_minutes", gettext("The longest length is shorter than the shortest."))

    def _check_notice(self, cleaned: dict[str, Any]) -> None:
        notice, horizon = cleaned.get("notice_minutes"), cleaned.get("horizon_days")
        if notice is not None and horizon is not None and notice > horizon * MINUTES_A_DAY:
            self.add_error(
                "horizon_days", gettext("Nobody could book: it would be too soon and too far ahead at once.")
            )
