"""A booking's own page, for whoever holds its address. Looking changes nothing; buttons post."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.mail.calendar import invitation
from convoca.booking.models import Booking
from convoca.booking.operations.cancelling import QUEUEING, cancel, may_undo
from convoca.booking.operations.refusals import AlreadyCancelled, AlreadySignedUp
from convoca.booking.operations.series import cancel_following, undo_cancel_together
from convoca.booking.operations.waiting import accept_offer
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.series import cancelled_with
from convoca.booking.spoken import asks_to_speak, remember_language, speak_as_asked
from convoca.core.admission import LimitReached, OverlapsOwn, Refusal, SeriesClash
from convoca.public import phrases
from convoca.public.answers import SeeOther, personal, reads, reads_and_writes, writes
from convoca.public.booked import Booked, Standing, booked_page, moved_text, standing_of
from convoca.public.cards import Card, card_for
from convoca.public.disclosure import disclose, is_disclosed
from convoca.public.forms import CancelForm
from convoca.public.holding import Held, for_holder
from convoca.public.repeated import Repeated, repeated


@personal
@reads
@for_holder
def show_booking(request: HttpRequest, held: Held) -> HttpResponse:
    """Show the appointment and its link as they are now."""
    page = _whole_page(request, held)
    if "moved" in request.GET:
        page["moved"] = page["if_moved"]
    page["saved"] = _saved_text(request.GET.get("saved"), held)
    return render(request, "public/booking.html", page)


@personal
@reads
@for_holder
def show_card(request: HttpRequest, held: Held) -> HttpResponse:
    """Return the card of the link if it says something else than the `seen` one; else 204 and nothing."""
    page = _page(request, held)
    card = page["card"]
    if card is None:
        # Cancelled or over meanwhile: the whole page says something else now.
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if card.seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "public/card_changed.html", page)


@personal
@writes
@for_holder
def show_link(request: HttpRequest, held: Held) -> HttpResponse:
    """Show the provider's link in this browser from now on."""
    response = _back_to(held)
    disclose(response, held.booking, now=held.now)
    return response


@personal
@writes
@for_holder
def join_meeting(request: HttpRequest, held: Held) -> HttpResponse:
    """Go to the meeting; back to the page while there is none."""
    link = _link(held)
    response = SeeOther(link.url) if link and link.is_ready else _back_to(held)
    disclose(response, held.booking, now=held.now)
    return response


@personal
@reads_and_writes
@for_holder
def cancel_booking(request: HttpRequest, held: Held) -> HttpResponse:
    """Ask whether to cancel, and cancel: this one, or this and those that follow in its series."""
    if request.method != "POST":
        if standing_of(held.booking, now=held.now) not in {Standing.LIVE, Standing.REQUESTED}:
            return _back_to(held)
        return render(request, "public/cancel.html", _whole_page(request, held) | _asking(CancelForm()))
    if asks_to_speak(request):
        return _ask_in_language(request, held)
    if not held.may_change and (held.is_barred or held.booking.status not in QUEUEING):
        return _refused_to_cancel(request, held, phrases.not_yours_to_change(held.booking.slot.schedule))
    form = CancelForm(request.POST)
    if not form.is_valid():
        return render(request, "public/cancel.html", _whole_page(request, held) | _asking(form), status=422)
    cancels = cancel_following if request.POST.get("which") == "following" else cancel
    try:
        cancels(held.booking, now=held.now, message=form.cleaned_data["message"])
    except AlreadyCancelled:
        return _back_to(held)
    except Refusal as refusal:
        return _refused_to_cancel(request, held, phrases.say(refusal, held.booking.slot.schedule))
    return _back_to(held)


def _ask_in_language(request: HttpRequest, held: Held) -> HttpResponse:
    """Ask again whether to cancel, in another language, with the message as far as it has been typed."""
    language = speak_as_asked(request)
    page = _whole_page(request, held) | _asking(CancelForm(request.POST).judged_later())
    return remember_language(render(request, "public/cancel.html", page), language)


def _asking(form: CancelForm) -> dict[str, Any]:
    return {"cancelling": form, "speaks_by_form": "cancelling"}


