"""An account in which there is something to leak: appointments and a class with links of every kind, and all who look.

Everybody books in a browser, as people do. What vendors would have answered is written into the meetings directly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.mail.own_words import Text
from convoca.booking.mail.post import Post
from convoca.booking.models import (
    Account,
    Booking,
    BusyCalendar,
    Incident,
    Meeting,
    Membership,
    OutboxMail,
    Schedule,
    Sealed,
    Slot,
    Supervision,
    User,
)
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.configuring import set_rules, set_supervisor_field
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.notifying import notify_next
from convoca.booking.operations.provisioning import provision_next
from convoca.booking.operations.texts import publish_text, save_draft
from convoca.booking.questions.bookings import booking_by_token
from tests.booking.building import (
    MADRID,
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    make_service_schedule,
    message_of,
    publish_at_google,
)
from tests.walk.needles import Needles
from tests.walk.viewers import Looker, Secret

DAY = date(2026, 11, 26)
TYPED_LINK = "https://rooms.example.net/typed-room-4711?key=typed-key-0815"
SHARED_LINK = "https://rooms.example.net/shared-room-6620?key=shared-key-3391"
BACKUP_LINK = "https://rooms.example.net/spare-room-4913?key=spare-key-1017"
PERSONAL_LINK = "https://rooms.example.net/personal-room-5014?key=personal-key-1118"
PENDING_LINK = "https://rooms.example.net/pending-room-4812?key=pending-key-0916"
MADE_UP = "bm8tc3VjaC1ib29raW5nIQ"
CONTACT = "hello@lumbre.example"
UNREACHABLE = ("google_calendar", "google_token", "google_revoke", "zoom_oauth", "zoom_api")


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one person has of one booking: the two addresses, and what the browser that booked remembers."""

    token: str
    join_token: str
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scene:
    account: Account
    schedules: Mapping[str, Schedule]
    users: Mapping[Looker, User]
    sessions: Mapping[Looker, Mapping[str, str]]
    held: Mapping[tuple[Looker, Secret], Held]
    slots: Mapping[Secret, Slot]
    open_class: Slot
    mails: Mapping[Secret, OutboxMail]
    needles: Needles

    def browser(self, looker: Looker, about: Secret | None = None) -> Client:
        """Return the browser of `looker`; it has the cookies of the booking that the visit is about."""
        held = self.held.get((looker, about)) if about else None
        return new_browser({**self.sessions.get(looker, {}), **(held.cookies if held else {})})


def new_browser(cookies: Mapping[str, str] | None = None) -> Client:
    """Return a browser that has these cookies and no other."""
    client = Client()
    client.handler = _handler(tuple(settings.MIDDLEWARE))
    client.cookies.load(dict(cookies or {}))
    return client


@cache
def _handler(middleware: tuple[str, ...]) -> ClientHandler:
    """Return one for all browsers: each new one would look through all static files."""
    handler = ClientHandler(enforce_csrf_checks=False)
    handler.load_middleware()
    return handler


def _cookies_of(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def prepare_installation(settings: Settings) -> None:
    """Let the installation keep its mails in the outbox, and have an application at Zoom."""
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}
    keys = replace(settings.VENDORS["zoom"], client_id="client", client_secret="client-secret")
    settings.VENDORS = settings.VENDORS | {"zoom": keys}
    # Nobody answers there: what a person waits for comes to nothing at once.
    nowhere = dict.fromkeys(UNREACHABLE, "http://127.0.0.1:9")
    settings.VENDOR_ENDPOINTS = settings.VENDOR_ENDPOINTS | nowhere
    # One walk knocks more often than a person; the limits have tests of their own.
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False
    # Hashing as slowly as for real passwords would take longer than the walk.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def build_scene() -> Scene:
    """Build it at NOW: the clock must stand there, or run from there."""
    account = make_account(contact_email=CONTACT)
    set_supervisor_field(account, Account.SupervisorField.SHOWN, label="Notes")
    schedules = _make_schedules(account)
    people = _make_people(account, schedules)
    slot = make_class(schedules["class"], capacity=3)
    held = _book_everything(schedules, slot)
    # From here on: the one booking there is gets a link of its own.
    Schedule.objects.filter(pk=schedules["talks"].pk).update(shared_link=Sealed.seal(SHARED_LINK), shared_at=NOW)
    slots = {secret: _booking(held[looker, secret]).slot for looker, secret in BOOKED_ONCE}
    needles = _make_links(slots)
    _word_the_confirmation(schedules["linkless"])
    _cancel_and_fill(held, slot, people)
    held[Looker.WAITING, Secret.CLASS] = _book(schedules["class"], "eva@example.org", slot=f"{slot.pk}-wait")
    _block(people[Looker.BLOCKED])
    _open_incident(schedules["resource"])
    _depend_on_a_calendar(schedules["resource"])
    open_class = make_class(schedules["class"], capacity=20, starts_at=at("20:00"))
    _send_mails()
    users = {looker: membership.user for looker, membership in people.items()} | {Looker.OPERATOR: _make_operator()}
    return Scene(
        account=account,
        schedules=schedules,
        users=users,
        sessions={looker: _log_in(user) for looker, user in users.items()},
        held=held,
        slots=slots,
        open_class=open_class,
        mails=_mails_with_links(needles),
        needles=needles,
    )


