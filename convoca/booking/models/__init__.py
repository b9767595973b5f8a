"""The tables. Every row of a tenant carries its account, and every query of a door starts from it."""

from convoca.booking.models.account import Account, Language, Membership, Supervision, User
from convoca.booking.models.connection import Connection, Grant
from convoca.booking.models.meeting import Meeting, MeetingAttempt
from convoca.booking.models.notification import Notification, OutboxMail
from convoca.booking.models.quota import QuotaDay
from convoca.booking.models.schedule import (
    OpeningHours,
    Resource,
    Schedule,
    ScheduleResource,
    Service,
    ServiceResource,
    SpecialDay,
)
from convoca.booking.models.sealed import Sealed
from convoca.booking.models.slot import Booking, Occupancy, Slot

__all__ = [
    "Account",
    "Booking",
    "Connection",
    "Grant",
    "Language",
    "Meeting",
    "MeetingAttempt",
    "Membership",
    "Notification",
    "Occupancy",
    "OpeningHours",
    "OutboxMail",
    "QuotaDay",
    "Resource",
    "Schedule",
    "ScheduleResource",
    "Sealed",
    "Service",
    "ServiceResource",
    "Slot",
    "SpecialDay",
    "Supervision",
    "User",
]
