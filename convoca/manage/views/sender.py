"""The set-up of the sender: from whom mails come, where answers go, and whether the domain vouches for them."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from convoca.booking.mail.envelope import sender_of
from convoca.booking.mail.vouching import SELECTOR, Record, check_records, records
from convoca.manage import mail_phrases as say
from convoca.manage.pages import has_outbox, render_page
from convoca.manage.policy import Visit, for_owner


class SelectorForm(forms.Form):
    """What the mail server calls its key."""

    selector = forms.RegexField(
        SELECTOR.pattern.join(("^", "$")),
        label=gettext_lazy("DKIM selector"),
        max_length=63,
        help_text=gettext_lazy("Your mail server or mail service tells it: “s1”, “default”, “google”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": gettext_lazy("Use letters, digits, dots and hyphens.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def show_sender(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the three records that the domain should have; asked, look whether they are there."""
    form = SelectorForm(request.POST or None, initial={"selector": "default"})
    found = records("")
    if request.method == "POST" and form.is_valid():
        found = check_records(form.cleaned_data["selector"])
    context = {
        "form": form,
        "sender": sender_of(visit.account),
        "reply_to": visit.account.contact_email,
        "records": [_row(record) for record in found],
        "has_outbox": has_outbox(),
    }
    return render_page(request, visit, "manage/sender.html", context, status=422 if form.errors else 200)


def _row(record: Record) -> dict[str, object]:
    return {
        "kind": str(record.kind),
        "what_for": say.WHAT_FOR[record.kind],
        "name": record.name,
        "example": record.example,
        "state": say.RECORD_STATES[record.state] if record.state else "",
        "tone": say.RECORD_TONES[record.state] if record.state else "",
        "found": record.found,
    }
