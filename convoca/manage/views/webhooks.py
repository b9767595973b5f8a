"""Webhooks: which there are, what each is told, what became of it, and what an owner does with them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import Webhook
from convoca.booking.operations.delivering import deliver_one
from convoca.booking.operations.hooking import (
    change_webhook,
    delete_webhook,
    make_webhook,
    pause_webhook,
    replace_secret,
    resume_webhook,
    send_test,
)
from convoca.booking.questions.programs import last_deliveries, webhooks_of
from convoca.core.admission import Refusal
from convoca.manage import program_phrases as say
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_owner
from convoca.manage.webhooks import WebhookForm, line_of, old_secret_until, row_of

MOST_PK = 2**63


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def list_webhooks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the account's webhooks, and make a new one."""
    form = WebhookForm(request.POST if request.method == "POST" else None, account=visit.account)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_webhook(visit.account, form.telling, now=timezone.now())
        except Refusal as refusal:
            form.add_error("url", say.say(refusal))
        else:
            messages.success(request, gettext("The webhook is made. Give the other program its secret, and test it."))
            return _see(visit, made)
    rows = [row_of(each, visit.account.time_zone) for each in webhooks_of(visit.account)]
    context = {"rows": rows, "form": form}
    return render_page(request, visit, "manage/webhooks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def show_webhook(request: HttpRequest, visit: Visit, webhook: int) -> HttpResponse:
    """Show one webhook with what it was told last, and change it."""
    found, now, zone = _own(visit, webhook), timezone.now(), visit.account.time_zone
    form = WebhookForm(request.POST if request.method == "POST" else None, account=visit.account, webhook=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_webhook(found, form.telling)
        except Refusal as refusal:
            form.add_error("url", say.say(refusal))
        else:
            messages.success(request, gettext("Saved."))
            return _see(visit, found)
    context = {
        "webhook": found,
        "words": say.webhook_words(found, zone),
        "secret": found.secret.open(),
        "old_until": old_secret_until(found, zone, now=now),
        "lines": [line_of(each, zone) for each in last_deliveries(found)],
        "form": form,
    }
    return render_page(request, visit, "manage/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@for_owner
def test_webhook(request: HttpRequest, visit: Visit, webhook: int) -> HttpResponse:
    """Send a test, and say what the other program answered."""
    found, now = _own(visit, webhook), timezone.now()
    answer = deliver_one(send_test(found, now=now), now=now)
    is_well = answer is None or answer.is_taken
    (messages.success if is_well else messages.error)(request, say.tested(answer))
    return _see(visit, found)


@require_POST
@for_owner
def pause(request: HttpRequest, visit: Visit, webhook: int) -> HttpResponse:
    found = _own(visit, webhook)
    pause_webhook(found, now=timezone.now())
    messages.success(request, gettext("Paused."))
    return _see(visit, found)


@require_POST
@for_owner
def resume(request: HttpRequest, visit: Visit, webhook: int) -> HttpResponse:
    found = _own(visit, webhook)
    resume_webhook(found)
    messages.success(request, gettext("It is told again what happens from now on."))
    return _see(visit, found)


@require_POST
@for_owner
def renew_secret(request: HttpRequest, visit: Visit, webhook: int) -> HttpResponse:
    found = _own(visit, webhook)
    replace_secret(found, now=timezone.now())
    messages.success(request, gettext("There is a new secret. For a day both sign."))
    return _see(visit, found)


@require_POST
@for_owner
def delete(request: HttpRequest, visit: Visit, webhook: int) -> HttpResponse:
    delete_webhook(_own(visit, webhook))
    messages.success(request, gettext("The webhook is deleted. That program is told nothing more."))
    return see_other("manage:webhooks", account=visit.account.name)


def _own(visit: Visit, pk: int) -> Webhook:
    """Return the account's webhook of that id. Raises Http404."""
    found = Webhook.objects.filter(account=visit.account, pk=pk).first() if pk < MOST_PK else None
    if found is None:
        raise Http404
    return found


def _see(visit: Visit, webhook: Webhook) -> HttpResponse:
    return see_other("manage:webhook", account=visit.account.name, webhook=str(webhook.pk))
