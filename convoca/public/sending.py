"""The key in a visitor's form, by which we know it again when it is sent twice; and what is known by it."""

from convoca.booking.operations import resubmitting
from convoca.public.forms import BookingForm
from convoca.public.visit import Visit


def key_of(form: BookingForm) -> str:
    """Return the key that a page puts into its form: the one it came with, if it was refused, else a new one."""
    return resubmitting.key_for(_sent_key(form))


def digest_of(visit: Visit, form: BookingForm) -> str | None:
    """Return by what a valid form is known; None if it came without a key of ours."""
    membership, repeat = visit.viewer.membership, form.repeat_wanted
    return resubmitting.digest_of(
        _sent_key(form),
        visit.schedule.pk,
        f"user {membership.pk}" if membership else form.cleaned_data["email"].lower(),
        visit.resource.pk if visit.resource else "",
        visit.service.pk if visit.service else "",
        visit.length_value(visit.length) if visit.length else "",
        " ".join(sorted(form.chosen)),
        form.quantity_wanted,
        f"{repeat.frequency} {repeat.until}" if repeat else "",
    )


def _sent_key(form: BookingForm) -> str:
    return str(form.data.get("form_key", "")) if form.is_bound else ""
