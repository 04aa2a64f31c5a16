"""Every setting, read from the environment. Embedded (default): SQLite and files below DATA_DIR, for one machine.

With PMO_MODE=production the portal refuses to start while something an office needs is missing.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from pmo_portal.operation import logs as operation_logging

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
MODE = os.environ.get("PMO_MODE", "embedded")


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in ("1", "true", "yes", "on")


def names(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def embedded_secret() -> str:
    """A key of this data folder's own, made once and readable by its owner only."""
    path = DATA_DIR / "secret_key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text().strip()


DEBUG = flag("DEBUG")
PRODUCTION = MODE == "production"
SECRET_KEY = os.environ.get("SECRET_KEY", "") or ("" if PRODUCTION else embedded_secret())
ALLOWED_HOSTS = names("ALLOWED_HOSTS") or ([] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS")

if PRODUCTION:
    faults = []
    if len(SECRET_KEY) < 32:
        faults.append("SECRET_KEY is missing or shorter than 32 characters")
    if DEBUG:
        faults.append("DEBUG is on")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        faults.append("ALLOWED_HOSTS names no host (or every host)")
    if faults:
        raise ImproperlyConfigured("The portal does not start in production: " + "; ".join(faults) + ".")

# The address in mails and in the first line of `make run`.
SITE_URL = os.environ.get("SITE_URL") or (
    f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else f"http://localhost:{os.environ.get('PORT') or '8000'}"
)
SITE_URL = SITE_URL.rstrip("/")

INSTALLED_APPS = [
    "pmo_portal",
    "projects",
    "administration",
    "expertise",
    "governance",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "pmo_portal.operation.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "pmo_portal.operation.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pmo_portal.operation.middleware.PersonMiddleware",
    "pmo_portal.setup.middleware.SeeAsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pmo_portal.operation.middleware.UploadMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pmo_portal.operation.middleware.SessionListMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "pmo_portal.urls"
WSGI_APPLICATION = "pmo_portal.wsgi.application"
ASGI_APPLICATION = "pmo_portal.asgi.application"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _LOADERS)] if not DEBUG else _LOADERS,
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "pmo_portal.pages.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "pmo_portal.templatetags.pmo",
            ],
        },
    }
]

FORM_RENDERER = "pmo_portal.pages.widgets.Drawn"

# ---- database

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'office.sqlite3'}", conn_max_age=60
    )
}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    # A writer waits instead of failing: see docs/operations.md, "SQLite".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A page's queries take milliseconds; compiling them first took the portfolio screen from 0.2 s to 0.6 s.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- people and sign-in

AUTH_USER_MODEL = "pmo_portal.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name_ja", "name_en")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "pmo_portal.accounts.adapter.PortalAdapter"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
# allauth's own limit of failed sign-ins counts per account, wherever they come from: with it a stranger could keep the
# owner out. axes (below) counts per address and account together instead.
ACCOUNT_RATE_LIMITS: dict | bool = False if flag("NO_RATE_LIMITS") else {"login_failed": "30/m/ip", "login": "60/m/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "pmo_portal.accounts.forms.AddKeyForm"}
MFA_ADAPTER = "pmo_portal.accounts.adapter.PortalMFAAdapter"
MFA_TOTP_ISSUER = "PMO Portal"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is known from the invitation, or was typed by the administrator
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = True
# Locked by address and account together: someone else's wrong guesses do not keep the owner out, and it passes.
AXES_LOCKOUT_PARAMETERS = [["ip_address", "username"]]
AXES_USERNAME_CALLABLE = "pmo_portal.operation.sign_in.name_tried"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# How many proxies of the office's own stand before the portal; without any, what a client says of itself is not believed.
PROXY_COUNT = int(os.environ.get("PROXY_COUNT") or 0)
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT or None
if not PROXY_COUNT:
    AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT

# ---- languages and time

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "pmo_portal" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("OFFICE_TIME_ZONE", "Asia/Tokyo")

# ---- pages, files

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or DATA_DIR / "static")
MEDIA_ROOT = DATA_DIR / "files"
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
EXPORT_AT_ONCE = int(os.environ.get("EXPORT_AT_ONCE", "5000"))  # rows; a longer workbook is made in the background
UPLOAD_LIMIT = int(os.environ.get("UPLOAD_LIMIT_MB", "60")) * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = os.environ.get("FILE_UPLOAD_TEMP_DIR") or None

# ---- security

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS") or 31536000) if SECURE_SSL_REDIRECT else 0
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---- mail

EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("EMAIL_HOST")
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "PMO Portal <pmo@localhost>")
BOUNCE_ADDRESS = os.environ.get("BOUNCE_ADDRESS", "")  # what comes back goes to local+mark@domain, for read_bounces

# ---- jobs and cache

REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "pmo"}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pmo"},
    # In the process itself: what may be a minute old in another one.
    "near": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "near",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
CELERY_BROKER_URL = REDIS_URL or "folder://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_DEFAULT_QUEUE = "pmo"
# Nothing of its own on disk: when each task was last submitted stands in the database (`PeriodicRun`).
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BROKER_TRANSPORT_OPTIONS: dict = (
    {"visibility_timeout": 7200, "socket_connect_timeout": 2}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "polling_interval": 0.1,
    }
)
# Whoever shows it as a bearer may read /metrics; without one there is no such page.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
# Off in tests: nobody is woken on commit, the test drains the table itself.
JOBS_WAKE = flag("JOBS_WAKE", True)

# ---- API

WEBHOOK_HOSTS = frozenset(names("WEBHOOK_HOSTS"))
API_PER_MINUTE = 0 if flag("NO_RATE_LIMITS") else int(os.environ.get("API_PER_MINUTE") or 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "pmo_portal.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["pmo_portal.api.permissions.Declared"],
    "DEFAULT_PAGINATION_CLASS": "pmo_portal.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "pmo_portal.api.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["pmo_portal.api.parsing.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["pmo_portal.api.allowance.Allowance"],
    "EXCEPTION_HANDLER": "pmo_portal.api.errors.answer",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PMO Portal API",
    "DESCRIPTION": "Every resource the pages show, under the same access rules.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "pmo_portal.api.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LightEnum": "projects.register.models.Light",
        "RoleEnum": "pmo_portal.access.models.Role",
        "CourseEnum": "governance.investment.models.ContinuationProposal.Course",
        "ConfidenceEnum": "projects.register.models.Confidence",
    },
}

# ---- logs: what happened, where and how long, never bodies, names or addresses of people

LOGGING = operation_logging.settings(as_json=PRODUCTION, level=os.environ.get("LOG_LEVEL") or "INFO")
CSRF_FAILURE_VIEW = "pmo_portal.pages.errors.csrf_failure"
SILENCED_SYSTEM_CHECKS = ["axes.W003", "auth.E003", "auth.W004"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
