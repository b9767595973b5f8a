"""Users > Import and export: a list goes out, and a list comes in, looked through before anything counts."""

from collections.abc import Mapping, Sequence
from itertools import islice

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.models import PeopleImport
from convoca.booking.operations.importing import confirm_list, discard_list, keep_list
from convoca.booking.questions.importing import LINE, Expected, left_of, outlook_of
from convoca.booking.questions.permissions import Action
from convoca.manage import importing_phrases as say
from convoca.manage.importing import UploadForm, check_lines, columns_of, headings_of
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_those_who_may
from convoca.manage.progress import EVERY_TWO_SECONDS, Bar
from convoca.manage.tables import NotATable, read_table
from convoca.manage.taking_away import people_csv

LINES_SHOWN = 20
PROBLEMS_SHOWN = 100


@require_safe
@for_those_who_may(Action.ADD_PEOPLE)
def download_people(request: HttpRequest, visit: Visit) -> StreamingHttpResponse:
    """Send all users of the account as a table."""
    separator = ";" if request.GET.get("separator") == "semicolon" else ","
    lines = people_csv(visit.account, language=get_language() or "en", separator=separator)
    name = f"{visit.account.name}-users-{timezone.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.ADD_PEOPLE)
def import_people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take in a list; it is shown before anything of it counts."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted)
    if request.method == "POST" and form.is_valid():
        kept = _kept(form, visit)
        if kept is not None:
            return see_other("manage:import", account=visit.account.name, number=str(kept.pk))
    latest = PeopleImport.objects.filter(account=visit.account, confirmed_at__isnull=False).order_by("-pk").first()
    context = {"form": form, "headings": headings_of(visit.account).values(), "latest": latest}
    return render_page(request, visit, "manage/import.html", context, status=422 if form.errors else 200)


def _kept(form: UploadForm, visit: Visit) -> PeopleImport | None:
    """Keep the list of a valid form; None if it cannot be read, which the form then says."""
    where = "file" if form.cleaned_data.get("file") else "pasted"
    try:
        table = read_table(form.raw)
    except NotATable as refusal:
        form.add_error(where, say.not_a_table(refusal.wrong))
        return None
    columns, ranks = columns_of(table, visit.account), visit.may(Action.RANK_PEOPLE)
    if not columns.has_email:
        form.add_error(where, say.no_email_column())
        return None
    checked = check_lines(table, columns, visit.account, ranks=ranks)
    return keep_list(
        visit.account,
        checked.rows,
        problems=checked.problems,
        unread=", ".join(columns.unread),
        ranks=ranks,
        by=visit.member,
        now=timezone.now(),
    )


@require_safe
@for_those_who_may(Action.ADD_PEOPLE)
def show_import(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show what would become of a list; once it is confirmed, how far it is, and what became of it."""
    kept = _find(visit, number)
    headings = headings_of(visit.account)
    context = {"kept": kept, "problems": _problems(kept, headings), **_progress(kept, visit)}
    if kept.confirmed_at is None:
        outlook = outlook_of(kept, shown=LINES_SHOWN)
        context |= {
            "outlook": outlook,
            "counts": say.counts(outlook, wrong=len({each[LINE] for each in kept.problems})),
            "label": say.confirm_label(outlook),
            "lines": [_line(each, headings) for each in outlook.first],
            "new_groups": say.new_groups(", ".join(outlook.new_groups)) if outlook.new_groups else "",
            "unread": say.unread(kept.unread) if kept.unread else "",
        }
    return render_page(request, visit, "manage/import_list.html", context)


@require_safe
@for_those_who_may(Action.ADD_PEOPLE)
def tell_import(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Say how far the work is; nothing, if whoever asks knows that already."""
    kept = _find(visit, number)
    context = _progress(kept, visit)
    if context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "manage/import_progress.html", {"kept": kept, "account": visit.account, **context})


@require_POST
@for_those_who_may(Action.ADD_PEOPLE)
def confirm_import(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Let the list count from now on."""
    kept = _find(visit, number)
    if confirm_list(kept, invites=request.POST.get("invites") == "1", now=timezone.now()):
        messages.success(request, say.started())
    else:
        messages.error(request, say.confirmed_already())
    return see_other("manage:import", account=visit.account.name, number=str(kept.pk))


@require_POST
@for_those_who_may(Action.ADD_PEOPLE)
def discard_import(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Forget a list that was not confirmed."""
    if discard_list(_find(visit, number)):
        messages.success(request, say.discarded())
    else:
        messages.error(request, say.confirmed_already())
    return see_other("manage:import-people", account=visit.account.name)


def _find(visit: Visit, number: int) -> PeopleImport:
    lists = PeopleImport.objects.filter(account=visit.account).select_related("by__user")
    found = lists.filter(pk=number).first() if number < 2**63 else None
    # Who may not make superusers sees no list that makes some.
    if found is None or (found.ranks and not visit.may(Action.RANK_PEOPLE)):
        raise Http404
    found.account = visit.account
    return found


def _progress(kept: PeopleImport, visit: Visit) -> dict[str, object]:
    text = say.progress(kept, left_of(kept))
    return {
        "bar": Bar(text=text, done=kept.done, total=kept.total),
        "result": say.result(kept) if kept.finished_at else [],
        "address": reverse("manage:import-progress", args=[visit.account.name, kept.pk]),
        "poll": EVERY_TWO_SECONDS if kept.is_under_way else "",
        "seen": f"{kept.done}-{int(kept.finished_at is not None)}",
    }


def _problems(kept: PeopleImport, headings: Mapping[str, str]) -> Sequence[str]:
    shown = [say.problem(found, headings) for found in islice(kept.problems, PROBLEMS_SHOWN)]
    more = len(kept.problems) - len(shown)
    return [*shown, say.more_problems(more)] if more else shown


def _line(expected: Expected, headings: Mapping[str, str]) -> dict[str, object]:
    row = expected.row
    return {
        "number": row[LINE],
        "name": row.get("name", ""),
        "email": row["email"],
        "outcome": say.outcome(expected.outcome),
        "changes": ", ".join(headings[key] for key in expected.changes),
    }
