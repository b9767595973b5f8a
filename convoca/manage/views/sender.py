"""The set-up of the sender: from whom mails come, where answers go, and whether the domain vouches for them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from convoca.booking.mail.envelope import sender_of
from convoca.booking.mail.vouching import SELECTOR, Record, check_records, records
from convoca.booking.operations.configuring import set_sender
from convoca.manage import mail_phrases as say
from convoca.manage.pages import has_outbox, render_page, see_other
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


class SenderForm(forms.Form):
    """From whom mails come, and where answers go."""

    title = forms.CharField(
        label=gettext_lazy("Your name, or that of your business"),
        max_length=100,
        help_text=gettext_lazy("Mails come under it, and your pages are called by it."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("Answers go to"),
        required=False,
        help_text=gettext_lazy("People see this address. Mails to you go there too."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def show_sender(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Name the sender. Show the three records that the domain should have; asked, look whether they are there."""
    account, names_sender = visit.account, "title" in request.POST
    current = {"title": account.title, "contact_email": account.contact_email}
    naming = SenderForm(request.POST if names_sender else None, initial=current)
    asking = SelectorForm(None if names_sender else request.POST or None, initial={"selector": "default"})
    if naming.is_valid():
        set_sender(account, **naming.cleaned_data)
        messages.success(request, gettext("Saved."))
        return see_other("manage:sender", account=account.name)
    found = check_records(asking.cleaned_data["selector"]) if asking.is_valid() else records("")
    form = naming if names_sender else asking
    context = {
        "form": form,
        "naming": naming,
        "asking": asking,
        "sender": sender_of(account),
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
