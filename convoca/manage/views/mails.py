"""The mails about bookings: what was sent, what waits, what failed and why; and a button that sends one again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from convoca.booking.mail.phrases import title_of
from convoca.booking.models import Account, Alert, Notification
from convoca.booking.operations.auditing import acting, acting_on
from convoca.booking.operations.digesting import choose_digest, wants_digest
from convoca.booking.operations.resending import NotSentAgain, send_mail_again
from convoca.booking.operations.resending import send_alert_again as send_again_to_owner
from convoca.booking.questions.mails import Outcome, alerts_to, latest_alerts, mails_of, outcome_of
from convoca.manage import mail_phrases as say
from convoca.manage import phrases
from convoca.manage.pages import has_outbox, render_page, see_other
from convoca.manage.policy import Visit, for_owner, for_supervisors
from convoca.manage.returning import address_back

MAILS_A_PAGE = 50
MOST_PK = 2**63
SENT_AGAIN = frozenset({Outcome.SENT, Outcome.FAILED, Outcome.NEEDLESS})


@require_safe
@for_supervisors
def list_mails(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the mails about bookings that the visitor supervises; to the owner also those about links."""
    asked = request.GET.get("state", "")
    outcome = Outcome(asked) if asked in set(Outcome) - {Outcome.BESIDE} else None
    page = Paginator(mails_of(visit.viewer, outcome), MAILS_A_PAGE).get_page(request.GET.get("page"))
    filters = [("", None), *((str(each), each) for each in Outcome if each is not Outcome.BESIDE)]
    context = {
        "mails": [_row(mail, visit.account) for mail in page],
        "alerts": [_alert(alert, visit.account) for alert in latest_alerts(visit.viewer)],
        "page": page,
        "state": outcome or "",
        "filters": [
            {"value": value, "label": say.OUTCOMES[each] if each else "", "is_here": each == outcome}
            for value, each in filters
        ],
        "has_outbox": visit.is_owner and has_outbox(),
        "back": request.get_full_path(),
        "wants_digest": wants_digest(visit.member),
    }
    return render_page(request, visit, "manage/mails.html", context)


@require_POST
@for_supervisors
def send_again(request: HttpRequest, visit: Visit, mail: int) -> HttpResponse:
    """Send one mail again, if it still makes sense."""
    found = mails_of(visit.viewer).filter(pk=mail).first()
    if found is None:
        raise Http404
    try:
        send_mail_again(found, by=acting_on(found.booking.slot.schedule, visit.viewer), now=timezone.now())
    except NotSentAgain as refused:
        messages.error(request, say.not_again(refused.reason))
    else:
        messages.success(request, say.sent_again())
    page = reverse("manage:mails", args=[visit.account.name])
    return HttpResponse(status=303, headers={"Location": address_back(request, visit, otherwise=page)})


@require_POST
@for_owner
def send_alert_again(request: HttpRequest, visit: Visit, mail: int) -> HttpResponse:
    """Send one mail to the owner again, if what it says is still so."""
    found = alerts_to(visit.viewer).filter(pk=mail).first() if mail < MOST_PK else None
    if found is None:
        raise Http404
    try:
        send_again_to_owner(found, by=acting(visit.member), now=timezone.now())
    except NotSentAgain as refused:
        messages.error(request, say.not_again(refused.reason))
    else:
        messages.success(request, say.sent_again())
    return see_other("manage:mails", account=visit.account.name)


@require_POST
@for_supervisors
def choose_day_by_mail(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let the visitor have their day by mail, or no more."""
    wanted = "wanted" in request.POST
    choose_digest(visit.member, wanted=wanted, now=timezone.now())
    messages.success(request, say.digest_chosen(wanted=wanted))
    return see_other("manage:mails", account=visit.account.name)


def _row(mail: Notification, account: Account) -> dict[str, object]:
    slot, outcome = mail.booking.slot, outcome_of(mail)
    return {
        "id": mail.pk,
        "kind": mail.get_kind_display(),
        "to": say.to_whom(mail),
        "booking": mail.booking_id,
        "what": title_of(slot),
        "starts": phrases.moment(slot.starts_at, account.time_zone),
        "may_send": outcome in SENT_AGAIN,
        **_told(mail, outcome, account),
    }


def _alert(alert: Alert, account: Account) -> dict[str, object]:
    outcome = outcome_of(alert)
    told = _told(alert, outcome, account)
    return {"id": alert.pk, "kind": alert.get_kind_display(), "may_send": outcome in SENT_AGAIN, **told}


def _told(mail: Notification | Alert, outcome: Outcome, account: Account) -> dict[str, object]:
    """Return what has become of a mail, since when or when it is due, and why."""
    at = mail.sent_at or mail.dropped_at or mail.due_at
    return {
        "outcome": say.OUTCOMES[outcome],
        "tone": say.TONES.get(outcome, ""),
        "at": phrases.moment(at, account.time_zone) if at else "",
        "why": say.why(mail.reason),
    }
