"""A booking's own page, for whoever holds its address. Looking changes nothing; buttons post."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.mail.calendar import invitation
from convoca.booking.models import Booking
from convoca.booking.operations.booking import cancel
from convoca.booking.operations.refusals import AlreadyCancelled
from convoca.booking.questions.bookings import booking_by_token, resources_of
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.admission import Refusal
from convoca.public import phrases
from convoca.public.answers import SeeOther, bad_link, personal, reads, reads_and_writes, writes
from convoca.public.booked import Booked, Standing, booked_page, standing_of
from convoca.public.cards import Card, card_for
from convoca.public.disclosure import disclose, is_disclosed


@personal
@reads
def show_booking(request: HttpRequest, token: str) -> HttpResponse:
    """Show the appointment and its link as they are now."""
    booking = booking_by_token(token)
    if booking is None:
        return bad_link(request)
    return render(request, "public/booking.html", _whole_page(request, booking, token, now=timezone.now()))


@personal
@reads
def show_card(request: HttpRequest, token: str) -> HttpResponse:
    """Return the card of the link if it says something else than the `seen` one; else 204 and nothing."""
    booking = booking_by_token(token)
    if booking is None:
        return HttpResponse(status=404)
    page = _page(request, booking, token, now=timezone.now())
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
def show_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the provider's link in this browser from now on."""
    booking = booking_by_token(token)
    if booking is None:
        return bad_link(request)
    response = SeeOther(reverse("booking", args=[token]))
    disclose(response, booking, now=timezone.now())
    return response


@personal
@writes
def join_meeting(request: HttpRequest, token: str) -> HttpResponse:
    """Go to the meeting; back to the page while there is none."""
    now = timezone.now()
    booking = booking_by_token(token)
    if booking is None:
        return bad_link(request)
    link = _link(booking, now=now)
    response = SeeOther(link.url if link and link.is_ready else reverse("booking", args=[token]))
    disclose(response, booking, now=now)
    return response


@personal
@reads_and_writes
def cancel_booking(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to cancel, and cancel."""
    now = timezone.now()
    booking = booking_by_token(token)
    if booking is None:
        return bad_link(request)
    if request.method != "POST":
        if standing_of(booking, now=now) is not Standing.LIVE:
            return SeeOther(reverse("booking", args=[token]))
        return render(request, "public/cancel.html", _whole_page(request, booking, token, now=now))
    try:
        cancel(booking, now=now)
    except AlreadyCancelled:
        return SeeOther(reverse("booking", args=[token]))
    except Refusal as refusal:
        page = _whole_page(request, booking, token, now=now)
        page["problem"] = phrases.say(refusal, booking.slot.schedule)
        return render(request, "public/cancel.html", page, status=409)
    return SeeOther(reverse("booking", args=[token]))


@personal
@reads
def download_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Return the entry for the attendee's calendar. It leads to our join page, never to the provider."""
    now = timezone.now()
    booking = booking_by_token(token)
    if booking is None:
        return bad_link(request)
    if standing_of(booking, now=now) is Standing.CANCELLED:
        return SeeOther(reverse("booking", args=[token]))
    response = HttpResponse(invitation(booking, now=now), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _link(booking: Booking, *, now: datetime) -> Link | None:
    """Return what the attendee may know of the link while the appointment takes place."""
    if standing_of(booking, now=now) is not Standing.LIVE:
        return None
    return links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id]


def _whole_page(request: HttpRequest, booking: Booking, token: str, *, now: datetime) -> dict[str, Any]:
    with_whom = resources_of(booking.account_id, [booking.slot]).get(booking.slot_id, "")
    return _page(request, booking, token, now=now) | {"with_whom": with_whom}


def _page(request: HttpRequest, booking: Booking, token: str, *, now: datetime) -> dict[str, Any]:
    link = _link(booking, now=now)
    page = booked_page(booking, now=now)
    card = card_for(booking, link, disclosed=is_disclosed(request, booking)) if link else None
    return {
        "booking": booking,
        "account": booking.account,
        "token": token,
        "page": page,
        "tab_title": _tab_title(page, card),
        "sent_to": gettext("We sent a confirmation to {email}.").format(email=booking.email),
        "card": card,
        "card_address": reverse("booking_card", args=[token]),
    }


def _tab_title(page: Booked, card: Card | None) -> str:
    if card is not None and card.is_ready:
        return gettext("Link ready – {title}").format(title=page.title)
    return page.title
