"""Start the whole portal on one machine: `manage.py runstack`, which is what `make run` ends in."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.error
import urllib.request

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from pmo_portal import jobs
from pmo_portal.i18n import catalogue
from pmo_portal.operation import office
from pmo_portal.operation.supervisor import Child, Supervisor, python


class Command(BaseCommand):
    help = "Prepare the office below DATA_DIR and run web server and worker together until Ctrl-C."
    requires_system_checks = []  # done below, where a fault can be said in one line

    def handle(self, *args, **options) -> None:
        self.started = time.monotonic()
        self.host, self.port = os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
        try:
            lock = office.hold(settings.DATA_DIR)
        except office.AlreadyRunning:
            raise CommandError(f"The office in {settings.DATA_DIR} is running already.") from None
        self._port_is_free()
        self._prepare()
        code = Supervisor(self._children(), self._say).run(when_up=self._greet, is_up=self._answers)
        lock.close()
        self._say("Stopped.")
        sys.exit(code)

    def _prepare(self) -> None:
        office.make_folders()
        catalogue.compile_if_stale()
        self.check(display_num_errors=True)
        if office.migrate():
            self._say("The database is up to date.")
        if os.environ.get("DEMO", "1").strip() != "0" and office.is_empty():
            self._say("Making a demo office; this takes a minute …")
            office.make_demo()
        connections.close_all()

    def _children(self) -> list[Child]:
        quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser", "CELERY_SKIP_CHECKS": "1"}
        worker = "celery -q -A pmo_portal worker -B -P threads --without-gossip --without-mingle --without-heartbeat"
        threads = os.environ.get("WORKER_THREADS") or "3"
        return [
            Child(
                "web server",
                python("gunicorn", "pmo_portal.wsgi", "-c", "python:pmo_portal.operation.gunicorn_settings"),
            ),
            Child("worker", python(*worker.split(), "-c", threads, "-l", "WARNING"), quiet, before=self._free_jobs),
        ]

    @staticmethod
    def _free_jobs() -> None:
        """No worker lives at this moment: what is marked as running was left behind by one that died."""
        jobs.reclaim()
        connections.close_all()

    def _port_is_free(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise CommandError(
                    f"Port {self.port} cannot be used ({error.strerror}). Choose another: make run PORT={self.port + 1}"
                ) from None

    def _answers(self) -> bool:
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104
        request = urllib.request.Request(f"http://{host}:{self.port}/healthz")
        request.add_header("Host", settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else host)
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _greet(self) -> None:
        took = time.monotonic() - self.started
        lines = ["", f"  The portal runs at  {settings.SITE_URL}/   (ready after {took:.1f} s; Ctrl-C stops it)", ""]
        lines += self._people()
        self._say("\n".join(lines))

    def _people(self) -> list[str]:
        """Who may sign in to the demo office, and what each may do."""
        try:
            if office.is_empty():
                return ["  The office is empty: its first page makes the first administrator.", ""]
            password = os.environ.get("DEMO_PASSWORD", "").strip() or office.demo_password()
            people = office.demo_people() if password else []
            told = [f"    {email:24} {may}" for email, may in people]
            return [f"  Demo people, password  {password}", *told, ""] if told else []
        finally:
            connections.close_all()

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr if "died" in text else sys.stdout, flush=True)
