"""How a sending can end other than well. Nothing else decides whether a mail is tried again."""


class Undeliverable(Exception):
    """This mail was not taken, and would not be if it were sent again. `reason` names no person and no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NobodysAddress(Undeliverable):
    """Nobody has this address, and nobody need know that it was not written to: no delivery was attempted."""

    def __init__(self) -> None:
        super().__init__("Nobody has this address: its domain is reserved for examples.")


class NotNow(Exception):
    """This mail was certainly not taken; it can be sent again later without reaching anybody twice."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoMailServer(NotNow):
    """The mail server takes no mail at the moment, whosever it is."""


class AnswerLost(Exception):
    """The mail was handed over and the answer never came: it may have been taken."""
