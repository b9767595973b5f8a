"""Every address of an installation, by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("convoca.public.urls")),
    path("", include("convoca.api.urls")),
    path("", include("convoca.manage.setup_urls")),
    path("manage/", include("convoca.manage.urls")),
    path("accounts/", include("convoca.manage.account_urls")),
]
