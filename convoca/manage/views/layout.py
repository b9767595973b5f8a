"""Configure > Layout: the owner's own words in every mail, with a live preview (M21, J9)."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.mail.example import next_booking, preview, trial_mail
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.mail.own_words import WORDED, Text
from convoca.booking.mail.phrases import join_sentence
from convoca.booking.manner import speaking
from convoca.booking.models import Language, MessageText, Notification, Schedule
from convoca.booking.operations.texts import (
    TextUnfit,
    discard_draft,
    faults_in,
    publish_text,
    restore_text,
    save_draft,
    set_discreet,
)
from convoca.booking.operations.trying import NotSent, send_trial
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.texts import texts_of
from convoca.manage import health_phrases
from convoca.manage import layout_phrases as say
from convoca.manage.csp import A_MAIL, FRAMES_A_MAIL
from convoca.manage.layout import Looking, TextForm, draft_of, form_of, looking, published_of
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors

# In these real mails would say something else than the preview.
AMISS = frozenset({LinkState.DISCONNECTED, LinkState.FAILED, LinkState.QUOTA, LinkState.DELAYED})


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def list_texts(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show which mails say what, and choose whether subjects are discreet."""
    configured = configured_schedule(visit, schedule)
    if request.method == "POST":
        set_discreet(configured, is_discreet="discreet" in request.POST)
        messages.success(request, gettext("Saved."))
        return see_other("manage:layout", account=visit.account.name, schedule=configured.slug)
    texts = texts_of(configured)
    context = {
        "schedule": configured,
        "tabs": schedule_tabs(request, visit, configured),
        "kinds": [_row(visit, configured, kind, texts) for kind in WORDED],
    }
    return render_page(request, visit, "manage/layout.html", context)


def _row(
    visit: Visit, schedule: Schedule, kind: Notification.Kind, texts: dict[tuple[str, str], MessageText]
) -> dict[str, object]:
    languages = [
        {
            "code": str(language.value),
            "name": language.label,
            "address": reverse("manage:text", args=[visit.account.name, schedule.slug, kind.value, language.value]),
            "state": say.state_of(texts.get((kind, language))),
        }
        for language in Language
    ]
    return {"name": kind.label, "when": say.WHEN[kind], "languages": languages}


