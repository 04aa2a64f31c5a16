"""Texts in which people are named."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from pmo_portal.watching.queries import mentions_of

register = template.Library()


@register.filter
def mentioning(text: str, record) -> SafeString:
    """A text in which those who were named are links to their pages."""
    said = conditional_escape(text or "")
    if record is None or not {"@", "＠"}.intersection(said):
        return said
    found = {str(conditional_escape(words)): url for words, url in mentions_of(record).items()}
    if not found:
        return said
    names = re.compile("[@＠](" + "|".join(re.escape(words) for words in sorted(found, key=len, reverse=True)) + ")")
    return SafeString(names.sub(lambda hit: _link(found[hit[1]], hit[1]), said))


def _link(url: str, words: str) -> str:
    """`words` are escaped already; a number after them only told namesakes apart."""
    return format_html('<a class="pmo-mention" href="{}">@{}</a>', url, SafeString(words.partition("#")[0]))
