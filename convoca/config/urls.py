"""Every address of an installation, by door."""

from django.urls import include, path

from convoca.manage.views.founding import set_up

urlpatterns = [
    path("", include("convoca.public.urls")),
    path("", include("convoca.api.urls")),
    path("setup", set_up, name="setup"),
    path("manage/", include("convoca.manage.urls")),
    path("accounts/", include("convoca.manage.account_urls")),
]
