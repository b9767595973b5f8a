"""Who did what, when: lines that are only added. Ids, verbs and names of fields; never what a person wrote."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account, Membership
from convoca.booking.models.connection import Connection
from convoca.booking.models.slot import Booking, Slot


class AuditEntry(models.Model):
    """One act. `membership` is who acts: empty for an attendee without log-in and for what the system did by itself.

    `person` is the user whom an act is about, `connection` the access to a vendor.
    """

    class Actor(models.TextChoices):
        ATTENDEE = "attendee", _("Attendee")
        USER = "user", _("User")
        SUPERUSER = "superuser", _("Superuser")
        OWNER = "owner", _("Owner")
        SYSTEM = "system", _("Convoca")

    class Verb(models.TextChoices):
        BOOKED = "booked", _("Booked")
        REQUESTED = "requested", _("Requested")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        RESTORED = "restored", _("Taken back")
        WAITS = "waits", _("Joined the waiting list")
        OFFERED = "offered", _("Was offered a place")
        ACCEPTED = "accepted", _("Took the offered place")
        PASSED_OVER = "passed_over", _("Let the offer pass")
        EDITED = "edited", _("Edited")
        ERASED = "erased", _("Deleted their data")
        OPENED = "opened", _("Made the slot")
        INVITED = "invited", _("Invited")
        JOINED = "joined", _("Joined")
        ADDED = "added", _("Added by hand")
        RANKED = "ranked", _("Rights changed")
        BLOCKED = "blocked", _("Blocked")
        UNBLOCKED = "unblocked", _("No longer blocked")
        REMOVED = "removed", _("Deleted the user")
        MISSED = "missed", _("Marked as no-show")
        CAME = "came", _("No longer marked as no-show")
        SENT_AGAIN = "sent_again", _("Link sent again")
        MAILED_AGAIN = "mailed_again", _("Mail sent again")
        DELETED = "deleted", _("Deleted the schedule")
        CONNECTED = "connected", _("Connected")
        DISCONNECTED = "disconnected", _("Disconnected")
        WITHDRAWN = "withdrawn", _("Access withdrawn")
        WIPED = "wiped", _("Credentials deleted")
        FEED_MADE = "feed_made", _("Made a calendar address")
        FEED_SHOWN = "feed_shown", _("Looked at a calendar address")
        FEED_REVOKED = "feed_revoked", _("Revoked a calendar address")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField()
    actor = models.CharField(max_length=16, choices=Actor)
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=16, choices=Verb)
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, null=True, blank=True, related_name="audit")
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="audit")
    person = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="audit")
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, blank=True, related_name="audit")
    fields = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["account", "-id"], name="audit_of_account"),
            models.Index(fields=["account", "booking"], name="audit_of_booking"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb}"
