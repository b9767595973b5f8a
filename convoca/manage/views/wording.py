"""Configure > Layout: one mail in the owner's own words, with a live preview (M21, J9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.mail.example import next_booking, preview, trial_mail
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.mail.own_words import Text
from convoca.booking.mail.phrases import join_sentence
from convoca.booking.mail.worded import OF_THE_ACCOUNT, TO_ATTENDEES, WORDED
from convoca.booking.manner import speaking
from convoca.booking.models import Language, MessageText, Schedule
from convoca.booking.operations.texts import (
    TextUnfit,
    discard_draft,
    faults_in,
    publish_text,
    restore_text,
    save_draft,
    take_text_back,
)
from convoca.booking.operations.trying import NotSent, send_trial
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.permissions import Action
from convoca.booking.questions.texts import Message, texts_of
from convoca.manage import health_phrases
from convoca.manage import layout_phrases as say
from convoca.manage.csp import A_MAIL, FRAMES_A_MAIL
from convoca.manage.layout import Looking, TextForm, Texts, address_of, draft_of, form_of, looking, published_of
from convoca.manage.pages import render_page, schedule_tabs
from convoca.manage.policy import Visit, for_owner, for_supervisors, schedule_on_which

# In these real mails would say something else than the preview.
AMISS = frozenset({LinkState.DISCONNECTED, LinkState.FAILED, LinkState.QUOTA, LinkState.DELAYED})
UNDOINGS = frozenset({"restore", "discard", "back"})


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One mail on the desk of whoever words it."""

    request: HttpRequest
    visit: Visit
    message: Message

    @property
    def schedule(self) -> Schedule | None:
        return self.message.schedule

    def texts(self) -> Texts:
        return texts_of(self.message.account, self.schedule)

    def row(self) -> MessageText | None:
        return self.texts().get((self.message.kind, self.message.language))

    def back(self) -> HttpResponse:
        return HttpResponse(status=303, headers={"Location": address_of(self.message)})


@csp_override(FRAMES_A_MAIL)
@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def edit_text(request: HttpRequest, visit: Visit, schedule: str, kind: str, language: str) -> HttpResponse:
    """Word one mail of a schedule in one language: draft, publish, restore, send a test."""
    return _edit(_desk(request, visit, schedule_on_which(visit, Action.WORD, schedule), kind, language))


@csp_override(FRAMES_A_MAIL)
@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def edit_account_text(request: HttpRequest, visit: Visit, kind: str, language: str) -> HttpResponse:
    """Word one mail that is about no single schedule, in one language."""
    return _edit(_desk(request, visit, None, kind, language))


@csp_override(A_MAIL)
@xframe_options_sameorigin
@require_safe
@for_supervisors
def show_preview(request: HttpRequest, visit: Visit, schedule: str, kind: str, language: str) -> HttpResponse:
    """Give the mail to the frame of its page: no script, nothing fetched, links that lead nowhere."""
    return _preview(_desk(request, visit, schedule_on_which(visit, Action.WORD, schedule), kind, language))


@csp_override(A_MAIL)
@xframe_options_sameorigin
@require_safe
@for_owner
def show_account_preview(request: HttpRequest, visit: Visit, kind: str, language: str) -> HttpResponse:
    """Give a mail that is about no single schedule to the frame of its page."""
    return _preview(_desk(request, visit, None, kind, language))


def _desk(request: HttpRequest, visit: Visit, schedule: Schedule | None, kind: str, language: str) -> Desk:
    """Put the mail on the desk. Raises Http404 if there is none such."""
    kinds = {str(each) for each in (WORDED if schedule is not None else OF_THE_ACCOUNT)}
    if kind not in kinds or language not in Language.values:
        raise Http404
    message = Message(account=visit.account, schedule=schedule, kind=kind, language=language)
    return Desk(request=request, visit=visit, message=message)


