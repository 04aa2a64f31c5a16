"""Web server and worker as one program: started together, watched, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

STOP_WITHIN = 12.0  # seconds from the first signal; then the rest is killed, and leases bring its jobs back
MANY_DEATHS, IN_SECONDS = 5, 60.0


def dies_with_parent() -> None:
    """In the child: should the supervisor be killed, follow it. Linux only; elsewhere nothing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Child:
    """One process of the portal. `before` runs ahead of every start."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] | None = None
    process: subprocess.Popen | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        if self.before:
            self.before()
        # A group of its own: Ctrl-C reaches the supervisor alone, which then stops everything in order.
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **self.env}, start_new_session=True, preexec_fn=dies_with_parent
        )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive:
            self.process.terminate()  # type: ignore[union-attr]

    def kill(self) -> None:
        """The process and whatever it left behind: a worker that dies leaves its beat running."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs children until a signal comes. One that dies is started again; one that keeps dying ends everything."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children, self.say = children, say
        self.stopping = False

    def run(self, *, when_up: Callable[[], None], is_up: Callable[[], bool], patience: float = 60.0) -> int:
        """The exit code: 0 after a signal, 1 when a child could not be kept alive or the pages never came."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start()
        code, told, until = 0, False, time.monotonic() + patience
        while not self.stopping:
            if not self._all_live():
                code = 1
                break
            if not told and is_up():
                when_up()
                told = True
            elif not told and time.monotonic() > until:
                self.say(f"No page came within {patience:.0f} seconds.")
                code = 1
                break
            time.sleep(0.2)
        self._end()
        return code

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _all_live(self) -> bool:
        now = time.monotonic()
        for child in self.children:
            if child.alive or self.stopping:
                continue
            code = child.process.returncode if child.process else None
            child.deaths = [moment for moment in child.deaths if now - moment < IN_SECONDS] + [now]
            if len(child.deaths) >= MANY_DEATHS:
                self.say(f"The {child.name} died {MANY_DEATHS} times within a minute (exit code {code}); stopping.")
                return False
            self.say(f"The {child.name} died (exit code {code}); starting it again.")
            child.kill()
            time.sleep(0.5 * len(child.deaths))
            child.start()
        return True

    def _end(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_WITHIN
        while any(child.alive for child in self.children) and time.monotonic() < until:
            time.sleep(0.05)
        for child in self.children:
            child.kill()


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]
