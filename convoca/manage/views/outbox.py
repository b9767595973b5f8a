"""The mails of an installation without a mail server, for its owner to read."""

from email.message import EmailMessage

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from convoca.booking.models import OutboxMail
from convoca.manage import phrases
from convoca.manage.csp import A_MAIL, FRAMES_A_MAIL
from convoca.manage.letters import calendar_of, html_of, read_letter, text_of
from convoca.manage.pages import has_outbox, render_page
from convoca.manage.policy import Visit, for_owner

MAILS_A_PAGE = 50


@require_safe
@for_owner
def list_mails(request: HttpRequest, visit: Visit) -> HttpResponse:
    _refuse_without_outbox()
    mails = OutboxMail.objects.filter(account=visit.account).defer("message")
    page = Paginator(mails, MAILS_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "id": mail.pk,
            "subject": mail.subject,
            "recipient": mail.recipient,
            "when": phrases.moment(mail.created_at, visit.account.time_zone),
        }
        for mail in page
    ]
    return render_page(request, visit, "manage/outbox.html", {"mails": rows, "page": page})


@csp_override(FRAMES_A_MAIL)
@require_safe
@for_owner
def show_mail(request: HttpRequest, visit: Visit, mail: int) -> HttpResponse:
    shown, letter = _open(visit, mail)
    context = {
        "mail": shown,
        "when": phrases.moment(shown.created_at, visit.account.time_zone),
        "sender": letter.get("From", ""),
        "text": text_of(letter),
        "has_html": bool(html_of(letter)),
        "has_calendar": calendar_of(letter) is not None,
    }
    return render_page(request, visit, "manage/mail.html", context)


@csp_override(A_MAIL)
@xframe_options_sameorigin
@require_safe
@for_owner
def show_html(request: HttpRequest, visit: Visit, mail: int) -> HttpResponse:
    """Give the mail's HTML to the frame of its page: no script, nothing fetched, links open beside it."""
    _, letter = _open(visit, mail)
    html = html_of(letter)
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


@require_safe
@for_owner
def download_calendar(request: HttpRequest, visit: Visit, mail: int) -> HttpResponse:
    _, letter = _open(visit, mail)
    found = calendar_of(letter)
    if found is None:
        raise Http404
    disposition = f'attachment; filename="{found.name}"'
    return HttpResponse(
        found.content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def _open(visit: Visit, mail_id: int) -> tuple[OutboxMail, EmailMessage]:
    _refuse_without_outbox()
    mail = get_object_or_404(OutboxMail, account=visit.account, pk=mail_id)
    return mail, read_letter(mail)


def _refuse_without_outbox() -> None:
    if not has_outbox():
        raise Http404
