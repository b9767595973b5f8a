"""What the mail service reports of mails that it had taken. The library reads each service's own form of it."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convoca.booking.operations.hearing_back import Fate, Report, hear_back

# Services report in bundles.
BODY_MAX_BYTES = 1024 * 1024
READERS = {
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailersend": "anymail.webhooks.mailersend.MailerSendTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
}
FATES = {
    EventType.BOUNCED: Fate.CAME_BACK,
    EventType.REJECTED: Fate.CAME_BACK,
    EventType.FAILED: Fate.CAME_BACK,
    EventType.COMPLAINED: Fate.COMPLAINED,
    EventType.UNSUBSCRIBED: Fate.COMPLAINED,
}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
@never_cache
def hear_mail_service(request: HttpRequest) -> HttpResponse:
    """Take reports; whoever does not prove to be the service is refused before a byte is read as one."""
    if not settings.MAIL_WEBHOOK_SECRET or settings.MAIL_SERVICE not in READERS:
        raise Http404
    if request.method == "HEAD":
        # Some ask whether there is somebody before they accept the address.
        return HttpResponse()
    if len(request.body) > BODY_MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    reader = import_string(READERS[settings.MAIL_SERVICE])()
    try:
        reader.run_validators(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    try:
        reports = list(_reports(reader.parse_events(request)))
    except (ValueError, KeyError, TypeError, AttributeError, ImproperlyConfigured):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    for report in reports:
        hear_back(report, now=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _reports(events: list[Any]) -> Iterator[Report]:
    """Yield what concerns us; that a mail was delivered, or opened, does not."""
    for event in events:
        name = str((event.metadata or {}).get("mail", ""))
        if name and event.event_type in FATES:
            yield Report(fate=FATES[event.event_type], mail=name)
