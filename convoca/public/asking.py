"""What a schedule's form asks of this visitor, and how its own fields are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BoundField

from convoca.booking.asking import form_fields, label_of, longest_answer
from convoca.booking.models import FormField, Membership, Schedule
from convoca.public.forms import MOST_PLACES, Asked, BookingForm
from convoca.public.visit import Visit

Repeats = Schedule.Repeats


@dataclass(frozen=True, kw_only=True)
class FieldWords:
    """One of the owner's questions: a line to type, lines, or a choice of `options`."""

    name: str
    label: str
    value: str
    error: str
    kind: str
    is_required: bool
    autocomplete: str
    most: int
    options: Sequence[str] = ()


def asked_of(visit: Visit, fields: Sequence[FormField]) -> Asked:
    """Return what is asked of this viewer; of somebody with a log-in not who they are."""
    schedule, membership = visit.schedule, visit.viewer.membership
    may_repeat = schedule.repeats == Repeats.MAY
    return Asked(
        chooses_slot=schedule.is_capacity,
        several=schedule.is_capacity and may_repeat,
        person=membership is None,
        repeats=may_repeat and visit.chooses_from_resources,
        most_places=_most_places(schedule) if schedule.is_capacity else 0,
        fields=form_fields(fields) if fields else None,
        known=_known(membership, fields) if membership and fields else None,
    )


def _most_places(schedule: Schedule) -> int:
    """Return how many places the form lets one ask for; 0 where it is one and not asked."""
    most = schedule.places_per_person
    return MOST_PLACES if most is None else most if most > 1 else 0


def _known(membership: Membership, fields: Sequence[FormField]) -> dict[str, str]:
    return {each.key: str(getattr(membership, each.key)) for each in fields}


def field_words(form: BookingForm, fields: Sequence[FormField]) -> list[FieldWords]:
    """Return the owner's questions with what has been answered so far."""
    return [_words(form, form[each.key], each) for each in fields]


def _words(form: BookingForm, bound: BoundField, asked: FormField) -> FieldWords:
    field, known = bound.field, form.asked.known or {}
    value = bound.value() if form.is_bound else known.get(bound.name, "")
    is_choice = asked.kind == FormField.Kind.CHOICE
    return FieldWords(
        name=bound.name,
        label=label_of(asked),
        value=str(value or ""),
        error=str(bound.errors[0]) if bound.errors else "",
        kind="choice" if is_choice else _kind(field.widget),
        is_required=field.required,
        autocomplete=str(field.widget.attrs.get("autocomplete", "off")),
        most=longest_answer(asked.key),
        options=asked.choices if is_choice else (),
    )


def _kind(widget: forms.Widget) -> str:
    """Return "lines", or the type of the one line that is typed."""
    return "lines" if isinstance(widget, forms.Textarea) else str(getattr(widget, "input_type", "text"))
