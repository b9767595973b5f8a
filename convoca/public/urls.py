"""The visitor's and the attendee's addresses. Nobody needs an account here."""

from django.urls import path, register_converter

from convoca.public.views import (
    again,
    booking,
    change,
    day,
    embedded,
    feed,
    free,
    front,
    join,
    look,
    my,
    own_data,
    picture,
    preferences,
    reminders,
    schedule,
    theirs,
)


class NameInAddress:
    """The name of an account or a schedule, as their own rule allows it; anything else is no page of ours."""

    regex = "[A-Za-z0-9][A-Za-z0-9_-]{0,59}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NameInAddress, "name")

urlpatterns = [
    path("", front.show_front, name="front"),
    path("robots.txt", front.show_robots, name="robots"),
    path("embed.js", embedded.show_script, name="embed_script"),
    path("language", preferences.set_language, name="set_language"),
    path("theme", preferences.set_theme, name="set_theme"),
    path("schedule/<name:account>/", schedule.show_account, name="account_schedules"),
    path("schedule/<name:account>/<name:schedule>", schedule.show_schedule, name="schedule"),
    path("schedule/<name:account>/<name:schedule>/free.json", free.list_free_times, name="free_times"),
    path("schedule/<name:account>/<name:schedule>/card.<slug:language>.png", picture.show_picture, name="picture"),
    path("schedule/<name:account>/<name:schedule>/<str:resource>", schedule.show_schedule, name="schedule_resource"),
    path("my/<name:account>", my.show_bookings, name="my"),
    path("my/<name:account>/profile", my.edit_profile, name="my_profile"),
    path("my/<name:account>/calendar", my.show_calendar, name="my_calendar"),
    path("my/<name:account>/calendar/<int:feed>/revoke", my.revoke_calendar, name="my_calendar_revoke"),
    path("my/<name:account>/others", theirs.show_theirs, name="theirs"),
    path("my/<name:account>/others/<int:booking>/change", theirs.change_theirs, name="their_change"),
    path("my/<name:account>/others/<int:booking>/cancel", theirs.cancel_theirs, name="their_cancel"),
    path("my/<name:account>/others/<int:booking>/undo", theirs.undo_theirs, name="their_undo"),
    path("links", again.send_links, name="send_links"),
    path("feeds/<str:token>.ics", feed.show_feed, name="feed"),
    path("day/<str:key>", day.choose_day_by_mail, name="day_by_mail"),
    path("b/<str:token>", booking.show_booking, name="booking"),
    path("b/<str:token>/done", embedded.show_done, name="booking_done"),
    path("b/<str:token>/card", booking.show_card, name="booking_card"),
    path("b/<str:token>/show", booking.show_link, name="booking_show_link"),
    path("b/<str:token>/join", booking.join_meeting, name="booking_join"),
    path("b/<str:token>/cancel", booking.cancel_booking, name="booking_cancel"),
    path("b/<str:token>/undo", booking.undo_cancellation, name="booking_undo"),
    path("b/<str:token>/accept", booking.take_offered_place, name="booking_accept"),
    path("b/<str:token>/change", change.change_time, name="booking_change"),
    path("b/<str:token>/details", own_data.edit_details, name="booking_details"),
    path("b/<str:token>/data.json", own_data.download_data, name="booking_data"),
    path("b/<str:token>/erase", own_data.erase_data, name="booking_erase"),
    path("b/<str:token>/reminders", reminders.choose_reminders, name="booking_reminders"),
    path("b/<str:token>/appointment.ics", booking.download_calendar, name="booking_calendar"),
    path("logo/<name:account>/<str:name>", look.show_logo, name="logo"),
    path("look/<str:name>.css", look.show_shades, name="shades"),
    path("look/<str:name>/part.css", look.show_shades_of_part, name="shades_of_part"),
    path("j/<str:token>", join.join_meeting, name="join"),
    path("j/<str:token>/card", join.show_card, name="join_card"),
]
