"""What was measured, beside what was aimed at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line: `met` is None where nothing was aimed at."""

    what: str
    measured: str
    aim: str = ""
    met: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str, *, digits: int = 1) -> Row:
    return Row(what, f"{value:.{digits}f}{unit}", f"≤ {limit:g}{unit}", value <= limit)


def print_rows(title: str, rows: list[Row]) -> None:
    print(f"\n### {title}\n\n| what | measured | aim | met |\n|---|---|---|---|")
    for row in rows:
        met = {None: "", True: "yes", False: "**no**"}[row.met]
        print(f"| {row.what} | {row.measured} | {row.aim} | {met} |", flush=True)
