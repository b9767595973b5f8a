"""Mails about a log-in: a forgotten password, and that somebody has changed how they log in."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy

from convoca.booking.mail.note import Note


def forgotten(context: Mapping[str, Any]) -> Note:
    return _note(
        gettext("Set a new password"),
        gettext("Somebody, you we hope, asked for a new password for this address. Open this link to set one:"),
        gettext("If it was not you, do nothing: your password stays as it is."),
        button=gettext("Set a new password"),
        address=context["password_reset_url"],
    )


def unknown(context: Mapping[str, Any]) -> Note:
    return _note(
        gettext("Set a new password"),
        gettext("Somebody, you we hope, asked for a new password for this address. There is no log-in for it here."),
        gettext("To book or to change an appointment, no log-in is needed: the link in your mail is enough."),
        opening=gettext("There is no log-in for this address"),
    )


def new_address(address: str) -> Note:
    """Return the mail to an address that somebody wants to log in with from now on."""
    return _note(
        gettext("Confirm your new email address"),
        gettext("Somebody, you we hope, wants to log in with this address. Open this link within a day:"),
        gettext("If it was not you, do nothing: nothing changes."),
        opening=gettext("Log in with this address from now on?"),
        button=gettext("Confirm this address"),
        address=address,
    )


def new_account(address: str) -> Note:
    """Return the mail with which somebody founds an account."""
    return _note(
        gettext("Finish your booking page"),
        gettext("One step is left. Open this link within a day, and your page is live:"),
        gettext("If it was not you, do nothing: nothing is made."),
        button=gettext("Finish my booking page"),
        address=address,
    )


def taken_address() -> Note:
    """Return the mail to an address that somebody wanted to have, and that another log-in has already."""
    return _note(
        gettext("There is a log-in for this address already"),
        gettext("Somebody, you we hope, wanted to use this address for a log-in. It has one, so nothing changed."),
        gettext("If you forgot your password, you can set a new one on the log-in page."),
        button=gettext("Log in"),
        address=f"{settings.BASE_URL}{reverse('account_login')}",
    )


def _changed(sentence: str | Promise, context: Mapping[str, Any]) -> Note:
    """Return the mail that tells of a change; whoever did not make it learns what to do."""
    return _note(
        str(sentence),
        gettext("If it was you, there is nothing to do."),
        gettext("If it was not you, set a new password at once: that logs everybody out. Then look at this page:"),
        button=gettext("Log-in and security"),
        address=f"{settings.BASE_URL}{reverse('mfa_index')}",
        why=gettext("You get this email because this is the address of your log-in at {host}."),
    )


def _note(
    subject: str, *paragraphs: str, opening: str = "", button: str = "", address: str = "", why: str = ""
) -> Note:
    """Return a mail in the reader's language that opens with its subject, and says why it came."""
    reason = why or gettext("You get this email because your address was entered at {host}.")
    return Note(
        language=get_language() or "en",
        subject=subject,
        opening=opening or subject,
        paragraphs=paragraphs,
        button=button,
        address=address,
        why=reason.format(host=urlsplit(settings.BASE_URL).netloc),
    )


# By the names that allauth has for them.
_CHANGES: Mapping[str, str | Promise] = {
    "account/email/password_changed": gettext_lazy("Your password was changed"),
    "account/email/password_reset": gettext_lazy("Your password was changed"),
    "account/email/password_set": gettext_lazy("Your log-in has a password now"),
    "account/email/email_changed": gettext_lazy("You log in with another email address now"),
    "mfa/email/totp_activated": gettext_lazy("Your log-in asks for a code of an app now"),
    "mfa/email/totp_deactivated": gettext_lazy("Your log-in asks for no code of an app any more"),
    "mfa/email/recovery_codes_generated": gettext_lazy("There are new recovery codes for your log-in"),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added to your log-in"),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed from your log-in"),
    "google/linked": gettext_lazy("You can log in with Google now"),
    "google/unlinked": gettext_lazy("You log in with Google no more"),
}
NOTES: Mapping[str, Callable[[Mapping[str, Any]], Note]] = {
    "account/email/password_reset_key": forgotten,
    "account/email/unknown_account": unknown,
    **{name: partial(_changed, sentence) for name, sentence in _CHANGES.items()},
}
