"""Where somebody stops the reminders and follow-ups of an account, or wants them again. Their bookings stay."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convoca.booking.operations.stopping import stop_reminders, want_reminders_again
from convoca.booking.questions.stopping import wants_no_reminders
from convoca.public.answers import SeeOther, personal, reads_and_writes
from convoca.public.holding import Held, for_holder


@personal
@reads_and_writes
@for_holder
def choose_reminders(request: HttpRequest, held: Held) -> HttpResponse:
    """Ask, and stop them: also for a mail program that posts by itself because its reader pressed once (RFC 8058)."""
    booking = held.booking
    if request.method != "POST":
        is_stopped = wants_no_reminders(booking.account_id, booking.email)
        context = {"account": booking.account, "back": held.page_address, "is_stopped": is_stopped}
        return render(request, "public/reminders.html", context)
    if "again" in request.POST:
        want_reminders_again(booking)
    else:
        stop_reminders(booking)
    return SeeOther(reverse("booking_reminders", args=[held.token]))
