"""JSON read strictly: what two readers could understand in two ways is refused, and so is what no text field can hold."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from pmo_portal.i18n.text import plain

DEEPEST = 20  # no resource nests deeper than three
LONGEST_NUMBER = 60  # characters; more digits than any amount has


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without NaN and Infinity, without a name twice in one object, without half of a surrogate pair."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise RequestDataTooBig
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ParseError(_("The body is not UTF-8.")) from None
        return read(text)


def read(text: str) -> Any:
    """The value that `text` states. Raises ParseError."""
    if _depth(text) > DEEPEST:
        raise ParseError(_("The body is nested too deeply."))
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_doubles,
            parse_constant=_no_number,
            parse_int=_whole,
            parse_float=_real,
        )
    except (ValueError, RecursionError):
        raise ParseError(_("The body is not JSON.")) from None
    _require_whole_characters(text, value)
    return _tidied(value)


def _tidied(value: Any) -> Any:
    """Texts without the marks that nobody sees."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_tidied(one) for one in value]
    return {name: _tidied(one) for name, one in value.items()} if isinstance(value, dict) else value


def _depth(text: str) -> int:
    """The deepest nesting, found without recursion; 0 where there are too few brackets to matter."""
    depth = deepest = 0
    within = escaped = False
    for character in text if text.count("[") + text.count("{") > DEEPEST else "":
        if within:
            within = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            within = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(_("“%(name)s” stands twice in one object.") % {"name": twice[:40]})
    return made


def _no_number(text: str) -> Any:
    raise ParseError(_("%(text)s is not a number.") % {"text": text})


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ParseError(_("A number with more than %(n)s digits is none of ours.") % {"n": LONGEST_NUMBER})
    return int(text)


def _real(text: str) -> float:
    """As JSON's readers have it; amounts are sent as strings, or lose what a float cannot hold."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ParseError(_("%(text)s is not a number.") % {"text": text[:LONGEST_NUMBER]})
    return value


def _require_whole_characters(text: str, value: Any) -> None:
    """Half of a pair comes in only by an escape (``\\ud800``), as the body itself is UTF-8."""
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ParseError(_("A text holds half of a character (a lone surrogate).")) from None
