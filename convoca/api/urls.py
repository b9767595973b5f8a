"""What programs ask."""

from django.urls import path

from convoca.api import hooks, mail_hooks, programs, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("hooks/zoom", hooks.hear_zoom, name="zoom_hook"),
    path("api/", programs.urls),
    path("hooks/google", hooks.hear_google, name="google_hook"),
    path("hooks/mail", mail_hooks.hear_mail_service, name="mail_hook"),
]
