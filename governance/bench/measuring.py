"""Timing over loopback, each task in turn with the floor, so that whatever else the machine does falls on both alike.

Python's own http client, one kept connection for each client; first one client, then four at once.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median

from pmo_portal.operation.supervisor import dies_with_parent

Answer = tuple[int, bytes]
Once = Callable[["Client"], Answer]
CLIENTS = 4
PATIENCE = 12.0  # seconds for the rounds of one task with one client; the first ones are never cut


@dataclass
class Timing:
    """One task beside its floor. Milliseconds with one client; requests a second and milliseconds with four."""

    name: str
    floor: str
    limit: float
    p50: float
    p95: float
    floor_p50: float
    rate: float
    floor_rate: float
    crowd_p95: float
    size: int
    sql: int = 0
    faults: list[str] = field(default_factory=list)


def percentile(values: list[float], share: float) -> float:
    """The nearest rank: the smallest value that at least `share` percent of the values do not exceed."""
    return sorted(values)[max(0, ceil(len(values) * share / 100) - 1)]


def measure(once: Once, floor: Once, clients: list[Client], floors: list[Client], rounds: int) -> Timing:
    """`once(client)` and `floor(client)` give (status, body). What is not below 300 is a fault."""
    faults: list[str] = []
    sizes: list[int] = [0]

    def timed(ask: Once, client: Client) -> float:
        began = time.perf_counter()
        status, body = ask(client)
        took = client.took if client.took is not None else time.perf_counter() - began
        client.took = None
        if status >= 300:
            faults.append(f"{status}: {body[:120]!r}")
        sizes[0] = len(body) if ask is once else sizes[0]
        return took * 1000

    for _ in range(3):
        timed(floor, floors[0]), timed(once, clients[0])
    mine, base = [], []
    until = time.perf_counter() + PATIENCE
    while len(mine) < rounds and (len(mine) < 5 or time.perf_counter() < until):
        base.append(timed(floor, floors[0]))
        mine.append(timed(once, clients[0]))
    each = max(3, min(rounds // 3, int(PATIENCE * 1000 / max(1, median(mine)) / CLIENTS / 4)))
    with ThreadPoolExecutor(CLIENTS) as pool:

        def crowd(ask: Once, among: list[Client]) -> tuple[float, list[float]]:
            began = time.perf_counter()
            done = list(pool.map(lambda c: [timed(ask, c) for _ in range(each)], among))
            taken = [ms for part in done for ms in part]
            return len(taken) / (time.perf_counter() - began), taken

        halves = [(crowd(floor, floors), crowd(once, clients)) for _ in range(2)]
    return Timing(
        name="",
        floor="",
        limit=0,
        p50=median(mine),
        p95=percentile(mine, 95),
        floor_p50=median(base),
        rate=sum(h[1][0] for h in halves) / 2,
        floor_rate=sum(h[0][0] for h in halves) / 2,
        crowd_p95=percentile(halves[0][1][1] + halves[1][1][1], 95),
        size=sizes[0],
        faults=faults,
    )


class Client:
    """One kept connection. A task whose request needs something made ready says itself how long its part `took`."""

    def __init__(self, port: int, number: int = 0, **headers: str) -> None:
        self.number = number
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.headers = {"Host": "127.0.0.1", "Accept-Encoding": "identity", "Accept-Language": "ja", **headers}
        self.took: float | None = None

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        given = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, urllib.parse.urlencode(fields), given)

    def send(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, body, {**self.headers, **(headers or {})})
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()  # the server closes a connection that rested
                if attempt == 2:
                    raise
        raise AssertionError


class Server:
    """gunicorn as an office runs it, with two workers, on a free port."""

    def __init__(self, settings: str, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": "2",
            "LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "gunicorn", "pmo_portal.wsgi", "-c"]
        command.append("python:pmo_portal.operation.gunicorn_settings")
        self.log = log.open("ab")
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            preexec_fn=dies_with_parent,
        )

    def wait(self, path: str) -> None:
        for _try in range(240):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}; see {self.log.name}")
            try:
                Client(self.port).get(path)
                return
            except OSError:
                time.sleep(0.25)
        raise RuntimeError(f"the server on port {self.port} did not come up; see {self.log.name}")

    def clients(self, **headers: str) -> list[Client]:
        return [Client(self.port, n, **headers) for n in range(CLIENTS)]

    def memory(self) -> float:
        """Megabytes of all its processes (proportional set size: shared pages are counted once)."""
        return sum(_pss(pid) for pid in _family(self.process.pid)) / 1024

    def stop(self) -> None:
        stop(self.process)
        self.log.close()


def stop(process: subprocess.Popen) -> None:
    """The process and all that it started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(p) for p in children.read_text().split()] if children.exists() else []
    return [pid, *(p for child in below for p in _family(child))]


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
