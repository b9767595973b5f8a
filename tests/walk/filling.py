"""Reads the form of a page as a browser would send it, and fills it in with something of one's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_TYPED = frozenset({"hidden", "submit", "button", "password", "file"})
# People do not see it.
TRAP = "website"
SAMPLES = {"email": "no address", "time": "04:20", "date": "2026-12-24", "number": "7", "color": "#114477"}


@dataclass
class Control:
    """One control of a form. `options` are those of a list to choose from."""

    tag: str
    name: str
    type: str
    value: str
    is_chosen: bool = False
    options: list[str] = field(default_factory=list)

    @property
    def is_sent(self) -> bool:
        return self.type not in {"checkbox", "radio"} or self.is_chosen


class FormReader(HTMLParser):
    """The controls of the form with this id, and the address that it is sent to."""

    def __init__(self, html: str, form_id: str) -> None:
        super().__init__()
        self.form_id, self.action, self.is_inside = form_id, "", False
        self.controls: list[Control] = []
        self._text: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = said.get("id") == self.form_id
            self.action = said.get("action", "") if self.is_inside else self.action
        elif self.is_inside and "disabled" not in said:
            self._note(tag, said)

    def _note(self, tag: str, said: dict[str, str]) -> None:
        if tag in {"input", "textarea", "select"} and said.get("name"):
            kind = said.get("type", "text") if tag == "input" else tag
            value = said.get("value", "on" if kind in {"checkbox", "radio"} else "")
            self.controls.append(Control(tag, said["name"], kind, value, is_chosen="checked" in said))
            self._text = self.controls[-1] if tag == "textarea" else None
        elif tag == "option" and self.controls and self.controls[-1].type == "select":
            chooser = self.controls[-1]
            chooser.options.append(said.get("value", ""))
            if "selected" in said or len(chooser.options) == 1:
                chooser.value = chooser.options[-1]

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            # A browser leaves out the first end of a line.
            self._text.value = self._text.value.removeprefix("\n")
            self._text = None
        if tag == "form":
            self.is_inside = False

    def sent(self) -> dict[str, list[str]]:
        """Return what the form would send, as far as people fill it in."""
        found: dict[str, list[str]] = {}
        for each in self.controls:
            if each.is_sent and each.type not in NOT_TYPED and each.name != TRAP:
                found.setdefault(each.name, []).append(each.value)
        return found


def filled_in(form: FormReader) -> dict[str, list[str]]:
    """Return the form as somebody might have filled it in, everything unlike it is, and nothing of it judged."""
    for number, each in enumerate(form.controls):
        if each.type in {"checkbox", "radio"}:
            # The last of several stays; whatever was ticked is so no more.
            each.is_chosen = not each.is_chosen if each.type == "checkbox" else _is_last(form, each)
        elif each.type == "select":
            each.value = each.options[-1]
        elif each.type not in NOT_TYPED:
            each.value = SAMPLES.get(each.type, f"t {number}")
    return form.sent()


def _is_last(form: FormReader, radio: Control) -> bool:
    return [each for each in form.controls if each.name == radio.name][-1] is radio


def hidden_of(form: FormReader) -> Iterator[tuple[str, str]]:
    yield from ((each.name, each.value) for each in form.controls if each.type == "hidden")
