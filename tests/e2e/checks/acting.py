"""What is only seen by doing it: arrow keys among choices (K16), and the links of what is wrong (K18)."""

from collections.abc import Iterator

from playwright.sync_api import Page

MOST_GROUPS = 4
# The first choice of each group of several, and every list to choose from.
MARK_CHOICES = """(most) => {
    const groups = new Map();
    for (const each of document.querySelectorAll('input[type=radio], select')) {
        if (!each.checkVisibility() || each.disabled || each.closest('[inert]')) continue;
        const name = `${each.form?.id} ${each.name}`;
        groups.set(name, [...(groups.get(name) ?? []), each]);
    }
    const several = [...groups.values()].filter((group) => group[0].matches('select') || group.length > 1);
    return several.slice(0, most).map(([first], number) => first.setAttribute('data-k16', number));
}"""
AT_HOME = "(number) => document.activeElement.name === document.querySelector(`[data-k16='${number}']`)?.name"


def k16_arrows_stay(page: Page) -> Iterator[str]:
    """Arrow keys choose: they neither leave the page nor move the focus out of the choices."""
    address = page.url
    for number in range(len(page.evaluate(MARK_CHOICES, MOST_GROUPS))):
        choice = page.locator(f"[data-k16='{number}']")
        name = choice.get_attribute("name")
        choice.focus()
        for key in ("ArrowDown", "ArrowUp"):
            page.keyboard.press(key)
            if page.url != address:
                yield f"k16: {key} on «{name}» leaves the page for {page.url}"
                return
            if not page.evaluate(AT_HOME, number):
                yield f"k16: {key} on «{name}» moves the focus elsewhere"


def k18_links_of_errors_land(page: Page) -> Iterator[str]:
    """Each link of the summary of what is wrong puts the focus into its field, or next before it."""
    links = page.locator("[role=alert] a[href^='#']")
    for number in range(links.count()):
        link = links.nth(number)
        address = link.get_attribute("href") or ""
        link.focus()
        page.keyboard.press("Enter")
        if not page.evaluate(_LANDED, address[1:]):
            page.keyboard.press("Tab")
            if not page.evaluate(_LANDED, address[1:]):
                yield f"k18: the link «{link.inner_text()}» does not lead into its field"


_LANDED = """(id) => {
    const target = document.getElementById(id), here = document.activeElement;
    return target !== null && here !== document.body && (target.contains(here) || here.contains(target));
}"""
