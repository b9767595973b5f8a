"""The tables. Every row of a tenant carries its account, and every query of a door starts from it."""

from convoca.booking.models.account import Account, Invitation, Language, Membership, Supervision, User
from convoca.booking.models.application import VendorApplication
from convoca.booking.models.audit import AuditEntry
from convoca.booking.models.calendar import BusyCalendar, BusyTime, Calendar, WhenUnknown
from convoca.booking.models.connection import Connection, Grant, VendorEvent
from convoca.booking.models.entrance import FoundingRequest, Installation, OutsideLogIn
from convoca.booking.models.feed import Feed
from convoca.booking.models.form import FormField
from convoca.booking.models.group import Group, GroupMember, ScheduleGroup
from convoca.booking.models.incident import Alert, Incident
from convoca.booking.models.look import Logo, Look
from convoca.booking.models.meeting import Meeting, MeetingAttempt
from convoca.booking.models.message import MessageText, OwnersMessage, ReminderStop
from convoca.booking.models.notification import Notification, OutboxMail
from convoca.booking.models.people_import import PeopleImport
from convoca.booking.models.program import ApiKey, Delivery, Happening, Webhook
from convoca.booking.models.publication import Publication, PublicationAttempt
from convoca.booking.models.quota import CallPace, QuotaDay
from convoca.booking.models.remote import Attempt, Remote
from convoca.booking.models.rights import USUAL_RIGHTS, Right
from convoca.booking.models.rules import Audience, BookingRules, Changes, Visibility
from convoca.booking.models.schedule import (
    FormerAddress,
    OpeningHours,
    Resource,
    Schedule,
    ScheduleResource,
    Service,
    ServiceResource,
    SpecialDay,
    StartTime,
)
from convoca.booking.models.sealed import Sealed
from convoca.booking.models.slot import Booking, Occupancy, Series, Slot

__all__ = [
    "USUAL_RIGHTS",
    "Account",
    "Alert",
    "ApiKey",
    "Attempt",
    "Audience",
    "AuditEntry",
    "Booking",
    "BookingRules",
    "BusyCalendar",
    "BusyTime",
    "Calendar",
    "CallPace",
    "Changes",
    "Connection",
    "Delivery",
    "Feed",
    "FormField",
    "FormerAddress",
    "FoundingRequest",
    "Grant",
    "Group",
    "GroupMember",
    "Happening",
    "Incident",
    "Installation",
    "Invitation",
    "Language",
    "Logo",
    "Look",
    "Meeting",
    "MeetingAttempt",
    "Membership",
    "MessageText",
    "Notification",
    "Occupancy",
    "OpeningHours",
    "OutboxMail",
    "OutsideLogIn",
    "OwnersMessage",
    "PeopleImport",
    "Publication",
    "PublicationAttempt",
    "QuotaDay",
    "ReminderStop",
    "Remote",
    "Resource",
    "Right",
    "Schedule",
    "ScheduleGroup",
    "ScheduleResource",
    "Sealed",
    "Series",
    "Service",
    "ServiceResource",
    "Slot",
    "SpecialDay",
    "StartTime",
    "Supervision",
    "User",
    "VendorApplication",
    "VendorEvent",
    "Visibility",
    "Webhook",
    "WhenUnknown",
]
