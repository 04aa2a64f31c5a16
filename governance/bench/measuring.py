"""Timing pages over loopback: one client and four, medians and 95th percentiles. Python's own http client."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass
class Timing:
    """Milliseconds of one task; `rate` requests a second with four clients, `size` bytes of the answer."""

    name: str
    p50: float
    p95: float
    rate: float
    size: int
    faults: list[str] = field(default_factory=list)


class Server:
    """gunicorn with two workers on a port of its own, as an office runs it."""

    def __init__(self, port: int, settings: str, env: dict[str, str]) -> None:
        self.port = port
        environment = {**os.environ, **env, "DJANGO_SETTINGS_MODULE": settings, "PYTHONWARNINGS": "ignore"}
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "pmo_portal.wsgi",
            "-w",
            "2",
            "-b",
            f"127.0.0.1:{port}",
            "--log-level",
            "error",
        ]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, path: str) -> None:
        for _try in range(120):
            try:
                self.client("").get(path)
                return
            except OSError:
                time.sleep(0.25)
        raise RuntimeError(f"the server on port {self.port} did not come up")

    def client(self, cookie: str) -> Client:
        return Client(self.port, cookie)

    def memory(self) -> int:
        """Megabytes of all its processes (proportional set size)."""
        pids = [self.process.pid]
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids += [int(p) for p in children.read_text().split()] if children.exists() else []
        return sum(_pss(pid) for pid in pids) // 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


class Client:
    """One kept connection with a session's cookie."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie, "Host": "127.0.0.1", "Accept-Encoding": "identity"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        return self._send("GET", path, None, headers or {})

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        given = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._send("POST", path, urllib.parse.urlencode(fields), given)

    def _send(self, method: str, path: str, body, headers: dict[str, str]) -> tuple[int, bytes]:
        try:
            self.connection.request(method, path, body, {**self.headers, **headers})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            raise OSError("connection lost") from None


def measure(name: str, once, clients: list, rounds: int = 25) -> Timing:
    """`once(client)` → (status, body). Warm first, then one client in turn, then all together."""
    faults: list[str] = []

    def timed(client) -> float:
        began = time.perf_counter()
        status, body = once(client)
        if status >= 300:
            faults.append(f"{status}: {body[:80]!r}")
        timed.size = len(body)  # type: ignore[attr-defined]
        return (time.perf_counter() - began) * 1000

    for _ in range(4):
        timed(clients[0])
    taken = sorted(timed(clients[0]) for _ in range(rounds))
    began = time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        done = list(pool.map(lambda c: [timed(c) for _ in range(max(4, rounds // 3))], clients))
    rate = sum(map(len, done)) / (time.perf_counter() - began)
    return Timing(name, median(taken), taken[int(len(taken) * 0.95) - 1], rate, timed.size, faults)  # type: ignore[attr-defined]
