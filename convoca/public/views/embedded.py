"""What other sites load from here: the script that puts a schedule into a page, and what is shown there at the end."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import condition

from convoca.booking.models import Schedule
from convoca.public.answers import personal, reads
from convoca.public.booked import booked_page
from convoca.public.embedding import framed, read_embedding
from convoca.public.holding import Held, for_holder
from convoca.public.visit import address_of

SCRIPT = Path(__file__).parent.parent / "static" / "public" / "embed.js"
# Its address stands in pages that we do not know, and stays. A new one is everywhere after a day.
KEPT = "public, max-age=86400, stale-while-revalidate=604800"


@cache
def _script() -> bytes:
    return SCRIPT.read_bytes()


@cache
def _script_tag() -> str:
    return f'"{sha256(_script()).hexdigest()[:32]}"'


@reads
@condition(etag_func=lambda request: _script_tag())
def show_script(request: HttpRequest) -> HttpResponse:
    """Return the script that puts a schedule into a page and gives it its height."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = KEPT
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@personal
@reads
@for_holder
def show_done(request: HttpRequest, held: Held) -> HttpResponse:
    """Say within a frame that it is booked. Nothing can be done here, and no link is told: that is elsewhere."""
    embedding, booking = read_embedding(request), held.booking
    schedule = booking.slot.schedule
    start = reverse("schedule", args=[booking.account.name, schedule.slug])
    context = {
        "embedding": embedding,
        "account": booking.account,
        "page": booked_page(held),
        "is_online": schedule.link_source != Schedule.NO_LINK,
        "sent_to": gettext("We sent a confirmation to {email}.").format(email=booking.email),
        "address": held.page_address,
        "again": address_of(start, embedding.kept),
    }
    return framed(render(request, "public/done.html", context), schedule, embedding)
