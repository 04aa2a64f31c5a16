"""Entries as iCalendar (RFC 5545), as Outlook, Google and Apple subscribe to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from pmo_portal.feeds.sources import Entry

BEFORE = timedelta(minutes=30)  # what is due at a moment is drawn as the half hour before it
REFRESH = timedelta(hours=1)


def written(entries: Iterable[Entry], *, name: str, site: str, language: str) -> bytes:
    """The calendar. `site` is the portal's address, of which the names of entries are made too."""
    made = Calendar()
    made.add("prodid", f"-//PMO Portal//{language.upper()}")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("name", name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    host = site.split("//", 1)[-1]
    for entry in entries:
        made.add_component(_event(entry, site, host))
    return made.to_ical()


def _event(entry: Entry, site: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    event.add("summary", entry.title)
    event.add("url", site + entry.url)
    event.add("description", "\n".join(filter(None, (entry.note, site + entry.url))))
    if isinstance(entry.on, datetime):
        event.add("dtstart", (entry.on - BEFORE).astimezone(UTC))
        event.add("dtend", entry.on.astimezone(UTC))
    else:
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
    # Without a moment of change the entry's own: the same calendar is the same bytes, whenever it is asked for.
    moment = (
        entry.on
        if isinstance(entry.on, datetime)
        else datetime(entry.on.year, entry.on.month, entry.on.day, tzinfo=UTC)
    )
    event.add("dtstamp", (entry.changed_at or moment).astimezone(UTC))
    event.add("transp", "TRANSPARENT")
    return event
