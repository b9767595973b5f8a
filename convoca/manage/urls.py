"""The pages of the owner and of superusers."""

from django.urls import path

from convoca.manage.views import access, home, integrations, outbox, schedules, slots, today

app_name = "manage"

urlpatterns = [
    path("", home.accounts, name="accounts"),
    path("connect/<slug:provider>/callback", integrations.consent_answered, name="consent-answered"),
    path("<slug:account>/", today.show_day, name="today"),
    path("<slug:account>/live", today.tell_news, name="live"),
    path("<slug:account>/slots/<int:slot>/link", today.paste_link, name="paste-link"),
    path("<slug:account>/access-control", access.control_access, name="access-control"),
    path("<slug:account>/schedules", schedules.list_schedules, name="schedules"),
    path("<slug:account>/schedules/<slug:schedule>", schedules.show_schedule, name="schedule"),
    path("<slug:account>/schedules/<slug:schedule>/process", schedules.configure_process, name="process"),
    path("<slug:account>/schedules/<slug:schedule>/slots", slots.manage_slots, name="slots"),
    path("<slug:account>/integrations/<slug:provider>", integrations.show_integration, name="integration"),
    path("<slug:account>/integrations/<slug:provider>/receipt", integrations.tell_receipt, name="receipt"),
    path("<slug:account>/integrations/<slug:provider>/<slug:schedule>/connect", integrations.connect, name="connect"),
    path(
        "<slug:account>/integrations/<slug:provider>/<slug:schedule>/disconnect",
        integrations.disconnect,
        name="disconnect",
    ),
    path("<slug:account>/outbox", outbox.list_mails, name="outbox"),
    path("<slug:account>/outbox/<int:mail>", outbox.show_mail, name="mail"),
    path("<slug:account>/outbox/<int:mail>/html", outbox.show_html, name="mail-html"),
    path("<slug:account>/outbox/<int:mail>/calendar", outbox.download_calendar, name="mail-calendar"),
]
