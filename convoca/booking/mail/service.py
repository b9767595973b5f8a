"""Sending through a mail service's API, telling for sure "not taken" apart from "we do not know"."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string
from urllib3.exceptions import NewConnectionError

from convoca.booking.mail.nobodys import is_a_trap
from convoca.booking.mail.outcomes import AnswerLost, NoMailServer, NotNow, Undeliverable

# The service, or our leave to use it: whosever mail it is.
ABOUT_THE_SERVICE = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


class ServiceBackend(BaseEmailBackend):
    """Hands mails to the service's own backend, raising Undeliverable, NotNow, NoMailServer or AnswerLost only.

    An API takes no part that calendars act on by themselves; the file that is attached says its method instead.
    """

    def __init__(self, *, service: str, alias: str | None = None, **options: Any) -> None:
        super().__init__(alias=alias)
        backend = import_string(f"anymail.backends.{service}.EmailBackend")
        self._backend = backend(ignore_unsupported_features=True, **options)
        where = urlsplit(options.get("api_url", ""))
        self.leaves_the_house = not is_a_trap(where.hostname or "", where.port)

    def open(self) -> bool | None:
        return bool(self._backend.open())

    def close(self) -> None:
        self._backend.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _tell_method(message)
            try:
                self._backend.send_messages([message])
            except AnymailRequestsAPIError as error:
                raise _meaning(error) from error
            except AnymailRecipientsRefused as error:
                raise Undeliverable("The mail service refused the recipient.") from error
            except AnymailError as error:
                raise Undeliverable("The mail cannot be written in the form that the mail service takes.") from error
            _demand_taken(message)
        return len(email_messages)


def _demand_taken(message: EmailMessage) -> None:
    """Raise Undeliverable for a refusal that the library has not understood: it would count as sent."""
    answer = message.anymail_status.esp_response  # type: ignore[attr-defined]
    if answer is not None and answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise Undeliverable(f"The mail service refused the mail ({answer.status_code}).")


def _tell_method(message: EmailMessage) -> None:
    method = getattr(message, "calendar_method", "") if getattr(message, "calendar", b"") else ""
    if method:
        kind = f"text/calendar; charset=utf-8; method={method}"
        message.attachments = [
            (name, content, kind if type_ == "application/ics" else type_)
            for name, content, type_ in message.attachments
        ]


def _meaning(error: AnymailRequestsAPIError) -> Exception:
    """Return what has become of the mail. A service that is down or refuses our key has taken nothing."""
    status = error.status_code
    if status is None:
        return _without_answer(error.__cause__)
    reason = f"The mail service refused the mail ({status})."
    if status in ABOUT_THE_SERVICE:
        return NoMailServer(reason)
    if 200 <= status < 300 or status == HTTPStatus.GATEWAY_TIMEOUT:
        return AnswerLost()
    return NotNow(reason)


def _without_answer(cause: BaseException | None) -> Exception:
    """Return what it means that no answer came: nothing was sent if there never was a connection."""
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    if isinstance(cause, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return NoMailServer(f"The mail service cannot be reached ({type(cause).__name__}).")
    return AnswerLost()
