"""What stands at the head of the page that follows until the reader goes on: a receipt goes by itself, this does not."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.utils.html import format_html, format_html_join

TAG = "standing"


def tell_standing(request, heading: str, lines: Iterable[tuple[str, str, str]]) -> None:
    """`lines`: the address, the name and what is said of each."""
    items = format_html_join("", '<li><span class="grow"><a href="{}">{}</a><br>{}</span></li>', lines)
    said = format_html('<b>{}</b><ul class="pmo-lines">{}</ul>', heading, items)
    messages.warning(request, said, extra_tags=TAG)
