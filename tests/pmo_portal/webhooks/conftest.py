"""A program that receives: real, on this machine, doing as it is told."""

from __future__ import annotations

import http.server
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import pytest


@dataclass
class Receiver:
    """`answers`: what is answered, one after another, the last for ever; "drip": a letter a second; "hang": nothing."""

    port: int = 0
    answers: list = field(default_factory=lambda: [200])
    got: list = field(default_factory=list)  # (path, headers, body)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver(settings):
    made = Receiver()
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, dict(self.headers), body))
            answer = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            if answer == "hang":
                time.sleep(4)
                return
            if answer == "drip":
                for letter in b"HTTP/1.1 200 OK\r\nX-Slow: yes\r\n\r\n":
                    self.wfile.write(bytes([letter]))
                    self.wfile.flush()
                    time.sleep(0.3)
                return
            self.send_response(answer)
            if 300 <= answer < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self):
            made.got.append(("GET " + self.path, {}, b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *given):
            pass

        def handle(self):
            with suppress(OSError):  # the sender hung up, as it should
                super().handle()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()
