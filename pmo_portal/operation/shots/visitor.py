"""What each demo person is led to: the pages of the URL map, found by following links as that person."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

PEOPLE = ("pm", "member", "pmo", "expert", "manager", "sponsor", "auditor", "admin")
NOBODY = ""
# Whose page it is, by the beginning of its address; the first of them who is led there is photographed.
FITTING = (
    ("/setup/audit/", ("auditor", "manager", "admin")),
    ("/setup/periods/", ("manager", "pmo", "admin")),
    ("/setup/", ("admin", "pmo", "manager", "auditor")),
    ("/governance/", ("manager", "sponsor")),
    ("/expertise/", ("expert",)),
    ("/administration/", ("pmo", "manager")),
    ("/imports/", ("pmo",)),
    ("/projects/portfolios/", ("manager", "pmo")),
    ("/projects/programmes/", ("manager", "pmo")),
    ("/api/", ("expert", "admin")),
    ("/figures/", ("manager", "pm")),
    ("/", ("pm", "pmo", "manager", "admin", "expert", "auditor", "sponsor", "member")),
)
# Pages that differ from person to person: everybody's own is photographed.
EVERYBODYS = ("desk:desk",)
LEAVES = re.compile(r"/logout/|/static/|/schema/")
ENOUGH = 4  # addresses opened of one kind, for one person


@dataclass(frozen=True)
class Sight:
    """One page to photograph: its name in the URL map (with its tab), its address, who looks."""

    name: str
    path: str
    person: str
    status: int = 200
    keys: tuple[str, ...] = ()  # pressed once the page is there


# What a walk by links does not meet.
STATES = (
    Sight("state:palette", "/", "pm", keys=("Control+k",)),
    Sight("state:keys", "/", "pm", keys=("?",)),
    Sight("state:not-found", "/projects/no-such-project/", "pm", status=404),
    Sight("state:not-allowed", "/governance/portfolio/", "member", status=403),
)


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") and "download" not in given:
            self.found.append(str(given["href"]))


def name_of(path: str) -> str:
    """`projects:register:project_record`, with `?tab=` where the address chooses one; "" where nothing answers."""
    parts = urlsplit(path)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return ""
    tab = parse_qs(parts.query).get("tab", [""])[0]
    return (match.view_name or match.route) + (f"?tab={tab}" if tab else "")


def walk(request, base: str, start: str = "/", until: Collection[str] = ()) -> dict[str, str]:
    """Name → first address of each page that this person's links lead to; ends early when all of `until` are found.
    `request` is a browser's own client."""
    found: dict[str, str] = {}
    opened: dict[str, int] = {}
    seen, waiting = {start}, deque([start])
    while waiting and not (until and found.keys() >= set(until)):
        path = waiting.popleft()
        name = name_of(path)
        if not name or opened.get(name, 0) >= ENOUGH:
            continue
        opened[name] = opened.get(name, 0) + 1
        answer = request.get(base + path, max_redirects=0)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found.setdefault(name, path)
        for link in Links(answer.text()).found:
            parts = urlsplit(urljoin(base + path, link))
            there = parts.path + (f"?{parts.query}" if parts.query else "")
            inside = f"{parts.scheme}://{parts.netloc}" == base
            if inside and there not in seen and not LEAVES.search(there):
                seen.add(there)
                waiting.append(there)
    return found


def url_map() -> dict[str, URLPattern]:
    """Every named address that can be looked at with GET: name → its pattern."""
    return {name: pattern for name, pattern in _patterns(get_resolver(), ()) if _shows_something(pattern)}


def _patterns(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one, (*spaces, one.namespace) if one.namespace else spaces)
        elif one.name:
            yield ":".join((*spaces, one.name)), one


def _shows_something(pattern: URLPattern) -> bool:
    """A page for people: not the API's own answers, and not an address that takes POST only."""
    view = getattr(pattern.callback, "view_class", None)
    methods = getattr(view, "http_method_names", ["get"])
    is_api = hasattr(pattern.callback, "cls") or ".api." in getattr(view, "__module__", "")
    return not is_api and "get" in methods and (view is None or hasattr(view, "get"))


def choose(led: dict[str, dict[str, str]], wanted: Iterable[str] = ()) -> list[Sight]:
    """Of the pages that people are led to (person → name → address), whose picture is taken."""
    names = sorted({name for pages in led.values() for name in pages})
    sights: list[Sight] = []
    for name in names:
        who = [person for person in PEOPLE if name in led.get(person, {})]
        if NOBODY in led and name in led[NOBODY]:
            who = [NOBODY]
        if name not in EVERYBODYS:
            who = [_fitting(next(led[person][name] for person in who), who)]
        sights += [Sight(name, led[person][name], person) for person in who]
    chosen = [sight for sight in sights if _is_wanted(sight, tuple(wanted))]
    return sorted(chosen, key=lambda sight: (urlsplit(sight.path).path, sight.name, sight.person))


def _fitting(path: str, who: list[str]) -> str:
    order = next(people for beginning, people in FITTING if path.startswith(beginning))
    return next((person for person in order if person in who), who[0])


def _is_wanted(sight: Sight, words: tuple[str, ...]) -> bool:
    return not words or any(word in sight.name or word in sight.path for word in words)


def without_link(names: Iterable[str]) -> dict[str, str]:
    """Of the pages that no link leads to, those whose address needs nothing else: name → address."""
    found = {}
    for name in names:
        try:
            found[name] = reverse(name)
        except NoReverseMatch:
            continue
    return found
