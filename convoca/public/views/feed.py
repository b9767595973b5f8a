"""A calendar that programs subscribe to, for whoever has its secret address."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from convoca.booking.mail.feeds import write_feed
from convoca.booking.questions.feeds import contents_of, feed_by_token, reader_of
from convoca.public.answers import reads


@reads
def show_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the calendar as its owner may see it now, or 304 if whoever asks has it so already."""
    feed, now = feed_by_token(token), timezone.now()
    reader = reader_of(feed) if feed else None
    if feed is None or reader is None:
        return _private(HttpResponse("There is no such calendar.\n", content_type="text/plain", status=404))
    language = feed.membership.user.language
    body, tag = write_feed(feed, contents_of(feed, reader, now=now), language=language, now=now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["ETag"] = quote_etag(tag)
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return _private(answer if isinstance(answer, HttpResponse) else response)


def _private(response: HttpResponse) -> HttpResponse:
    """Let no shared cache keep it, no search find it; its reader's own program may ask whether it has changed."""
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
