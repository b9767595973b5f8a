"""The online room of a slot: what is wanted, what is known of it at the vendor, and the one copy of its link."""

from django.db import models
from django.db.models import F, Q

from convoca.booking.models.publication import Publication
from convoca.booking.models.remote import Attempt, Remote
from convoca.booking.models.sealed import SealedField


class Meeting(Remote):
    """One generation of a slot's online room. Provider and connection are fixed at birth.

    `stands_in` is set on one that is no longer wanted but has a link, which counts until the wanted one has its own:
    only then is it let go of. `is_shared`: its link is the one of the schedule's bookings, which nobody typed for this
    slot alone. `publication` is the event that it is born with, if it is: that does all there is to do
    at the vendor and hands the link over.
    """

    stands_in = models.BooleanField(default=False)
    is_shared = models.BooleanField(default=False)
    link = SealedField()
    passcode = SealedField()
    publication = models.ForeignKey(
        Publication, on_delete=models.SET_NULL, null=True, blank=True, related_name="meetings"
    )

    class Meta(Remote.Meta):
        indexes = [
            *Remote.Meta.indexes,
            models.Index(
                fields=["account", "slot"],
                condition=Q(wanted="present", observed__in=["nothing", "unknown", "gone"]),
                name="meeting_unready",
            ),
            # What is unfinished and at rest: next to nothing, and looked for every few minutes.
            models.Index(
                fields=["slot"],
                condition=Q(
                    due_at__isnull=True, blocked="", wanted="present", observed__in=["nothing", "unknown", "gone"]
                ),
                name="meeting_forgotten_unmade",
            ),
            models.Index(
                fields=["slot"],
                condition=Q(
                    due_at__isnull=True,
                    blocked="",
                    wanted="present",
                    observed="present",
                    sent_revision__lt=F("wanted_revision"),
                ),
                name="meeting_forgotten_stale",
            ),
            models.Index(
                fields=["slot"],
                condition=Q(due_at__isnull=True, blocked="", wanted="absent", observed__in=["present", "unknown"]),
                name="meeting_forgotten_left",
            ),
            models.Index(fields=["connection", "ready_at"], name="meeting_ready_last"),
            models.Index(fields=["account"], condition=Q(observed="gone"), name="meeting_gone"),
            models.Index(fields=["account"], condition=~Q(differences=""), name="meeting_different"),
            models.Index(fields=["provider", "remote_id"], condition=~Q(remote_id=""), name="meeting_by_remote_id"),
        ]

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    @property
    def is_kept(self) -> bool:
        return self.stands_in


class MeetingAttempt(Attempt):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="log")

    class Meta(Attempt.Meta):
        indexes = [models.Index(fields=["account", "meeting"], name="attempt_of_meeting")]
