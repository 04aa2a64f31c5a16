"""What can be put to a route. Rooms register their kinds in `wiring.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Line:
    """One line of what an approver sees. `value` is plain; `shape`: text, money, date, days, percent. `unusual` says why
    this line deserves a look; `was` is the value before."""

    label: Promise | str
    value: object
    shape: str = "text"
    was: object = None
    currency: str = ""
    unusual: Promise | str = ""


@dataclass(frozen=True)
class FirstRoute:
    """A route that a new office starts with. `steps`: position, manner, role ("unit_head" for that), name ja, name en, days."""

    name_ja: str
    name_en: str
    steps: tuple[tuple[int, str, str, str, str, int | None], ...]
    amount_from: int | None = None
    amount_below: int | None = None


def nothing(*args, **kwargs) -> None:
    return None


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    `lines(request)` → what is asked, against what, and what is unusual, from the frozen content; `approved(request, by)`
    and `rejected(request, by)` run in the transaction of the deciding signature and may raise ValidationError;
    `returned(request, by)` when it came back to the drafter; `edit_url(request)` is where the drafter mends it.
    """

    key: str
    label: Promise | str
    lines: Callable
    approved: Callable
    rejected: Callable = nothing
    returned: Callable = nothing
    edit_url: Callable | None = None
    minutes: int = 3
    first_routes: tuple[FirstRoute, ...] = ()


kinds: dict[str, Kind] = {}


def kind(key: str, **given) -> Kind:
    kinds[key] = Kind(key, **given)
    return kinds[key]
