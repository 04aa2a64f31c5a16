"""How an app of the house starts: each of its rooms declares access, hangs itself on the floor, registers its jobs."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

LOADED = ("access", "wiring", "tasks")


class HouseConfig(AppConfig):
    """A tier whose `rooms` are packages with the same file names inside."""

    default = False
    default_auto_field = "django.db.models.BigAutoField"
    rooms: tuple[str, ...] = ()

    def ready(self) -> None:
        for part in LOADED:
            for room in self.rooms:
                name = f"{self.name}.{room}.{part}"
                if find_spec(name) is not None:
                    import_module(name)


class FloorConfig(HouseConfig):
    name = "pmo_portal"
    verbose_name = _("Floor")
    default = True
    rooms = (
        "accounts",
        "access",
        "audit",
        "jobs",
        "periods",
        "money",
        "measures",
        "custom",
        "lists",
        "files",
        "asks",
        "watching",
        "approvals",
        "intake",
        "editing",
        "rendering",
        "search",
        "making",
        "api",
        "feeds",
        "webhooks",
        "pages",
        "desk",
        "setup",
        "operation",
    )

    def ready(self) -> None:
        super().ready()
        import_module("pmo_portal.checks")
        post_migrate.connect(import_module("pmo_portal.search.indexing").lay_all, sender=self, weak=False)
        import_module("pmo_portal.operation.checks")
