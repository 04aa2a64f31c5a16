#!/usr/bin/env python3
"""Install what the hashed locks name into .venv. Run by make, on the machine's own Python, before anything is there.

    python3 pmo_portal/operation/install.py base [dev]

Does nothing, and needs no network, when the locks have not changed since.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this is the one file that older ones may read
        stop(f"The portal needs Python 3.11 or later; this is {sys.version.split()[0]} ({sys.executable}).")
    if not (BIN / "python").exists():
        make_venv()
    for name in sys.argv[1:] or ["base"]:
        install(name)


def make_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        stop(
            "This Python cannot make virtual environments. On Debian and Ubuntu install its module first:\n"
            "    sudo apt-get install python3-venv"
        )
    say("Making .venv …")
    venv.create(VENV, with_pip=True, clear=VENV.exists())


def install(name: str) -> None:
    """`name` is a lock in requirements/. uv is quick; where it cannot reach the packages, pip does the same slowly."""
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f".installed-{name}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest() + sys.version.split()[0]
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing requirements/{name}.txt …")
    python = str(BIN / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    binaries = ["--only-binary", ":all:", "-r"]
    if not (BIN / "uv").exists():
        run([*pip, *binaries, str(ROOT / "requirements" / "uv.txt")])
    # Compiled once here: else every process of a machine that writes no bytecode compiles all that it imports.
    uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "--require-hashes"]
    if not run([*uv, *binaries, str(lock)]):
        say("uv could not; trying pip, which takes a minute or two …")
        if not run([*pip, *binaries, str(lock)]):
            stop(f"The packages of requirements/{name}.txt could not be installed; see above. Is the network reached?")
    stamp.write_text(wanted)


def run(command: list) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    sys.exit(f"\n{text}\n")


if __name__ == "__main__":
    main()
