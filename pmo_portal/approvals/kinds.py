"""What can be put to a route. Rooms register their kinds in `wiring.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise

SIGN, READ = "approvals.sign", "approvals.read"


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
    """A route that a new office starts with. `steps`: position, manner, role (or "unit_head", "record"), name ja, name en,
    days."""

    name_ja: str
    name_en: str
    steps: tuple[tuple[int, str, str, str, str, int | None], ...]
    amount_from: int | None = None
    amount_below: int | None = None


def nothing(*args, **kwargs) -> None:
    return None


def nobody(*args, **kwargs) -> tuple:
    return ()


def never(*args, **kwargs) -> bool:
    return False


def no_details(*args, **kwargs) -> dict:
    return {}


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    `lines(request)` → what is asked, against what, and what is unusual, from the frozen content; `approved(request, by)`
    and `rejected(request, by)` run in the transaction of the deciding signature and may raise ValidationError;
    `returned(request, by)` when it came back to the drafter, `resubmitted(request, by)` when it goes again;
    `edit_url(request)` is where the drafter mends it; or `mending` is the form of what they may mend before it goes again,
    its fields named as in the content, and `mended(request, **values)` gives the content frozen anew and the amount.

    What a kind may say besides: `listed(request)` the lines in a list of many, from the frozen content alone, where `lines`
    looks anything up; `titled(about)` names the record in the request's label; `parties(about)` gives people whose
    own matter it is too, who sign nothing of it; `named(about)` who sits in steps for whom the record itself names;
    `refreshed(request)` the content frozen anew when it is submitted again; `decide_url(request)` a page where more than a
    yes or no is decided, and `needs_detail(request)` whether only there, as a yes does not say enough; `ask` and
    `ask_details(request)` the ask laid for a signature, where it has a ladder of its own; `tells_drafter` False where the
    room tells them itself what came of it; `asks_why` True where no signature decides without a reason.
    """

    key: str
    label: Promise | str
    lines: Callable
    approved: Callable
    rejected: Callable = nothing
    returned: Callable = nothing
    resubmitted: Callable = nothing
    edit_url: Callable | None = None
    mending: type[forms.Form] | None = None
    mended: Callable | None = None
    minutes: int = 3
    first_routes: tuple[FirstRoute, ...] = ()
    titled: Callable = str
    listed: Callable | None = None
    parties: Callable = nobody
    named: Callable = nobody
    refreshed: Callable | None = None
    decide_url: Callable | None = None
    needs_detail: Callable = never
    ask: str = SIGN
    ask_details: Callable = no_details
    tells_drafter: bool = True
    asks_why: bool = False


kinds: dict[str, Kind] = {}


def kind(key: str, **given) -> Kind:
    kinds[key] = Kind(key, **given)
    return kinds[key]


def ask_kinds() -> set[str]:
    """The kinds of ask that say whose turn it is."""
    return {SIGN, READ, *(k.ask for k in kinds.values())}
