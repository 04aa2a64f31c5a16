"""One message on its way: signed by the Standard Webhooks rules, over a connection to the address that was looked up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pmo_portal.webhooks.addresses import Refused, Target, look_up

SECONDS = 10  # for everything together
READ = 4096  # of the answer's body; what it says is not kept


@dataclass(frozen=True)
class Outcome:
    """`status` of the answer, or `fault`: one of Refused's, slow, unreachable, tls, redirected, status."""

    status: int | None
    fault: str
    milliseconds: int

    @property
    def arrived(self) -> bool:
        return not self.fault


def signature(secret: str, name: str, moment: int, body: bytes) -> str:
    """`v1,…` over name, moment and body (https://www.standardwebhooks.com): the receiver makes it again and compares."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{name}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(url: str, secret: str, name: str, payload: dict[str, Any], *, allowed: frozenset[str]) -> Outcome:
    """POST the message once. Follows no redirect."""
    began = time.monotonic()
    status, fault = None, ""
    try:
        target = look_up(url, allowed)
        status = _post(target, *_message(secret, name, payload), deadline=began + SECONDS)
        fault = "" if 200 <= status < 300 else "redirected" if 300 <= status < 400 else "status"
    except Refused as refused:
        fault = refused.code
    except TimeoutError:
        fault = "slow"
    except ssl.SSLError:
        fault = "tls"
    except (OSError, http.client.HTTPException):
        fault = "unreachable"
    return Outcome(status, fault, round((time.monotonic() - began) * 1000))


def _message(secret: str, name: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    moment = int(time.time())
    return body, {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "PMO-Portal-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret, name, moment, body),
    }


def _post(target: Target, body: bytes, headers: dict[str, str], *, deadline: float) -> int:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=SECONDS)
    raw = socket.create_connection((target.ip, target.port), timeout=max(0.1, deadline - time.monotonic()))
    with _Ended(raw, deadline) as ended:
        try:
            if target.scheme == "https":
                raw = ssl.create_default_context().wrap_socket(raw, server_hostname=target.host)
            connection.sock = raw
            connection.request("POST", target.path, body, headers)
            answer = connection.getresponse()
            answer.read(READ)
            return answer.status
        except (OSError, http.client.HTTPException):
            if ended.is_over:
                raise TimeoutError from None
            raise
        finally:
            connection.close()
            raw.close()


class _Ended:
    """Ends a connection at its deadline, also where the other side says a letter every nine seconds."""

    def __init__(self, raw: socket.socket, deadline: float) -> None:
        self.file, self.is_over = socket.socket(fileno=socket.dup(raw.fileno())), False
        self.timer = threading.Timer(max(0.1, deadline - time.monotonic()), self._end)
        self.timer.daemon = True

    def _end(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self.file.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Ended:
        self.timer.start()
        return self

    def __exit__(self, *told) -> None:
        self.timer.cancel()
        self.file.close()
