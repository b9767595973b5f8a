"""The join page of one attendee: the address in mails and calendars, which outlives every change of the link."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convoca.booking.questions.links import links_for
from convoca.public.answers import SeeOther, personal, reads, reads_and_writes
from convoca.public.booked import join_page
from convoca.public.cards import join_card_for, patient_card, time_to_open
from convoca.public.holding import Held, for_joiner


@personal
@reads_and_writes
@for_joiner
def join_meeting(request: HttpRequest, held: Held) -> HttpResponse:
    """Show the Join button; pressed, go to the meeting. A GET never leads there."""
    page, address = _page(held)
    if request.method != "POST":
        return render(request, "public/join.html", page)
    if "when_it_is_time" in request.POST:
        return render(request, "public/join.html", page | _patient(page, held))
    if address:
        return SeeOther(address)
    # Pressed before there is a link: the page that now waits goes there by itself as soon as it can.
    return render(request, "public/join.html", page | {"is_waiting": True})


@personal
@reads
@for_joiner
def show_card(request: HttpRequest, held: Held) -> HttpResponse:
    """Return the card if it says something else than the `seen` one; else 204 and nothing."""
    page, _ = _page(held)
    page |= {"is_waiting": "waiting" in request.GET} | (_patient(page, held) if "patient" in request.GET else {})
    card = page["card"]
    if card is None:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if card.seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "public/join_card_changed.html", page)


def _patient(page: Mapping[str, Any], held: Held) -> dict[str, Any]:
    """Return what differs for whoever wants the page to open the meeting by itself, and not before it is time."""
    card = page["card"]
    if card is None or not page["is_early"]:
        return {"is_waiting": True}
    return {"is_waiting": True, "is_patient": True, "card": patient_card(held.booking) if card.is_ready else card}


def _page(held: Held) -> tuple[dict[str, Any], str]:
    """Return the page, which holds no address of a provider, and apart from it the address if there is one."""
    booking, page = held.booking, join_page(held)
    link = links_for(held.viewer, [booking.slot], now=held.now)[booking.slot_id] if page.is_live else None
    context = {
        "account": booking.account,
        "token": held.token,
        "page": page,
        "card": join_card_for(booking, link) if link else None,
        "card_address": reverse("join_card", args=[held.token]),
        "is_early": held.now < time_to_open(booking),
    }
    return context, link.url if link else ""
