"""What a booking tells of its attendee, in their own hands: to correct, to take away, and to delete."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.operations.cancelling import QUEUEING
from convoca.booking.operations.correcting import correct
from convoca.booking.operations.erasing import erase
from convoca.booking.questions.data import data_of
from convoca.booking.questions.forms import asked_fields
from convoca.booking.spoken import asks_to_speak, remember_language, speak_as_asked
from convoca.core.admission import Refusal
from convoca.public import phrases
from convoca.public.answers import SeeOther, personal, reads, reads_and_writes
from convoca.public.booked import Standing, booked_page, standing_of
from convoca.public.details import DetailsForm
from convoca.public.holding import Held, for_holder

ENDED = frozenset({Standing.OVER, Standing.CANCELLED})


@personal
@reads_and_writes
@for_holder
def edit_details(request: HttpRequest, held: Held) -> HttpResponse:
    """Correct who they are and how they are reached. A new e-mail address gets new links; the old ones die."""
    if not held.may_edit or standing_of(held.booking, now=held.now) in ENDED:
        return SeeOther(held.page_address)
    spoken = speak_as_asked(request)
    asked = asked_fields(held.booking.slot.schedule)
    form = DetailsForm(
        request.POST if request.method == "POST" else None, booking=held.booking, asked=asked, now=held.now
    )
    if asks_to_speak(request):
        page = _page(held) | {"form": form.judged_later(), "speaks_by_form": "details"}
        return remember_language(render(request, "public/own_details.html", page), spoken)
    if request.method != "POST" or not form.is_valid():
        page = _page(held) | {"form": form, "speaks_by_form": "details"}
        return render(request, "public/own_details.html", page, status=422 if form.errors else 200)
    try:
        changed = correct(held.booking, form.correction, by=held.by, now=held.now)
    except Refusal:
        # Cancelled meanwhile: their page says so.
        return SeeOther(held.page_address)
    held.booking.refresh_from_db(fields=["token"])
    saved = "address" if "email" in changed or form.correction.new_addresses else "details"
    return SeeOther(f"{reverse('booking', args=[held.booking.token.open()])}?saved={saved}")


@personal
@reads
@for_holder
def download_data(request: HttpRequest, held: Held) -> HttpResponse:
    """Give the attendee all that is held of them here."""
    answer = JsonResponse(data_of(held.booking), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-booking.json"'
    return answer


@personal
@reads_and_writes
@for_holder
def erase_data(request: HttpRequest, held: Held) -> HttpResponse:
    """Ask first; then delete what the booking tells of its attendee, and cancel it if it stands."""
    stands = standing_of(held.booking, now=held.now) not in ENDED
    problem = _why_not(held) if stands else ""
    if request.method == "POST" and not problem:
        try:
            erase(held.booking, by=held.by, now=held.now)
        except Refusal as refusal:
            problem = phrases.say(refusal, held.booking.slot.schedule)
        else:
            return _erased(request, held, was_cancelled=stands)
    page = _page(held) | {
        "problem": problem,
        "stands": stands,
        "erase_address": reverse("booking_erase", args=[held.token]),
    }
    return render(request, "public/erase.html", page, status=409 if problem and request.method == "POST" else 200)


def _why_not(held: Held) -> str:
    """Return why what stands cannot be deleted now: it would have to be cancelled, and may not be."""
    if held.booking.status in QUEUEING and not held.is_barred:
        return ""
    page = booked_page(held)
    if page.cancel:
        return ""
    return f"{page.limit} {gettext('You can delete your data once the appointment is over.')}".strip()


def _erased(request: HttpRequest, held: Held, *, was_cancelled: bool) -> HttpResponse:
    gone = gettext(
        "Your name, your address and all that you wrote are gone from it. The links in our emails no longer work."
    )
    cancelled = gettext("Your booking is cancelled.") if was_cancelled else ""
    again = reverse("schedule", args=[held.booking.account.name, held.booking.slot.schedule.slug])
    context = {
        "account": held.booking.account,
        "title": gettext("Your data is deleted"),
        "text": f"{cancelled} {gone}".strip(),
        "action": {"url": again, "text": gettext("Book again")},
    }
    return render(request, "public/message.html", context)


def _page(held: Held) -> dict[str, Any]:
    return {
        "booking": held.booking,
        "account": held.booking.account,
        "page": booked_page(held),
        "back": held.page_address,
    }
