"""The living design page shows every token and component, and pages are made of nothing else."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

import convoca
from convoca.booking.models import Membership, User
from convoca.booking.operations.example_business import ACCOUNT
from tests.booking.building import make_account, make_member
from tests.manage.conftest import LogIn

PACKAGE = Path(convoca.__file__).parent
SHEETS = PACKAGE / "design" / "static"
TEMPLATES = [path for path in PACKAGE.rglob("templates/**/*.html") if "mail" not in path.parent.name]
PAGES = {"owners": "/manage/design", "visitors": "/manage/design/visitors"}
OF_A_DOOR = {"owners": ("manage/manage.css", "manage"), "visitors": ("public/public.css", "public")}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
IN_BRACES = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


class Classes(HTMLParser):
    """The class names on a page, and how many elements carry each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: defaultdict[str, int] = defaultdict(int)
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name in (dict(attrs).get("class") or "").split():
            self.found[name] += 1


def sheet(name: str) -> str:
    return COMMENT.sub("", (SHEETS / name).read_text(encoding="utf-8"))


def classes_in(name: str) -> set[str]:
    selectors = re.findall(r"([^{}]+)\{", sheet(name))
    return {found for selector in selectors for found in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}


def shared_in(door: str) -> set[str]:
    """Return the class names that two templates of a door use at least: its components. One is a page's arrangement."""
    users = defaultdict(set)
    for path in TEMPLATES:
        if f"/{door}/templates/" in str(path) and path.name != "design.html":
            for names in re.findall(r'class="([^"]*)"', IN_BRACES.sub(" ", path.read_text(encoding="utf-8"))):
                for name in names.split():
                    users[name].add(path.name)
    return {name for name, templates in users.items() if len(templates) > 1}


@pytest.fixture
def operator(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("op@example.org"))
    return client


@pytest.mark.parametrize("whose", PAGES)
def test_every_component_is_shown_in_light_and_in_dark(operator: Client, whose: str) -> None:
    own_sheet, door = OF_A_DOOR[whose]
    base, doors = classes_in("design/base.css"), [classes_in(own) for own, _ in OF_A_DOOR.values()]
    components = base.difference(*doors) | (shared_in(door) & (base | classes_in(own_sheet)))
    shown = Classes(operator.get(PAGES[whose]).content.decode()).found

    assert sorted(name for name in components if shown[name] < 2) == []


@pytest.mark.parametrize("whose", PAGES)
def test_every_token_is_shown(operator: Client, whose: str) -> None:
    names = set(re.findall(r"--([\w-]+):", sheet("design/tokens.css")))
    drawn_by_others = {
        name for name in names if name.startswith(("lh-", "font", "shadow-", "page-width", "measure", "target"))
    }

    html = operator.get(PAGES[whose]).content.decode()

    assert sorted(name for name in names - drawn_by_others if f">{name}<" not in html and f">{name}," not in html) == []
    rules = sheet("design/living.css")
    assert sorted(name for name in names - drawn_by_others if f"var(--{name})" not in rules) == []


@pytest.mark.parametrize("whose", PAGES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_partial_of_the_design_is_shown_in_both_languages(operator: Client, whose: str, language: str) -> None:
    operator.cookies["django_language"] = language
    html = operator.get(PAGES[whose]).content.decode()
    folder = PACKAGE / "design" / "templates" / "design"
    signs = {
        "brand.html": 'class="brand"',
        "language.html": 'name="language"',
        "speak.html": 'name="speak"',
        "theme.html": 'name="theme"',
        "icon.html": "<svg",
        "own_log_in.html": "own-log-in",
        "log_out.html": "log-out",
        "base.html": "<!doctype html>",
    }

    assert {path.name for path in folder.glob("*.html")} == set(signs)
    assert [sign for sign in signs.values() if sign not in html] == []
    assert ("Cada componente" in html or "Cada valor" in html) == (language == "es")
    assert [path.stem for path in (folder / "icons").glob("*.svg") if f">{path.stem}<" not in html] == []


def test_all_styles_are_in_the_design() -> None:
    """Pages carry no style of their own, neither beside the design nor in a template (mails need one)."""
    sheets = [path for path in PACKAGE.rglob("*.css") if "mail" not in path.parent.name and SHEETS not in path.parents]
    styled = [path.name for path in TEMPLATES if re.search(r"<style|\sstyle=", path.read_text(encoding="utf-8"))]

    assert sheets == []
    assert styled == []


def test_a_rule_says_a_colour_by_its_token() -> None:
    """One place to change a colour. White is the paper of codes and logos, which are read by cameras and printed."""
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\([^)]*\)")
    found = {
        f"{path.name}: {value}"
        for path in SHEETS.rglob("*.css")
        if path.name != "tokens.css"
        for value in colour.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
    }

    assert {each for each in found if not each.endswith((": #fff", ": #ffffff", ": rgb(0 0 0 / 45%)"))} == set()


def test_who_looks_after_the_installation_sees_it_and_the_owner_of_the_example(log_in: LogIn, db: None) -> None:
    example, other = make_account(ACCOUNT), make_account("Otra")
    people = [
        make_member(example, Membership.Role.OWNER, "a@example.org"),
        make_member(example, Membership.Role.USER, "b@example.org"),
        make_member(other, Membership.Role.OWNER, "c@example.org"),
    ]

    assert [log_in(person).get("/manage/design").status_code for person in people] == [200, 404, 404]
    assert Client().get("/manage/design").status_code == 302