@personal
@writes
@for_holder
def undo_cancellation(request: HttpRequest, held: Held) -> HttpResponse:
    """Take the cancellation back, within five minutes: of a series, all that was cancelled with it."""
    if held.is_barred:
        return _refused(request, held, phrases.not_yours_to_change(held.booking.slot.schedule))
    if held.booking.status != Booking.Status.CANCELLED:
        return _back_to(held)
    try:
        undo_cancel_together(held.booking, now=held.now)
    except SeriesClash as clash:
        schedule, zone = held.booking.slot.schedule, held.booking.time_zone
        return _refused(request, held, phrases.not_taken_back(clash, schedule, zone))
    except (AlreadySignedUp, LimitReached, OverlapsOwn) as refusal:
        # What they have booked since is in the way.
        return _refused(request, held, phrases.say(refusal, held.booking.slot.schedule))
    except Refusal:
        # Whatever it was, what they can do is the same: book again.
        return _refused(request, held, phrases.undo_too_late())
    return _back_to(held)


@personal
@writes
@for_holder
def take_offered_place(request: HttpRequest, held: Held) -> HttpResponse:
    """Take the place that the waiting list offers."""
    if held.is_barred:
        return _refused(request, held, phrases.not_yours_to_change(held.booking.slot.schedule))
    try:
        if standing_of(held.booking, now=held.now) not in {Standing.LIVE, Standing.REQUESTED}:
            accept_offer(held.booking, now=held.now)
    except Refusal as refusal:
        return _refused(request, held, phrases.say(refusal, held.booking.slot.schedule))
    response = _back_to(held)
    disclose(response, held.booking, now=held.now)
    return response


@personal
@reads
@for_holder
def download_calendar(request: HttpRequest, held: Held) -> HttpResponse:
    """Return the entry for the attendee's calendar. It leads to our join page, never to the provider."""
    if standing_of(held.booking, now=held.now) not in {Standing.LIVE, Standing.OVER}:
        return _back_to(held)
    entry = invitation(held.booking, now=held.now)
    response = HttpResponse(entry, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _back_to(held: Held) -> HttpResponse:
    return SeeOther(reverse("booking", args=[held.token]))


def _refused(request: HttpRequest, held: Held, problem: str) -> HttpResponse:
    """Show the booking as it is, and first what was not possible."""
    page = _page(request, held) | {"problem": problem, "undo": ""}
    return render(request, "public/booking.html", page, status=409)


def _refused_to_cancel(request: HttpRequest, held: Held, problem: str) -> HttpResponse:
    page = _whole_page(request, held) | {"problem": problem}
    return render(request, "public/cancel.html", page, status=409)


def _link(held: Held) -> Link | None:
    """Return what the attendee may know of the link while the appointment takes place."""
    if standing_of(held.booking, now=held.now) is not Standing.LIVE:
        return None
    slot = held.booking.slot
    return links_for(held.viewer, [slot], now=held.now)[slot.pk]


def _whole_page(request: HttpRequest, held: Held) -> dict[str, Any]:
    booking = held.booking
    with_whom = resources_of(booking.account_id, [booking.slot]).get(booking.slot_id, "")
    return _page(request, held) | {"with_whom": with_whom, "repeated": _repeated(held)}


def _repeated(held: Held) -> Repeated | None:
    stands = standing_of(held.booking, now=held.now) in {Standing.LIVE, Standing.REQUESTED}
    return repeated(held.booking, now=held.now) if stands else None


def _page(request: HttpRequest, held: Held) -> dict[str, Any]:
    booking, link = held.booking, _link(held)
    page = booked_page(held)
    card = card_for(booking, link, disclosed=is_disclosed(request, booking)) if link else None
    return {
        "booking": booking,
        "account": booking.account,
        "token": held.token,
        "page": page,
        "tab_title": _tab_title(page, card),
        "sent_to": gettext("We sent a confirmation to {email}.").format(email=booking.email),
        "card": card,
        "cancel_address": held.cancel_address,
        "back": held.page_address,
        "may_edit": held.may_edit,
        "card_address": reverse("booking_card", args=[held.token]),
        "undo": _undo(held) if page.standing is Standing.CANCELLED else "",
        "if_moved": moved_text(booking, link) if page.is_live else "",
    }


def _saved_text(what: str | None, held: Held) -> str:
    """Return what somebody reads who has just corrected their details."""
    if what == "address":
        said = gettext("Saved. We are sending new links to {email}; those sent before no longer work.")
        return said.format(email=held.booking.email)
    return gettext("Saved.") if what == "details" else ""


def _undo(held: Held) -> str:
    """Return what the button says that takes the cancellation back; nothing where that cannot be done any more."""
    if held.is_barred or not may_undo(held.booking, now=held.now):
        return ""
    return phrases.undo(len(cancelled_with(held.booking)))


def _tab_title(page: Booked, card: Card | None) -> str:
    if card is not None and card.is_ready:
        return gettext("Link ready – {title}").format(title=page.title)
    return page.title
