"""The routes behind the log-in, and those of the log-in itself."""

from tests.walk.scene import DAY
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import (
    NOT_OF_ANOTHER_SCHEDULE,
    TO_SUPERVISORS_OF_TALKS,
    TO_SUPERVISORS_OF_THE_CLASS,
    TO_SUPERVISORS_OF_THE_DAY,
    TO_THE_OWNER,
    WHAT_IS_KEPT_READY_TO_THE_OWNER,
    Route,
    answer,
    at,
    everybody,
    granted,
    key_to_a_new_password,
    live_page,
    logged_in,
    named,
    of_a_mail_about_the_class,
    of_a_mail_to_the_owner,
    of_class_slot,
    of_mails,
    of_processes,
    of_requests,
    of_schedules,
    of_slots,
    of_special_days,
    of_zoom,
    owner,
    supervisors,
)

NEW_SLOT = {
    "title": "Yoga",
    "description": "",
    "day": "2026-12-01",
    "starts": "18:00",
    "ends": "19:00",
    "capacity": "5",
    "location": "",
}
RULES = {
    "length_kind": "fixed",
    **{
        f"{name}_minutes_{part}": value
        for name in ("length", "buffer_before", "buffer_after", "notice", "change_limit", "cancel_limit")
        for part, value in enumerate(("30", "1"))
    },
    "horizon_days": "90",
    "places_per_person": "1",
    "offer_hours": "12",
    "repeats": "no",
    "resource_choice": "first",
}
MAILED = ("reminder", "second_reminder", "third_reminder", "follow_up")
MORE_RULES = (
    "check_out_minutes_0", "check_out_minutes_1", "usual_capacity", "shows_places",
    "longest_minutes_0", "longest_minutes_1", "length_step_minutes_0", "length_step_minutes_1", "most_days",
    *(f"{name}_minutes_{part}" for name in MAILED for part in "01"),
    "tells_owner", "tells_superusers", "copies_to",
    "most_per_day", "most_per_week", "most_per_month", "most_in_total",
    "most_ahead", "no_overlap", "requires_approval", "has_waiting_list",
)  # fmt: skip
HOURS = {f"{name}-{day}-0": clock for day in range(7) for name, clock in (("opens", "09:00"), ("closes", "17:00"))}
MORE_HOURS = tuple(f"{name}-{day}-{row}" for day in range(7) for name in ("opens", "closes") for row in range(1, 8))
SPECIAL_DAY = {"day": "2026-12-24", "until": "", "kind": "extra", "opens": "18:00", "closes": "20:00"}
PASSWORD = {"login": "owner@lumbre.example", "password": "correct horse battery"}
# What allauth's pages read on any of their forms.
ALLAUTH = ("next",)

# Who has a log-in and no account to manage.
WITHOUT_AN_ACCOUNT = (Looker.BLOCKED, Looker.MEMBER, Looker.REGISTERED, Looker.OPERATOR)

