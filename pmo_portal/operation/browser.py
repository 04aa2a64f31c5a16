"""The machine's own Chromium: for browser tests and for pictures of the pages. Nothing is downloaded."""

from __future__ import annotations

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
HOW = "install it (Debian: apt-get install chromium fonts-noto-cjk) or set PMO_CHROMIUM to its path"


def chromium() -> str | None:
    """The browser's path: PMO_CHROMIUM, else what stands on PATH."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("PMO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
