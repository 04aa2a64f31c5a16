"""Importing: a portfolio to bring sheets into, and tests on published data that are collected only where the data lies."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from tests import shared_data

# module of tests → the data set that it is about
ON_DATA = {
    "test_gmpp.py": "gmpp",
    "test_jp_review.py": "jp-review",
    "test_nyc_capital.py": "nyc-capital",
    "test_worldbank.py": "worldbank",
    "test_it_dashboard.py": "it-dashboard",
}
collect_ignore = [module for module, name in ON_DATA.items() if shared_data.folder(name) is None]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def run_import(db):
    """`run_import(path, …, profile=, portfolio=, period=, accept=)` → the JSON that the command prints."""

    def run(*paths, profile, portfolio="P", period=None, accept=False, dry=False):
        out = io.StringIO()
        given = ["--profile", profile, "--portfolio", portfolio, "--json"]
        for day in [period] if isinstance(period, str) else period or ():
            given += ["--period", day]
        given += ["--accept-matches"] * accept + ["--dry-run"] * dry
        call_command("import_portfolio", *map(str, paths), *given, stdout=out)
        return json.loads(out.getvalue())

    return run


@pytest.fixture
def run_export(db):
    def run(portfolio="P", *periods):
        out = io.StringIO()
        days = [part for day in periods for part in ("--period", day)]
        call_command("export_portfolio", "--portfolio", portfolio, *days, "--json", stdout=out)
        return json.loads(out.getvalue())

    return run
