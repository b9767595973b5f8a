"""The routes of one's own log-in: logging in, proving oneself, and what is changed about it.

Whoever walks here has just logged in and proven nothing since: what changes a log-in asks for that first.
"""

from tests.walk.visiting import Route, answer, at, everybody, logged_in

# What the library's pages read on any of their forms.
ALLAUTH = ("next",)
PASSKEYS = "/accounts/security/passkeys"

LOG_IN: dict[str, Route] = {
    "mfa_index": Route(visits=at("/accounts/security/"), get=answer(logged_in(200))),
    "account_change_password": Route(
        visits=at("/accounts/security/password/", current="correct horse battery", password="a longer way home"),
        get=answer(logged_in(200)),
        post=answer(logged_in(303)),
        fields=("current", "password"),
    ),
    "account_email_change": Route(
        visits=at("/accounts/security/email/", email="another@lumbre.example"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        fields=("email", *ALLAUTH),
    ),
    "account_confirm_email": Route(
        visits=at("/accounts/security/email/made-up/"), get=answer(everybody(404)), post=answer(everybody(404))
    ),
    "account_end_session": Route(visits=at("/accounts/security/sessions/1/end/"), post=answer(logged_in(303))),
    "account_end_other_sessions": Route(
        visits=at("/accounts/security/sessions/end-others/"), post=answer(logged_in(303))
    ),
    "mfa_add_webauthn": Route(
        visits=at(f"{PASSKEYS}/add/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        fields=("name", "credential", *ALLAUTH),
    ),
    "mfa_edit_webauthn": Route(
        visits=at(f"{PASSKEYS}/1/rename/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        fields=("name", *ALLAUTH),
    ),
    "mfa_remove_webauthn": Route(
        visits=at(f"{PASSKEYS}/1/remove/"), get=answer(everybody(302)), post=answer(everybody(302)), fields=ALLAUTH
    ),
    "mfa_activate_totp": Route(
        visits=at("/accounts/security/app/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        fields=("code", *ALLAUTH),
    ),
    "mfa_deactivate_totp": Route(
        # Nobody has an app.
        visits=at("/accounts/security/app/remove/"),
        get=answer(logged_in(404)),
        post=answer(logged_in(404)),
        fields=ALLAUTH,
    ),
    "mfa_view_recovery_codes": Route(
        visits=at("/accounts/security/recovery-codes/"),
        get=answer(logged_in(404)),
        post=answer(logged_in(404)),
        fields=ALLAUTH,
    ),
    "account_reauthenticate": Route(
        visits=at("/accounts/security/prove/", password="correct horse battery"),
        get=answer(logged_in(200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("password", *ALLAUTH),
    ),
    "mfa_reauthenticate": Route(
        # Whoever has no app proves themselves by their password.
        visits=at("/accounts/security/prove/code/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("code", *ALLAUTH),
    ),
    "mfa_reauthenticate_webauthn": Route(
        visits=at("/accounts/security/prove/passkey/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("credential", *ALLAUTH),
    ),
    # The installation of the walk has no application at Google.
    "account_google": Route(
        visits=at("/accounts/google/"),
        get=answer(everybody(404)),
        post=answer(everybody(404)),
        query=ALLAUTH,
        fields=ALLAUTH,
    ),
    "account_google_link": Route(
        # Nobody waits to be linked.
        visits=at("/accounts/google/link/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
    ),
    "account_google_stop": Route(visits=at("/accounts/google/stop/"), post=answer(everybody(302))),
    "mfa_authenticate": Route(
        # Only between a password that was right and the code.
        visits=at("/accounts/login/code/"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("code", "credential", *ALLAUTH),
    ),
    "mfa_login_webauthn": Route(
        visits=at("/accounts/login/passkey/", credential="{}"),
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("credential", *ALLAUTH),
    ),
}
