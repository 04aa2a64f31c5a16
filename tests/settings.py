"""The portal's settings for tests: quick hashes, mail in memory, nobody woken; jobs are drained by the test."""

import os
import tempfile

# Several test processes (pytest-xdist) have a folder each.
OWN = os.environ.get("PYTEST_XDIST_WORKER", "")
FOLDER = os.environ.get("DATA_DIR") or os.path.join(tempfile.gettempdir(), f"pmo-portal-tests-{os.getuid()}")
os.environ["DATA_DIR"] = os.path.join(FOLDER, OWN) if OWN and not FOLDER.endswith(OWN) else FOLDER
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's own loop runs in the test's thread

from pmo_portal.i18n import catalogue  # noqa: E402
from pmo_portal.settings import *  # noqa: E402, F403

catalogue.compile_if_stale()
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
SITE_URL = "http://portal.example"
JOBS_WAKE = False
if SQLITE:  # noqa: F405  a file, as in an office: a database in memory has one connection for all threads
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / f"test-{os.getpid()}.sqlite3")}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": f"tests-{name}"}
    for name in ("default", "near")
}
LOGGING["loggers"]["pmo_portal"]["level"] = "ERROR"  # noqa: F405
LOGGING["loggers"]["pmo_portal.requests"]["level"] = "CRITICAL"  # noqa: F405
ACCOUNT_RATE_LIMITS = False
