"""Logging in and out, a forgotten password, one's own log-in, and becoming a user of an account.

The names are allauth's, where the pages are: it leads from one to the other by them.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views
from allauth.mfa.base import views as proving_views
from allauth.mfa.totp import views as app_views
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from convoca.manage.views import accepting, entering, google, joining, proving, security

type Page = Callable[..., HttpResponseBase]


def page(view: Any) -> Page:
    """Let the library's view answer what a page answers, and nothing else."""
    guarded: Page = require_http_methods(["GET", "HEAD", "POST"])(view)
    return guarded


urlpatterns = [
    path("join/<slug:account>/", joining.sign_up, name="account_join"),
    path("join/<slug:account>/sent/", joining.tell_sent, name="account_join_sent"),
    path("invitation/<str:token>/", joining.accept_invitation, name="account_invitation"),
    path("login/", entering.LogIn.as_view(), name="account_login"),
    path("login/code/", page(proving_views.authenticate), name="mfa_authenticate"),
    path("login/passkey/", page(entering.LogInByPasskey.as_view()), name="mfa_login_webauthn"),
    path("google/", google.ask, name="account_google"),
    path("google/link/", google.link_waiting, name="account_google_link"),
    path("google/stop/", google.stop, name="account_google_stop"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", accepting.sign_up, name="account_signup"),
    path("signup/sent/", accepting.tell_sent, name="account_signup_sent"),
    path("signup/<str:token>/", accepting.finish, name="account_found"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("security/", security.show_security, name="mfa_index"),
    path("security/password/", security.change_password, name="account_change_password"),
    path("security/email/", security.change_email, name="account_email_change"),
    path("security/email/<str:token>/", security.confirm_email, name="account_confirm_email"),
    path("security/sessions/<int:session>/end/", security.log_out_there, name="account_end_session"),
    path("security/sessions/end-others/", security.log_out_elsewhere, name="account_end_other_sessions"),
    path("security/passkeys/add/", page(proving.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/rename/", page(proving.RenamePasskey.as_view()), name="mfa_edit_webauthn"),
    path("security/passkeys/<int:pk>/remove/", page(proving.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
    path("security/app/", page(app_views.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", page(proving.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("security/recovery-codes/", proving.recovery_codes, name="mfa_view_recovery_codes"),
    path("security/prove/", page(views.reauthenticate), name="account_reauthenticate"),
    path("security/prove/code/", page(proving_views.reauthenticate), name="mfa_reauthenticate"),
    path("security/prove/passkey/", page(proving.ProveByPasskey.as_view()), name="mfa_reauthenticate_webauthn"),
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
