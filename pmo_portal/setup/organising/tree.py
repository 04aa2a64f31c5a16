"""The units of a sheet against the units that are known: which is meant, which are new, where they hang. Plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pmo_portal.i18n.text import fold


def key_of(name: str) -> str:
    """Names without width, case and blanks."""
    return fold(name).replace(" ", "")


@dataclass(eq=False)
class Unit:
    """`pk` None: it comes into being. `said_parent`: where the sheet hangs it, False: it says nothing."""

    name_ja: str
    name_en: str
    code: str = ""
    pk: int | None = None
    version: int = 0
    parent: Unit | None = None
    said_parent: Unit | bool | None = False
    head_id: int | None = None
    row: int = 0
    said: dict[str, str] = field(default_factory=dict)  # what the sheet calls it, where that is something else

    @property
    def hangs_below(self) -> Unit | None:
        return self.said_parent if isinstance(self.said_parent, Unit) or self.said_parent is None else self.parent

    @property
    def called(self) -> str:
        return self.name_ja or self.name_en or self.code


class Doubtful(Exception):
    """More than one unit has this name."""


class Tree:
    """The known units, and those that the sheet adds."""

    def __init__(self, known: Iterable[Unit]) -> None:
        self.by_code: dict[str, Unit] = {}
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        self.units: list[Unit] = []
        for unit in known:
            self._take(unit)

    def _take(self, unit: Unit) -> Unit:
        self.units.append(unit)
        if unit.code:
            self.by_code[key_of(unit.code)] = unit
        for name in {key_of(unit.name_ja), key_of(unit.name_en)} - {""}:
            self.by_name[name].append(unit)
        return unit

    @property
    def new(self) -> list[Unit]:
        """Those that come into being, each after the one it hangs below."""
        ordered: list[Unit] = []
        for unit in self.units:
            chain: list[Unit] = []
            at: Unit | None = unit
            while at is not None and at.pk is None and at not in ordered and at not in chain:
                chain.append(at)
                at = at.hangs_below
            ordered += reversed(chain)
        return ordered

    def add(self, name_ja: str, name_en: str, code: str, row: int, parent: Unit | bool | None = False) -> Unit:
        return self._take(Unit(name_ja, name_en, code, row=row, said_parent=parent))

    def find(self, text: str) -> Unit | None:
        """By code, else by a name that one unit has. Raises Doubtful."""
        if (found := self.by_code.get(key_of(text))) is not None:
            return found
        named = self.by_name.get(key_of(text), [])
        if len(named) > 1:
            raise Doubtful(text)
        return named[0] if named else None

    def below(self, parent: Unit | None, name: str) -> Unit | None:
        """The unit of this name that hangs right below `parent`; the known place counts as well as the said one."""
        for unit in self.by_name.get(key_of(name), []):
            if parent in (unit.hangs_below, unit.parent if unit.pk else unit.hangs_below):
                return unit
        return None

    def circle_at(self, unit: Unit) -> bool:
        """Whether the unit would hang below itself."""
        seen, at = set(), unit.hangs_below
        while at is not None and at not in seen:
            if at is unit:
                return True
            seen.add(at)
            at = at.hangs_below
        return False
