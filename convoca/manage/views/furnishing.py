"""New schedule; Configure > Overview; Configure > Resources."""

from collections import defaultdict
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import OpeningHours, Resource, Schedule, ScheduleResource
from convoca.booking.operations.furnishing import (
    AddressReserved,
    AddressTaken,
    ResourceNeeded,
    add_pool,
    describe_schedule,
    list_resource,
    make_schedule,
    rename_resource,
    shift_resource,
    take_off_list,
)
from convoca.booking.questions.permissions import Action
from convoca.manage import furnishing_phrases as phrases
from convoca.manage.furnishing import (
    EditScheduleForm,
    NewResourceForm,
    NewScheduleForm,
    RenameForm,
    SharedResourceForm,
)
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors, for_those_who_may


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.GOVERN)
def new_schedule(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make a schedule; its kind is chosen here and never again."""
    form = NewScheduleForm(request.POST or None, account=visit.account)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_schedule(visit.account, form.new)
        except AddressTaken as taken:
            form.add_error("slug", phrases.address_taken(taken))
        except AddressReserved:
            form.add_error("slug", phrases.address_reserved(form.cleaned_data["slug"]))
        else:
            messages.success(request, phrases.schedule_made(made))
            return see_other("manage:schedule", account=visit.account.name, schedule=made.slug)
    return render_page(request, visit, "manage/new_schedule.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def edit_schedule(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Rename and describe a schedule, pause it, or let it go on."""
    edited = configured_schedule(visit, schedule)
    current = {name: getattr(edited, name) for name in EditScheduleForm.base_fields}
    form = EditScheduleForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        describe_schedule(edited, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return see_other("manage:schedule", account=visit.account.name, schedule=edited.slug)
    context = {"schedule": edited, "tabs": schedule_tabs(request, visit, edited), "form": form}
    return render_page(request, visit, "manage/edit_schedule.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def manage_resources(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show what the schedule lists, and make one more, or several that are alike."""
    furnished = _with_resources(visit, schedule)
    form = NewResourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = add_pool(furnished, form.cleaned_data["name"], count=form.cleaned_data["count"])
        messages.success(request, phrases.resources_added([resource.name for resource in made]))
        return _to_resources(visit, furnished)
    return _render_resources(request, visit, furnished, new=form)


@require_POST
@for_supervisors
def share_resource(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """List a resource that the account has already: what one schedule books of it, the other cannot."""
    furnished = _with_resources(visit, schedule)
    form = SharedResourceForm(request.POST, schedule=furnished)
    if not form.is_valid():
        return _render_resources(request, visit, furnished, shared=form)
    list_resource(furnished, form.cleaned_data["resource"])
    messages.success(request, phrases.resources_added([form.cleaned_data["resource"].name]))
    return _to_resources(visit, furnished)


@require_POST
@for_supervisors
def rename(request: HttpRequest, visit: Visit, schedule: str, resource: int) -> HttpResponse:
    furnished = _with_resources(visit, schedule)
    renamed = listed_resource(furnished, resource)
    form = RenameForm(request.POST, resource=renamed)
    if not form.is_valid():
        return _render_resources(request, visit, furnished, renamed=(renamed.pk, form))
    rename_resource(renamed, form.cleaned_data["name"])
    messages.success(request, gettext("Saved."))
    return _to_resources(visit, furnished)


@require_POST
@for_supervisors
def shift(request: HttpRequest, visit: Visit, schedule: str, resource: int) -> HttpResponse:
    """Move a resource one place up; down, if the form says so."""
    furnished = _with_resources(visit, schedule)
    shift_resource(furnished, listed_resource(furnished, resource), up=request.POST.get("to") != "down")
    return _to_resources(visit, furnished)


@require_POST
@for_supervisors
def take_off(request: HttpRequest, visit: Visit, schedule: str, resource: int) -> HttpResponse:
    furnished = _with_resources(visit, schedule)
    removed = listed_resource(furnished, resource)
    try:
        take_off_list(furnished, removed)
    except ResourceNeeded as needed:
        messages.error(request, phrases.resource_needed(removed.name, needed.services))
    else:
        messages.success(request, phrases.resource_taken_off(removed.name))
    return _to_resources(visit, furnished)


def _with_resources(visit: Visit, slug: str) -> Schedule:
    """Return a schedule that takes resources: the slots of a capacity schedule take none."""
    schedule = configured_schedule(visit, slug)
    if schedule.is_capacity:
        raise Http404
    return schedule


def listed_resource(schedule: Schedule, resource: int) -> Resource:
    """Return a resource that the schedule lists. Raises Http404."""
    rows = ScheduleResource.objects.select_related("resource")
    return get_object_or_404(rows, account=schedule.account_id, schedule=schedule, resource=resource).resource


def _to_resources(visit: Visit, schedule: Schedule) -> HttpResponse:
    return see_other("manage:resources", account=visit.account.name, schedule=schedule.slug)


def _render_resources(
    request: HttpRequest,
    visit: Visit,
    schedule: Schedule,
    *,
    new: NewResourceForm | None = None,
    shared: SharedResourceForm | None = None,
    renamed: tuple[int, RenameForm] | None = None,
) -> HttpResponse:
    new, shared = new or NewResourceForm(), shared or SharedResourceForm(schedule=schedule)
    rows = [each.resource for each in schedule.listed.select_related("resource")]
    forms = {resource.pk: RenameForm(resource=resource) for resource in rows} | dict([renamed] if renamed else [])
    wrong = next((form for form in (new, shared, *forms.values()) if form.errors), None)
    context = {
        "schedule": schedule,
        "tabs": schedule_tabs(request, visit, schedule),
        "rows": _rows(schedule, rows, forms),
        "new": new,
        "shared": shared if shared.has_some else None,
        "form": wrong,
    }
    return render_page(request, visit, "manage/resources.html", context, status=422 if wrong else 200)


def _rows(schedule: Schedule, resources: Sequence[Resource], forms: dict[int, RenameForm]) -> list[dict[str, object]]:
    others: defaultdict[int, list[str]] = defaultdict(list)
    shared = ScheduleResource.objects.filter(account=schedule.account_id, resource__in=resources)
    for resource, name in shared.exclude(schedule=schedule).values_list("resource", "schedule__name"):
        others[resource].append(name)
    hours = OpeningHours.objects.filter(account=schedule.account_id, resource__in=resources)
    own = set(hours.values_list("resource", flat=True))
    return [
        {
            "resource": resource,
            "about": f"about-{resource.pk}",
            "name": forms[resource.pk]["name"],
            "others": ", ".join(others[resource.pk]),
            "has_own_hours": resource.pk in own,
            "is_first": place == 0,
            "is_last": place == len(resources) - 1,
        }
        for place, resource in enumerate(resources)
    ]
