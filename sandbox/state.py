"""Keeps what happened from one run to the next, so that links and grants of yesterday's demonstration still hold."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from sandbox.ledger import Ledger
from sandbox.vendor import Vendor


class StateFile:
    """A JSON file, replaced as a whole after every act. Without a path nothing is kept."""

    def __init__(self, path: Path | None, ledger: Ledger, vendors: Mapping[str, Vendor]) -> None:
        self._path = path
        self._ledger = ledger
        self._vendors = vendors
        if path is not None and path.exists():
            self._load(path)

    def save(self) -> None:
        if self._path is None:
            return
        state = {"ledger": self._ledger.dump(), **{name: vendor.dump() for name, vendor in self._vendors.items()}}
        draft = self._path.with_name(self._path.name + ".new")
        draft.parent.mkdir(parents=True, exist_ok=True)
        # Tokens, if only simulated ones.
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, self._path)

    def _load(self, path: Path) -> None:
        state = json.loads(path.read_text(encoding="utf-8"))
        self._ledger.restore(state.get("ledger", []))
        for name, vendor in self._vendors.items():
            if name in state:
                vendor.restore(state[name])
