"""Notes that the portal itself writes into records: kept in English, told in the language of whoever reads.

own = own_note("First approval")          # at a module's head; what is kept
kept = own_note("%(file)s, row %(row)s") % {"file": …, "row": …}
told(kept)                                # a person's own words come back as they are
"""

from __future__ import annotations

import re

from django.utils.translation import gettext

_written: dict[str, re.Pattern[str]] = {}


def own_note(message: str) -> str:
    """Make a message of the catalogue known as the portal's own; it comes back unchanged, to be kept."""
    parts = re.split(r"%\((\w+)\)s", message)
    told_by = (f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    _written[message] = re.compile("".join(told_by), re.DOTALL)
    return message


def told(text: str) -> str:
    for message, form in _written.items():
        found = form.fullmatch(text)
        if found:
            return gettext(message) % found.groupdict()
    return text