MANAGE: dict[str, Route] = {
    # Behind the log-in.
    "manage:accounts": Route(
        visits=at("/manage/"),
        get=answer(logged_in(302) | dict.fromkeys(WITHOUT_AN_ACCOUNT, 200)),
    ),
    "manage:consent-answered": Route(
        visits=at("/manage/connect/zoom/callback?code=abc&state=xyz"),
        get=answer(everybody(302)),
        # Only the browser that comes back from the vendor spends the code.
        head=answer(logged_in(405)),
        query=("code", "state", "error"),
        is_page=False,
    ),
    "manage:today": Route(
        visits=named("manage:today", query=f"?day={DAY}"),
        get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY),
        query=("day", "only"),
    ),
    "manage:arrivals": Route(
        visits=named("manage:arrivals", query=f"?day={DAY}"),
        # Nobody has booked on the schedule of this one.
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 204}),
        query=("day", "after", "seen"),
        is_page=False,
    ),
    "manage:live": Route(
        visits=live_page, get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY), query=("rows",), is_page=False
    ),
    "manage:paste-link": Route(
        visits=of_slots("manage:paste-link", link="https://meet.example.net/another-room"),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        fields=("link", "asked", "tell", "for_all", "back"),
    ),
    "manage:start-meeting": Route(
        visits=of_slots("manage:start-meeting", of=Secret.TYPED),
        get=answer(supervisors(302) | NOT_OF_ANOTHER_SCHEDULE),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE, leads=TO_SUPERVISORS_OF_TALKS),
        fields=("back",),
        is_page=False,
    ),
    "manage:approve": Route(
        visits=of_requests("manage:approve"),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        fields=("back", "all"),
    ),
    "manage:decline": Route(
        visits=of_requests("manage:decline"),
        get=answer(supervisors(200) | NOT_OF_ANOTHER_SCHEDULE),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        query=("all", "back"),
        fields=("back", "all"),
    ),
    "manage:cancel": Route(
        visits=of_requests("manage:cancel"),
        get=answer(supervisors(200) | NOT_OF_ANOTHER_SCHEDULE),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        query=("back",),
        fields=("back",),
    ),
    "manage:move": Route(
        visits=of_requests("manage:move", on="2026-12-01", at="21:00"),
        get=answer(supervisors(200) | NOT_OF_ANOTHER_SCHEDULE),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        query=("day", "back"),
        fields=("start", "on", "at", "back"),
    ),
    "manage:access-control": Route(
        visits=named("manage:access-control", choice="superusers", label="Notes"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("choice", "label"),
    ),
    "manage:schedules": Route(visits=named("manage:schedules"), get=answer(supervisors(200))),
    "manage:schedule": Route(
        visits=of_schedules("class", name="manage:schedule"),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}),
    ),
    "manage:process": Route(
        visits=of_processes,
        get=answer(owner(200), shows=WHAT_IS_KEPT_READY_TO_THE_OWNER),
        post=answer(owner(303)),
        query=("focus",),
        fields=("source", "asked", "passcode", "waiting_room", "backup_link", "reveal", "applies"),
    ),
    "manage:share-link": Route(
        visits=of_schedules("talks", name="manage:share-link", shared_link="https://rooms.example.net/another"),
        get=answer(owner(303)),
        post=answer(owner(303)),
        query=("focus",),
        fields=("shared_link",),
        is_page=False,
    ),
    "manage:share-no-link": Route(visits=of_schedules("talks", name="manage:share-no-link"), post=answer(owner(303))),
    "manage:existing": Route(
        visits=of_schedules("resource", "service", "class", name="manage:existing", to="all"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        query=("seen", "back"),
        fields=("to", "back"),
        is_page=False,
    ),
    "manage:rules": Route(
        visits=of_schedules("resource", "service", "class", name="manage:rules", **RULES),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=(*RULES, *MORE_RULES),
    ),
    "manage:hours": Route(
        visits=of_schedules("resource", "service", name="manage:hours", **HOURS),
        get=answer(granted(200)),
        post=answer(granted(303)),
        fields=(*HOURS, *MORE_HOURS),
    ),
    "manage:special-days": Route(
        visits=of_schedules("resource", name="manage:special-days", **SPECIAL_DAY),
        get=answer(granted(302)),
        post=answer(granted(303)),
        fields=tuple(SPECIAL_DAY),
    ),
    "manage:remove-special-day": Route(visits=of_special_days("manage:remove-special-day"), post=answer(granted(303))),
    "manage:slots": Route(
        visits=of_schedules("class", name="manage:slots", **NEW_SLOT),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}, shows=TO_SUPERVISORS_OF_THE_CLASS),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        query=("day",),
        fields=(*NEW_SLOT, "repeats", "until", "foretold"),
    ),
    "manage:edit-slot": Route(
        # It shows a link only where somebody typed it as the location.
        visits=of_class_slot("manage:edit-slot", **NEW_SLOT),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        fields=(*NEW_SLOT, "which"),
    ),
    "manage:undo-slot": Route(
        visits=of_class_slot("manage:undo-slot"),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
    ),
    "manage:cancel-slot": Route(
        visits=of_class_slot("manage:cancel-slot", message="The teacher is ill."),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        fields=("message", "which"),
    ),
    "manage:integration": Route(visits=named("manage:integration", "zoom"), get=answer(owner(200))),
    "manage:receipt": Route(
        visits=named("manage:receipt", "zoom"), get=answer(owner(200)), query=("seen",), is_page=False
    ),
    "manage:connect": Route(visits=of_zoom("manage:connect", "linkless"), post=answer(owner(303))),
    "manage:disconnect": Route(
        visits=of_zoom("manage:disconnect", "resource"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("meetings",),
    ),
    "manage:mails": Route(visits=named("manage:mails"), get=answer(supervisors(200)), query=("page", "state")),
    "manage:sender": Route(
        visits=named("manage:sender", selector=""),
        get=answer(owner(200)),
        post=answer(owner(422)),
        fields=("selector", "title", "contact_email"),
    ),
    "manage:digest": Route(
        visits=named("manage:digest", wanted="1"), post=answer(supervisors(303)), fields=("wanted",)
    ),
    "manage:mail-again": Route(
        visits=of_a_mail_about_the_class("manage:mail-again"),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        fields=("back",),
    ),
    "manage:alert-again": Route(visits=of_a_mail_to_the_owner, post=answer(owner(303))),
    "manage:outbox": Route(visits=named("manage:outbox"), get=answer(owner(200)), query=("page",)),
    "manage:mail": Route(visits=of_mails("manage:mail"), get=answer(owner(200), shows=TO_THE_OWNER)),
    "manage:mail-html": Route(
        # What the frame on the mail's page holds: no page by itself, and it runs nothing.
        visits=of_mails("manage:mail-html"),
        get=answer(owner(200), shows=TO_THE_OWNER),
        is_page=False,
    ),
    "manage:mail-calendar": Route(visits=of_mails("manage:mail-calendar"), get=answer(owner(200)), is_page=False),
    # Logging in.
    "account_login": Route(
        visits=at("/accounts/login/", **PASSWORD),
        get=answer(logged_in(302, others=200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("login", "password", "remember", *ALLAUTH),
    ),
    "account_logout": Route(
        visits=at("/accounts/logout/"),
        get=answer(logged_in(200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=ALLAUTH,
    ),
    # Nobody has opened the founding of accounts.
    "account_signup": Route(
        visits=at("/accounts/signup/"),
        get=answer(logged_in(302, others=200)),
        post=answer(logged_in(302, others=200)),
    ),
    "account_signup_sent": Route(visits=at("/accounts/signup/sent/"), get=answer(everybody(200))),
    "account_found": Route(
        visits=at("/accounts/signup/made-up/"), get=answer(everybody(404)), post=answer(everybody(404))
    ),
    "account_inactive": Route(visits=at("/accounts/inactive/"), get=answer(everybody(200)), query=ALLAUTH),
    "account_reset_password": Route(
        visits=at("/accounts/password/reset/", email="owner@lumbre.example"),
        get=answer(everybody(200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("email", *ALLAUTH),
    ),
    "account_reset_password_done": Route(
        visits=at("/accounts/password/reset/done/"), get=answer(everybody(200)), query=ALLAUTH
    ),
    "account_reset_password_from_key": Route(
        visits=key_to_a_new_password,
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("password1", "password2", *ALLAUTH),
    ),
    "account_reset_password_from_key_done": Route(
        visits=at("/accounts/password/reset/key/done/"), get=answer(everybody(200)), query=ALLAUTH
    ),
}
