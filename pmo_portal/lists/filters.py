"""Filters: read from the address, applied as query conditions, shown as chips. Bad values filter nothing and say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pmo_portal.i18n.text import to_halfwidth

FEW = 6  # choices that are named where a value is none of them
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


class NoValue(ValueError):
    """The part of what the address says that a filter cannot read."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text[:40]


@dataclass(frozen=True)
class Filter:
    key: str
    label: Promise | str
    path: str = ""

    kind = "choice"

    def condition(self, values: list[str], viewer) -> Q | None:
        """The condition for what the address says; None: nothing to filter. Raises ValueError for nonsense."""
        return None

    def expected(self, viewer) -> str:
        """What it takes, in words for whoever gave something else."""
        return _("something else is expected")

    def words(self, values: list[str], viewer) -> str:
        return _(", ").join(values)

    def choices(self, viewer) -> list[tuple[str, str]]:
        return []


@dataclass(frozen=True)
class Choice(Filter):
    """One or several of a fixed set."""

    options: Iterable | Callable = ()

    def choices(self, viewer) -> list[tuple[str, str]]:
        found = self.options(viewer) if callable(self.options) else self.options
        return [(str(key), str(label)) for key, label in found]

    def condition(self, values: list[str], viewer) -> Q | None:
        known = {key for key, _label in self.choices(viewer)}
        unknown = [v for v in values if v not in known]
        if unknown:
            raise NoValue(unknown[0])
        return Q(**{f"{self.path or self.key}__in": values}) if values else None

    def expected(self, viewer) -> str:
        labels = [label for _key, label in self.choices(viewer)]
        if not labels or len(labels) > FEW:
            return _("choose from the list")
        return _("choose from: %(choices)s") % {"choices": _(", ").join(label.strip() for label in labels)}

    def words(self, values: list[str], viewer) -> str:
        labels = dict(self.choices(viewer))
        return _(", ").join(labels.get(v, v).strip() for v in values)


@dataclass(frozen=True)
class Reference(Choice):
    """A related record, by its key. The choices are few; any other that the viewer may see (`among`) is understood too."""

    among: Callable = list
    by: str = "key"

    def condition(self, values: list[str], viewer) -> Q | None:
        known = set(self.among(viewer).filter(**{f"{self.by}__in": values}).values_list(self.by, flat=True))
        if unknown := [v for v in values if v not in known]:
            raise NoValue(unknown[0])
        return Q(**{f"{self.path or self.key}__in": values}) if values else None


@dataclass(frozen=True)
class Equal(Filter):
    """Exactly this value, or one of several, of a field that is no choice among few: for programs, which know keys."""

    kind = "equal"

    def condition(self, values: list[str], viewer) -> Q | None:
        return Q(**{f"{self.path or self.key}__in": values}) if values else None


@dataclass(frozen=True)
class Flag(Filter):
    """Yes or not asked."""

    when: Q | Callable = field(default_factory=Q)
    kind = "flag"

    def condition(self, values: list[str], viewer) -> Q | None:
        said = [value for value in values if value]
        if not said:
            return None
        if strange := [value for value in said if value != "1"]:
            raise NoValue(strange[0])
        return self.when(viewer) if callable(self.when) else self.when

    def words(self, values: list[str], viewer) -> str:
        return _("yes")

    def choices(self, viewer) -> list[tuple[str, str]]:
        return [("1", str(self.label))]


@dataclass(frozen=True)
class Range(Filter):
    """From … to …, both optional, of numbers or dates: the address says `key=low..high`."""

    of: str = "number"
    turned: Callable | None = None  # into what the column holds
    kind = "range"

    def _read(self, text: str):
        plain = to_halfwidth(text).strip()
        if not plain:
            return None
        try:
            value = _day(plain) if self.of == "date" else Decimal(plain.replace(",", ""))
        except (ValueError, InvalidOperation):
            raise NoValue(text.strip()) from None
        if isinstance(value, Decimal) and (not value.is_finite() or abs(value) > 10**15):
            raise NoValue(text.strip())
        return value

    def expected(self, viewer) -> str:
        if self.of == "date":
            return _("a day is expected, such as %(example)s") % {"example": "2026-04-01"}
        return _("a number is expected, such as %(example)s") % {"example": "30"}

    def _held(self, value):
        return self.turned(value) if self.turned is not None else value

    def condition(self, values: list[str], viewer) -> Q | None:
        text = values[0] if values else ""
        low, _dots, high = text.partition("..") if ".." in text else (text, "", text)
        where, path = Q(), self.path or self.key
        if (start := self._read(low)) is not None:
            where &= Q(**{f"{path}__gte": self._held(start)})
        if (end := self._read(high)) is not None:
            where &= Q(**{f"{path}__lte": self._held(end)})
        return where or None

    def words(self, values: list[str], viewer) -> str:
        return values[0].replace("..", " – ")


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(*map(int, found.groups()))


@dataclass(frozen=True)
class Several(Choice):
    """One or several of a fixed set, of a column that holds a list of them as JSON."""

    def condition(self, values: list[str], viewer) -> Q | None:
        super().condition(values, viewer)
        where = Q()
        for value in values:
            where |= Q(**{f"{self.path}__icontains": f'"{value}"'})
        return where or None


@dataclass(frozen=True)
class Named(Choice):
    """One or several people, of a column that holds their numbers as JSON."""

    def condition(self, values: list[str], viewer) -> Q | None:
        super().condition(values, viewer)
        return Q(**{f"{self.path}__in": [int(value) for value in values]}) if values else None


@dataclass(frozen=True)
class Truth(Choice):
    """Yes, no, or not said."""

    def choices(self, viewer) -> list[tuple[str, str]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def condition(self, values: list[str], viewer) -> Q | None:
        super().condition(values, viewer)
        where = Q()
        for value in values:
            where |= Q(**{self.path: value == "yes"})
        return where or None


@dataclass(frozen=True)
class Words(Filter):
    """A part of the text."""

    kind = "words"

    def condition(self, values: list[str], viewer) -> Q | None:
        where = Q()
        for value in values:
            where &= Q(**{f"{self.path or self.key}__icontains": value})
        return where or None
