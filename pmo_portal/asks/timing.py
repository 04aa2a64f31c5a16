"""When something told reaches a person, by which way. Plain rules: no database, no Django but its words."""

from __future__ import annotations

from collections.abc import Mapping

ONCE, DIGEST, OFF = "once", "digest", "off"
TIMINGS = (ONCE, DIGEST, OFF)
IN_APP, MAIL, CHAT = "in_app", "mail", "chat"
CHANNELS = (IN_APP, MAIL, CHAT)
MUST = (IN_APP, MAIL)  # the ways by which what is mandatory comes; a chat is each person's own wish


def offered(channel: str, *, mandatory: bool) -> tuple[str, ...]:
    """What one may choose: what is mandatory may come later, and not not at all."""
    return (ONCE, DIGEST) if mandatory and channel in MUST else TIMINGS


def resolve(standard: Mapping[str, str], *chosen: Mapping[str, str], mandatory: bool) -> dict[str, str]:
    """Way → when. The first of `chosen` (the person's own, then the office's) that says something counts, else the
    kind's `standard`. What a kind that has become mandatory was once set to is not "off" any more."""
    found = {}
    for channel in CHANNELS:
        said = [own[channel] for own in chosen if own.get(channel)]
        wanted = next((s for s in said if s in offered(channel, mandatory=mandatory)), standard[channel])
        found[channel] = DIGEST if mandatory and channel in MUST and wanted == OFF else wanted
    return found
