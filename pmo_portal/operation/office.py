"""Getting an embedded office ready: its folder, its tables, its demo people."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class AlreadyRunning(Exception):
    """Another supervisor holds this DATA_DIR."""


def hold(folder: Path) -> IO[str]:
    """The lock of a data folder, for as long as the returned file is open. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "running.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyRunning from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def make_folders() -> None:
    for folder in (
        settings.MEDIA_ROOT,
        settings.STATIC_ROOT,
        Path(settings.EMAIL_FILE_PATH),
        settings.DATA_DIR / "tmp",
    ):
        Path(folder).mkdir(parents=True, exist_ok=True)


def migrate() -> bool:
    """Apply what is missing; whether anything was."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    from pmo_portal.intake import profiles

    if not is_empty():  # an office of an earlier version gets what this one ships
        profiles.sync()
    return True


def is_empty() -> bool:
    from pmo_portal.accounts.models import Person

    return not Person.objects.exists()


def make_demo() -> bool:
    """The demo office, where DEMO is not 0 and nobody is there yet; whether it was made."""
    if os.environ.get("DEMO", "1").strip() == "0" or not is_empty() or "demo_office" not in get_commands():
        return False
    os.environ["DEMO_PASSWORD"] = demo_password(make=True)
    call_command("demo_office", verbosity=0)
    return True


def demo_password(*, make: bool = False) -> str:
    """DEMO_PASSWORD, else the one this office was made with; "" when there is none."""
    path = settings.DATA_DIR / "demo_password"
    given = os.environ.get("DEMO_PASSWORD", "").strip()
    if make:
        password = given or f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(2)}"
        with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(password)
        return password
    return path.read_text().strip() if path.exists() else ""


MAY = {
    "pm": "project manager: their projects, status reports, their desk",
    "member": "project member: the projects they work in, read only, and what is asked of them",
    "administrator": "PMO administrator: who has reported, reminders, campaigns, imports",
    "expert": "PMO expert: reads the portfolio, its figures and how they are computed",
    "manager": "PMO manager: the portfolio screen, go/no-go decisions, re-opening of periods",
    "sponsor": "sponsor: the portfolio at a glance, decisions on it",
    "auditor": "auditor: reads everything, changes nothing, sees the audit trail",
    "sysadmin": "system administrator: people, grants, organisation, calendars",
}


def demo_people() -> list[tuple[str, str]]:
    """Address of each demo person who can sign in, and in a few words what they may do."""
    from pmo_portal.access.models import Grant
    from pmo_portal.accounts.models import Person

    found = []
    for person in Person.objects.filter(email__endswith="@demo.example", is_active=True).order_by("pk")[:20]:
        if person.has_usable_password():
            roles = set(Grant.objects.filter(person=person).values_list("role", flat=True))
            may = "; ".join(text for role, text in MAY.items() if role in roles)
            found.append((person.email or "", may or "no role yet"))
    return found
