"""The house keeps its own rules. A rule that was broken twice becomes a test here, with the reason in its docstring."""

import ast
import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from convoca.config.env import VARIABLES, Variable
from tests.plugins.rows import ROWS, rows_in, unnamed_rows
from tools import messages

ROOT = Path(__file__).resolve().parent.parent
LINES_AT_MOST = 400
# In two halves, or this file would name what it forbids.
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "yarnpkg" + ".com")
# A home or a folder of somebody's machine. The image that `selfhost.md` describes has its own folders.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work)(?:/|\b)")
LINK_IN_DOCUMENT = re.compile(r"\]\(([^)#\s][^)\s]*)\)")
TEXT = {".py", ".md", ".toml", ".html", ".txt", ".css", ".js", ".json", ".yml", ".po", ".lock", ".sh", ".sha384", ""}
DRAWERS = {"utils", "helpers", "common", "misc"}


def tracked() -> list[Path]:
    """Return the files of the checkout that git has, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def own_text() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if path.suffix in TEXT and "vendor" not in path.parts:
            yield path, path.read_text(encoding="utf-8")


def own_python() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_of_code_is_longer_than_the_ceiling() -> None:
    too_long = {
        named(path): lines
        for path in own_python()
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINES_AT_MOST
    }

    assert too_long == {}


def test_no_file_names_a_registry() -> None:
    """A lock that names one cannot be installed from another."""
    found = [(named(path), host) for path, text in own_text() for host in REGISTRIES if host in text]

    assert found == []


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    found = [(named(path), match[0]) for path, text in own_text() for match in MACHINE_PATH.finditer(text)]

    assert found == []


def test_every_lock_entry_has_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "tools/uv.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())

        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_agree_on_every_version() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9._-]+==[^ ;\\]+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_no_error_is_swallowed() -> None:
    """An except that only passes hides what went wrong; `contextlib.suppress` with one named error says so openly."""
    found = [
        f"{named(path)}:{node.lineno}"
        for path in own_python()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
        and (
            node.type is None
            or getattr(node.type, "id", "") in {"Exception", "BaseException"}
            or isinstance(node.body[0], ast.Pass)
        )
    ]

    assert found == []


def test_migrations_import_none_of_our_code() -> None:
    """It changes; what a migration did must stay what it was."""
    files = [path for path in own_python() if "migrations" in path.parts]

    assert files
    assert [named(path) for path in files if "convoca" in imported_roots(path)] == []


def test_the_last_migration_is_named_once() -> None:
    """Two branches with a next migration each meet in this file, not on somebody's database."""
    folder = ROOT / "convoca" / "booking" / "migrations"
    last = max(path.stem for path in folder.glob("[0-9]*.py"))

    assert (folder / "max_migration.txt").read_text(encoding="utf-8") == f"{last}\n"


def test_every_file_that_a_document_leads_to_exists() -> None:
    lost = [
        (named(path), address)
        for path in tracked()
        if path.suffix == ".md"
        for address in LINK_IN_DOCUMENT.findall(path.read_text(encoding="utf-8"))
        if "://" not in address and not (path.parent / address.partition("#")[0]).exists()
    ]

    assert lost == []


def test_there_are_no_drawers_for_everything() -> None:
    assert [named(path) for path in own_python() if DRAWERS & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_the_core_needs_nothing_but_the_standard_library() -> None:
    foreign = [
        (named(path), name)
        for path in (ROOT / "convoca" / "core").glob("*.py")
        for name in imported_roots(path)
        if name != "convoca" and name not in sys.stdlib_module_names
    ]

    assert foreign == []


def imported_roots(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_setting_is_explained_to_those_who_host(variable: Variable) -> None:
    """Its name, its help and, where it has one, its default: as `env.py` tells them."""
    text = (ROOT / "docs" / "selfhost.md").read_text(encoding="utf-8")
    row = next((line for line in text.splitlines() if line.startswith(f"| `{variable.name}` |")), None)

    assert row is not None, f"docs/selfhost.md lacks a row for {variable.name}"
    assert variable.help in row
    assert not variable.default or f"`{variable.default}`" in row


def test_every_sentence_is_in_english_and_spanish() -> None:
    """M22: collected, translated, not fuzzy, no placeholder lost."""
    assert list(messages.complaints()) == []


def test_messages_are_found_in_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "convoca" / "public" / "templates" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        """{% load i18n %}{% translate "It's yours" %} {% translate "Book" context "verb" %}
        {% blocktranslate trimmed count n=places %}
            One place left
            {% plural %}
            {{ n }} places left
        {% endblocktranslate %}"""
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCES", tmp_path / "convoca")

    found = {(message.id, message.context) for message in messages.collected() if message.id}

    assert found == {
        ("It's yours", None),
        ("Book", "verb"),
        (("One place left", "%(n)s places left"), None),
    }


def test_vendored_scripts_are_what_their_makers_published() -> None:
    for line in (ROOT / "vendored.sha384").read_text(encoding="utf-8").splitlines():
        wanted, name = line.split()
        found = base64.b64encode(hashlib.sha384((ROOT / name).read_bytes()).digest()).decode()

        assert (name, f"sha384-{found}") == (name, wanted)


def test_every_vendored_script_is_listed() -> None:
    listed = {line.split()[1] for line in (ROOT / "vendored.sha384").read_text(encoding="utf-8").splitlines()}

    assert {named(path) for path in tracked() if path.name.endswith(".min.js")} == listed


def test_make_offers_ten_commands_at_most_and_each_has_a_sentence() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = re.findall(r"^([a-z]+):.*## .+", makefile, re.MULTILINE)
    phony = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)

    assert sorted(explained) == sorted(" ".join(phony).split())
    assert len(explained) <= 10


def test_the_mission_s_rows_are_known_and_found_where_tests_name_them() -> None:
    """What no test names yet is printed at the end of a run of everything."""
    assert len(ROWS) == 22 + 10 + 44
    assert list(rows_in("M7: consent; also B2, T41.")) == ["M7", "B2", "T41"]
    assert set(rows_in("M7-M9")) == {"M7", "M8", "M9"}
    assert list(rows_in("UTF8, MB3, T5x")) == []
    assert set(unnamed_rows()) <= set(ROWS)
