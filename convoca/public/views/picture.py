"""A schedule's picture, for those who show its address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response

from convoca.booking.questions.schedules import schedule_at
from convoca.booking.spoken import is_spoken
from convoca.public.answers import reads
from convoca.public.pictures import Busy, drawn, picture_of
from convoca.public.preview import is_shown_to_all

# Under its own name it never changes; under another one it may be a new one by now.
KEPT_FOR_EVER, KEPT_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"
ASK_AGAIN_SECONDS = 5


@reads
def show_picture(request: HttpRequest, account: str, schedule: str, language: str) -> HttpResponse:
    """Return the picture of a schedule that anybody may see, in one of our languages."""
    found = schedule_at(account, schedule)
    if found is None or not is_shown_to_all(found) or not is_spoken(language):
        raise Http404
    with translation.override(language):
        picture = picture_of(found)
    tag = f'"{picture.digest}"'
    kept = get_conditional_response(request, etag=tag)
    if kept is not None:
        return _as_kept(kept, request, picture.digest)
    try:
        response = HttpResponse(drawn(picture), content_type="image/png")
    except Busy:
        return HttpResponse(status=503, headers={"Retry-After": str(ASK_AGAIN_SECONDS)})
    response["ETag"] = tag
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _as_kept(response, request, picture.digest)


def _as_kept(response: HttpResponse, request: HttpRequest, digest: str) -> HttpResponse:
    response["Cache-Control"] = KEPT_FOR_EVER if request.GET.get("v") == digest else KEPT_AN_HOUR
    return response
