"""Google Calendar for an owner who consented: <https://developers.google.com/workspace/calendar/api/v3/reference>."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from convoca.core.time import Interval
from convoca.providers import oauth
from convoca.providers.calendars import Busy, CalendarFacts, Changes, Channel, EventFacts, EventKey, EventSpec
from convoca.providers.contract import (
    Application,
    Capabilities,
    Exchange,
    ExternalUser,
    KnownLink,
    Marked,
    Misconfigured,
    Tokens,
)
from convoca.providers.google import account, events, listing, push
from convoca.providers.google.api import token_url
from convoca.providers.google.limits import PER_SECOND
from convoca.providers.refusing import MakesNoMeetings


class GoogleCalendar(MakesNoMeetings):
    """Events under ids of our own in the calendars of whoever consented. Its meetings are `GoogleMeet`'s."""

    id: ClassVar[str] = "google"
    name: ClassVar[str] = "Google Calendar"
    capabilities: ClassVar[Capabilities] = Capabilities(automatic=False, connects=True)
    scopes: ClassVar[frozenset[str]] = frozenset(account.SCOPES)
    consents_page: ClassVar[str] = "https://myaccount.google.com/connections"
    refusal = "Google Calendar keeps events; a Google Meet call comes with one."

    def event_id(self, reference: UUID) -> str:
        return events.event_id(reference)

    def insert(self, spec: EventSpec, *, application: Application, token: str) -> Exchange[EventFacts]:
        return events.insert(spec, application=application, token=token)

    def look_up(self, key: EventKey, *, application: Application, token: str) -> Exchange[EventFacts | None]:
        return events.look_up(key, application=application, token=token)

    def read_event(self, key: EventKey, *, application: Application, token: str) -> Exchange[EventFacts]:
        return events.read(key, application=application, token=token)

    def patch(
        self, spec: EventSpec, *, changed: frozenset[str], etag: str = "", application: Application, token: str
    ) -> Exchange[EventFacts]:
        return events.patch(spec, changed=changed, etag=etag, application=application, token=token)

    def remove(
        self, key: EventKey, *, tells_attendees: bool = False, application: Application, token: str
    ) -> Exchange[None]:
        return events.remove(key, tells_attendees=tells_attendees, application=application, token=token)

    def calendars(self, *, application: Application, token: str) -> Exchange[tuple[CalendarFacts, ...]]:
        return listing.calendars(application=application, token=token)

    def make_calendar(
        self, name: str, *, time_zone: str, application: Application, token: str
    ) -> Exchange[CalendarFacts]:
        return listing.make_calendar(name, time_zone=time_zone, application=application, token=token)

    def changes(
        self,
        calendar_id: str,
        *,
        sync_token: str = "",
        since: datetime | None = None,
        application: Application,
        token: str,
    ) -> Exchange[Changes]:
        return listing.changes(calendar_id, sync_token=sync_token, since=since, application=application, token=token)

    def watch(
        self, calendar_id: str, *, channel_id: str, address: str, application: Application, token: str
    ) -> Exchange[Channel]:
        return push.watch(calendar_id, channel_id=channel_id, address=address, application=application, token=token)

    def stop(self, channel: Channel, *, application: Application, token: str) -> Exchange[None]:
        return push.stop(channel, application=application, token=token)

    def busy(
        self, calendar_ids: tuple[str, ...], during: Interval, *, application: Application, token: str
    ) -> Exchange[tuple[Busy, ...]]:
        return listing.busy(calendar_ids, during, application=application, token=token)

    def missing_scopes(self, granted: frozenset[str]) -> frozenset[str]:
        return account.missing_of((account.EVENTS, account.CALENDAR_LIST), granted)

    def missing_for_busy_times(self, granted: frozenset[str]) -> frozenset[str]:
        return account.missing_of((account.FREE_BUSY,), granted)

    def missing_for_new_calendars(self, granted: frozenset[str]) -> frozenset[str]:
        return account.missing_of((account.NEW_CALENDARS,), granted)

    def calls_per_second(self, weight: str, *, plan: str) -> int | None:
        """Return our share of Google's limit per minute and user, which is the same on every plan."""
        return PER_SECOND.get(weight)

    def consent_url(self, *, application: Application, state: str, code_challenge: str) -> str:
        return account.consent_url(application=application, state=state, code_challenge=code_challenge)

    def redeem_code(self, code: str, *, application: Application, code_verifier: str) -> Exchange[Tokens]:
        """Exchange the code. Which scopes were granted stands in the answer: people may untick each."""
        return oauth.redeem_code(
            token_url(application),
            code,
            application=application,
            code_verifier=code_verifier,
            usual_scopes=self.scopes,
            dead_grant_codes=frozenset(),
            secret_in_form=True,
        )

    def refresh(self, refresh_token: str, *, application: Application) -> Exchange[Tokens]:
        """Exchange the refresh token, which stays the same: the answer holds none."""
        return oauth.refresh(
            token_url(application),
            refresh_token,
            application=application,
            dead_grant_codes=frozenset(),
            secret_in_form=True,
        )

    def token_for_account(self, *, application: Application) -> Exchange[Tokens]:
        """Raise Misconfigured: at Google people consent, each for themselves."""
        yield from ()
        raise Misconfigured("Google lets no application act for an account by itself.")

    def revoke(self, token: str, *, application: Application) -> Exchange[None]:
        return account.revoke(token, application=application)

    def who_am_i(self, *, application: Application, token: str) -> Exchange[ExternalUser]:
        return account.who_am_i(application=application, token=token)

    def marked(self, *, application: Application, token: str) -> Exchange[tuple[Marked, ...]]:
        """Return nothing: events have ids of ours, so that none can be there that we would have to search for."""
        yield from ()
        return ()

    def owns_link(self, url: str, *, application: Application) -> bool:
        """No link to a meeting leads to a calendar."""
        return False

    def read_link(self, url: str) -> KnownLink:
        return KnownLink()

    def host_signs_in(self, *, application: Application) -> bool:
        return False
