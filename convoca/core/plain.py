"""Text that was pasted as HTML, as plain text: its paragraphs, its lists and the addresses of its links."""

import re
from html.parser import HTMLParser

# Nobody who writes plain text writes these.
LOOKS_LIKE_HTML = re.compile(r"</?(?:p|br|div|a|b|strong|i|em|span|ul|ol|li|h[1-6])\b[^<>]*>", re.IGNORECASE)
PARAGRAPHS = frozenset({"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
UNSEEN = frozenset({"script", "style", "head", "title"})
GAPS = re.compile(r"\n{3,}")


def plain(text: str) -> str:
    """Return the text without markup, or as it is if there is none in it."""
    if not LOOKS_LIKE_HTML.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.said).splitlines()]
    return GAPS.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self.said.append("\n")
        elif tag == "li":
            self.said.append("\n- ")
        elif tag in PARAGRAPHS:
            self.said.append("\n\n")
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self.said))

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in PARAGRAPHS:
            self.said.append("\n\n")
        elif tag == "a" and self._link is not None:
            address, since = self._link
            shown = "".join(self.said[since:]).strip()
            # A variable may stand where the address does.
            if address and address != shown:
                self.said.append(f": {address}" if shown else address)
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data.replace("\n", " "))