# Who booked the slot of each secret.
BOOKED_ONCE = [
    *((Looker.BOOKER, secret) for secret in (Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS)),
    (Looker.PENDING, Secret.PENDING),
    (Looker.CANCELLED, Secret.CANCELLED),
]


def _make_schedules(account: Account) -> dict[str, Schedule]:
    consultations = make_resource_schedule(account, resources=2)
    talks = make_resource_schedule(account, slug="talks", name="Talks", link_source=Schedule.MANUAL)
    # Whoever logs in changes what others have booked there, and sees all of it but the link.
    set_rules(talks, {"who_changes": "everybodys", "others_see": "everything"})
    yoga = make_capacity_schedule(account, has_waiting_list=True)
    for schedule in (consultations, yoga):
        connect_zoom(schedule)
    publish_at_google(consultations)
    massages = make_service_schedule(account, link_source="jitsi")
    Schedule.objects.filter(pk__in=[consultations.pk, yoga.pk, massages.pk]).update(
        backup_link=Sealed.seal(BACKUP_LINK)
    )
    return {
        "resource": consultations,
        "service": massages,
        "talks": talks,
        "class": yoga,
        "linkless": make_resource_schedule(account, slug="visits", name="Visits"),
    }


def _make_people(account: Account, schedules: Mapping[str, Schedule]) -> dict[Looker, Membership]:
    elsewhere = make_account("Otra")
    make_resource_schedule(elsewhere, link_source="jitsi")
    role = Membership.Role
    people = {
        Looker.ELSEWHERE: make_member(elsewhere, role.OWNER),
        Looker.BLOCKED: make_member(account, email="blocked@lumbre.example"),
        Looker.MEMBER: make_member(account, email="member@lumbre.example"),
        Looker.REGISTERED: make_member(account, email="registered@lumbre.example"),
        Looker.ELSEWHERE_SUPERUSER: make_member(account, email="visits@lumbre.example"),
        Looker.CLASS_SUPERUSER: make_member(account, email="yoga@lumbre.example"),
        Looker.SUPERUSER: make_member(account, role.SUPERUSER),
        Looker.OWNER: make_member(account, role.OWNER),
    }
    for looker, name in ((Looker.ELSEWHERE_SUPERUSER, "linkless"), (Looker.CLASS_SUPERUSER, "class")):
        Supervision.objects.create(account=account, membership=people[looker], schedule=schedules[name])
    users = [membership.user for membership in people.values()]
    # As their first log-in leaves them.
    EmailAddress.objects.bulk_create(EmailAddress(user=each, email=each.email, primary=True) for each in users)
    return people


def _make_operator() -> User:
    """Let somebody look after the installation who is nobody in any account."""
    user = User.objects.create_superuser("operator@convoca.example", "correct horse battery", name="Operator")
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user


def _log_in(user: User) -> dict[str, str]:
    client = new_browser()
    client.force_login(user)
    return _cookies_of(client)


def _book_everything(schedules: Mapping[str, Schedule], slot: Slot) -> dict[tuple[Looker, Secret], Held]:
    luis, iris, marta = "luis@example.org", "iris@example.org", "marta@example.org"
    in_class = {"slot": slot.pk}
    held = {
        (Looker.BOOKER, Secret.ZOOM): _book(schedules["resource"], luis, start="10:00"),
        (Looker.BOOKER, Secret.JITSI): _book(schedules["service"], luis, start="11:00"),
        (Looker.BOOKER, Secret.TYPED): _book(schedules["talks"], luis, start="12:00"),
        (Looker.BOOKER, Secret.CLASS): _book(schedules["class"], luis, **in_class),
        (Looker.CANCELLED, Secret.CANCELLED): _book(schedules["resource"], marta, start="14:00"),
        (Looker.CANCELLED, Secret.CLASS): _book(schedules["class"], marta, **in_class),
    }
    set_rules(schedules["resource"], {"requires_approval": True})
    held[Looker.PENDING, Secret.PENDING] = _book(schedules["resource"], iris, start="13:00")
    set_rules(schedules["resource"], {"requires_approval": False})
    for (looker, secret), each in list(held.items()):
        if looker is Looker.BOOKER:
            held[Looker.HOLDER, secret] = Held(token=each.token, join_token=each.join_token)
    return held


def start(clock: str) -> str:
    """Return the value of the radio button of that time on the day of the scene."""
    return at(clock).strftime("%Y-%m-%dT%H:%MZ")


def _book(schedule: Schedule, email: str, **choice: Any) -> Held:
    chosen = {"start": start(choice["start"])} if "start" in choice else choice
    browser = new_browser()
    address = reverse("schedule", args=[schedule.account.name, schedule.slug])
    answer = browser.post(f"{address}?tz={MADRID}", {"name": "Luis Pérez", "email": email, **chosen})
    assert answer.status_code == 303, answer.content.decode()
    token = answer["Location"].rpartition("/")[2]
    booking = booking_by_token(token)
    assert booking is not None
    return Held(token=token, join_token=booking.join_token.open(), cookies=_cookies_of(browser))


