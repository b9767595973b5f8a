"""The vendors' applications of this installation, as their page shows and asks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.operations.registering import Pasted, Verdict
from convoca.booking.operations.vendors import Keys, application_for, keys_for
from convoca.providers import CALENDAR_PROVIDERS, CONNECTED_PROVIDERS
from convoca.providers.contract import ConnectedProvider

# Where each vendor lets an application be registered.
CONSOLES = {
    "zoom": "https://marketplace.zoom.us/develop/create",
    "google": "https://console.cloud.google.com/auth/clients",
    "microsoft": "https://entra.microsoft.com",
}
HAS_SERVER_TO_SERVER = frozenset({"zoom"})
TELLS = frozenset({"zoom"})
LONGEST = 200


class ApplicationForm(forms.Form):
    """What is pasted. A secret that is kept is never shown again: an empty field leaves it."""

    client_id = forms.CharField(
        label=gettext_lazy("Client ID"),
        max_length=LONGEST,
        error_messages={"required": gettext_lazy("Paste the client ID")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=LONGEST,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    webhook_secret = forms.CharField(
        label=gettext_lazy("Secret token of the webhooks (optional)"),
        max_length=LONGEST,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    account_id = forms.CharField(
        label=gettext_lazy("Account ID (server-to-server applications only)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any, *, provider: str, kept: Keys) -> None:
        super().__init__(data, initial={"client_id": kept.client_id, "account_id": kept.account_id}, prefix=provider)
        self.kept = kept
        if provider not in HAS_SERVER_TO_SERVER:
            del self.fields["account_id"]
        if provider not in TELLS:
            del self.fields["webhook_secret"]
        for name in ("client_secret", "webhook_secret"):
            if name in self.fields and getattr(kept, name):
                self.fields[name].help_text = gettext("One is kept. Leave this empty to keep it.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("client_secret") and not self.kept.client_secret:
            self.add_error("client_secret", gettext("Paste the client secret"))
        return cleaned

    @property
    def pasted(self) -> Pasted:
        """What a valid form says."""
        return Pasted(**self.cleaned_data)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One vendor on the page."""

    id: str
    name: str
    console: str
    redirect: str
    notices: str
    is_known: bool
    from_environment: str
    form: ApplicationForm


def cards(*, typed: ApplicationForm | None = None, provider_id: str = "") -> Sequence[Card]:
    """Return a card for each vendor that has applications; for one of them, the form as it was `typed`."""
    return [_card(each, typed if each.id == provider_id else None) for each in with_applications()]


def with_applications() -> Sequence[ConnectedProvider]:
    every: Sequence[ConnectedProvider] = (*CONNECTED_PROVIDERS, *CALENDAR_PROVIDERS)
    return [each for each in every if each.id in settings.VENDORS]


def _card(provider: ConnectedProvider, typed: ApplicationForm | None) -> Card:
    kept = keys_for(provider.id)
    return Card(
        id=provider.id,
        name=provider.name,
        console=CONSOLES[provider.id],
        redirect=application_for(provider.id).redirect_uri,
        notices=f"{settings.BASE_URL}/hooks/{provider.id}" if provider.id in TELLS else "",
        is_known=bool(kept.client_id and kept.client_secret),
        from_environment=f"CONVOCA_{provider.id.upper()}_CLIENT_ID" if kept.from_environment else "",
        form=typed or ApplicationForm(None, provider=provider.id, kept=kept),
    )


def verdict_text(provider: ConnectedProvider, verdict: Verdict, reason: str) -> str:
    """Say how the vendor took our application, and what to do if it did not."""
    match verdict:
        case Verdict.ACCEPTED:
            return gettext("{provider} knows this application.").format(provider=provider.name)
        case Verdict.REFUSED:
            words = gettext(
                "{provider} does not accept this application: {reason}. "
                "Compare the client ID and the secret with its page."
            )
            return words.format(provider=provider.name, reason=reason.rstrip("."))
        case Verdict.UNREACHABLE:
            return gettext("{provider} did not answer. Nothing was changed; test again in a moment.").format(
                provider=provider.name
            )
