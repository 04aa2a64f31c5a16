"""The portal's settings with the floor's addresses and nothing else of the portal on the way."""

from pmo_portal.settings import *  # noqa: F403

ROOT_URLCONF = "governance.bench.floor"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
