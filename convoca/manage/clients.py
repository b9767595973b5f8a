"""Whose booking it is: the forms in which somebody who supervises says so, for a new booking and for a correction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.asking import PersonNameField, form_fields
from convoca.booking.models import Account, Booking, FormField, Membership, Resource, Schedule, Series, Service, Slot
from convoca.booking.operations.behalf import Order
from convoca.booking.operations.linking import LONGEST_LINK, find_link
from convoca.booking.operations.resubmitting import digest_of, key_for
from convoca.booking.operations.series import Repeat
from convoca.booking.questions.people import person_called
from convoca.booking.spoken import SpokenForm
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day, localize
from convoca.manage import phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.forms import FURTHEST_AHEAD, MINUTES_A_DAY, MOST_PLACES

LONGEST_NOTE = 200
ANY = "any"


class ClientForm(SpokenForm):
    """Name, e-mail, the answers to the owner's questions, and the superusers' own field where it is in use.

    Who supervises may leave any answer out.
    """

    name = PersonNameField(label=gettext_lazy("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=gettext_lazy("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, account: Account, asked: Sequence[FormField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.asked = [field.key for field in asked]
        for key, field in form_fields(asked).items():
            field.required = False
            field.widget.attrs["autocomplete"] = "off"
            self.fields[key] = field
        self.fields["name"].error_messages["required"] = gettext("Enter a name")
        email = gettext("Enter an email address in the format name@example.com")
        self.fields["email"].error_messages |= {"required": email, "invalid": email}
        if account.supervisor_field != Account.SupervisorField.OFF:
            self.fields["super_field"] = _super_field(account)

    @property
    def client_fields(self) -> list[forms.BoundField]:
        """The fields in the form's order, from the name on."""
        names = ["name", "email", *self.asked, "super_field"]
        return [self[name] for name in names if name in self.fields]

    @property
    def details(self) -> Mapping[str, str]:
        """The answers, by the names of the booking's columns."""
        return {key: self.cleaned_data[key] for key in self.asked}

    @property
    def note(self) -> str | None:
        """What was typed into the superusers' field; None if it is not in use."""
        text: str | None = self.cleaned_data.get("super_field")
        return text

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not email.isascii():
            # The validator's pattern ignores case and so lets a few letters pass that no mail server takes.
            raise forms.ValidationError(str(self.fields["email"].error_messages["invalid"]))
        return email

    def clean_super_field(self) -> str:
        text = " ".join(self.cleaned_data["super_field"].split())
        link = find_link(text) or ""
        if len(text.replace(link, "") if link else text) > LONGEST_NOTE:
            raise forms.ValidationError(gettext("Use at most 200 characters beside the link."))
        return text


