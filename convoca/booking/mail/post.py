"""The way out for a run of mails: one connection, kept from one mail to the next."""

from types import TracebackType
from typing import Self

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend

from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.nobodys import are_nobodys
from convoca.booking.mail.outcomes import AnswerLost, NobodysAddress, NotNow, Undeliverable


class Post:
    """Sends mails through the installation's mail backend, opened at the first one and closed with this."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._backend is not None:
            self._backend.close()

    def send(self, mail: BookingMail) -> None:
        """Send one mail. Raises Undeliverable, NotNow or AnswerLost; of a backend that tells nothing, AnswerLost.

        What would leave the house for an address that nobody has is not handed to anybody.
        """
        if self._backend is None:
            self._backend = mailers.default
        if getattr(self._backend, "leaves_the_house", False) and are_nobodys(mail.recipients()):
            raise NobodysAddress
        try:
            self._backend.open()
            self._backend.send_messages([mail])
        except (Undeliverable, NotNow, AnswerLost):
            raise
        except Exception as error:
            raise AnswerLost from error
