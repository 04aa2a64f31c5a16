"""Production refuses to start while something is missing, and says which; embedded makes its own key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KEY = "k" * 50


def start(folder, **env: str) -> subprocess.CompletedProcess:
    """Load the settings as a server does."""
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from pmo_portal import settings; print(len(settings.SECRET_KEY), settings.ALLOWED_HOSTS)",
        ],
        cwd=ROOT,
        env={**clean, "DATA_DIR": str(folder), **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"ALLOWED_HOSTS": "pmo.example"}, "SECRET_KEY is missing"),
        ({"ALLOWED_HOSTS": "pmo.example", "SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter"),
        ({"ALLOWED_HOSTS": "pmo.example", "SECRET_KEY": KEY, "DEBUG": "1"}, "DEBUG is on"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS names no host"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS names no host"),
    ],
)
def test_production_says_what_is_missing(tmp_path, env, said):
    done = start(tmp_path, PMO_MODE="production", **env)
    assert done.returncode != 0
    assert said in done.stderr
    assert not list(tmp_path.iterdir()), "nothing is made up in production"


def test_production_says_everything_at_once(tmp_path):
    said = start(tmp_path, PMO_MODE="production", DEBUG="1").stderr
    assert all(word in said for word in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS"))


def test_production_starts_with_all_of_it(tmp_path):
    done = start(tmp_path, PMO_MODE="production", SECRET_KEY=KEY, ALLOWED_HOSTS="pmo.example, www.pmo.example")
    assert done.stdout.strip() == "50 ['pmo.example', 'www.pmo.example']"


def test_an_embedded_office_keeps_the_key_it_made(tmp_path):
    first = start(tmp_path)
    assert first.returncode == 0, first.stderr
    key = (tmp_path / "secret_key").read_text()
    assert len(key) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    start(tmp_path)
    assert (tmp_path / "secret_key").read_text() == key
