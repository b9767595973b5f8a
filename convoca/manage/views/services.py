"""Configure > Services."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.models import Schedule, Service
from convoca.booking.operations.furnishing import save_service, shift_service
from convoca.booking.wording import minutes_text
from convoca.manage import furnishing_phrases as phrases
from convoca.manage.pages import public_address, render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors
from convoca.manage.services import ServiceForm, by_need


@require_safe
@for_supervisors
def list_services(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show what is sold, in the page's order."""
    selling = _with_services(visit, schedule)
    services = list(selling.services.prefetch_related("candidates__resource"))
    context = {
        "schedule": selling,
        "tabs": schedule_tabs(request, visit, selling),
        "rows": [
            {
                "service": service,
                "about": f"service-{service.pk}",
                "address": f"{public_address(visit, selling)}?service={service.pk}",
                "length": minutes_text(service.minutes),
                "takes": phrases.takes(_names(service)),
                "is_first": place == 0,
                "is_last": place == len(services) - 1,
            }
            for place, service in enumerate(services)
        ],
    }
    return render_page(request, visit, "manage/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def new_service(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Add a service."""
    return _edit(request, visit, _with_services(visit, schedule), None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def edit_service(request: HttpRequest, visit: Visit, schedule: str, service: int) -> HttpResponse:
    """Change a service, hide it, or show it again."""
    selling = _with_services(visit, schedule)
    return _edit(request, visit, selling, _own_service(selling, service))


@require_POST
@for_supervisors
def shift(request: HttpRequest, visit: Visit, schedule: str, service: int) -> HttpResponse:
    """Move a service one place up; down, if the form says so."""
    selling = _with_services(visit, schedule)
    shift_service(_own_service(selling, service), up=request.POST.get("to") != "down")
    return see_other("manage:services", account=visit.account.name, schedule=selling.slug)


def _edit(request: HttpRequest, visit: Visit, schedule: Schedule, service: Service | None) -> HttpResponse:
    form = ServiceForm(request.POST if request.method == "POST" else None, schedule=schedule, service=service)
    if request.method == "POST" and form.is_valid():
        save_service(schedule, service, form.offer)
        messages.success(request, gettext("Saved. Bookings already made stay as they are."))
        return see_other("manage:services", account=visit.account.name, schedule=schedule.slug)
    context = {"schedule": schedule, "tabs": schedule_tabs(request, visit, schedule), "service": service, "form": form}
    return render_page(request, visit, "manage/service.html", context, status=422 if form.errors else 200)


def _with_services(visit: Visit, slug: str) -> Schedule:
    schedule = configured_schedule(visit, slug)
    if schedule.kind != Schedule.Kind.SERVICE:
        raise Http404
    return schedule


def _own_service(schedule: Schedule, service: int) -> Service:
    found = get_object_or_404(Service, account=schedule.account_id, schedule=schedule, pk=service)
    found.schedule = schedule
    return found


def _names(service: Service) -> Sequence[Sequence[str]]:
    candidates = list(service.candidates.all())
    names = {each.resource_id: each.resource.name for each in candidates}
    return [[names[each] for each in need] for need in by_need((each.need, each.resource_id) for each in candidates)]
