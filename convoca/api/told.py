"""The shapes of what programs are told, as /api/openapi.json describes them. What is empty is left out."""

from ninja import Schema


class Error(Schema):
    status: str
    title: str


class Errors(Schema):
    """Why a call came to nothing."""

    errors: list[Error]


class Named(Schema):
    id: int
    name: str


class FieldTold(Schema):
    """One field of a form. `spec` are the options of a choice, each written as JSON."""

    name: str
    type: str
    label: str
    advanced: bool
    spec: list[str] | None = None


class Times(Schema):
    """`start` and `finish` are the schedule's own clock; the others are UTC."""

    start: str | None = None
    finish: str | None = None
    start_utc: str | None = None
    finish_utc: str | None = None


class Place(Times):
    id: int
    schedule_id: int | None = None
    schedule_name: str | None = None
    resource_id: int | None = None
    res_name: str | None = None
    service_id: int | None = None
    service_name: str | None = None
    slot_id: int | None = None
    user_id: int | None = None
    created_on: str | None = None
    updated_on: str | None = None
    created_by: str | None = None
    updated_by: str | None = None
    full_name: str | None = None
    name: str | None = None
    email: str | None = None
    address: str | None = None
    mobile: str | None = None
    phone: str | None = None
    country: str | None = None
    field_1: str | None = None
    field_2: str | None = None
    super_field: str | None = None
    quantity: int | None = None
    status: int | None = None
    status_message: str | None = None
    waitlisted: bool | None = None
    deleted: bool | None = None
    meeting_url: str | None = None


class SlotTold(Times):
    id: int
    schedule_id: int | None = None
    title: str | None = None
    description: str | None = None
    location: str | None = None
    meeting_url: str | None = None
    capacity: int | None = None
    count: int | None = None
    deleted: bool | None = None
    bookings: list[Place] | None = None


class BookingTold(Place):
    """One booking; of a class with its `slot`. Its meeting link only while it has a place."""

    slot: SlotTold | None = None


class Bookings(Schema):
    """Bookings, or the slots of a capacity schedule with theirs."""

    bookings: list[BookingTold] | None = None
    slots: list[SlotTold] | None = None


class FreeTold(Schema):
    """What can be booked. `count` places of a slot are taken."""

    start: str
    finish: str
    name: str | None = None
    id: int | None = None
    title: str | None = None
    description: str | None = None
    location: str | None = None
    capacity: int | None = None
    count: int | None = None


class Free(Schema):
    slots: list[FreeTold]


class UserTold(Schema):
    """One user; `role` is 3 for a user, 4 for a superuser, -1 for who is blocked."""

    id: int
    fk: str | None = None
    name: str | None = None
    email: str | None = None
    full_name: str | None = None
    address: str | None = None
    mobile: str | None = None
    phone: str | None = None
    country: str | None = None
    timezone: str | None = None
    field_1: str | None = None
    field_2: str | None = None
    super_field: str | None = None
    credit: str | None = None
    role: int | None = None
    group: int | None = None
    created_on: str | None = None


class FormTold(Named):
    """A form that somebody has filled in; there are none."""


class PromotionTold(Schema):
    """A code that lowers a price; there are none."""

    code: str


class HookTold(Schema):
    """A webhook; `parent_id` is its schedule's number, or the account's name."""

    id: int
    parent_id: str
    url: str
    trigger: str | None = None


class HookMade(HookTold):
    """A new webhook, with the secret that signs what it is told."""

    secret: str
