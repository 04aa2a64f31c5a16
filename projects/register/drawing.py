"""What stands in each row of a table of milestones alike, drawn once."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects.register.axis import Axis


def grid(axis: Axis | None) -> SafeString:
    """The lines of the months behind a row's marks, and the one of today."""
    if axis is None:
        return SafeString("")
    months = (("grid", place, place) for place, _day in axis.ticks)
    today = (("today", axis.today, axis.today),) if axis.today is not None else ()
    line = '<line class="{}" x1="{}" x2="{}" y1="0" y2="30"/>'
    return format_html("{}{}", format_html_join("", line, months), format_html_join("", line, today))
