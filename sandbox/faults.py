"""Faults on request: a vendor that is slow, silent, cut off, overloaded, or speaks nonsense."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.messages import Answer

NONSENSE_PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"


class Kind(StrEnum):
    """What goes wrong. Where nothing else is said the act does not happen, unless the fault asks for it (`acts`)."""

    LATENCY = "latency"  # waits `seconds`, then acts and answers
    HOLD = "hold"  # acts, then keeps its answer until released
    HANG = "hang"  # acts and never answers; cut off when released
    RESET_BEFORE = "reset_before"  # cuts the connection, nothing happened
    RESET_AFTER = "reset_after"  # acts, then cuts the connection
    EMPTY = "empty"  # acts, says so by its status, body missing
    HTML = "html"  # acts, answers with a page
    MALFORMED = "malformed"  # acts, its JSON breaks off in the middle
    ERROR_500 = "error_500"
    ERROR_503 = "error_503"
    DAILY_LIMIT = "daily_limit"
    RATE_LIMIT = "rate_limit"
    EXPIRED_TOKEN = "expired_token"
    REVOKED_TOKEN = "revoked_token"  # the grant is really withdrawn
    ANSWER = "answer"  # answers with `status`, `body` and `headers`


ACTING = frozenset({Kind.LATENCY, Kind.HOLD, Kind.HANG, Kind.RESET_AFTER, Kind.EMPTY, Kind.HTML, Kind.MALFORMED})


class ConnectionCut(Exception):
    """The client gets no answer, only a reset connection."""


@dataclass(kw_only=True)
class Fault:
    """One fault for one verb ("*" for any): the next `count` calls (None: all), each with `probability`."""

    kind: Kind
    verb: str = "*"
    count: int | None = 1
    probability: float = 1.0
    seconds: float = 1.0
    acts: bool = False
    status: int = 400
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def fits(self, verb: str) -> bool:
        return self.verb in ("*", verb) and self.count != 0 and random.random() < self.probability


def fault_from(value: Any) -> Fault:
    """Return the fault that a control request describes. Raises ValueError with a sentence if it describes none."""
    if not isinstance(value, dict):
        raise ValueError("A fault is a JSON object.")
    known = set(Fault.__dataclass_fields__)
    if unknown := set(value) - known:
        raise ValueError(f"A fault has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}.")
    try:
        kind = Kind(value.get("kind", ""))
    except ValueError:
        raise ValueError(f"A fault's kind is one of {', '.join(Kind)}.") from None
    count = value.get("count", None if "probability" in value else 1)
    return Fault(**{**value, "kind": kind, "count": count})


class Faults:
    """The faults that are still to come. The first that fits a call is used; `suffered` counts those that were."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.suffered: Counter[tuple[Kind, str]] = Counter()

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def take(self, verb: str) -> Fault | None:
        fault = next((fault for fault in self._faults if fault.fits(verb)), None)
        if fault is None:
            return None
        self.suffered[fault.kind, verb] += 1
        if fault.count is not None:
            fault.count -= 1
        return fault

    def clear(self) -> None:
        self._faults.clear()


class Holding:
    """Answers that are kept back, and the people who wait for that to happen."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held = 0
        self._releases = 0

    def hold(self) -> None:
        """Wait until the next release."""
        with self._changed:
            releases = self._releases
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._releases != releases)
            self._held -= 1
            self._changed.notify_all()

    def release(self) -> int:
        """Let go of all that is held, and return how many that is."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()
            return self._held

    def wait_until_held(self, at_least: int = 1, *, seconds: float = 10.0) -> int:
        """Return how many answers are held, as soon as there are `at_least` so many or after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._held >= at_least, timeout=seconds)
            return self._held


def suffer(
    fault: Fault,
    *,
    act: Callable[[], Answer],
    vendor_answer: Callable[[Fault], Answer],
    holding: Holding,
    stopping: threading.Event,
) -> Answer:
    """Return the answer that `fault` makes of a call. Raises ConnectionCut if there is none."""
    if fault.kind == Kind.LATENCY:
        stopping.wait(fault.seconds)
    answer = act() if fault.acts or fault.kind in ACTING else Answer(status=200)
    match fault.kind:
        case Kind.LATENCY:
            return answer
        case Kind.HOLD:
            holding.hold()
            return answer
        case Kind.HANG:
            holding.hold()
            raise ConnectionCut
        case Kind.RESET_BEFORE | Kind.RESET_AFTER:
            raise ConnectionCut
        case Kind.EMPTY:
            return Answer(status=answer.status)
        case Kind.HTML:
            return Answer(status=answer.status, body=NONSENSE_PAGE, headers={"Content-Type": "text/html"})
        case Kind.MALFORMED:
            return Answer(status=answer.status, body=answer.body[: len(answer.body) // 2], headers=answer.headers)
        case Kind.ERROR_500 | Kind.ERROR_503:
            status = int(fault.kind.removeprefix("error_"))
            return Answer(status=status, body=NONSENSE_PAGE, headers={"Content-Type": "text/html"})
        case Kind.ANSWER:
            return Answer.of_json(fault.status, fault.body, fault.headers)
        case _:
            return vendor_answer(fault)
