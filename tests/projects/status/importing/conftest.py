"""Importing: a portfolio to bring sheets into, and tests on published data that are collected only where the data lies."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from pmo_portal import jobs
from pmo_portal.intake import actions, profiles
from tests import shared_data
from tests.projects.status.importing.sheets import csv_bytes

# module of tests → the data set that it is about
ON_DATA = {
    "test_gmpp.py": "gmpp",
    "test_jp_review.py": "jp-review",
    "test_nyc_capital.py": "nyc-capital",
    "test_worldbank.py": "worldbank",
    "test_it_dashboard.py": "it-dashboard",
}
collect_ignore = [module for module, name in ON_DATA.items() if shared_data.folder(name) is None]


def import_files(*paths, profile, portfolio="P", period=None, accept=False, dry=False) -> dict:
    """The JSON that the command prints."""
    out = io.StringIO()
    given = ["--profile", profile, "--portfolio", portfolio, "--json"]
    for day in [period] if isinstance(period, str) else period or ():
        given += ["--period", day]
    given += ["--accept-matches"] * accept + ["--dry-run"] * dry
    call_command("import_portfolio", *map(str, paths), *given, stdout=out)
    return json.loads(out.getvalue())


def export_portfolio(portfolio="P", *periods) -> dict:
    out = io.StringIO()
    days = [part for day in periods for part in ("--period", day)]
    call_command("export_portfolio", "--portfolio", portfolio, *days, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker, tmp_path_factory):
    """Import once for all tests of a module: their own changes are rolled back, this at the module's end."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        transaction.atomic(),
    ):
        yield import_files
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def run_import(db):
    """`run_import(path, …, profile=, portfolio=, period=, accept=)` → the JSON that the command prints."""
    return import_files


@pytest.fixture
def run_export(db):
    return export_portfolio


@pytest.fixture
def receive(office):
    jobs.drain(strict=True)  # what the office itself has under way

    def receive(rows, *, by=None, on=date(2014, 3, 31), name="list.csv", profile="gmpp"):
        run = actions.receive_file(
            by=by or office.cast.pmo,
            target="projects",
            scope=office.core.scope,
            file=rows if isinstance(rows, bytes) else csv_bytes(rows),
            file_name=name,
            profile=profiles.find(profile) if profile else None,
            as_of=on,
        )
        jobs.drain(strict=True)
        run.refresh_from_db()
        return run

    return receive


@pytest.fixture
def apply(office):
    def apply(run):
        actions.apply_run(run, by=office.cast.pmo)
        jobs.drain(strict=True)
        run.refresh_from_db()
        return run

    return apply
