"""A small client of the portal's API, with Python's standard library alone. Copy it and change what you need.

    portal = Portal("https://pmo.example.co.jp", token="pmo_…")
    for project in portal.rows("projects/", tier="A", fields="key,name_ja,version"):
        print(project["key"], project["name_ja"])

    apollo = portal.read("projects/APOLLO/")
    portal.change("projects/APOLLO/", {"category": "基幹"}, seen=apollo)      # Changed where somebody was quicker
    portal.act("status-reports/", {"project": "APOLLO", "period": "2026-11", "confidence": "green", "submit": True})

Run as a program it lists the projects whose finish slips: PMO_SITE=… PMO_TOKEN=… python pmo_client.py
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 5  # tries, where the portal is busy or does not answer
LONGEST_WAIT = 60.0  # seconds


class Refused(Exception):
    """What the portal does not do, as it says itself (problem details, RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.kind = str(problem.get("type", "")).rpartition("#")[2]  # "invalid-input", "not-found", …
        self.errors: dict[str, list[dict[str, str]]] = problem.get("errors", {})
        faults = [f"{field}: {one['message']}" for field, found in self.errors.items() for one in found]
        super().__init__(f"{status} {problem.get('title', '')} {problem.get('detail', '')} {'; '.join(faults)}".strip())


class Changed(Refused):
    """Somebody changed the record since it was read (412): read it again, decide, send again."""


class Portal:
    """One office's portal. `language` is that of the sentences it answers with."""

    def __init__(
        self, site: str, token: str, *, language: str = "ja", sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.site = site.rstrip("/")
        self.headers = {"Authorization": f"Token {token}", "Accept-Language": language}
        self.sleep = sleep

    # ---- reading

    def rows(self, path: str, **conditions: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page: `next` names the last row seen, so none comes twice and none is left out."""
        address: str | None = self._address(path, conditions)
        while address:
            page, _headers = self._send("GET", address)
            yield from page["results"]
            address = page["next"]

    def read(self, path: str, **conditions: Any) -> dict[str, Any]:
        """One record; its `ETag` stands below `etag`, to be sent back when it is changed."""
        record, headers = self._send("GET", self._address(path, conditions))
        return record | {"etag": headers.get("ETag", "")}

    # ---- writing

    def change(self, path: str, values: dict[str, Any], *, seen: dict[str, Any]) -> dict[str, Any]:
        """Change the fields in `values` of the record as it was `seen`. Raises Changed where it is not that any more."""
        record, headers = self._send("PATCH", self._address(path), values, {"If-Match": seen["etag"]})
        return record | {"etag": headers.get("ETag", "")}

    def act(self, path: str, values: dict[str, Any] | None = None, *, seen: dict[str, Any] | None = None) -> Any:
        """Make a new record or carry out an act. The key makes it safe to send again: it is done once."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if seen is not None:
            headers["If-Match"] = seen["etag"]
        answer, _headers = self._send("POST", self._address(path), values or {}, headers)
        return answer

    # ---- the wire

    def _address(self, path: str, conditions: dict[str, Any] | None = None) -> str:
        asked = urlencode(conditions or {}, doseq=True)
        return f"{self.site}/api/v1/{path}" + (f"?{asked}" if asked else "")

    def _send(
        self, method: str, address: str, values: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[Any, Any]:
        """The answer and its headers. Waits and sends again where the portal says so (429, 503) or nothing was heard; a PATCH
        is safe to repeat too, as its `If-Match` lets it through once."""
        body = None if values is None else json.dumps(values).encode()
        sent = self.headers | (headers or {}) | ({"Content-Type": "application/json"} if body is not None else {})
        for n in range(1, PATIENCE + 1):
            try:
                with urlopen(Request(address, data=body, headers=sent, method=method), timeout=60) as answer:  # noqa: S310
                    return json.load(answer), answer.headers
            except HTTPError as refusal:
                with refusal:
                    problem = _problem_of(refusal)
                if refusal.code not in (429, 503) or n == PATIENCE:
                    raise (Changed if refusal.code == 412 else Refused)(refusal.code, problem) from None
                wait = refusal.headers.get("Retry-After", "")
                self.sleep(min(float(wait) if wait.isdigit() else 2.0**n, LONGEST_WAIT))
            except URLError:
                if n == PATIENCE:
                    raise
                self.sleep(2.0**n)
        raise AssertionError("the last try returns or raises")


def _problem_of(refusal: HTTPError) -> dict[str, Any]:
    """A proxy before the portal may answer with something else than JSON."""
    try:
        told = json.loads(refusal.read())
    except ValueError:
        return {"title": refusal.reason}
    return told if isinstance(told, dict) else {"title": refusal.reason}


def main() -> None:
    portal = Portal(os.environ["PMO_SITE"], os.environ["PMO_TOKEN"])
    for project in portal.rows("projects/", sort="-slip", fields="key,name_ja,slip_days"):
        if project["slip_days"]:
            print(f"{project['key']}\t{project['slip_days']}\t{project['name_ja']}")


if __name__ == "__main__":
    main()
