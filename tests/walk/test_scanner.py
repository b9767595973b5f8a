"""T38, J4, J13: a scanner that fetches every address of every mail, and what these lead to, learns no link."""

import re
from collections.abc import Iterator
from html import unescape
from typing import cast
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse

from convoca.booking.mail.post import Post
from convoca.booking.models import Membership, OutboxMail
from convoca.booking.operations.alerting import alert_next
from convoca.booking.operations.digesting import choose_digest
from tests.booking.building import NOW
from tests.walk.recording import whole
from tests.walk.scene import DAY, Scene, new_browser, written
from tests.walk.tables import snapshot, writing
from tests.walk.viewers import Looker
from tests.walk.visiting import NO_SECRET

ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")
# A page's links, and what its scripts ask; its forms are not for programs that only look.
LINK = re.compile(r"""(?:href|src|hx-get)=["']([^"'#]+)""")
DEPTH = 2


@pytest.fixture
def mailed(scene: Scene) -> set[str]:
    """Return the paths of all addresses of ours in all parts of all mails, the day by mail among them."""
    reader = Membership.objects.get(account=scene.account, user=scene.users[Looker.SUPERUSER])
    choose_digest(reader, wanted=True, now=NOW)
    reader.digests.update(due_at=NOW, day=DAY)
    with Post() as post:
        assert alert_next(now=NOW, post=post)
    texts = [written(mail).replace("\r\n ", "") for mail in OutboxMail.objects.all()]
    return {path for text in texts for path in map(path_of, ADDRESS.findall(unescape(text))) if path}


def path_of(address: str) -> str:
    """Return the path and query of an address of ours; nothing of any other."""
    parts, ours = urlsplit(address), urlsplit(settings.BASE_URL)
    if parts.netloc not in {"", ours.netloc}:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def fetched(paths: set[str]) -> Iterator[tuple[str, HttpResponse]]:
    """Fetch each path as programs do that have no cookies, follow where it leads, and what its pages link to."""
    seen: set[str] = set()
    for _ in range(DEPTH + 1):
        found: set[str] = set()
        for path in sorted(paths - seen):
            browser = new_browser()
            browser.head(path)
            answer = whole(cast(HttpResponse, browser.get(path, headers={"user-agent": "LinkScanner/1.0"})))
            yield path, answer
            links = [answer.get("Location", ""), *map(unescape, LINK.findall(answer.text))]
            found |= {each for link in links if link and (each := path_of(urljoin(path, link)))}
        seen |= paths
        paths = {each for each in found if not each.startswith("/static/")}


def test_whoever_fetches_every_address_of_every_mail_changes_nothing_and_learns_no_link(
    scene: Scene, mailed: set[str]
) -> None:
    before = snapshot()
    kinds = {path.split("/")[1] for path in mailed}
    assert {"b", "j", "day"} <= kinds, "There is something to fetch."

    with writing() as written_to:
        answers = list(fetched(mailed))

    told = [path for path, answer in answers if scene.needles.in_text(answer.text + str(answer.headers)) != NO_SECRET]
    assert told == []
    assert written_to == set()
    assert snapshot() == before
    # It has been at the doors behind which something happens.
    doors = {path.rpartition("/")[2].partition("?")[0] for path, _ in answers if path.startswith("/b/")}
    assert {"cancel", "change", "details", "erase", "data.json", "appointment.ics"} <= doors
    assert {answer.status_code for _, answer in answers} <= {200, 204, 302, 303, 404}
    assert all(settings.BASE_URL in (at := answer.get("Location", "")) or at[:1] in {"", "/"} for _, answer in answers)
