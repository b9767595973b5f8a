"""Where somebody who supervises stops their day by mail, or wants it again: from the mail itself, without a log-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.mail.leaving import whoever_leaves
from convoca.booking.operations.digesting import choose_digest, wants_digest
from convoca.public.answers import SeeOther, personal, reads_and_writes


@personal
@reads_and_writes
def choose_day_by_mail(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, and stop it: also for a mail program that posts by itself because its reader pressed once (RFC 8058)."""
    reader = whoever_leaves(key)
    if reader is None:
        said = {"title": gettext("This link is not valid"), "text": gettext("Open the link in your latest email.")}
        return render(request, "public/message.html", said, status=404)
    if request.method != "POST":
        context = {"account": reader.account, "is_stopped": not wants_digest(reader)}
        return render(request, "public/day_by_mail.html", context)
    choose_digest(reader, wanted="again" in request.POST, now=timezone.now())
    return SeeOther(request.path)
