"""The rows of the mission, and which of them tests name: in a test's name or docstring, or in its module's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
ROWS = (
    *(f"M{number}" for number in range(1, 23)),
    *(f"B{number}" for number in range(1, 11)),
    *(f"T{number}" for number in range(1, 45)),
)
# Also in names, where rows are written small: test_m7_the_first_connection_asks_for_consent.
ROW = re.compile(r"(?<![A-Za-z0-9])([MBTmbt][0-9]{1,2})(?![A-Za-z0-9])")
RANGE = re.compile(r"(?<![A-Za-z0-9])([MBT])([0-9]{1,2})[-–]([MBT]?)([0-9]{1,2})(?![A-Za-z0-9])")


def unnamed_rows() -> list[str]:
    """Return the rows that no test names yet, in order."""
    named = {row for path in TESTS.rglob("test_*.py") for row in _named_in(path)}
    return [row for row in ROWS if row not in named]


def _named_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    has_tests = False
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            has_tests = True
            yield from rows_in(node.name.replace("_", " "))
            yield from rows_in(ast.get_docstring(node) or "")
    if has_tests:
        yield from rows_in(ast.get_docstring(tree) or "")


def rows_in(text: str) -> Iterator[str]:
    """Yield the rows that `text` names, alone (M7) or as a range (M7-M9)."""
    for match in ROW.finditer(text):
        yield match[1].upper()
    for letter, first, _, last in RANGE.findall(text):
        for number in range(int(first), int(last) + 1):
            yield f"{letter}{number}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print, after a run of everything, what no test proves yet."""
    if config.option.file_or_dir or config.option.keyword:
        return
    unnamed = unnamed_rows()
    terminalreporter.write_line(
        f"rows that no test names yet ({len(unnamed)} of {len(ROWS)}): {' '.join(unnamed) or 'none'}"
    )
