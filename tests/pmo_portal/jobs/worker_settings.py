"""Settings of the real worker that the tests start and kill: as the portal's, with the tests' own jobs."""

from pmo_portal.settings import *  # noqa: F403

CELERY_IMPORTS = ["tests.pmo_portal.jobs.marks"]
