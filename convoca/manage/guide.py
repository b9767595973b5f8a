"""Help > "Connect to a video-conference service": the manual's page in our own words, with the places it speaks of.

For an owner every step leads to its place in their account, and what belongs to a schedule to the schedule that they
chose; whoever is not logged in reads the same page, and nothing on it is a link into an account.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Schedule


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page by its name in the menus. Without an address it is named and leads nowhere."""

    label: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sentence or two, and the place that they speak of, if they speak of one."""

    text: str
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One way to a meeting link: what it is, its steps in order, and what to know afterwards."""

    anchor: str
    title: str
    lines: Sequence[Line]
    steps_title: str
    steps: Sequence[Line]
    notes: Sequence[Line] = ()
    leaving_title: str = ""
    leaving: Sequence[Line] = ()
    last: Sequence[Line] = ()


@dataclass(frozen=True, kw_only=True)
class Places:
    """The pages of one account, and of one of its schedules; without them, their names alone."""

    account: str = ""
    schedule: Schedule | None = None

    def synchronize(self) -> Place:
        return self._of_schedule(gettext("Supervise > Synchronize"), "synchronize")

    def process(self) -> Place:
        return self._of_schedule(gettext("Configure > Process"), "process")

    def layout(self) -> Place:
        return self._of_schedule(gettext("Configure > Layout"), "layout")

    def zoom(self) -> Place:
        return self._of_account(gettext("{provider} Integration").format(provider="Zoom"), "integration", "zoom")

    def access_control(self) -> Place:
        return self._of_account(gettext("Access Control"), "access-control")

    def health(self) -> Place:
        return self._of_account(gettext("Health"), "health")

    def today(self) -> Place:
        return self._of_account(gettext("Today"), "today")

    def _of_account(self, label: str, page: str, *where: str) -> Place:
        address = reverse(f"manage:{page}", args=[self.account, *where]) if self.account else ""
        return Place(label=label, address=address)

    def _of_schedule(self, label: str, page: str) -> Place:
        if self.schedule is None:
            return Place(label=label, address="")
        address = reverse(f"manage:{page}", args=[self.account, self.schedule.slug])
        return Place(label=f"{label} · {self.schedule.name}", address=address)


def parts(places: Places) -> Sequence[Part]:
    """Return the page's parts, in the manual's order; what is ours alone comes last."""
    return [_meet(places), _zoom(places), _by_hand(places), _jitsi(places)]


def _save(choice: str) -> Line:
    return Line(text=gettext("Choose “{choice}” and press “Save changes”.").format(choice=choice))


def _heading() -> Line:
    heading = gettext("Add an online meeting link to the booking?")
    return Line(text=gettext("Look for the heading “{heading}”").format(heading=heading))


def _open_process(places: Places) -> Line:
    return Line(text=gettext("Open the Process page of the schedule that shall have links."), place=places.process())


def _meet(places: Places) -> Part:
    return Part(
        anchor="meet",
        title=gettext("Create video calls in Google Meet"),
        lines=[
            Line(
                text=gettext(
                    "A schedule that is published to Google Calendar can have a Google Meet call in every event. The "
                    "calls are made by Google, in your account, and their links come back into the bookings."
                )
            )
        ],
        steps_title=gettext("To turn Google Meet on:"),
        steps=[
            Line(
                text=gettext("Publish the schedule first: connect Google Calendar and choose a calendar."),
                place=places.synchronize(),
            ),
            _open_process(places),
            _heading(),
            _save(gettext("Create {provider} calls").format(provider="Google Meet")),
        ],
        notes=[
            Line(
                text=gettext(
                    "From then on every new appointment is an event with a call. Google may take a moment to make it; "
                    "we wait, and the link appears by itself."
                )
            ),
            Line(
                text=gettext(
                    "Bookings that exist already keep what they have, unless you tick that the choice is to reach them "
                    "too."
                )
            ),
        ],
    )


