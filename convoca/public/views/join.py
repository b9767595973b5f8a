"""The join page of one attendee: the address in mails and calendars, which outlives every change of the link."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from convoca.booking.models import Booking
from convoca.booking.questions.bookings import booking_by_join_token
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from convoca.public.answers import SeeOther, bad_link, personal, reads, reads_and_writes
from convoca.public.booked import join_page
from convoca.public.cards import join_card_for


@personal
@reads_and_writes
def join_meeting(request: HttpRequest, token: str) -> HttpResponse:
    """Show the Join button; pressed, go to the meeting. A GET never leads there."""
    booking = booking_by_join_token(token)
    if booking is None:
        return bad_link(request)
    page, address = _page(booking, token, now=timezone.now())
    if request.method != "POST":
        return render(request, "public/join.html", page)
    if address:
        return SeeOther(address)
    # Pressed before there is a link: the page that now waits goes there by itself as soon as it can.
    return render(request, "public/join.html", page | {"is_waiting": True})


@personal
@reads
def show_card(request: HttpRequest, token: str) -> HttpResponse:
    """Return the card if it says something else than the `seen` one; else 204 and nothing."""
    booking = booking_by_join_token(token)
    if booking is None:
        return HttpResponse(status=404)
    page, _ = _page(booking, token, now=timezone.now())
    card = page["card"]
    if card is None:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if card.seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "public/join_card_changed.html", page | {"is_waiting": "waiting" in request.GET})


def _page(booking: Booking, token: str, *, now: datetime) -> tuple[dict[str, Any], str]:
    """Return the page, which holds no address of a provider, and apart from it the address if there is one."""
    page = join_page(booking, now=now)
    link = links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id] if page.is_live else None
    context = {
        "account": booking.account,
        "token": token,
        "page": page,
        "card": join_card_for(booking, link) if link else None,
        "card_address": reverse("join_card", args=[token]),
    }
    return context, link.url if link else ""
