"""An owner at the pages on which a schedule is published to Google Calendar."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from convoca.booking.models import Schedule
from sandbox.google.state import ANA, WORK, User
from tests.googling import boxes_ticked
from tests.manage.reading import page_of
from tests.vendors import VISITOR


@dataclass
class Desk:
    """An owner at the pages of one schedule."""

    browser: Client
    schedule: Schedule

    @property
    def page(self) -> str:
        return page_of(self.schedule, "synchronize")

    def connect(
        self, user: User = ANA, *, decision: str = "allow", unticked: tuple[str, ...] = (), for_meet: str = ""
    ) -> Any:
        """Press Connect Google Calendar, decide there, and come back."""
        asked = self.browser.post(f"{self.page}/connect", {"for_meet": for_meet})
        assert asked.status_code == 303
        consent_page = asked.headers["Location"]
        query = {name: values[0] for name, values in parse_qs(urlsplit(consent_page).query).items()}
        ticked = boxes_ticked(unticked)
        form = query | ticked | {"decision": decision, "user": user.id}
        answer = VISITOR.post(consent_page.partition("?")[0], data=form)
        back = urlsplit(answer.headers["location"])
        return self.browser.get(f"{back.path}?{back.query}")

    def publish(self, calendar: str = WORK, *, user: User = ANA, **more: str) -> Any:
        """Connect, and choose a calendar."""
        return self.choose(self.connect(user), calendar, **more)

    def choose(self, consented: Any, calendar: str, **more: str) -> Any:
        """Choose one of the calendars to which the consent led."""
        page = urlsplit(consented.headers["Location"])
        return self.browser.post(f"{page.path}/publish", {"calendar": calendar, **more})

    def look(self, path: str = "") -> Any:
        return self.browser.get(f"{self.page}{path}")
