"""The front page of the installation, and what robots are told."""

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from convoca.booking.models import Account, Audience, Schedule
from convoca.public.answers import reads
from convoca.public.summary import Summary, summary_of

# A small installation is its own directory; a large one lists nobody.
MOST_LISTED = 12

ROBOTS = "User-agent: *\nDisallow: /b/\nDisallow: /j/\nDisallow: /my/\nDisallow: /manage/\nDisallow: /accounts/\n"


@reads
def show_front(request: HttpRequest) -> HttpResponse:
    """Say what this is, and list the schedules if they are few."""
    directory = _directory()
    is_new = not directory and not Account.objects.exists()
    return render(request, "public/front.html", {"directory": directory, "is_new": is_new})


@reads
def show_robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def _directory() -> list[tuple[Account, list[Summary]]]:
    """Return the accounts with schedules that anybody may see, with a few words on each; nothing if they are many."""
    open_to_all = Schedule.objects.filter(who_sees=Audience.ANYONE, closing_at=None)
    has_schedules = Exists(open_to_all.filter(account=OuterRef("pk")))
    schedules = Prefetch("schedules", open_to_all.select_related("account"))
    accounts = Account.objects.filter(has_schedules).order_by("pk").prefetch_related(schedules)
    listed = list(accounts[: MOST_LISTED + 1])
    if len(listed) > MOST_LISTED:
        return []
    return [(account, [summary_of(schedule) for schedule in account.schedules.all()]) for account in listed]