def _booking(held: Held) -> Booking:
    booking = booking_by_token(held.token)
    assert booking is not None
    return booking


def _make_links(slots: Mapping[Secret, Slot]) -> Needles:
    parts: dict[Secret, list[str]] = {Secret.PERSONAL: _known_by(PERSONAL_LINK)}
    at_zoom = (Secret.ZOOM, Secret.CLASS, Secret.CANCELLED)
    for number, secret in enumerate(at_zoom, start=1):
        parts[secret] = _made_at_zoom(slots[secret], f"8{number}5512{number}4471", f"{secret}Pass{number}7531")
    while provision_next(now=timezone.now()):
        continue
    room = slots[Secret.JITSI].meetings.get().link.open()
    assert room, "no room was made"
    parts[Secret.JITSI] = [room.rpartition("/")[2]]
    typed = {Secret.TYPED: TYPED_LINK, Secret.PENDING: PENDING_LINK, Secret.BACKUP: BACKUP_LINK}
    typed[Secret.SHARED] = SHARED_LINK
    for secret, link in typed.items():
        if secret in slots:
            # Somebody who supervises may type a link before they have said yes; it stays hidden until then.
            type_link(slots[secret], link, now=timezone.now())
        parts[secret] = _known_by(link)
    return Needles(parts)


def _known_by(link: str) -> list[str]:
    return [part.rpartition("=")[2] for part in link.removeprefix("https://rooms.example.net/").split("?")]


def _word_the_confirmation(schedule: Schedule) -> None:
    """M13: let a link stand in the owner's own words, published and drafted, and somebody be confirmed by them."""
    text = Text(body=f"We meet here: {PERSONAL_LINK}")
    publish_text(message_of(schedule), text, now=NOW)
    save_draft(message_of(schedule), text, now=NOW)
    book(schedule, day=DAY + timedelta(days=4), client=make_client("Pau Soler", "pau@example.org"))


def _made_at_zoom(slot: Slot, number: str, passcode: str) -> list[str]:
    """Write into the slot's meeting what Zoom would have answered, and return what it is known by."""
    password = f"{passcode}InTheLink.1"
    meeting = slot.meetings.get()
    meeting.remote_id, meeting.observed = number, Meeting.Observed.PRESENT
    meeting.sent_revision, meeting.due_at, meeting.ready_at = meeting.wanted_revision, None, NOW
    meeting.link = Sealed.seal(f"https://us02web.zoom.us/j/{number}?pwd={password}")
    meeting.passcode = Sealed.seal(passcode)
    meeting.save()
    return [number, password, passcode]


def _cancel_and_fill(
    held: Mapping[tuple[Looker, Secret], Held], slot: Slot, people: Mapping[Looker, Membership]
) -> None:
    """Let some leave, and others take all places of the class with their log-in."""
    for secret in (Secret.CANCELLED, Secret.CLASS):
        answer = new_browser().post(reverse("booking_cancel", args=[held[Looker.CANCELLED, secret].token]))
        assert answer.status_code == 303
    for looker in (Looker.REGISTERED, Looker.BLOCKED):
        member = people[looker]
        book_place(slot, client=make_client(looker.name.title(), member.user.email, membership=member), now=NOW)


def _block(membership: Membership) -> None:
    membership.role = Membership.Role.BLOCKED
    membership.save(update_fields=["role"])


def _depend_on_a_calendar(schedule: Schedule) -> None:
    """Let the schedule depend on the calendar that it is published in, of which nothing is known, as it may."""
    assert schedule.calendar is not None
    BusyCalendar.objects.create(account=schedule.account, calendar=schedule.calendar, schedule=schedule)


def _open_incident(schedule: Schedule) -> None:
    """Let the owner have been told of trouble that goes on."""
    assert schedule.connection is not None
    kind, provider = Incident.Kind.UNREACHABLE, schedule.connection.provider
    Incident.objects.create(
        account=schedule.account, kind=kind, provider=provider, connection=schedule.connection, opened_at=NOW
    )


def _send_mails() -> None:
    """Send all that is owed until shortly before the first appointment: confirmations and reminders."""
    for now in (NOW + timedelta(minutes=1), at("09:30")):
        with Post() as post:
            while notify_next(now=now, post=post):
                continue


def written(mail: OutboxMail) -> str:
    """Return all that a mail says: its headers, and every part of it decoded."""
    letter = message_from_bytes(mail.message.open().encode("utf-8", "surrogateescape"), policy=policy.default)
    parts = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
    bodies = [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return "\n".join([*(f"{name}: {value}" for name, value in letter.items()), *bodies])


def _mails_with_links(needles: Needles) -> dict[Secret, OutboxMail]:
    mails: dict[Secret, OutboxMail] = {}
    for mail in OutboxMail.objects.order_by("pk"):
        for secret in needles.in_text(written(mail)):
            mails.setdefault(secret, mail)
    return mails
