"""Configure > Layout: which mails say what, in which language (M21, J9).

The mails of a schedule are worded on its page, by the owner or whom they let; those that are about no single one on the
account's page, by its owner.
"""

from collections.abc import Iterable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.mail.worded import OF_THE_ACCOUNT, TO_ATTENDEES, TO_STAFF
from convoca.booking.models import Language, Schedule
from convoca.booking.operations.texts import set_discreet
from convoca.booking.questions.permissions import Action
from convoca.booking.questions.texts import Message, texts_of
from convoca.manage import layout_phrases as say
from convoca.manage.layout import Texts, address_of
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, for_owner, for_supervisors, schedule_on_which


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def list_texts(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show which mails say what, and choose whether subjects are discreet."""
    configured = schedule_on_which(visit, Action.WORD, schedule)
    if request.method == "POST":
        set_discreet(configured, is_discreet="discreet" in request.POST)
        messages.success(request, gettext("Saved."))
        return see_other("manage:layout", account=visit.account.name, schedule=configured.slug)
    rows = partial(_rows, visit, configured, texts_of(visit.account, configured))
    context = {
        "schedule": configured,
        "tabs": schedule_tabs(request, visit, configured),
        "to_attendees": rows(TO_ATTENDEES),
        "to_staff": rows(TO_STAFF),
    }
    return render_page(request, visit, "manage/layout.html", context)


@require_safe
@for_owner
def list_account_texts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what the mails that are about no single schedule say."""
    context = {"kinds": _rows(visit, None, texts_of(visit.account, None), OF_THE_ACCOUNT)}
    return render_page(request, visit, "manage/account_texts.html", context)


def _rows(visit: Visit, schedule: Schedule | None, texts: Texts, kinds: Iterable[str]) -> list[dict[str, object]]:
    return [
        {
            "name": say.NAMES[kind],
            "when": say.WHEN[kind],
            "languages": [
                {
                    "code": str(language.value),
                    "name": language.label,
                    "address": address_of(_message(visit, schedule, kind, language)),
                    "state": say.state_of(texts.get((kind, language))),
                }
                for language in Language
            ],
        }
        for kind in kinds
    ]


def _message(visit: Visit, schedule: Schedule | None, kind: str, language: Language) -> Message:
    return Message(account=visit.account, schedule=schedule, kind=str(kind), language=language.value)
