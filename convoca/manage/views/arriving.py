"""Who has booked while a day was being looked at: the page says so, and its list stays where it is (J12)."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from convoca.booking.models import Account
from convoca.booking.questions.offers import local_window
from convoca.booking.questions.supervising import arrived_since, schedules_to_supervise
from convoca.booking.wording import clock_text
from convoca.manage import supervise_phrases as say
from convoca.manage.agenda import named
from convoca.manage.forms import read_day
from convoca.manage.policy import Visit, for_supervisors
from convoca.manage.supervising import read_id

# More than these are only counted.
NAMED_AT_MOST = 3
LOOKED_AT_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a page asks again and again: bookings of a day after the booking `after`; it has told up to `seen`."""

    account: Account
    day: date
    after: int
    seen: int

    @property
    def address(self) -> str:
        query = urlencode({"day": self.day.isoformat(), "after": self.after, "seen": self.seen})
        return f"{reverse('manage:arrivals', args=[self.account.name])}?{query}"


@require_safe
@for_supervisors
def tell_arrivals(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Name who has booked for the day since the page was loaded; nothing (204) while it has told of all of them."""
    zone, now = visit.account.time_zone, timezone.now()
    watch = Watch(
        account=visit.account,
        day=read_day(request.GET.get("day"), time_zone=zone, now=now),
        after=read_id(request.GET.get("after", "")) or 0,
        seen=read_id(request.GET.get("seen", "")) or 0,
    )
    found = arrived_since(
        visit.account.pk,
        schedules_to_supervise(visit.viewer),
        local_window(watch.day, 1, zone),
        after=watch.after,
        most=LOOKED_AT_MOST,
    )
    newest = max((booking.pk for booking in found), default=0)
    if newest <= watch.seen:
        return HttpResponse(status=204)
    context = {
        "watch": Watch(account=visit.account, day=watch.day, after=watch.after, seen=newest),
        "arrivals": [
            {
                "text": say.arrived(named(each), clock_text(each.slot.starts_at, zone)),
                "address": _address(visit.account, watch.day, each.slot_id, newest=newest),
            }
            for each in found[:NAMED_AT_MOST]
        ],
        "more": say.and_more(len(found) - NAMED_AT_MOST),
    }
    return render(request, "manage/arrivals.html", context)


def _address(account: Account, day: date, slot: int, *, newest: int) -> str:
    """Return where the booking stands; what differs in it makes the browser load the day again."""
    query = urlencode({"day": day.isoformat(), "with": newest})
    return f"{reverse('manage:today', args=[account.name])}?{query}#slot-{slot}"
