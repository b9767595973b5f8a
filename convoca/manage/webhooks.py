"""The form of a webhook, and the lines of what it was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account, Delivery, Schedule, Webhook
from convoca.booking.operations.hooking import CHOOSABLE, Telling
from convoca.booking.spoken import SpokenForm
from convoca.manage import program_phrases
from convoca.manage.phrases import Words, moment

LONGEST_URL = 2000
USUAL = ("booking.created", "booking.changed", "booking.moved", "booking.approved", "booking.cancelled")
ADDRESS_NEEDED = gettext_lazy("Enter the address that is to be told")


class WebhookForm(SpokenForm):
    """Where it leads, of what it is told, and whether it may know meeting links."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("Of the other program. It begins with https://."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        error_messages={
            "required": ADDRESS_NEEDED,
            "max_length": gettext_lazy("Use an address of 2,000 characters at most"),
        },
    )
    schedule = forms.ChoiceField(
        label=gettext_lazy("Of which schedule"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of your schedules")},
    )
    happenings = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        choices=[(each.value, each.label) for each in CHOOSABLE],
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"), gettext_lazy("Choose at least one of these")
        ),
    )
    tells_links = forms.BooleanField(
        label=gettext_lazy("Tell it meeting links"),
        required=False,
        help_text=gettext_lazy(
            "Whoever runs that program can then enter the meetings. Otherwise it is never told a link."
        ),
    )

    def __init__(self, data: Any = None, *, account: Account, webhook: Webhook | None = None) -> None:
        super().__init__(data, initial=_initial(webhook))
        self.schedules = {str(each.pk): each for each in Schedule.objects.filter(account=account, closing_at=None)}
        field = self.fields["schedule"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", gettext("All, and the users")),
                *((k, each.name) for k, each in self.schedules.items()),
            ]

    @property
    def telling(self) -> Telling:
        """What a valid form says."""
        said = self.cleaned_data
        return Telling(
            url=said["url"],
            happenings=said["happenings"],
            schedule=self.schedules.get(said["schedule"]),
            tells_links=said["tells_links"],
        )


def _initial(webhook: Webhook | None) -> dict[str, object]:
    if webhook is None:
        return {"happenings": USUAL}
    return {
        "url": webhook.url.open(),
        "schedule": str(webhook.schedule_id or ""),
        "happenings": webhook.told_of,
        "tells_links": webhook.tells_links,
    }


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a webhook was owed, as the log shows it."""

    at: str
    what: str
    words: Words
    why: str
    status: int | None
    took_ms: int | None
    attempts: int
    number: str


def line_of(delivery: Delivery, time_zone: str) -> Line:
    is_taken = delivery.delivered_at is not None
    return Line(
        at=moment(delivery.happened_at, time_zone),
        what=delivery.get_happening_display(),
        words=program_phrases.delivery_words(delivery),
        why="" if is_taken else program_phrases.why(delivery.reason, delivery.status),
        status=delivery.status,
        took_ms=delivery.took_ms,
        attempts=delivery.attempts,
        number=str(delivery.number),
    )


@dataclass(frozen=True, kw_only=True)
class Row:
    """One webhook on the page of all."""

    pk: int
    host: str
    scope: str
    words: Words
    owed: int
    dropped: int


def row_of(webhook: Webhook, time_zone: str) -> Row:
    return Row(
        pk=webhook.pk,
        host=webhook.host,
        scope=webhook.schedule.name if webhook.schedule else gettext("All, and the users"),
        words=program_phrases.webhook_words(webhook, time_zone),
        owed=getattr(webhook, "owed", 0),
        dropped=getattr(webhook, "dropped", 0),
    )


def old_secret_until(webhook: Webhook, time_zone: str, *, now: datetime) -> str:
    """Say until when the secret that was replaced signs, too; nothing if it does not."""
    until = webhook.previous_until
    return moment(until, time_zone) if webhook.previous_secret and until and now < until else ""
