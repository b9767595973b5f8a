"""What a simulated vendor is to the server. A folder beside `zoom` and one line in `main` make another one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sandbox.faults import Fault
from sandbox.messages import Answer, Request

type Clock = Callable[[], datetime]


class Vendor(Protocol):
    """Plays one vendor below the path `/{name}`. The server holds a lock around every call."""

    name: ClassVar[str]

    def verb_of(self, request: Request) -> str:
        """Return what the request asks for: create, look, get, update, delete, token, … or page for a person's."""
        ...

    def act(self, request: Request) -> Answer: ...

    def answer_fault(self, fault: Fault, request: Request) -> Answer:
        """Return this vendor's own words for a limit or a token that is not accepted."""
        ...

    def configure(self, settings: dict[str, Any]) -> None:
        """Change how the vendor behaves. Raises ValueError with a sentence for what it does not know."""
        ...

    def host_acts(self, act: dict[str, Any]) -> Callable[[], int]:
        """Do what a person does at the vendor; return what tells our application of it and gives its answer's status.

        Raises ValueError with a sentence for what nobody can do.
        """
        ...

    def withdraw_all(self) -> None:
        """Withdraw what every person has allowed every application; nobody is told."""
        ...

    def clear(self) -> None: ...

    def dump(self) -> dict[str, Any]:
        """Return the state as JSON."""
        ...

    def restore(self, state: dict[str, Any]) -> None: ...
