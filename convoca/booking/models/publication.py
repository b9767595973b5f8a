"""The copy of a slot in somebody's calendar."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.calendar import Calendar
from convoca.booking.models.remote import Attempt, Remote


class Publication(Remote):
    """One generation of a slot's event in a calendar, in the same form as its meeting. The calendar is fixed at birth.

    Its `remote_id` is ours, a function of the row's marker: sent twice, it is one event. Wished: `has_meeting`, the
    event comes with an online room, by `meeting_wish` told from one that it had before. Observed: `conference` is what
    is known of that room, which was asked for at `conference_asked_at`, `conference_requests` times before in vain.
    """

    class Conference(models.TextChoices):
        NONE = "", _("None")
        PENDING = "pending", _("Being made")
        READY = "ready", _("Made")
        FAILED = "failed", _("Cannot be made")

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="publications")
    has_meeting = models.BooleanField(default=False)
    meeting_wish = models.PositiveIntegerField(default=0)
    conference = models.CharField(max_length=8, choices=Conference, default=Conference.NONE, blank=True)
    conference_requests = models.PositiveIntegerField(default=0)
    conference_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Remote.Meta):
        indexes = [
            *Remote.Meta.indexes,
            models.Index(fields=["account"], condition=Q(observed="gone"), name="publication_gone"),
            models.Index(fields=["account"], condition=~Q(differences=""), name="publication_different"),
            models.Index(fields=["calendar", "remote_id"], name="publication_by_remote_id"),
        ]

    def __str__(self) -> str:
        return f"publication {self.pk}"

    @property
    def conference_name(self) -> str:
        """Return by what the vendor knows the room that is asked for now: the same as long as its link shall stay."""
        return f"{self.marker.hex}-{self.meeting_wish}-{self.conference_requests}" if self.has_meeting else ""

    @property
    def is_awaited(self) -> bool:
        return self.has_meeting and self.conference == self.Conference.PENDING


class PublicationAttempt(Attempt):
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="log")

    class Meta(Attempt.Meta):
        indexes = [models.Index(fields=["account", "publication"], name="attempt_of_publication")]
