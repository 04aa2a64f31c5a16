"""What can be asked and told, in words made when somebody reads them: in their language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from pmo_portal.asks import timing


@dataclass(frozen=True)
class Quick:
    """What finishes an ask in one key, without opening it: what it is called, and where it is sent."""

    label: str
    url: str


@dataclass(frozen=True)
class Glance:
    """What a desk shows of an ask before it is opened: what has changed in the matter, as plain texts with label, was,
    now, difference, hurts and note; and what finishes it in one key."""

    lines: Sequence = ()
    quick: Quick | None = None


@dataclass(frozen=True)
class Kind:
    """An ask kind. The callables take the ask; `label` names the kind in ladders and lists.

    `glance(asks, reader)` takes all asks of the kind that a desk shows and gives their `Glance` by their ids; the lines
    stand under the ask that comes first.
    """

    key: str
    label: Promise | str
    title: Callable
    url: Callable
    why: Callable = lambda ask: ""
    verb: Promise | str = ""
    minutes: int = 1
    may_decline: bool = False
    glance: Callable | None = None


@dataclass(frozen=True)
class Notice:
    """Something told: `text` takes the parameters it was told with; `lines` gives what a letter says besides. `label` names
    the kind where people choose how they are told of it.

    `mandatory` says why it cannot be turned off ("" where it can); `in_app`, `mail` and `chat` are when it comes as long as
    neither the office nor the person has chosen (timing.py). `rechecked`: whether its reader may still see the record is
    asked again when a letter or a message goes.
    """

    key: str
    text: Callable
    label: Promise | str
    lines: Callable = lambda params: []
    mandatory: Promise | str = ""
    in_app: str = timing.ONCE
    mail: str = timing.DIGEST
    chat: str = timing.OFF
    rechecked: bool = False

    @property
    def standard(self) -> dict[str, str]:
        return {channel: getattr(self, channel) for channel in timing.CHANNELS}

    def offered(self, channel: str) -> tuple[str, ...]:
        return timing.offered(channel, mandatory=bool(self.mandatory))


kinds: dict[str, Kind] = {}
notices: dict[str, Notice] = {}


def kind(key: str, **given) -> Kind:
    kinds[key] = Kind(key, **given)
    return kinds[key]


def notice(key: str, text: Callable, *, label: Promise | str, **more) -> Notice:
    notices[key] = Notice(key, text, label, **more)
    return notices[key]
