"""Settings of the real worker that the tests start and kill: as the portal's, with the tests' own jobs."""

from pmo_portal.settings import *  # noqa: F403

CELERY_IMPORTS = ["tests.pmo_portal.jobs.marks"]
# Tables straight from the models: the migrations have tests of their own and take longer than the worker.
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}  # noqa: F405