@csp_override(FRAMES_A_MAIL)
@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def edit_text(request: HttpRequest, visit: Visit, schedule: str, kind: str, language: str) -> HttpResponse:
    """Word one mail in one language: draft, publish, restore, send a test."""
    configured = _worded(visit, schedule, kind, language)
    row = texts_of(configured).get((kind, language))
    form = form_of(draft_of(row), request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _render(request, visit, configured, kind, language, form, draft_of(row))
    done = request.POST.get("do", "draft")
    if done in {"restore", "discard"}:
        return _undo(request, visit, configured, kind, language, done)
    if not form.is_valid():
        return _render(request, visit, configured, kind, language, form, draft_of(row))
    return _keep(request, visit, configured, kind, language, form)


def _undo(request: HttpRequest, visit: Visit, schedule: Schedule, kind: str, language: str, done: str) -> HttpResponse:
    if done == "restore":
        restore_text(schedule, kind, language)
        messages.success(request, gettext("The standard text is sent again."))
    else:
        discard_draft(schedule, kind, language)
        messages.success(request, gettext("The draft is gone. What was published is still sent."))
    return _back(visit, schedule, kind, language)


def _keep(
    request: HttpRequest, visit: Visit, schedule: Schedule, kind: str, language: str, form: TextForm
) -> HttpResponse:
    """Save what was typed as a draft; publish it, or send it as a test, if that was asked."""
    done, text, now = request.POST.get("do", "draft"), form.text, timezone.now()
    if done == "publish":
        try:
            publish_text(schedule, kind, language, text, now=now)
        except TextUnfit:
            _say_what_is_wrong(form, text)
            return _render(request, visit, schedule, kind, language, form, Text())
        messages.success(request, gettext("Published. Mails that leave from now on say this."))
        return _back(visit, schedule, kind, language)
    save_draft(schedule, kind, language, text, now=now)
    if done == "test":
        _send_test(request, visit, schedule, kind, language, text, now=now)
    return _back(visit, schedule, kind, language)


def _say_what_is_wrong(form: TextForm, text: Text) -> None:
    of_subject, of_body = faults_in(text)
    for found in of_subject:
        form.add_error("subject", say.wrong(found, in_subject=True))
    for found in of_body:
        form.add_error("body", say.wrong(found, in_subject=False))


def _send_test(
    request: HttpRequest, visit: Visit, schedule: Schedule, kind: str, language: str, text: Text, *, now: datetime
) -> None:
    shown = looking(request.POST, schedule).shown
    try:
        mail = trial_mail(schedule, kind, language, text, shown=shown, to=visit.member.user.email, now=now)
        send_trial(mail)
    except (NotSent, Undeliverable) as error:
        messages.error(request, say.not_sent(health_phrases.not_delivered(error.reason)))
    else:
        messages.success(request, gettext("Sent. Check your inbox."))


@csp_override(A_MAIL)
@xframe_options_sameorigin
@require_safe
@for_supervisors
def show_preview(request: HttpRequest, visit: Visit, schedule: str, kind: str, language: str) -> HttpResponse:
    """Give the mail to the frame of its page: no script, nothing fetched, links that lead nowhere."""
    configured, now = _worded(visit, schedule, kind, language), timezone.now()
    looked = looking(request.GET, configured)
    row = texts_of(configured).get((kind, language))
    text = published_of(row) if request.GET.get("text") == "published" else draft_of(row)
    booking = next_booking(configured, now=now) if looked.of_next else None
    seen = preview(configured, kind, language, text, shown=looked.shown, booking=booking, now=now)
    if looked.as_text:
        page = render_to_string("manage/plain_mail.html", {"seen": seen, "language": language, "looked": looked})
        return HttpResponse(page)
    return HttpResponse(_in_scheme(seen.html, looked).replace("<head>", '<head><base target="_blank">', 1))


def _in_scheme(html: str, looked: Looking) -> str:
    """Return the page as a mail program in that scheme shows it, whatever this browser's is."""
    return html.replace("(prefers-color-scheme: dark)", "all" if looked.is_dark else "not all").replace(
        'content="light dark"', f'content="{"dark" if looked.is_dark else "light"}"'
    )


def _worded(visit: Visit, slug: str, kind: str, language: str) -> Schedule:
    schedule = configured_schedule(visit, slug)
    if kind not in set(WORDED) or language not in Language.values:
        raise Http404
    return schedule


def _back(visit: Visit, schedule: Schedule, kind: str, language: str) -> HttpResponse:
    return see_other("manage:text", account=visit.account.name, schedule=schedule.slug, kind=kind, language=language)


def _render(
    request: HttpRequest, visit: Visit, schedule: Schedule, kind: str, language: str, form: TextForm, text: Text
) -> HttpResponse:
    texts, now = texts_of(schedule), timezone.now()
    row = texts.get((kind, language))
    others = [other for other in Language if other != language]
    of_subject, of_body = faults_in(text)
    where = [visit.account.name, schedule.slug, kind]
    looked = looking(request.GET or request.POST, schedule)
    context = {
        "schedule": schedule,
        "tabs": schedule_tabs(request, visit, schedule),
        "form": form,
        "kind": kind,
        "name": Notification.Kind(kind).label,
        "when": say.WHEN[kind],
        "language": Language(language),
        "others": [
            {"name": other.label, "code": other.value, "address": reverse("manage:text", args=[*where, other.value])}
            for other in others
        ],
        "row": row,
        "state": say.state_of(row),
        "wrong": [say.wrong(found, in_subject=True) for found in of_subject]
        + [say.wrong(found, in_subject=False) for found in of_body],
        "notes": say.notes(text, kind, schedule),
        "outdated": [said for other in others if (said := say.outdated(row, texts.get((kind, other))))],
        "variables": say.variables(),
        "looked": looked,
        "states": [(state.value, label) for state, label in say.STATES.items()],
        "frame": f"{reverse('manage:text-preview', args=[*where, language])}?{looked.query}",
        "amiss": _what_real_mails_say(visit, schedule, language, now=now),
        "me": visit.member.user.email,
    }
    return render_page(request, visit, "manage/text.html", context, status=422 if form.errors else 200)


def _what_real_mails_say(visit: Visit, schedule: Schedule, language: str, *, now: datetime) -> str:
    """Return the sentence in the next real mail, if something is amiss with its link."""
    booking = next_booking(schedule, now=now)
    if booking is None:
        return ""
    link = links_for(visit.viewer, [booking.slot], now=now)[booking.slot_id]
    if link.state not in AMISS:
        return ""
    with speaking(language, schedule.account):
        return join_sentence(link, schedule.account, has_changed=False, time_zone=schedule.time_zone)
