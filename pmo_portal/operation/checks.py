"""System checks of how the portal is run: what an office would rather hear before the first page than after."""

from __future__ import annotations

from django.conf import settings
from django.core import checks

from pmo_portal.rendering import fonts


@checks.register()
def production_has_what_it_needs(app_configs, **kwargs) -> list:
    """In production: pages need collected static files; several processes need a server of their own each."""
    if not settings.PRODUCTION:
        return []
    found: list = []
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        found.append(
            checks.Warning(
                f"no static files below {settings.STATIC_ROOT}",
                hint="Run `manage.py collectstatic` (the image does it when it is built).",
                id="pmo.W101",
            )
        )
    if settings.SQLITE:
        found.append(
            checks.Warning(
                "the office's data lies in SQLite", hint="Set DATABASE_URL for more than one machine.", id="pmo.W102"
            )
        )
    if not settings.REDIS_URL:
        found.append(
            checks.Warning("jobs are passed on through files", hint="Set REDIS_URL for several workers.", id="pmo.W103")
        )
    return found


@checks.register()
def documents_have_their_faces(app_configs, **kwargs) -> list:
    """Without them no document is made: nothing is set in whatever face the machine happens to have."""
    return [
        checks.Warning(
            f"the face {name} is missing below {fonts.folder()}",
            hint="Run `make assets`; until then no PDF is made.",
            id="pmo.W104",
        )
        for name in fonts.missing()
    ]
