"""A schedule's page: one form of radio buttons, a name and an e-mail address. Posting it to itself books."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from convoca.booking.models import Account, Booking, Schedule
from convoca.booking.questions.forms import asked_fields
from convoca.booking.questions.permissions import Action, Rank, may, rank_of
from convoca.booking.questions.schedules import moved_from, schedule_at
from convoca.booking.spoken import asks_to_speak, remember_language
from convoca.core.admission import Refusal, SeriesClash
from convoca.public import phrases
from convoca.public.answers import SeeOther, reads
from convoca.public.asking import asked_of
from convoca.public.disclosure import disclose
from convoca.public.door import blocked_page, forgery_checked, log_in_apart, turned_away, viewer_at
from convoca.public.embedding import Embedding, framed, read_embedding
from convoca.public.forms import BookingForm
from convoca.public.page import Context, frame, page_after_refusal, paused_text, schedule_page, services_page
from convoca.public.preview import preview_of
from convoca.public.reserving import reserve
from convoca.public.summary import summary_of
from convoca.public.visit import Visit, address_of, read_visit
from convoca.public.zones import regions


@reads
def show_account(request: HttpRequest, account: str) -> HttpResponse:
    """List the schedules of an account that whoever looks may see."""
    found = Account.objects.filter(name=account).first()
    if found is None:
        raise Http404
    viewer = viewer_at(request, found)
    if rank_of(viewer) is Rank.BLOCKED:
        return blocked_page(request, found)
    every = Schedule.objects.select_related("account").filter(account=found, closing_at=None)
    schedules = [summary_of(each) for each in every if may(viewer, Action.SEE, each)]
    return render(request, "public/account.html", {"account": found, "viewer": viewer, "schedules": schedules})


@forgery_checked
def show_schedule(request: HttpRequest, account: str, schedule: str, resource: str | None = None) -> HttpResponse:
    """Show what can be booked, and book it."""
    found = schedule_at(account, schedule)
    if found is None:
        return _moved(request, account, schedule, resource)
    embedding = read_embedding(request)
    return framed(_answer(request, found, embedding, resource), found, embedding)


def _moved(request: HttpRequest, account: str, slug: str, resource: str | None) -> HttpResponse:
    """Lead from an address that a schedule had to the one that it has. Raises Http404 if none had it."""
    found = moved_from(account, slug)
    if found is None:
        raise Http404
    where = [account, found.slug, resource] if resource else [account, found.slug]
    path = reverse("schedule_resource" if resource else "schedule", args=where)
    # Not for ever: the address may come back to it. 307 keeps a form that is sent to the old address a form.
    return HttpResponse(status=307, headers={"Location": address_of(path, request.GET.dict())})


def _answer(request: HttpRequest, found: Schedule, embedding: Embedding, resource: str | None) -> HttpResponse:
    now, speaks = timezone.now(), asks_to_speak(request)
    books = request.method == "POST" and not speaks
    viewer = viewer_at(request, found.account)
    refused = turned_away(request, viewer, Action.BOOK if books else Action.SEE, found)
    if refused is not None:
        return (
            log_in_apart(request, found, embedding)
            if embedding.is_framed and refused.has_header("Location")
            else refused
        )
    visit = read_visit(request, found, viewer, resource=resource, now=now, embedding=embedding)
    if books:
        return _book(request, visit, now=now)
    if speaks:
        return _speak(request, visit, now=now)
    if visit.picks_zone:
        return _shown(request, visit, "zones", frame(visit, now) | {"regions": regions(now)})
    if visit.must_pick_service and not paused_text(visit):
        return _shown(request, visit, "services", services_page(visit, now))
    fields = [] if visit.month is not None else asked_fields(found)
    form = BookingForm(asked=asked_of(visit, fields))
    return _shown(request, visit, "schedule", schedule_page(request, visit, form, fields, now=now))


def _shown(request: HttpRequest, visit: Visit, page: str, context: Context) -> HttpResponse:
    """Return a page that is looked at, with what others show of it where its address is posted."""
    return render(request, f"public/{page}.html", context | {"preview": preview_of(visit)})


def _speak(request: HttpRequest, visit: Visit, *, now: datetime) -> HttpResponse:
    """Show the page in another language, as far as it has been filled in, and judge nothing of it yet."""
    fields = asked_fields(visit.schedule)
    form = BookingForm(request.POST, asked=asked_of(visit, fields)).judged_later()
    response = render(request, "public/schedule.html", schedule_page(request, visit, form, fields, now=now))
    return remember_language(response, visit.embedding.language)


def _book(request: HttpRequest, visit: Visit, *, now: datetime) -> HttpResponse:
    fields = asked_fields(visit.schedule)
    form = BookingForm(request.POST, asked=asked_of(visit, fields))
    if not form.is_valid():
        page = schedule_page(request, visit, form, fields, now=now)
        return render(request, "public/schedule.html", page, status=422)
    try:
        booking = reserve(visit, form, now=now)
    except Refusal as refusal:
        _explain(refusal, form, visit)
        kept = isinstance(refusal, SeriesClash)
        page = page_after_refusal(request, visit, form, fields, now=now, kept=kept)
        return render(request, "public/schedule.html", page, status=409)
    response = SeeOther(_booked_address(booking, visit.embedding))
    disclose(response, booking, now=now)
    return remember_language(response, visit.embedding.language)


def _booked_address(booking: Booking, embedding: Embedding) -> str:
    """Return where somebody reads that they have booked: within a frame, on a page that does nothing else."""
    token = booking.token.open()
    return (
        address_of(reverse("booking_done", args=[token]), embedding.kept)
        if embedding.is_framed
        else reverse("booking", args=[token])
    )


def _explain(refusal: Refusal, form: BookingForm, visit: Visit) -> None:
    """Add to the form what was refused: of a series, every day that clashes."""
    if isinstance(refusal, SeriesClash):
        for sentence in phrases.say_clashes(refusal, visit.schedule, visit.time_zone):
            form.add_error("repeat" if form.asked.repeats else "choice", sentence)
    else:
        form.add_error(phrases.place_of(refusal, form), phrases.say(refusal, visit.schedule))
