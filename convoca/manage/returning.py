"""Back to where somebody came from: acts can be done on more than one page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from convoca.manage.policy import Visit


def address_back(request: HttpRequest, visit: Visit, *, otherwise: str) -> str:
    """Return the page of this account from which something was posted; `otherwise`, if it is none or strange."""
    return came_from(request, visit) or otherwise


def came_from(request: HttpRequest, visit: Visit) -> str:
    """Return the page of this account that the address, or the form, says somebody came from; "" if it is none."""
    back = (request.POST if request.method == "POST" else request.GET).get("back", "")
    is_ours = back.startswith(reverse("manage:today", args=[visit.account.name]))
    return back if is_ours and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""
