"""Sending by SMTP, telling for sure "not taken" apart from "we do not know"."""

import re
import smtplib
import time

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from convoca.booking.mail.envelope import to_bytes
from convoca.booking.mail.nobodys import is_a_trap
from convoca.booking.mail.outcomes import AnswerLost, NoMailServer, NotNow, Undeliverable

STEP_SECONDS = 15.0
# Servers that look for spam while we wait answer the body more slowly than anything else.
SLOWER_AFTER_BODY = 2

SERVER_CLOSES = 421
AUTHENTICATION_REQUIRED = 530
ENHANCED_CODE = re.compile(rb"\A([245]\.\d{1,3}\.\d{1,3})\b")


class SmtpBackend(EmailBackend):
    """Django's SMTP backend, raising Undeliverable, NotNow, NoMailServer or AnswerLost and nothing else.

    A mail is for all its recipients or for none. A connection that stayed open is asked whether it lives before it
    is used again.
    """

    @property
    def leaves_the_house(self) -> bool:
        return not is_a_trap(self.host, self.port)

    def open(self) -> bool | None:
        if self.connection is not None and not self._is_alive():
            self.drop()
        try:
            return super().open()
        except OSError as error:
            raise NoMailServer(f"The mail server cannot be reached ({_name(error)}).") from error

    def drop(self) -> None:
        """Let go of the connection without a word: there is nobody to say it to."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _is_alive(self) -> bool:
        try:
            return self._server().noop()[0] == 250
        except OSError:
            return False

    def _server(self, *, slowness: int = 1) -> smtplib.SMTP:
        """Return the open connection, `slowness` times as patient as usual."""
        server = self.connection
        if server is None or server.sock is None:
            raise smtplib.SMTPServerDisconnected("no connection")
        server.sock.settimeout((self.timeout or STEP_SECONDS) * slowness)
        return server

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        # Whatever was sent has been answered; how the server says goodbye changes nothing.
        try:
            connection.quit()
        except OSError:
            connection.close()

    def _send(self, email_message: EmailMessage) -> bool:
        content = to_bytes(email_message)
        try:
            self._announce(email_message)
            self._hand_over(content, before=getattr(email_message, "hand_over_before", None))
        except (NotNow, Undeliverable, AnswerLost):
            self.drop()
            raise
        return True

    def _announce(self, message: EmailMessage) -> None:
        """Name sender and recipients. Nothing that goes wrong here has sent anything."""
        sender, recipients = self._address(message.from_email), [self._address(each) for each in message.recipients()]
        try:
            server = self._server()
            server.ehlo_or_helo_if_needed()
            _demand("sender", server.mail(sender))
            for recipient in recipients:
                _demand("recipient", server.rcpt(recipient))
        except OSError as error:
            raise NoMailServer(f"The mail server broke off ({_name(error)}).") from error

    def _address(self, text: str) -> str:
        try:
            return str(self.prep_address(text))
        except (ValueError, LookupError) as error:
            raise Undeliverable("The address cannot be written in a form that every mail server takes.") from error

    def _hand_over(self, content: bytes, *, before: float | None) -> None:
        """Send the body. From here on only an answer tells what has become of it."""
        if before is not None and time.monotonic() > before:
            raise NoMailServer("The mail server is too slow.")
        try:
            answer = self._server(slowness=SLOWER_AFTER_BODY).data(content)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, _bytes(error.smtp_error))
        except OSError as error:
            raise AnswerLost from error
        _demand("message", answer)


def _demand(what: str, answer: tuple[int, bytes]) -> None:
    """Raise what a refusal of `what` means; do nothing if it was taken.

    A refused recipient is refused for good, unless the server's quarrel is with us: 530 and the enhanced codes 5.7.x
    are about leave to send (RFC 3463), which the operator mends.
    """
    code, text = answer
    if 200 <= code < 300:
        return
    match = ENHANCED_CODE.match(text)
    enhanced = match[1].decode() if match else ""
    reason = f"The mail server refused the {what} ({' '.join([str(code), enhanced]).strip()})."
    if code == SERVER_CLOSES:
        raise NoMailServer(reason)
    about_us = code == AUTHENTICATION_REQUIRED or enhanced.startswith("5.7.")
    if what == "recipient" and code >= 500 and not about_us:
        raise Undeliverable(reason)
    raise NotNow(reason)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode(errors="replace")


def _name(error: OSError) -> str:
    """Return what may be shown of an error: the server's own words might name somebody."""
    code = getattr(error, "smtp_code", None)
    return str(code) if code else type(error).__name__
