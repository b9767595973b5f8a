"""The routes of programs, visitors and attendees."""

from django.conf import settings
from django.urls import reverse

from convoca.booking.mail.leaving import leaving_address
from convoca.booking.models import Membership
from tests.walk.scene import DAY, Scene
from tests.walk.viewers import WITHOUT_A_PLACE, Looker, Secret
from tests.walk.visiting import (
    TO_THE_BROWSER_THAT_BOOKED,
    TO_WHOEVER_PRESSES_JOIN,
    Route,
    Visit,
    answer,
    at,
    everybody,
    holders,
    named,
    of_bookings,
    of_schedules,
    resource_pages,
    schedule_pages,
    unless_blocked,
)

EMBEDDED = ("embed", "lang", "theme")
PICKED = ("tz", "day", "all", "month", "zones", "service", "resource", "length", *EMBEDDED)
DETAILS = ("form_key", "name", "email", "email_again", "website", "phone", "field_1", "quantity", "repeat", "until")
BOOKING = ("start", "slot", *DETAILS, "resource", "service", "length", "speak")


def way_out_of_the_day(scene: Scene, looker: Looker) -> list[Visit]:
    """Have the mail of the day that a superuser was sent."""
    reader = Membership.objects.get(account=scene.account, user=scene.users[Looker.SUPERUSER])
    return [Visit(path=leaving_address(reader).removeprefix(settings.BASE_URL))]


