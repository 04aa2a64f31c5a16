"""What stands where: the database is asked in few kinds of file, the tiers export their models, names are whole."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from pmo_portal.checks import OURS
from pmo_portal.routes import routes

ROOT = Path(settings.BASE_DIR)
ASKING = re.compile(r"\.(objects|_default_manager|_base_manager)\b")
ALLOWED = {"models.py", "access.py", "queries.py", "actions.py", "importing.py", "tasks.py"}
FOLDERS = {"migrations", "queries", "management", "importing", "demo", "bench"}
# Mechanisms: packages and files that are one of the allowed ones, split by noun.
MECHANISMS = {
    "pmo_portal/access": "the scope tree and what a person's grants reach",
    "pmo_portal/accounts/tokens.py": "keys kept as hashes",
    "pmo_portal/approvals": "routes, steps and stamps",
    "pmo_portal/asks": "ladder, letters, outbox and inbox",
    "pmo_portal/audit": "changing, chain and reading",
    "pmo_portal/files": "which records have files, previews, what belongs to nothing",
    "pmo_portal/intake": "runs and profiles",
    "pmo_portal/jobs": "submitting, running and sweeping",
    "pmo_portal/lists/reading.py": "what the columns of rows already allowed lead to, as select_related would",
    "pmo_portal/measures": "storing and rolling up",
    "pmo_portal/operation": "the machine's own keeping: backups, checks, the office at its start",
    "pmo_portal/setup/defaults.py": "what an office starts with",
    "pmo_portal/setup/grants.py": "writing grants",
    "pmo_portal/setup/ladder.py": "writing the ladder",
    "pmo_portal/setup/units.py": "writing units",
    "pmo_portal/watching": "who follows what, who is named, how far the trail was read for it",
    "pmo_portal/webhooks": "messages made of the trail, and whether they arrived",
    "administration/collection/approving.py": "what of an exemption goes along a route",
    "governance/investment/approving.py": "what came of a proposal on its route",
    "governance/investment/gathering.py": "what is known of a project whose course is judged",
    "governance/investment/routing.py": "a proposal and its request",
    "governance/portfolio/book_queries.py": "what the pages of the portfolio book are made of",
    "governance/portfolio/sight.py": "which periods and which picture the screen looks at",
    "projects/register/approving.py": "what of a project changes by approval only",
    "projects/register/milestones.py": "writing milestones",
    "projects/register/placing.py": "moving projects from one place to another",
    "projects/register/team.py": "writing the team",
    "projects/status/maintaining.py": "the maintained row behind every screen",
}
NEVER = {"views.py", "urls.py", "forms.py", "lists.py", "api.py", "charts.py", "wiring.py"}


def files() -> list[Path]:
    return [path.relative_to(ROOT) for tier in OURS for path in (ROOT / tier).rglob("*.py")]


def may_ask(path: Path) -> bool:
    if path.name in ALLOWED or FOLDERS.intersection(path.parts):
        return True
    if "views" in path.parts or (path.name in NEVER and path.parts[:2] != ("pmo_portal", "operation")):
        return False
    return any(str(path).startswith(mechanism) for mechanism in MECHANISMS)


def test_the_database_is_asked_only_where_access_is_thought_of():
    found = []
    for path in files():
        if not may_ask(path):
            for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
                if ASKING.search(line):
                    found.append(f"{path}:{number}: {line.strip()}")
    assert found == []


def test_every_mechanism_that_may_ask_is_there_and_asks():
    stale = [
        m for m in MECHANISMS if not any(ASKING.search((ROOT / p).read_text()) for p in files() if str(p).startswith(m))
    ]
    assert stale == []


@pytest.mark.parametrize("tier", OURS)
def test_a_tier_exports_all_its_models(tier):
    """A model that the tier's models.py forgets exists only as long as something else imports it."""
    package = importlib.import_module(tier)
    exported = importlib.import_module(f"{tier}.models")
    missing = []
    for info in pkgutil.walk_packages(package.__path__, f"{tier}."):
        if info.name.endswith(".models") and info.name != f"{tier}.models":
            importlib.import_module(info.name)
    for model in apps.get_app_config(tier).get_models():
        if getattr(exported, model.__name__, None) is not model or model.__name__ not in exported.__all__:
            missing.append(model.__name__)
    assert missing == []


def test_every_address_has_a_name_of_its_own():
    names = [route.name for route in routes()]
    assert sorted(name for name in set(names) if names.count(name) > 1 or name.endswith(":") or not name) == []


def test_addresses_read_as_words():
    """Lower case, words joined by hyphens, a slash at the end; what takes a parameter says what it is."""
    odd = [
        route.pattern
        for route in routes()
        if not route.is_foreign
        and not re.fullmatch(
            r"/([a-z0-9-]+/|<(str|int|slug):[a-z]+>/|\(\?P<[a-z]+>[^)]+\)/)*(healthz|readyz|metrics|[a-z-]+\.(js|json|webmanifest|ics))?",
            route.pattern,
        )
    ]
    assert odd == []


def test_imports_go_down():
    done = subprocess.run(
        [ROOT / ".venv/bin/lint-imports", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
