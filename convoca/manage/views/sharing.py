"""Share: a schedule's own address, its code to scan, and what shows it in pages of one's own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.models import Schedule
from convoca.booking.operations.furnishing import AddressReserved, AddressTaken
from convoca.booking.operations.sharing import change_address, let_frame
from convoca.manage import furnishing_phrases as phrases
from convoca.manage.founding import code_of, is_for_this_computer_only
from convoca.manage.pages import public_address, render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors
from convoca.manage.sharing import AddressForm, FramingForm, SnippetForm, code_file, snippets

CODES = {"svg": "image/svg+xml", "png": "image/png"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def share(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show how a schedule is shared, and settle which sites may show its page within theirs."""
    shared = configured_schedule(visit, schedule)
    if request.method != "POST":
        return _page(request, visit, shared)
    form = FramingForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, shared, framing=form)
    let_frame(shared, Schedule.Framing(form.cleaned_data["framing"]), sites=form.cleaned_data["sites"])
    messages.success(request, gettext("Saved."))
    return see_other("manage:share", account=visit.account.name, schedule=shared.slug)


@require_POST
@for_supervisors
def move_page(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Give the schedule's page another address; the old one leads there."""
    shared = configured_schedule(visit, schedule)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            change_address(shared, form.cleaned_data["slug"], now=timezone.now())
        except AddressTaken as taken:
            form.add_error("slug", phrases.address_taken(taken))
        except AddressReserved:
            form.add_error("slug", phrases.address_reserved(form.cleaned_data["slug"]))
        else:
            messages.success(request, gettext("Saved."))
            return see_other("manage:share", account=visit.account.name, schedule=shared.slug)
    return _page(request, visit, shared, address=form)


@require_safe
@for_supervisors
def download_code(request: HttpRequest, visit: Visit, schedule: str, kind: str) -> HttpResponse:
    """Return the QR code of the schedule's address as a file."""
    shared = configured_schedule(visit, schedule)
    if kind not in CODES:
        raise Http404
    response = HttpResponse(code_file(public_address(visit, shared), kind), content_type=CODES[kind])
    response["Content-Disposition"] = f'attachment; filename="{visit.account.name}-{shared.slug}.{kind}"'
    return response


@require_safe
@for_supervisors
def show_poster(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show the code with the schedule's name, to be printed and hung up."""
    shared = configured_schedule(visit, schedule)
    address = public_address(visit, shared)
    context = {"schedule": shared, "address": address, "code": code_of(address)}
    return render_page(request, visit, "manage/poster.html", context)


def _page(
    request: HttpRequest,
    visit: Visit,
    schedule: Schedule,
    *,
    framing: FramingForm | None = None,
    address: AddressForm | None = None,
) -> HttpResponse:
    wrong = framing or address
    at = public_address(visit, schedule)
    choice = SnippetForm(request.GET)
    asked = choice.cleaned_data if choice.is_valid() else {}
    sites = "\n".join(schedule.framing_sites.split())
    context = {
        "schedule": schedule,
        "tabs": schedule_tabs(request, visit, schedule),
        "address": at,
        "code": code_of(at),
        "is_local": is_for_this_computer_only(),
        "is_framed": schedule.framing != Schedule.Framing.NOWHERE,
        "former": [each.slug for each in schedule.former_addresses.order_by("-left_at")],
        "choice": choice,
        "snippets": snippets(schedule, at, language=asked.get("lang", ""), theme=asked.get("theme", "")),
        "framing": framing or FramingForm(initial={"framing": schedule.framing, "sites": sites}),
        "moving": address or AddressForm(initial={"slug": schedule.slug}),
        "form": wrong,
    }
    return render_page(request, visit, "manage/share.html", context, status=422 if wrong else 200)
