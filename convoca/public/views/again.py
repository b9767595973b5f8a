"""For whoever holds a link that is not valid: the valid ones go to the address that booked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.operations.sending_again import send_links_again
from convoca.public.answers import bad_link, personal, writes
from convoca.public.forms import AddressForm


@personal
@writes
def send_links(request: HttpRequest) -> HttpResponse:
    """Mail the links again. What is answered tells nobody whether there is a booking."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return bad_link(request, form=form, status=422)
    email = form.cleaned_data["email"]
    send_links_again(email, now=timezone.now())
    said = gettext("If there is a booking for {email}, we have just sent a new link.").format(email=email)
    return render(request, "public/message.html", {"title": gettext("Look into your mailbox"), "text": said})
