"""Django's settings, from the environment that `env` has read. Wires, decides nothing."""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from convoca.config.env import read_environment
from convoca.config.log import LOGGING as LOGGING
from convoca.config.log import configure_structlog

PACKAGE = Path(__file__).resolve().parent.parent
ENV = read_environment()

SECRET_KEY = ENV.secret_key
ENCRYPTION_KEYS = ENV.encryption_keys
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = [ENV.base_url]
BASE_URL = ENV.base_url
VAR = ENV.var
ROOT_URLCONF = "convoca.config.urls"
WSGI_APPLICATION = "convoca.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
IS_POSTGRES = ENV.database.engine == "postgres"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Before allauth: its pages are shown by our templates of the same name.
    "convoca.manage",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *(["procrastinate.contrib.django"] if IS_POSTGRES else ["django_tasks_db"]),
    "convoca.booking",
    "convoca.public",
    "convoca.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "convoca.manage.sessions.note_last_seen",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "design" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


# To open an SQLite file anew for each request costs as much as two of its queries.
KEPT_CONNECTION_SECONDS = 60

# A statement that a connection has asked so often is planned once: planning is half of what the reads of a page cost.
PREPARED = {"server_side_binding": True, "prepare_threshold": 5}


def _database() -> dict[str, Any]:
    address = ENV.database
    if address.engine == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": address.name,
            "CONN_MAX_AGE": KEPT_CONNECTION_SECONDS,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # secure_delete: a wiped token must not be found in the file's free pages.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port or "",
        "CONN_MAX_AGE": KEPT_CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": (PREPARED if address.prepares else {}) | dict(address.options),
    }


DATABASES = {"default": _database()}

TASKS = {
    "default": {
        "BACKEND": "convoca.config.task_engine.ProcrastinateBackend"
        if IS_POSTGRES
        else "django_tasks_db.DatabaseBackend",
    }
}

# In the database, so that wrong passwords are counted across processes and machines.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "convoca_cache"}}

AUTH_USER_MODEL = "booking.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "convoca.manage.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "convoca.manage.logging_in.LogInForm",
    "reset_password": "convoca.manage.logging_in.ForgottenPasswordForm",
    "reset_password_from_key": "convoca.manage.logging_in.NewPasswordForm",
}
# Whoever changes how somebody logs in tells them so, by mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "convoca.manage.proving.ProvingAdapter"
MFA_FORMS = {
    "activate_totp": "convoca.manage.proving.AppForm",
    "add_webauthn": "convoca.manage.proving.PasskeyForm",
    "login_webauthn": "convoca.manage.proving.PasskeyLogInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A telephone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Nobody gets a log-in here with an address that is not theirs: it is made from a mail, or at an address that only
# whoever runs the server has read.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Behind a proxy all requests come from the proxy's address: without this, one guesser would lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENV.behind_proxy else 0
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/manage/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.var / "static"
STATICFILES_DIRS = [PACKAGE / "design" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DEFAULT_FROM_EMAIL = ENV.email_from
SERVER_EMAIL = ENV.email_from


def _mailer() -> dict[str, Any]:
    address = ENV.email
    if address.kind == "outbox":
        return {"BACKEND": "convoca.booking.mail.OutboxBackend"}
    if address.kind == "service":
        options = {"service": address.service, "timeout": 15, **address.options}
        return {
            "BACKEND": "convoca.booking.mail.service.ServiceBackend",
            "OPTIONS": options | ({"api_url": address.endpoint} if address.endpoint else {}),
        }
    return {
        "BACKEND": "convoca.booking.mail.SmtpBackend",
        "OPTIONS": {
            "host": address.host,
            "port": address.port,
            "username": address.user,
            "password": address.password,
            "use_tls": address.tls == "starttls",
            "use_ssl": address.tls == "implicit",
            "timeout": 15,
        },
    }


MAILERS = {"default": _mailer()}
MAILS_PER_SECOND = ENV.emails_per_second

# Who reports what has become of mails, and by what they prove themselves; without a secret nobody is heard.
MAIL_SERVICE = ENV.email.service
# Two of them sign what they report; the others repeat the password of the address that they were given.
SIGNING = {"mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY", "mailersend": "MAILERSEND_SIGNING_SECRET"}
MAIL_WEBHOOK_SECRET = ENV.email_webhook_secret
ANYMAIL = (
    {SIGNING[MAIL_SERVICE]: MAIL_WEBHOOK_SECRET}
    if MAIL_SERVICE in SIGNING
    else {"WEBHOOK_SECRET": f"convoca:{MAIL_WEBHOOK_SECRET}"}
)

# The vendors' applications of this installation, by provider id; what a provider needs is built from it in one place.
VENDORS = {"zoom": ENV.zoom, "google": ENV.google, "microsoft": ENV.microsoft}
VENDOR_ENDPOINTS = ENV.endpoints

# Whether webhooks may call programs of our own network, and by plain http.
WEBHOOKS_WITHIN = ENV.webhooks_within

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
# Which name server is asked for the records of the sender's domain, as (address, port); None: the system's own.
NAME_SERVER: tuple[str, int] | None = None

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_proxy else None
SECURE_HSTS_SECONDS = 31_536_000 if ENV.is_https else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# In memory only: what is larger than Django holds there (2.5 MB) is let go unread, and the form says that it lacks.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

configure_structlog()