def _zoom(places: Places) -> Part:
    return Part(
        anchor="zoom",
        title=gettext("Create meetings in Zoom"),
        lines=[
            Line(
                text=gettext(
                    "As soon as somebody books on a connected schedule, a Zoom meeting is made for that booking, with "
                    "a meeting ID of its own."
                )
            ),
            Line(
                text=gettext(
                    "Zoom's free plan Basic ends meetings after 40 minutes. You can book longer ones all the same: we "
                    "warn you, and forbid nothing. The plan Pro has no such end."
                )
            ),
        ],
        steps_title=gettext("To connect a schedule to Zoom:"),
        steps=[
            Line(text=gettext("Open the page of the integration."), place=places.zoom()),
            Line(text=gettext("Press “Connect to Zoom” beside each schedule that shall have meetings.")),
            Line(text=gettext("The first time, Zoom asks for your permission. Later it does not ask again.")),
        ],
        notes=_notes_on_zoom(places),
        leaving_title=gettext("To disconnect a schedule:"),
        leaving=[
            Line(text=gettext("Open the page of the integration."), place=places.zoom()),
            Line(text=gettext("Press “Disconnect” beside each schedule that shall have no more Zoom meetings.")),
        ],
        last=[
            Line(
                text=gettext(
                    "With the last schedule your Zoom credentials are deleted here and our access is withdrawn at "
                    "Zoom, by themselves. The page shows when each of the two was done."
                )
            )
        ],
    )


def _notes_on_zoom(places: Places) -> list[Line]:
    return [
        Line(
            text=gettext(
                "Making a meeting takes some seconds, at most a minute. Its link is then seen by whoever booked "
                "and by your superusers, without reloading the page."
            )
        ),
        Line(
            text=gettext(
                "A capacity schedule gets its meeting when you make the slot, one for everybody; the link is in "
                "the slot's location, and people see it once they have signed up."
            )
        ),
        Line(
            text=gettext(
                "Zoom allows 100 new meetings a day. Where you need more, the soonest come first and the rest "
                "follow on the next days by themselves; the forecast is on the page of the integration."
            ),
        ),
        Line(
            text=gettext(
                "Your personal meeting ID is the same for everybody, so the integration does not use it. If that "
                "is what you want, disconnect Zoom and write the link into the confirmation mail."
            ),
            place=places.layout(),
        ),
    ]


def _by_hand(places: Places) -> Part:
    steps = [_open_process(places), _heading(), _save(gettext("Add the link to the … field manually"))]
    if places.schedule is None or not places.schedule.is_capacity:
        enable = gettext("For resource and service schedules, enable the supervisor field first.")
        steps.insert(0, Line(text=enable, place=places.access_control()))
    return Part(
        anchor="by-hand",
        title=gettext("Add meeting links by hand"),
        lines=[
            Line(
                text=gettext(
                    "For Microsoft Teams, or any other service that gives you a link, you add the links yourself: to "
                    "the supervisor field of an appointment, or to the location of a slot."
                )
            )
        ],
        steps_title=gettext("To add links by hand:"),
        steps=steps,
        notes=[
            Line(
                text=gettext("Then paste a link beside each booking, or once for all people of a slot."),
                place=places.today(),
            ),
            Line(text=gettext("Only people with a place in that slot or appointment see it, and your superusers.")),
        ],
    )


def _jitsi(places: Places) -> Part:
    return Part(
        anchor="jitsi",
        title=gettext("Links that need no account: Jitsi Meet"),
        lines=[
            Line(
                text=gettext(
                    "Jitsi Meet links are made at once and for nothing. On the public server the host signs in before "
                    "the first guest comes in."
                )
            )
        ],
        steps_title=gettext("To use Jitsi Meet:"),
        steps=[
            _open_process(places),
            _heading(),
            _save(gettext("Create {provider} links").format(provider="Jitsi Meet")),
        ],
        notes=[
            Line(
                text=gettext(
                    "Whichever service you choose: a link that could not be made is listed with its reason and the "
                    "button that mends it, and no booking is lost by it."
                ),
                place=places.health(),
            )
        ],
    )
