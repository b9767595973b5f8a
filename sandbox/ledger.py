"""What took effect at the simulated vendors, and how often each verb was asked for."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act that took effect. `marker` is the UUID that the client put on the meeting, "" if none."""

    at: str
    vendor: str
    verb: str
    remote_id: str
    marker: str
    user: str


class Ledger:
    """Append-only. Calls are counted whether or not they had an effect, and start at nought with each run."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.calls: Counter[str] = Counter()

    def note(self, *, at: datetime, vendor: str, verb: str, remote_id: str, marker: str, user: str) -> None:
        self.entries.append(
            Entry(at=at.isoformat(), vendor=vendor, verb=verb, remote_id=remote_id, marker=marker, user=user)
        )

    def created(self, marker: str) -> int:
        """Return how often a meeting with `marker` was made."""
        return sum(entry.verb == "create" and entry.marker == marker for entry in self.entries)

    def deleted(self, marker: str) -> int:
        return sum(entry.verb == "delete" and entry.marker == marker for entry in self.entries)

    def as_json(self, marker: str = "") -> dict[str, Any]:
        entries = [asdict(entry) for entry in self.entries if not marker or entry.marker == marker]
        return {"entries": entries, "calls": dict(self.calls)}

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self.entries]

    def restore(self, entries: list[dict[str, Any]]) -> None:
        self.entries = [Entry(**entry) for entry in entries]

    def clear(self) -> None:
        self.entries.clear()
        self.calls.clear()
