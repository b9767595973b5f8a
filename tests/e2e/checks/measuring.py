"""A page is measured where it stands: nothing is loaded again for it."""

from pathlib import Path

from playwright.sync_api import Page

HERE = Path(__file__).parent
SCRIPTS = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("reading.js", "fitting.js"))
# What is the same at every width and in every colour.
OF_READING = (
    "k18_errors",
    "k2_autocomplete",
    "k3_words",
    "k6_nothing_by_hover_alone",
    "k8_single_keys",
    "k9_no_time_limit",
    "k10_title",
    "k12_names",
    "k13_no_dragging_alone",
    "k15_language",
    "k19_asked_first",
    "k20_asked_once",
    "k21_paste",
    "k22_one_announcement",
    "no_third_party",
    "nothing_moves",
)
OF_FITTING = ("k4_fits", "k5_nothing_is_cut")
OF_SHAPE = ("k1_order", *OF_FITTING, "k14_big_enough", "k11_stops")


def measure(page: Page, *names: str) -> list[str]:
    """Return what these checks find wrong, each with the name of its check before it."""
    if not page.evaluate("() => 'bar' in window"):
        page.evaluate(SCRIPTS)
    found: list[str] = page.evaluate(
        """async (names) => {
            const found = [];
            for (const name of names) {
                for (const fault of await window.bar.checks[name]()) found.push(`${name}: ${fault}`);
            }
            return found;
        }""",
        list(names),
    )
    return found


def names_of_checks(page: Page) -> set[str]:
    """Return the names of all that can be measured."""
    measure(page)
    return set(page.evaluate("() => Object.keys(window.bar.checks)"))
