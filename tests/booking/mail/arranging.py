"""Bookings whose link is in a certain state, and the worker's round at a certain time."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.db import transaction
from icalendar import Calendar

from convoca.booking.mail.post import Post
from convoca.booking.models import Booking, Meeting, Notification, Sealed
from convoca.booking.operations.notifying import notify_next
from convoca.booking.operations.owing import lock_places, owe_link
from tests.booking.building import NOW, book, connect_zoom, make_account, make_client, make_resource_schedule

ZOOM_LINK = "https://us02web.zoom.us/j/85212345678?pwd=Zm9vYmFy"
PASSCODE = "482913"

# Later than the time for which a confirmation waits for its link.
AFTER_GRACE = NOW + timedelta(seconds=20)


def send_due(now: datetime = AFTER_GRACE) -> int:
    """Make the worker's round as if it were `now`; return how many turns it took until nothing was left."""
    turns = 0
    with Post() as post:
        while notify_next(now=now, post=post):
            turns += 1
    return turns


def book_with_zoom(**client: str) -> Booking:
    """Book on a schedule whose links Zoom makes; nobody has asked Zoom yet, so the link is pending."""
    schedule = make_resource_schedule(make_account(contact_email="ana@example.com"))
    connect_zoom(schedule)
    return book(schedule, client=make_client(**client))


def zoom_answers(booking: Booking, *, link: str = ZOOM_LINK, now: datetime = NOW) -> Meeting:
    """Leave what a worker leaves when Zoom has made the booking's meeting: the link, and the mails owed for it."""
    meeting = Meeting.objects.select_related("slot__schedule").get(slot=booking.slot, wanted=Meeting.Wanted.PRESENT)
    meeting.observed, meeting.ready_at, meeting.due_at = Meeting.Observed.PRESENT, now, None
    meeting.link, meeting.passcode = Sealed.seal(link), Sealed.seal(PASSCODE)
    meeting.save()
    with transaction.atomic():
        owe_link(meeting, lock_places(meeting.slot), now=now)
    return meeting


def owed(booking: Booking, kind: Notification.Kind) -> Notification:
    return Notification.objects.filter(booking=booking, kind=kind).order_by("-pk")[0]


def let_lease_end(notification: Notification) -> None:
    """What time does to the claim of a worker that died."""
    Notification.objects.filter(pk=notification.pk).update(lease_until=notification.created_at - timedelta(days=1))


def text_of(mail: EmailMessage) -> str:
    return str(part_of(mail, "text/plain").get_content())


def html_of(mail: EmailMessage) -> str:
    return str(part_of(mail, "text/html").get_content())


def calendar_of(mail: EmailMessage) -> Calendar:
    calendar = Calendar.from_ical(str(part_of(mail, "text/calendar").get_content()))
    assert isinstance(calendar, Calendar)
    return calendar


def part_of(mail: EmailMessage, content_type: str) -> EmailMessage:
    part = next(part for part in mail.walk() if part.get_content_type() == content_type)
    assert isinstance(part, EmailMessage)
    return part


def reasons(booking: Booking) -> list[str]:
    dropped = Notification.objects.filter(booking=booking, dropped_at__isnull=False).order_by("pk")
    return list(dropped.values_list("reason", flat=True))
