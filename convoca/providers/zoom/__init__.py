"""Zoom meetings for an owner who consented: <https://developers.zoom.us/docs/api/meetings/>."""

from typing import ClassVar

from convoca.providers import oauth
from convoca.providers.contract import (
    Application,
    Capabilities,
    Exchange,
    ExternalUser,
    KnownLink,
    Marked,
    MeetingFacts,
    MeetingSpec,
    Sighting,
    Tokens,
)
from convoca.providers.links import leads_to
from convoca.providers.zoom import account, looking, meetings
from convoca.providers.zoom.account import LICENSED
from convoca.providers.zoom.api import HOSTS, api_url, oauth_url
from convoca.providers.zoom.errors import DEAD_GRANT_CODES
from convoca.providers.zoom.invitations import read_link
from convoca.providers.zoom.limits import BASIC_PLAN_MINUTES, DAILY_WRITES, FREE_PER_SECOND, PAID_PER_SECOND


class Zoom:
    """One scheduled meeting per call of `create`, found again by the marker in its agenda."""

    id: ClassVar[str] = "zoom"
    name: ClassVar[str] = "Zoom"
    capabilities: ClassVar[Capabilities] = Capabilities(
        connects=True,
        daily_writes=DAILY_WRITES,
        basic_plan_minutes=BASIC_PLAN_MINUTES,
        serves_itself=True,
        passcodes=True,
        host_links=True,
        waiting_rooms=True,
    )
    scopes: ClassVar[frozenset[str]] = frozenset(account.SCOPES)
    consents_page: ClassVar[str] = "https://marketplace.zoom.us/user/installed"

    def create(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        return meetings.create(spec, application=application, token=token)

    def look(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[Sighting]:
        return looking.look(spec, application=application, token=token)

    def read(self, remote_id: str, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        return meetings.read(remote_id, application=application, token=token)

    def update(
        self, remote_id: str, spec: MeetingSpec, *, changed: frozenset[str], application: Application, token: str
    ) -> Exchange[None]:
        return meetings.update(remote_id, spec, changed=changed, application=application, token=token)

    def delete(self, remote_id: str, *, application: Application, token: str) -> Exchange[None]:
        return meetings.delete(remote_id, application=application, token=token)

    def host_url(self, remote_id: str, *, application: Application, token: str) -> Exchange[str]:
        return meetings.host_url(remote_id, application=application, token=token)

    def calls_per_second(self, weight: str, *, plan: str) -> int | None:
        """Return Zoom's limit for the account; a plan that is not known counts as the free one."""
        return (PAID_PER_SECOND if plan == LICENSED else FREE_PER_SECOND).get(weight)

    def owns_link(self, url: str, *, application: Application) -> bool:
        return leads_to(url, HOSTS, base=api_url(application))

    def read_link(self, url: str) -> KnownLink:
        return read_link(url)

    def host_signs_in(self, *, application: Application) -> bool:
        """Meetings are made so that guests may enter before the host."""
        return False

    def consent_url(self, *, application: Application, state: str, code_challenge: str) -> str:
        """Return Zoom's consent page. The scopes are those of the application there: naming them is refused."""
        authorize_url = f"{oauth_url(application)}/authorize"
        return oauth.consent_url(authorize_url, application=application, state=state, code_challenge=code_challenge)

    def redeem_code(self, code: str, *, application: Application, code_verifier: str) -> Exchange[Tokens]:
        return oauth.redeem_code(
            f"{oauth_url(application)}/token",
            code,
            application=application,
            code_verifier=code_verifier,
            usual_scopes=self.scopes,
            dead_grant_codes=DEAD_GRANT_CODES,
        )

    def refresh(self, refresh_token: str, *, application: Application) -> Exchange[Tokens]:
        """Exchange the refresh token; Zoom kills the old one in the same moment."""
        token_url = f"{oauth_url(application)}/token"
        return oauth.refresh(token_url, refresh_token, application=application, dead_grant_codes=DEAD_GRANT_CODES)

    def token_for_account(self, *, application: Application) -> Exchange[Tokens]:
        """Return a token of the server-to-server application, for the owner of its account. It lives for an hour."""
        return oauth.token_for_account(
            f"{oauth_url(application)}/token",
            application=application,
            usual_scopes=self.scopes,
            dead_grant_codes=DEAD_GRANT_CODES,
        )

    def revoke(self, token: str, *, application: Application) -> Exchange[None]:
        """Withdraw the whole grant; `token` is an access token, live or not."""
        revoke_url = f"{oauth_url(application)}/revoke"
        return oauth.revoke(revoke_url, token, application=application, dead_grant_codes=DEAD_GRANT_CODES)

    def who_am_i(self, *, application: Application, token: str) -> Exchange[ExternalUser]:
        return account.who_am_i(application=application, token=token)

    def marked(self, *, application: Application, token: str) -> Exchange[tuple[Marked, ...]]:
        return looking.marked(application=application, token=token)

    def missing_scopes(self, granted: frozenset[str]) -> frozenset[str]:
        return account.missing_scopes(granted)
