"""Every link that a page shows to somebody opens for them; no page has anything inline, raw, or half made in it."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client

pytestmark = pytest.mark.django_db

READERS = ("pm", "member", "pmo", "expert", "manager", "sponsor", "auditor", "admin", "site_pmo", "nobody")
# What is a document, a file or the way out: each has tests of its own.
NOT_PAGES = re.compile(r"/(static|media|logout)/|/(pdf|file)/$|/schema/$|\.(csv|xlsx|pdf|yaml)$")
# Which part of a page is shown; other parameters are conditions of lists (tests/house/test_hostile_parameters.py).
PARTS = ("tab", "revision", "present")
HALF_MADE = re.compile(
    r"\{\{|\{%|\{#|</?c-|%\(\w+\)s|__proxy__|object at 0x|&lt;function|&lt;bound method|>\s*None\s*<"
)
HAPPENS_INLINE = re.compile(r"^on[a-z]+$")


class Reading(HTMLParser):
    """The links of a page, and what the policy of its contents would not let run."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.faults: list[str] = []
        self.button: list[str] | None = None  # what the button that is being read says, its key left out
        self.is_key = False

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") and "download" not in given:
            self.links.add(given["href"])
        self.faults += [f"<{tag} {name}>" for name in given if name == "style" or HAPPENS_INLINE.match(name)]
        if tag == "style" or (tag == "script" and "src" not in given and "json" not in (given.get("type") or "")):
            self.faults.append(f"<{tag}> inline")
        if any((value or "").strip().lower().startswith("javascript:") for value in given.values()):
            self.faults.append(f"<{tag}> with javascript:")
        if tag.startswith("c-"):
            self.faults.append(f"<{tag}> was never drawn")
        if tag == "button":
            self.button = [given.get("aria-label") or ""]
        self.is_key = tag == "kbd"

    def handle_endtag(self, tag) -> None:
        self.is_key = False
        if tag == "button" and self.button is not None:
            if not "".join(self.button).strip():
                self.faults.append("<button> without words")
            self.button = None

    def handle_data(self, data) -> None:
        self.faults += HALF_MADE.findall(data)
        if self.button is not None and not self.is_key:
            self.button.append(data)


def place_of(address: str, base: str) -> str:
    """The page that a link leads to, without what only chooses among its rows; "" where it leads away or to no page."""
    parts = urlsplit(urljoin(base, address))
    if parts.netloc or parts.scheme or NOT_PAGES.search(parts.path) or "export=" in parts.query:
        return ""
    chosen = [f"{name}={values[0]}" for name, values in sorted(parse_qs(parts.query).items()) if name in PARTS]
    return parts.path + (f"?{'&'.join(chosen)}" if chosen else "")


@pytest.mark.parametrize("part", READERS)
def test_every_link_shown_opens_and_every_page_is_clean(world, part):
    client = Client(raise_request_exception=False)
    client.force_login(getattr(world.office.cast, part))
    waiting, shown_on, wrong = ["/"], {"/": "the address bar"}, {}
    while waiting:
        place = waiting.pop()
        with transaction.atomic():
            answer = client.get(place)
            transaction.set_rollback(True)
        if answer.status_code == 302:
            found = {answer.headers["Location"]}
        elif answer.status_code != 200:
            wrong[place] = f"{answer.status_code}, shown on {shown_on[place]}"
            continue
        elif not answer.headers["Content-Type"].startswith("text/html"):
            continue
        else:
            page = Reading()
            page.feed(answer.text)
            found = page.links
            if page.faults:
                wrong[place] = page.faults[:5]
        for link in found:
            there = place_of(link, place)
            if there and there not in shown_on:
                shown_on[there] = place
                waiting.append(there)
    assert wrong == {}
    assert len(shown_on) > (4 if part == "nobody" else 12)
