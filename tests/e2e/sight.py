"""One page that a browser can be pointed at, in one state, and how it is brought there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.walk.viewers import Looker
from tests.walk.visiting import Visit

type Press = Callable[[Page], None]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One page in one state. `press` brings it there after it was opened."""

    name: str
    looker: Looker
    visit: Visit
    press: Press | None = None


def send_empty(page: Page) -> None:
    """Send the page's form, the first that asks for something, with every field as good as empty."""
    with page.expect_navigation():
        page.evaluate(
            """() => {
                const typed = 'input:not([type=hidden], [type=radio]), textarea';
                const forms = [...document.querySelectorAll('main form')].filter((each) => each.method === 'post');
                const form = forms.find((each) => each.querySelector(typed));
                for (const field of form.querySelectorAll(typed)) field.value = '';
                for (const field of form.querySelectorAll('input[type=radio]')) field.checked = false;
                form.submit();
            }"""
        )


def send(action: str = "") -> Press:
    """Press the button of the form that is sent to this address, or of the page's only one."""
    form = f"form[action='{action}']" if action else "form"

    def press(page: Page) -> None:
        with page.expect_navigation():
            page.locator(f"main {form} button").click()

    return press