def _edit(desk: Desk) -> HttpResponse:
    row, request = desk.row(), desk.request
    form = form_of(draft_of(row), request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _render(desk, form, draft_of(row))
    done = request.POST.get("do", "draft")
    if done in UNDOINGS:
        return _undo(desk, done)
    if not form.is_valid():
        return _render(desk, form, draft_of(row))
    return _keep(desk, form, done)


def _undo(desk: Desk, done: str) -> HttpResponse:
    undo: dict[str, Callable[[], object]] = {
        "restore": partial(restore_text, desk.message, now=timezone.now()),
        "discard": partial(discard_draft, desk.message),
        "back": partial(take_text_back, desk.message),
    }
    undo[done]()
    messages.success(desk.request, say.undone(done))
    return desk.back()


def _keep(desk: Desk, form: TextForm, done: str) -> HttpResponse:
    """Save what was typed as a draft; publish it, or send it as a test, if that was asked."""
    text, now = form.text, timezone.now()
    if done == "publish":
        try:
            publish_text(desk.message, text, now=now)
        except TextUnfit:
            _say_what_is_wrong(form, text, desk.message.kind)
            return _render(desk, form, Text())
        messages.success(desk.request, gettext("Published. Mails that leave from now on say this."))
        return desk.back()
    save_draft(desk.message, text, now=now)
    if done == "test":
        _send_test(desk, text, now=now)
    return desk.back()


def _say_what_is_wrong(form: TextForm, text: Text, kind: str) -> None:
    of_subject, of_body = faults_in(text, kind)
    for found in of_subject:
        form.add_error("subject", say.wrong(found, kind, in_subject=True))
    for found in of_body:
        form.add_error("body", say.wrong(found, kind, in_subject=False))


def _send_test(desk: Desk, text: Text, *, now: datetime) -> None:
    shown = looking(desk.request.POST, desk.schedule).shown
    try:
        send_trial(trial_mail(desk.message, text, shown=shown, to=desk.visit.member.user.email, now=now))
    except (NotSent, Undeliverable) as error:
        messages.error(desk.request, say.not_sent(health_phrases.not_delivered(error.reason)))
    else:
        messages.success(desk.request, gettext("Sent. Check your inbox."))


def _preview(desk: Desk) -> HttpResponse:
    row, looked, request = desk.row(), looking(desk.request.GET, desk.schedule), desk.request
    text = published_of(row) if request.GET.get("text") == "published" else draft_of(row)
    seen = preview(desk.message, text, shown=looked.shown, is_real=looked.of_next, now=timezone.now())
    if looked.as_text:
        context = {"seen": seen, "language": desk.message.language, "looked": looked}
        return HttpResponse(render_to_string("manage/plain_mail.html", context))
    return HttpResponse(_in_scheme(seen.html, looked).replace("<head>", '<head><base target="_blank">', 1))


def _in_scheme(html: str, looked: Looking) -> str:
    """Return the page as a mail program in that scheme shows it, whatever this browser's is."""
    return html.replace("(prefers-color-scheme: dark)", "all" if looked.is_dark else "not all").replace(
        'content="light dark"', f'content="{"dark" if looked.is_dark else "light"}"'
    )


def _render(desk: Desk, form: TextForm, text: Text) -> HttpResponse:
    message, schedule, request = desk.message, desk.schedule, desk.request
    texts, kind = desk.texts(), message.kind
    row = texts.get((kind, message.language))
    others = [other for other in Language if other != message.language]
    of_subject, of_body = faults_in(text, kind)
    looked = looking(request.GET or request.POST, schedule)
    context = {
        "schedule": schedule,
        "tabs": schedule_tabs(request, desk.visit, schedule) if schedule is not None else [],
        "form": form,
        "kind": kind,
        "name": say.NAMES[kind],
        "when": say.WHEN[kind],
        "language": Language(message.language),
        "others": [
            {"name": other.label, "code": other.value, "address": address_of(replace(message, language=other.value))}
            for other in others
        ],
        "row": row,
        "may_take_back": row is None and message.texts.exists(),
        "state": say.state_of(row),
        "wrong": [say.wrong(found, kind, in_subject=True) for found in of_subject]
        + [say.wrong(found, kind, in_subject=False) for found in of_body],
        "notes": say.notes(text, kind, schedule),
        "outdated": [said for other in others if (said := say.outdated(row, texts.get((kind, other))))],
        "variables": say.variables(kind),
        "looked": looked,
        "states": [(state.value, label) for state, label in say.STATES.items()],
        "has_link": kind in {str(each) for each in TO_ATTENDEES},
        "frame": f"{address_of(message, 'text-preview')}?{looked.query}",
        "amiss": _what_real_mails_say(desk, now=timezone.now()),
        "me": desk.visit.member.user.email,
    }
    return render_page(request, desk.visit, "manage/text.html", context, status=422 if form.errors else 200)


def _what_real_mails_say(desk: Desk, *, now: datetime) -> str:
    """Return the sentence in the next real mail, if something is amiss with its link."""
    schedule = desk.schedule
    booking = next_booking(schedule, now=now) if schedule is not None and desk.message.kind in TO_ATTENDEES else None
    if booking is None or schedule is None:
        return ""
    link = links_for(desk.visit.viewer, [booking.slot], now=now)[booking.slot_id]
    if link.state not in AMISS:
        return ""
    with speaking(desk.message.language, schedule.account):
        return join_sentence(link, schedule.account, has_changed=False, time_zone=schedule.time_zone)
