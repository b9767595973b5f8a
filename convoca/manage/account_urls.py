"""Logging in and out, a forgotten password, and becoming a user of an account."""

from allauth.account import views
from django.urls import path, re_path

from convoca.manage.views import entering, joining

urlpatterns = [
    path("join/<slug:account>/", joining.sign_up, name="account_join"),
    path("join/<slug:account>/sent/", joining.tell_sent, name="account_join_sent"),
    path("invitation/<str:token>/", joining.accept_invitation, name="account_invitation"),
    path("login/", entering.LogIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    # The key itself has a hyphen in it: the person's number ends at the first.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
