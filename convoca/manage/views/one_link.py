"""One link for all bookings of a schedule whose links are typed by hand (J8)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.operations.linking import NotALink
from convoca.booking.operations.refusals import HostLink
from convoca.booking.operations.sharing_a_link import NotByHand, share_link, share_no_link
from convoca.manage import one_link_phrases as say
from convoca.manage import phrases
from convoca.manage.forms import SharedLinkForm
from convoca.manage.pages import see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors
from convoca.manage.views.schedules import render_process


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def share(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Use the address in what was pasted for everything booked on the schedule that has no link of its own."""
    configured, now = configured_schedule(visit, schedule), timezone.now()
    form = SharedLinkForm(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            others = share_link(configured, form.cleaned_data["shared_link"], now=now)
        except NotByHand:
            messages.error(request, say.not_by_hand())
        except NotALink:
            form.add_error("shared_link", phrases.not_a_link())
        except HostLink:
            form.add_error("shared_link", phrases.host_link())
        else:
            messages.success(request, say.shared(others, is_class=configured.is_capacity))
    if request.method == "POST" and form.errors:
        return render_process(request, visit, configured, shared=form, now=now)
    return see_other("manage:process", account=visit.account.name, schedule=configured.slug)


@require_POST
@for_supervisors
def share_none(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Give no shared link to what is booked from now on."""
    configured = configured_schedule(visit, schedule)
    share_no_link(configured, now=timezone.now())
    messages.success(request, say.shared_no_more())
    return see_other("manage:process", account=visit.account.name, schedule=configured.slug)