class NewBookingForm(ClientForm):
    """One more booking of a schedule, for somebody new or for a registered user."""

    anyway = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        schedule: Schedule,
        slots: Sequence[Slot],
        resources: Sequence[Resource],
        services: Sequence[Service],
        names_people: bool,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, account=schedule.account, **kwargs)
        self.schedule, self.now = schedule, now
        self.slots = {str(slot.pk): slot for slot in slots}
        self.resources = {str(resource.pk): resource for resource in resources}
        self.services = {str(service.pk): service for service in services}
        self.person: Membership | None = None
        if names_people:
            self.fields["person"] = _person_field()
        self.fields["name"].required = self.fields["email"].required = not names_people
        if schedule.is_capacity:
            self._ask_for_slot()
        else:
            self._ask_for_time()

    def _ask_for_slot(self) -> None:
        zone = self.schedule.time_zone
        choices = [(pk, _slot_text(slot, zone)) for pk, slot in self.slots.items()]
        self.fields["slot"] = forms.ChoiceField(
            label=gettext("Session"), choices=choices, error_messages={"required": gettext("Choose a session")}
        )
        self.fields["quantity"] = forms.IntegerField(
            label=gettext("Places"), min_value=1, max_value=MOST_PLACES, initial=1
        )

    def _ask_for_time(self) -> None:
        if self.schedule.kind == Schedule.Kind.SERVICE:
            choices = [(pk, f"{each.name} ({each.minutes} min)") for pk, each in self.services.items()]
            self.fields["service"] = forms.ChoiceField(label=gettext("Service"), choices=choices)
        else:
            any_free = [(ANY, gettext("Any that is free"))] if len(self.resources) > 1 else []
            choices = [*any_free, *((pk, each.name) for pk, each in self.resources.items())]
            self.fields["resource"] = forms.ChoiceField(label=gettext("With whom or what"), choices=choices)
            self.fields["length"] = _length_field(self.schedule)
            self.fields |= _repeat_fields()
        self.fields["on"] = forms.DateField(
            label=gettext("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        )
        self.fields["at"] = forms.TimeField(
            label=gettext("Start"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        )

    @property
    def time_fields(self) -> list[forms.BoundField]:
        names = ("service", "resource", "slot", "on", "at", "length", "quantity", "repeats", "until")
        return [self[name] for name in names if name in self.fields]

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if abs(day - local_day(self.now, self.schedule.time_zone)) > FURTHEST_AHEAD:
            raise forms.ValidationError(gettext("Choose a date within three years of today."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        called = str(cleaned.get("person", "")).strip()
        if called:
            self.person = person_called(self.account, called)
            if self.person is None or self.person.role == Membership.Role.BLOCKED:
                self.add_error("person", gettext("There is no such user. Choose one of the list, or leave it empty."))
        elif "person" in self.fields:
            self._ask_for_name_and_email(cleaned)
        if cleaned.get("repeats"):
            self._check_repeat(cleaned)
        return cleaned

    def _check_repeat(self, cleaned: Mapping[str, Any]) -> None:
        until, first = cleaned.get("until"), cleaned.get("on")
        if until is None and "until" not in self.errors:
            self.add_error("until", gettext("Choose until when it repeats."))
        elif until is not None and first is not None and until < first:
            self.add_error("until", gettext("Choose a day that is not before the first one."))

    def _ask_for_name_and_email(self, cleaned: Mapping[str, Any]) -> None:
        for name in ("name", "email"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, str(self.fields[name].error_messages["required"]))

    @property
    def form_key(self) -> str:
        """The key by which the form is known when it is sent again."""
        return key_for(str(self.data.get("form_key", "")))

    def digest_by(self, supervisor: Membership | None) -> str | None:
        """Return by what the form is known that this person has sent. Only of a valid form."""
        typed, order = self.cleaned_data, self.order
        return digest_of(
            str(self.data.get("form_key", "")),
            f"by {supervisor.pk if supervisor else ''}",
            order.schedule.pk,
            f"user {self.person.pk}" if self.person else typed["email"].lower(),
            *(each.pk if each else "" for each in (order.resource, order.service, order.slot)),
            order.starts_at or "",
            order.length or "",
            order.quantity,
            f"{order.repeat.frequency} {order.repeat.until}" if order.repeat else "",
        )

    @property
    def order(self) -> Order:
        """What was chosen. Only of a valid form."""
        typed = self.cleaned_data
        if self.schedule.is_capacity:
            return Order(schedule=self.schedule, slot=self.slots[typed["slot"]], quantity=typed["quantity"])
        clock = typed["at"]
        starts_at = localize(typed["on"], clock.hour * 60 + clock.minute, self.schedule.time_zone)
        if self.schedule.kind == Schedule.Kind.SERVICE:
            return Order(schedule=self.schedule, starts_at=starts_at, service=self.services[typed["service"]])
        unit = timedelta(days=1) if self.schedule.length_kind == Schedule.LengthKind.DAYS else timedelta(minutes=1)
        return Order(
            schedule=self.schedule,
            starts_at=starts_at,
            resource=self.resources.get(typed["resource"]),
            length=typed["length"] * unit,
            repeat=Repeat(Series.Frequency(typed["repeats"]), typed["until"]) if typed["repeats"] else None,
        )


def _super_field(account: Account) -> forms.CharField:
    shown = account.supervisor_field == Account.SupervisorField.SHOWN
    who = gettext("The user sees it too.") if shown else gettext("Only superusers see it.")
    link = gettext("A meeting link typed here becomes the link of the appointment.")
    return forms.CharField(
        label=say.super_label(account.supervisor_label),
        required=False,
        max_length=LONGEST_LINK + LONGEST_NOTE,
        help_text=f"{who} {link}",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _person_field() -> forms.CharField:
    return forms.CharField(
        label=gettext("Registered user"),
        required=False,
        max_length=254,
        help_text=gettext("Login name or email. The mails go to them, and the booking is theirs."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "people"}),
    )


def _length_field(schedule: Schedule) -> forms.IntegerField:
    if schedule.length_kind == Schedule.LengthKind.DAYS:
        return forms.IntegerField(label=gettext("Days"), min_value=1, max_value=366, initial=1)
    return forms.IntegerField(
        label=gettext("Length in minutes"), min_value=1, max_value=MINUTES_A_DAY, initial=schedule.length_minutes
    )


def _repeat_fields() -> dict[str, forms.Field]:
    return {
        "repeats": forms.ChoiceField(
            label=gettext("Repeat"),
            choices=[("", gettext("No repeat")), *Series.Frequency.choices],
            required=False,
        ),
        "until": forms.DateField(
            label=gettext("Until"),
            required=False,
            help_text=gettext("The last day, if it repeats. At most 52 are booked at once."),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        ),
    }


def _slot_text(slot: Slot, zone: str) -> str:
    day = day_text(local_day(slot.starts_at, zone), "short")
    title = slot.title or slot.schedule.name
    when = f"{day}, {span_text(slot.starts_at, slot.ends_at, zone)}"
    return f"{when} · {title} · {phrases.places(slot.taken, slot.capacity)}"


def answers_of(booking: Booking, asked: Sequence[FormField]) -> dict[str, str]:
    """Return what a form about this booking begins with. A link typed by hand is no part of it."""
    own = {field.key: getattr(booking, field.key) for field in asked}
    return {"name": booking.name, "email": booking.email, "super_field": booking.super_field, **own}
