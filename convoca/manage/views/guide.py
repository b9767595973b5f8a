"""Help: where what is done, and the guide to meeting links."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convoca.booking.questions.viewers import supervised_schedules
from convoca.manage.guide import Places, parts
from convoca.manage.pages import render_page
from convoca.manage.policy import Visit, for_supervisors


@require_safe
@for_supervisors
def show_help(request: HttpRequest, visit: Visit) -> HttpResponse:
    return render_page(request, visit, "manage/help.html", {})


@require_safe
@for_supervisors
def show_guide(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show how links are connected; for the owner every step leads to its place in the account."""
    # Superusers configure nothing: for them the places have names alone.
    schedules = supervised_schedules(visit.viewer) if visit.is_owner else []
    asked = request.GET.get("schedule", "")
    chosen = next((each for each in schedules if each.slug == asked), schedules[0] if schedules else None)
    places = Places(account=visit.account.name, schedule=chosen) if visit.is_owner else Places()
    context = {"parts": parts(places), "schedules": schedules, "chosen": chosen}
    return render_page(request, visit, "manage/guide.html", context)


@require_safe
def show_public_guide(request: HttpRequest) -> HttpResponse:
    """Show the same page to whoever is not logged in: it leads into no account."""
    return render(request, "manage/guide_public.html", {"parts": parts(Places())})
