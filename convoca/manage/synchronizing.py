"""What Supervise > Synchronize shows of a schedule: where it is published, how far that is, what counts as busy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from convoca.booking.models import Account, Booking, Connection, Publication, Resource, Schedule, WhenUnknown
from convoca.booking.operations.publishing import EventTexts
from convoca.booking.questions.busy import Dependence, dependences_of
from convoca.booking.questions.publishing import changed_by_hand, is_in_use, progress_of
from convoca.booking.questions.unready import whose
from convoca.manage import synchronize_phrases as say
from convoca.manage.phrases import Words, moment
from convoca.manage.policy import Visit
from convoca.manage.progress import EVERY_TWO_SECONDS, Bar
from convoca.providers.google.account import died_of_test_mode

GOOGLE = "google"
# Of an application that was published no grant ends so soon.
ENDS_IN_TEST_MODE = timedelta(days=8)


@dataclass(frozen=True, kw_only=True)
class ProgressBlock:
    """How far the copying is, asked again while it goes on. `seen` names how far."""

    address: str
    poll: str
    seen: str
    bar: Bar
    text: str
    refused: str


@dataclass(frozen=True, kw_only=True)
class ChangedRow:
    """An event that somebody changed by hand. `cancel_address` leads to the booking, if there is exactly one."""

    id: int
    when: str
    who: str
    text: str
    was_deleted: bool
    cancel_address: str


@dataclass(frozen=True, kw_only=True)
class BusyRow:
    row: Dependence
    words: Words


@dataclass(frozen=True, kw_only=True)
class GoogleAccount:
    """One Google account that is connected, and whether anything uses it."""

    connection: Connection
    words: Words
    is_used: bool
    needs_owner: bool


class TextsForm(forms.Form):
    """How events are written."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Left empty: what is booked, and by whom; of a class how many places are taken."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy(
            "In both you may use $what, $schedule, $resource, $places, $name, $email, $phone and $details. The meeting "
            "link is added by itself."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    names_client = forms.BooleanField(
        label=gettext_lazy("With the client's details"),
        required=False,
        help_text=gettext_lazy("Whoever may read the calendar reads them. Otherwise $name and the like stay empty."),
    )
    invites_client = forms.BooleanField(
        label=gettext_lazy("Let Google invite the client"),
        required=False,
        help_text=gettext_lazy("Google mails an invitation too, and every change of it. Clients get our mails anyway."),
    )

    @property
    def texts(self) -> EventTexts:
        return EventTexts(**self.cleaned_data)


class WhenUnknownForm(forms.Form):
    """What becomes of bookings while busy times are not known."""

    when_unknown = forms.ChoiceField(
        label=gettext_lazy("If we cannot read a calendar for hours"),
        choices=[
            (WhenUnknown.REFUSE, gettext_lazy("Offer nothing until it can be read again")),
            (WhenUnknown.ACCEPT, gettext_lazy("Accept bookings all the same, and warn me here")),
        ],
        widget=forms.RadioSelect,
    )


def texts_form(schedule: Schedule, data: object = None) -> TextsForm:
    initial = {
        "title": schedule.event_title,
        "description": schedule.event_description,
        "names_client": schedule.event_names_client,
        "invites_client": schedule.event_invites_client,
    }
    return TextsForm(data, initial=initial)  # type: ignore[arg-type]


def progress_block(visit: Visit, schedule: Schedule, *, now: datetime) -> ProgressBlock:
    how = progress_of(schedule, now=now)
    text = say.progress(how, time_zone=visit.account.time_zone)
    return ProgressBlock(
        address=reverse("manage:synchronize-progress", args=[visit.account.name, schedule.slug]),
        poll=EVERY_TWO_SECONDS if how.is_moving else "",
        seen=f"{int(how.is_copying)}-{how.done}-{how.refused}-{how.total}-{int(how.again_at is not None)}",
        bar=Bar(text=text if how.is_moving else "", done=how.done, total=how.total),
        text="" if how.is_moving else text,
        refused=say.refused(how.refused) if how.refused else "",
    )


def changed_rows(visit: Visit, schedule: Schedule, *, now: datetime) -> list[ChangedRow]:
    events = list(changed_by_hand(visit.account, now=now).filter(slot__schedule=schedule))
    people = whose(visit.account.pk, [event.slot for event in events])
    return [_changed(visit, event, people.get(event.slot_id, [])) for event in events]


def _changed(visit: Visit, event: Publication, bookings: Sequence[Booking]) -> ChangedRow:
    account = visit.account
    to_cancel = reverse("manage:cancel", args=[account.name, bookings[0].pk]) if len(bookings) == 1 else ""
    if event.slot.schedule.is_capacity:
        to_cancel = reverse("manage:cancel-slot", args=[account.name, event.slot.schedule.slug, event.slot_id])
    return ChangedRow(
        id=event.pk,
        when=moment(event.slot.starts_at, account.time_zone),
        who=event.slot.title or ", ".join(booking.name for booking in bookings),
        text=say.change_words(event),
        was_deleted=event.observed == Publication.Observed.GONE,
        cancel_address=to_cancel,
    )


def busy_rows(visit: Visit, schedule: Schedule, *, now: datetime) -> list[BusyRow]:
    return [
        BusyRow(row=row, words=say.dependence_words(row, time_zone=visit.account.time_zone))
        for row in dependences_of(schedule, now=now)
    ]


def usable_accounts(visit: Visit) -> list[Connection]:
    """Return the account's open accesses to calendars, the newest first."""
    open_ones = Connection.objects.filter(
        account=visit.account, provider=GOOGLE, state=Connection.State.OPEN, grant__isnull=False
    )
    return list(open_ones.select_related("grant").order_by("-connected_at"))


def resources_of(schedule: Schedule) -> list[Resource]:
    """Return what a schedule offers that may have a calendar of its own."""
    if schedule.is_capacity:
        return []
    return [listed.resource for listed in schedule.listed.select_related("resource__calendar")]


def google_accounts(account: Account, *, now: datetime) -> list[GoogleAccount]:
    """Return the Google accounts that were connected and not given up, in the order in which they were."""
    states = [Connection.State.OPEN, Connection.State.NEEDS_OWNER]
    connections = Connection.objects.filter(account=account, provider=GOOGLE, state__in=states)
    return [_google_account(each, is_used=is_in_use(each, now=now)) for each in connections.order_by("pk")]


def _google_account(connection: Connection, *, is_used: bool) -> GoogleAccount:
    return GoogleAccount(
        connection=connection,
        words=say.account_words(connection, is_used=is_used),
        is_used=is_used,
        needs_owner=connection.state == Connection.State.NEEDS_OWNER,
    )


def is_of_test_mode(connection: Connection, *, now: datetime) -> bool:
    """Say whether the server's application at Google was never published.

    By Google's own word, if it said with the consent when that ends; else by an access that was lost just then.
    """
    grant = connection.grant
    if grant is not None and grant.ends_at is not None and connection.connected_at is not None:
        return grant.ends_at - connection.connected_at <= ENDS_IN_TEST_MODE
    if connection.state != Connection.State.NEEDS_OWNER or connection.connected_at is None:
        return False
    lost_at = connection.last_ok_at or now
    return died_of_test_mode(consented_at=connection.connected_at, lost_at=lost_at)
