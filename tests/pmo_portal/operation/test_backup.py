"""A backup taken here and restored elsewhere is the same office, to the last microsecond; anything doubtful is refused."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from pmo_portal.accounts.models import Person
from pmo_portal.operation import backup
from projects.register.models import Project

pytestmark = pytest.mark.django_db(transaction=True)


def manage(folder: Path, *args: str, database: str = "") -> subprocess.CompletedProcess:
    """`manage.py` on an office of its own."""
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
    env |= {"DATA_DIR": str(folder)} | ({"DATABASE_URL": database} if database else {})
    return subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def stored(office, tmp_path, settings):
    """The test's office with one file, and a backup of it."""
    settings.MEDIA_ROOT = tmp_path / "here"
    (settings.MEDIA_ROOT / "imports").mkdir(parents=True)
    (settings.MEDIA_ROOT / "imports" / "表.csv").write_bytes("名前,金額\n".encode("cp932"))
    path = tmp_path / "office.zip"
    backup.write(path)
    return path


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        found = json.loads(archive.read("manifest.json"))["parts"]
    return {name: told["sha256"] for name, told in found.items()}


@pytest.fixture
def stored_before(stored, settings):
    """The backup, and the office emptied again."""
    call_command("flush", interactive=False, verbosity=0)
    for file in Path(settings.MEDIA_ROOT).rglob("*.csv"):
        file.unlink()
    return stored


@contextmanager
def another_database():
    """Where the tests run on PostgreSQL, an empty database beside theirs; else "" (a new SQLite file)."""
    if connection.vendor != "postgresql":
        yield ""
        return
    told, name = connection.settings_dict, "pmo_restore_test"
    where = f"{told['USER']}@{told['HOST'] or '127.0.0.1'}:{told['PORT'] or 5432}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield f"postgres://{where}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_it_comes_back_the_same_on_either_database(stored, tmp_path):
    with another_database() as database:
        for folder, where in ((tmp_path / "there", database), (tmp_path / "lite", "")):
            assert manage(folder, "migrate", "-v0", database=where).returncode == 0
            restored = manage(folder, "restore", str(stored), database=where)
            assert restored.returncode == 0, restored.stderr
            checked = manage(folder, "verify", "--json", database=where)
            told = json.loads(checked.stdout.strip().splitlines()[-1])
            assert told.pop("audit") in ([], ["1 entries have waited for the chain for more than an hour"])
            assert not any(told.values()), told
            again = tmp_path / f"{folder.name}.zip"
            assert manage(folder, "backup", str(again), database=where).returncode == 0
            assert parts(again) == parts(stored)
            assert (folder / "files" / "imports" / "表.csv").read_bytes() == "名前,金額\n".encode("cp932")


def test_an_office_with_people_is_left_alone(stored):
    before = Project.objects.count()
    with pytest.raises(CommandError, match="has people in it"):
        call_command("restore", stored)
    assert Project.objects.count() == before


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("cut", "cannot be read"),
        ("no zip", "cannot be read"),
        ("changed", "not what was written"),
        ("missing", "is missing"),
        ("stray", "does not name"),
        ("other version", "another version"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(stored_before, tmp_path, fault, says):
    broken = tmp_path / "broken.zip"
    if fault == "cut":
        broken.write_bytes(stored_before.read_bytes()[:-400])
    elif fault == "no zip":
        broken.write_bytes(b"not a backup")
    else:
        rewrite(stored_before, broken, fault)
    with pytest.raises(CommandError, match=says):
        call_command("restore", broken)
    assert not Person.objects.exists()
    assert not list((tmp_path / "here").rglob("*.csv"))


def rewrite(source: Path, target: Path, fault: str) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "data/projects.project.jsonl":
                if fault == "missing":
                    continue
                if fault == "changed":
                    content = content.replace(b"APOLLO", b"APOLL0")
            if name == "manifest.json" and fault == "other version":
                told = json.loads(content)
                told["migrations"].append("projects.9999_of_the_future")
                content = json.dumps(told).encode()
            new.writestr(name, content)
        if fault == "stray":
            new.writestr("files/../../evil.txt", "x")


def test_a_full_disk_leaves_nothing_behind(office, tmp_path):
    resource_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource_limit[1]))
    try:
        with pytest.raises(CommandError, match="could not be written"):
            call_command("backup", tmp_path / "office.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, resource_limit)
    assert list(tmp_path.iterdir()) == []


def test_verify_says_what_is_wrong_and_exits_1(office, capsys):
    from pmo_portal.access.models import ScopeAncestor

    ScopeAncestor.objects.filter(descendant=office.apollo.scope, depth=1).delete()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", "scopes")
    assert ended.value.code == 1
    assert "does not follow the tree" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no such check"):
        call_command("verify", "nonsense")
