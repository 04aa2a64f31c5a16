"""Take pictures of every page: `manage.py shots`, which is what `make shots` calls."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pmo_portal.operation import browser
from pmo_portal.operation.shots import png, sheet, visitor
from pmo_portal.operation.shots.camera import Camera, Picture, SignInFailed
from pmo_portal.operation.shots.visitor import NOBODY, PEOPLE, STATES

# The pictures of README: whose page, its name, and where its link is looked for first.
README = {
    "portfolio": ("manager", "governance:portfolio:screen", "/"),
    "status": ("pm", "projects:status:status_form", "/"),
    "collection": ("pmo", "administration:collection:dashboard", "/"),
    "import": ("pmo", "imports:record", "/imports/"),
}
README_SIZE = (1280, 860)


class Command(BaseCommand):
    help = (
        "Pictures of every page of the URL map as a fitting demo person, in both languages, light and dark, at 1440, "
        "1024 and 360 px, with a contact sheet, into shots/. Makes a demo office of its own unless --base names one."
    )
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--base", help="a demo office that runs already: http://127.0.0.1:8000")
        parser.add_argument("--password", default="", help="of its demo people")
        parser.add_argument("--only", action="append", default=[], help="pages whose name or address has this; repeat")
        parser.add_argument("--widths", default="1440,1024,360")
        parser.add_argument("--themes", default="light,dark")
        parser.add_argument("--languages", default="ja,en")
        parser.add_argument("--out", default=str(settings.BASE_DIR / "shots"))
        parser.add_argument("--readme", action="store_true", help="instead: the four pictures in docs/pictures")

    def handle(self, *args, **options) -> None:
        path = browser.chromium()
        if path is None:
            raise CommandError(f"No Chromium: {browser.HOW}")
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            raise CommandError("playwright is missing: make install-dev") from None
        with self._office(options) as (base, password), sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=browser.FLAGS)
            folder = Path(options["out"])
            folder.mkdir(parents=True, exist_ok=True)
            camera = Camera(chromium, base, password, folder)
            try:
                self._for_readme(camera) if options["readme"] else self._every_page(camera, folder, options)
            except SignInFailed as error:
                raise CommandError(str(error)) from None
            finally:
                chromium.close()

    # ---- every page

    def _every_page(self, camera: Camera, folder: Path, options: dict) -> None:
        led, unseen = self._pages(camera)
        sights = visitor.choose(led, options["only"])
        words = tuple(options["only"])
        sights += [s for s in STATES if not words or any(w in s.name for w in words)]
        self.stdout.write(f"{len(sights)} pages.")
        pictures: list[Picture] = []
        ways = [options[name].split(",") for name in ("languages", "themes", "widths")]
        for sight in sights:
            pictures += camera.take(sight, ways[0], ways[1], [int(width) for width in ways[2]])
            self.stdout.write(f"  {sight.path} {sight.name} {sight.person or 'nobody'}")
        told = [f"{p.sight.path} ({p.sight.person}, {p.language}): {p.problem}" for p in pictures if p.problem]
        told += [] if words else [f"no picture of {name}: {why}" for name, why in sorted(unseen.items())]
        index = sheet.write(folder, pictures, told)
        for line in told:
            self.stdout.write(line)
        self.stdout.write(f"{sum(1 for p in pictures if p.file)} pictures, {len(told)} remarks: {index}")

    def _pages(self, camera: Camera) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        """Person → name → address of what they are led to, and why the rest of the URL map has no picture."""
        led: dict[str, dict[str, str]] = {}
        for person in (NOBODY, *PEOPLE):
            window = camera.window(person)
            led[person] = visitor.walk(window.request, camera.base, "/" if person else "/login/")
            window.close()
        met = {name.partition("?")[0] for pages in led.values() for name in pages}
        left = {name: "no link leads there" for name in visitor.url_map() if name not in met}
        for person in (NOBODY, "pm"):
            window = camera.window(person)
            for name, path in visitor.without_link(left).items():
                answer = window.request.get(camera.base + path, max_redirects=0)
                if answer.status == 200 and "text/html" in answer.headers.get("content-type", ""):
                    led[person][name] = path
                    del left[name]
                else:
                    left[name] = f"no link leads there, and it answers {answer.status}"
            window.close()
        return led, left

    # ---- the pictures of README

    def _for_readme(self, camera: Camera) -> None:
        folder = settings.BASE_DIR / "docs" / "pictures"
        folder.mkdir(exist_ok=True)
        for name, (person, page, start) in README.items():
            path = folder / f"{name}.png"
            window = camera.window(person)
            found = visitor.walk(window.request, camera.base, start, until=[page])
            window.close()
            if page not in found:
                self.stdout.write(f"{path.name}: no page {page}; the picture stays as it was")
                continue
            problem = camera.one(visitor.Sight(page, found[page], person), "en", path, *README_SIZE)
            if problem:
                raise CommandError(f"{found[page]}: {problem}")
            self.stdout.write(f"{path.name}: {found[page]}, {png.shrink(path) // 1024} KB")

    # ---- the office

    @contextmanager
    def _office(self, options: dict) -> Iterator[tuple[str, str]]:
        """Address and password of a demo office: the given one, else one of its own that ends with this command."""
        if options["base"]:
            yield options["base"].rstrip("/"), options["password"] or os.environ.get("DEMO_PASSWORD", "")
            return
        with tempfile.TemporaryDirectory(prefix="pmo-shots-") as folder:
            password, port = secrets.token_urlsafe(9), _free_port()
            env = {
                **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
                "DATA_DIR": folder,
                "PORT": str(port),
                "DEMO": "1",
                "DEMO_PASSWORD": password,
                "SITE_URL": f"http://127.0.0.1:{port}",
            }
            self.stdout.write(f"Making a demo office in {folder}; this takes a minute …")
            log = (Path(folder) / "runstack.log").open("w")
            command = [sys.executable, "manage.py", "runstack"]
            running = subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, stdout=log, stderr=log)
            try:
                self._wait(running, f"http://127.0.0.1:{port}", Path(log.name))
                yield f"http://127.0.0.1:{port}", password
            finally:
                running.terminate()
                running.wait(timeout=30)
                log.close()

    @staticmethod
    def _wait(running: subprocess.Popen, base: str, log: Path) -> None:
        until = time.monotonic() + 600
        while time.monotonic() < until and running.poll() is None:
            try:
                with urllib.request.urlopen(f"{base}/healthz", timeout=2) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        raise CommandError(f"The demo office did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