PUBLIC: dict[str, Route] = {
    # What programs ask.
    "healthz": Route(visits=at("/healthz"), get=answer(everybody(200)), is_page=False),
    "readyz": Route(visits=at("/readyz"), get=answer(everybody(200)), is_page=False),
    # What vendors tell us; without a secret to know them by, nobody is heard.
    "zoom_hook": Route(visits=at("/hooks/zoom"), post=answer(everybody(404)), is_page=False),
    # Nobody here knows the secret of a channel.
    # The scene knows no application at Google: there nobody is listened to.
    "google_hook": Route(visits=at("/hooks/google"), post=answer(everybody(404)), is_page=False),
    # Nor is there a mail service.
    "mail_hook": Route(visits=at("/hooks/mail"), post=answer(everybody(404)), is_page=False),
    # The visitor's pages.
    "front": Route(visits=at("/"), get=answer(everybody(200))),
    "robots": Route(visits=at("/robots.txt"), get=answer(everybody(200)), is_page=False),
    # What other sites load, to show a schedule in their pages.
    "embed_script": Route(visits=at("/embed.js"), get=answer(everybody(200)), is_page=False),
    "set_language": Route(
        visits=at("/language", language="es", next="/"), post=answer(everybody(303)), fields=("language", "next")
    ),
    "set_theme": Route(
        visits=at("/theme", theme="dark", next="/"), post=answer(everybody(303)), fields=("theme", "next")
    ),
    # The scene's account shows no logo; whose it is and what is in it, its own tests tell.
    "logo": Route(visits=named("logo", "0" * 32 + ".png"), get=answer(everybody(404)), is_page=False),
    "shades": Route(visits=at("/look/0b5cad-000000000000.css"), get=answer(everybody(200)), is_page=False),
    "shades_of_part": Route(visits=at("/look/0b5cad-000000000000/part.css"), get=answer(everybody(200)), is_page=False),
    "account_schedules": Route(visits=named("account_schedules"), get=answer(unless_blocked(200))),
    "schedule": Route(
        visits=schedule_pages,
        get=answer(unless_blocked(200)),
        post=answer(unless_blocked(303)),
        query=PICKED,
        fields=BOOKING,
    ),
    "free_times": Route(
        visits=of_schedules("resource", "service", "class", name="free_times", query=f"?from={DAY}&days=1"),
        get=answer(unless_blocked(200)),
        query=("from", "days", "resource", "service", "length"),
        is_page=False,
    ),
    # For those who show the address of a page that anybody may see: whoever asks gets the same.
    "picture": Route(
        visits=lambda scene, looker: [
            Visit(path=reverse("picture", args=[scene.account.name, scene.schedules[kind].slug, language]))
            for kind in ("resource", "service", "class")
            for language in ("en", "es")
        ],
        get=answer(everybody(200)),
        query=("v",),
        is_page=False,
    ),
    "schedule_resource": Route(
        visits=resource_pages,
        get=answer(unless_blocked(200)),
        post=answer(unless_blocked(303)),
        query=PICKED,
        fields=BOOKING,
    ),
    # Whoever has lost theirs gets them at the address that booked.
    "send_links": Route(
        visits=at("/links", email="nobody@example.org"), post=answer(everybody(200)), fields=("email",)
    ),
    # The attendee's pages.
    "booking": Route(
        visits=of_bookings("booking"),
        get=answer(holders(200), shows=TO_THE_BROWSER_THAT_BOOKED),
        query=("moved", "saved"),
    ),
    # What is read in another site's page tells no link to anybody.
    "booking_done": Route(visits=of_bookings("booking_done"), get=answer(holders(200)), query=EMBEDDED),
    # Nobody here was offered a place; who has one, or has asked for it, is shown that, everybody else is told.
    "booking_accept": Route(
        visits=of_bookings("booking_accept"),
        post=answer(holders(303) | dict.fromkeys((Looker.WAITING, Looker.CANCELLED), 409)),
    ),
    "booking_undo": Route(
        visits=of_bookings("booking_undo"),
        # The place in the class has been taken by somebody else meanwhile.
        post=answer(holders(303) | {Looker.CANCELLED: {Secret.CANCELLED: 303, Secret.CLASS: 409}}),
    ),
    "booking_change": Route(
        visits=of_bookings("booking_change", query=f"?day={DAY}"),
        get=answer(holders(200) | dict.fromkeys(WITHOUT_A_PLACE, 303)),
        post=answer(holders(422) | dict.fromkeys(WITHOUT_A_PLACE, 303)),
        query=("day", "all", "month"),
        fields=("start", "slot", "speak"),
    ),
    "booking_card": Route(
        visits=of_bookings("booking_card", query="?seen=pending"),
        get=answer(holders(200), shows=TO_THE_BROWSER_THAT_BOOKED),
        query=("seen",),
        is_page=False,
    ),
    "booking_show_link": Route(visits=of_bookings("booking_show_link"), post=answer(holders(303))),
    "booking_join": Route(visits=of_bookings("booking_join"), post=answer(holders(303), leads=TO_WHOEVER_PRESSES_JOIN)),
    "booking_cancel": Route(
        visits=of_bookings("booking_cancel"),
        # Who waits is asked nothing: one button of their page takes them off the list.
        get=answer(holders(200) | {Looker.WAITING: 303, Looker.CANCELLED: 303}),
        post=answer(holders(303)),
        fields=("which", "message", "speak"),
    ),
    "booking_details": Route(
        visits=of_bookings("booking_details"),
        get=answer(holders(200) | {Looker.CANCELLED: 303}),
        post=answer(holders(422) | {Looker.CANCELLED: 303}),
        fields=("name", "email", "email_again", "time_zone", "language", "phone", "field_1", "new_links", "speak"),
    ),
    "booking_data": Route(visits=of_bookings("booking_data"), get=answer(holders(200)), is_page=False),
    "booking_erase": Route(visits=of_bookings("booking_erase"), get=answer(holders(200)), post=answer(holders(200))),
    "day_by_mail": Route(
        visits=way_out_of_the_day,
        get=answer(everybody(200)),
        post=answer(everybody(303)),
        fields=("again",),
    ),
    "booking_reminders": Route(
        visits=of_bookings("booking_reminders"),
        get=answer(holders(200)),
        post=answer(holders(303)),
        fields=("again",),
    ),
    "booking_calendar": Route(
        visits=of_bookings("booking_calendar"),
        get=answer(holders(200) | dict.fromkeys(WITHOUT_A_PLACE, 303)),
        is_page=False,
    ),
    "join": Route(
        visits=of_bookings("join", joins=True),
        get=answer(holders(200)),
        post=answer(holders(303) | dict.fromkeys(WITHOUT_A_PLACE, 200), leads=TO_WHOEVER_PRESSES_JOIN),
        fields=("when_it_is_time",),
    ),
    "join_card": Route(
        visits=of_bookings("join_card", joins=True, query="?seen=pending&waiting=1"),
        get=answer(holders(200)),
        query=("seen", "waiting", "patient"),
        is_page=False,
    ),
}
