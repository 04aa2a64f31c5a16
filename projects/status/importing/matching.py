"""Which known project a row means: by number, else by name with a proposal that a person confirms. Pure.

Names change between years: a former name in brackets, an abbreviation added, a word mended. What numbers a name holds
never changes: "Type 26" and "Type 31", "Phase 1" and "Phase 2" are different projects however alike their names are.

Japanese has no blanks between words: its names are compared by pairs of characters. 第二期 is 第2期, the form of a company
（(株)、株式会社） is no part of a name, and signs that tell one of a pair from the other (東/西, 新/旧) count like figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

SAME, FORMER, CORE, SHORT = 98, 95, 92, 88
SURE = 85
LIKE_SURE, LIKE_LEAST = 0.92, 0.86
COMMON = 40  # a word that more names than this have does not lead to a comparison by itself

_BLANKS = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_BRACKETS = re.compile(r"[(（\[［【]([^()（）\[\]]*)[)）\]］】]")
_FORMER = re.compile(
    r"(?:formerly|previously|originally)(?:\s+(?:known\s+as|called|named|the))*\s*[:\-–]?\s*(.+)|(?:formally known as)\s+(.+)"
    r"|旧(?:称|名称|名)?\s*[:：]?\s*(.+)",
    re.IGNORECASE,
)
_SHORT = re.compile(r"^[A-Z0-9][A-Z0-9&/\- ]{1,11}$")
_KANA_KANJI = "\u3005\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff"
_WORDS = re.compile(rf"[{_KANA_KANJI}]+|[^\W_{_KANA_KANJI}]+")
_JAPANESE = re.compile(rf"[{_KANA_KANJI}]+")
_GAP = re.compile(rf"(?<=[{_KANA_KANJI}]) (?=[{_KANA_KANJI}])")
_COMPANY = re.compile(r"\((?:株|有|合|同|社|財)\)|(?:株式|有限|合同|合資|合名)会社")
_ORDINAL = re.compile(r"第([一二三四五六七八九十]{1,3})")
_IN_BRACKETS = re.compile(r"\((第\d+[^()\s]?)\)")
_KANJI_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_PAIRED = frozenset("東西南北上下左右前後内外新旧甲乙丙")
_SMALL = {
    "the", "a", "an", "of", "and", "for", "to", "in", "on", "at", "programme", "programmes", "program", "programs", "project",
    "projects", "prog", "の", "及び", "事業",
}  # fmt: skip
_ROMAN = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"}


@dataclass(frozen=True)
class Known:
    """A project of the portfolio. `names`: the present one first, then those of its reports; `rows`: date of a report →
    (its name then, the row of the sheet that it came from)."""

    pk: int
    source_id: str = ""
    key: str = ""
    names: tuple[str, ...] = ()
    department: str = ""
    rows: dict[date, tuple[str, int]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Sought:
    """A row, or all rows of one sheet that mean the same project."""

    number: int
    source_id: str = ""
    key: str = ""
    name: str = ""
    department: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Proposal:
    pk: int
    score: int
    reason: str


@dataclass
class Found:
    """`pk`: certainly this one. Else `proposals`, the likeliest first; `sure`: the one that leaves no doubt."""

    pk: int | None = None
    proposals: list[Proposal] = field(default_factory=list)
    sure: int | None = None
    is_again: bool = False  # by what the row meant when the very file came before
    rival: int | None = None  # another row that fits the same project


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


@dataclass(frozen=True)
class Name:
    """A name taken apart."""

    whole: str
    core: str
    words: frozenset[str]  # what stands between blanks and is not Japanese
    grams: frozenset[str]  # every two neighbouring characters of what is
    figures: tuple[str, ...]
    former: tuple[str, ...]
    shorts: frozenset[str]


@lru_cache(maxsize=65536)
def parse(text: str) -> Name:
    plain = _with_figures(_COMPANY.sub("", unicodedata.normalize("NFKC", text)))
    former, shorts = [], set()
    for inside in _BRACKETS.findall(plain):
        found = _FORMER.search(inside)
        if found:
            former.append(next(g for g in found.groups() if g))
        elif _SHORT.match(inside.strip()) and len(inside.strip()) >= 3:
            shorts.add(fold(inside))
    bare = _BRACKETS.sub(" ", plain)
    if found := re.search(r"[,;–-]\s*((?:formerly|previously)\b.+)$", bare, re.IGNORECASE):
        inner = _FORMER.search(found[1])
        if inner:
            former.append(next(g for g in inner.groups() if g))
            bare = bare[: found.start()]
    words = _WORDS.findall(fold(bare.replace("&", " and ").replace("'", "").replace("’", "")))
    kept = [w for w in words if w not in _SMALL] or words
    core = _GAP.sub("", " ".join(kept))
    japanese = _JAPANESE.findall(core)
    return Name(
        whole=fold(text),
        core=core,
        words=frozenset(w for w in kept if not _JAPANESE.match(w)),
        grams=frozenset(run[at : at + 2] for run in japanese for at in range(max(1, len(run) - 1))),
        figures=tuple(sorted([*filter(_is_figure, kept), *(c for run in japanese for c in run if c in _PAIRED)])),
        former=tuple(fold(f) for f in former),
        shorts=frozenset(shorts),
    )


def _is_figure(word: str) -> bool:
    return any(c.isdigit() for c in word) or word in _ROMAN


def _with_figures(text: str) -> str:
    """第二期 as 第2期, 第十二次 as 第12次; in brackets they belong to the name as well."""

    def figure(found: re.Match[str]) -> str:
        tens, ten, ones = found[1].rpartition("十")
        value = (_KANJI_DIGITS.get(tens, 1) * 10 if ten else 0) + _KANJI_DIGITS.get(ones, 0)
        return f"第{value}" if value else found[0]

    return _IN_BRACKETS.sub(r" \1 ", _ORDINAL.sub(figure, text))


def find(
    sought: Iterable[Sought],
    known: Iterable[Known],
    *,
    by_name: bool = True,
    again: dict[int, tuple[str, int]] | None = None,
) -> dict[int, Found]:
    """Row number → what it means. Ids that contradict each other never match, whatever the names say. `again`: row →
    (folded name, project) as the very file was applied before."""
    rows, projects = list(sought), list(known)
    result = {row.number: Found() for row in rows}
    ids = {fold(p.source_id): p for p in projects if p.source_id}
    keys = {fold(p.key): p for p in projects if p.key}
    left = []
    for row in rows:
        sure = (ids.get(fold(row.source_id)) if row.source_id else None) or (
            keys.get(fold(row.key)) if row.key else None
        )
        if sure is not None:
            result[row.number].pk = sure.pk
        else:
            left.append(row)
    if by_name and left and projects:
        taken = {found.pk for found in result.values() if found.pk is not None}
        _same_file_again(left, projects, result, taken, again or {})
        left = [row for row in left if result[row.number].pk is None]
        _same_sheet_again(left, projects, result, taken)
        left = [row for row in left if result[row.number].pk is None and row.name]
        taken = {found.pk for found in result.values() if found.pk is not None}
        _propose(left, [p for p in projects if p.pk not in taken], result)
    return result


def _same_file_again(
    rows: list[Sought], projects: list[Known], result: dict[int, Found], taken: set, again: dict[int, tuple[str, int]]
) -> None:
    """The very file was applied before: a row means the project that it meant then."""
    there = {p.pk: p for p in projects}
    for row in rows:
        name, pk = again.get(row.number, ("", 0))
        if name == fold(row.name) and pk in there and pk not in taken and not _contradict(row, there[pk]):
            result[row.number].pk, result[row.number].is_again = pk, True
            taken.add(pk)


def _same_sheet_again(rows: list[Sought], projects: list[Known], result: dict[int, Found], taken: set) -> None:
    """A row whose very name stands in a report of the very date means that report: the file comes a second time."""
    there: dict[tuple[date, str], list[Known]] = defaultdict(list)
    for p in projects:
        for day, (name, _row) in p.rows.items():
            there[day, fold(name)].append(p)
    for row in rows:
        on = row.on
        if on is None:
            continue
        same = [p for p in there.get((on, fold(row.name)), ()) if p.pk not in taken and not _contradict(row, p)]
        if not same:
            continue
        best = max(same, key=lambda p: (fold(p.department) == fold(row.department), p.rows[on][1] == row.number, -p.pk))
        result[row.number].pk = best.pk
        taken.add(best.pk)


def _contradict(row: Sought, project: Known) -> bool:
    return bool(row.source_id and project.source_id and fold(row.source_id) != fold(project.source_id))


class _Index:
    """Known names by what they can be found by."""

    def __init__(self, projects: list[Known]) -> None:
        self.whole: dict[str, set[int]] = defaultdict(set)
        self.former: dict[str, set[int]] = defaultdict(set)
        self.core: dict[str, set[int]] = defaultdict(set)
        self.short: dict[str, set[int]] = defaultdict(set)
        self.parts: dict[str, set[int]] = defaultdict(set)
        self.by_pk = {p.pk: p for p in projects}
        self.names = {p.pk: [parse(n) for n in dict.fromkeys(p.names) if n] for p in projects}
        for pk, names in self.names.items():
            for name in names:
                self.whole[name.whole].add(pk)
                self.core[name.core].add(pk)
                for former in name.former:
                    self.former[former].add(pk)
                    self.former[parse(former).core].add(pk)
                for short in name.shorts:
                    self.short[short].add(pk)
                for part in name.words | name.grams:
                    self.parts[part].add(pk)

    def candidates(self, row: Sought) -> dict[int, tuple[int, str]]:
        """pk → (score, reason), the best reason of each."""
        name = parse(row.name)
        found: dict[int, tuple[int, str]] = {}

        def add(pks: Iterable[int], score: int, reason: str) -> None:
            for pk in pks:
                if not _contradict(row, self.by_pk[pk]) and found.get(pk, (0, ""))[0] < score:
                    found[pk] = (score, reason)

        whole = self.whole.get(name.whole, set())
        add({pk for pk in whole if self.names[pk][0].whole == name.whole}, SAME, "same_name")
        add(whole, SAME - 1, "same_name_before")
        add(self.former.get(name.whole, ()), FORMER, "formerly")
        for former in name.former:
            add(self.whole.get(former, ()), FORMER, "formerly")
            add(self.core.get(parse(former).core, ()), FORMER - 1, "formerly")
        add(self.core.get(name.core, ()), CORE, "same_core")
        for short in name.shorts:
            sharing = self.short.get(short, set()) | self.whole.get(short, set())
            add({pk for pk in sharing if self._share(name, row, pk)}, SHORT, "same_short")
        if not found:
            for pk in self._near(name):
                score = max(likeness(name, other) for other in self.names[pk])
                if score >= LIKE_LEAST:
                    add([pk], round(score * SURE / LIKE_SURE) if score < LIKE_SURE else SURE, "similar")
        return found

    def _share(self, name: Name, row: Sought, pk: int) -> bool:
        """An abbreviation alone is too little: a word, or the department, has to be the same as well."""
        project = self.by_pk[pk]
        same_place = bool(row.department) and fold(row.department) == fold(project.department)
        figures = any(other.figures == name.figures for other in self.names[pk])
        return figures and (same_place or any(_have_in_common(name, other) for other in self.names[pk]))

    def _near(self, name: Name) -> set[int]:
        """Those that share half of what the name is made of; what too many share leads nowhere by itself."""
        counts: Counter[int] = Counter()
        telling = [g for g in name.grams if len(self.parts.get(g, ())) <= COMMON]
        for part in (*name.words, *telling):
            sharing = self.parts.get(part, ())
            if len(sharing) <= COMMON:
                counts.update(sharing)
        return {pk for pk, n in counts.items() if n >= max(1, (len(name.words) + len(telling)) // 2)}


def _have_in_common(one: Name, other: Name) -> bool:
    """Two words, or two Japanese characters and one more."""
    return len(one.words & other.words) >= 2 or len(one.grams & other.grams) >= 2


def likeness(one: Name, other: Name) -> float:
    """0…1: how much two names are the same but for small edits. Other figures, or a word too many, make them different."""
    if one.figures != other.figures:
        return 0.0
    mine, theirs = set(one.words - other.words), set(other.words - one.words)
    for word in sorted(mine):
        best = max(theirs, key=lambda w: SequenceMatcher(None, word, w).ratio(), default="")
        if best and SequenceMatcher(None, word, best).ratio() >= 0.8:
            mine.discard(word)
            theirs.discard(best)
    over = max(len(mine), len(theirs))
    if over > (1 if min(len(one.words), len(other.words)) >= 4 else 0):
        return 0.0
    return SequenceMatcher(None, one.core, other.core).ratio()


def _propose(rows: list[Sought], projects: list[Known], result: dict[int, Found]) -> None:
    index = _Index(projects)
    best: dict[int, list[tuple[int, int]]] = defaultdict(list)  # project → (score, row)
    for row in rows:
        proposals = [Proposal(pk, score, why) for pk, (score, why) in index.candidates(row).items()]
        for n, p in enumerate(proposals):
            if row.department and fold(index.by_pk[p.pk].department) == fold(row.department):
                proposals[n] = Proposal(p.pk, p.score + 1, p.reason)
        proposals.sort(key=lambda p: (-p.score, p.pk))
        result[row.number].proposals = proposals[:5]
        for p in proposals:
            best[p.pk].append((p.score, row.number))
    for row in rows:
        found = result[row.number]
        if not found.proposals:
            continue
        first = found.proposals[0]
        others = [p for p in found.proposals[1:] if p.score >= first.score - 1]
        rivals = [n for score, n in best[first.pk] if n != row.number and score >= first.score]
        if first.score >= SURE and not others and not rivals:
            found.sure = first.pk
        elif rivals:
            found.rival = rivals[0]
    _step_back(rows, result)


def _step_back(rows: list[Sought], result: dict[int, Found]) -> None:
    """A project that is certainly meant by one row is no proposal for another."""
    sure = {found.sure: number for number, found in result.items() if found.sure is not None}
    sure |= {found.pk: number for number, found in result.items() if found.pk is not None}
    for row in rows:
        found = result[row.number]
        if found.sure is None and found.proposals:
            found.proposals = [p for p in found.proposals if sure.get(p.pk, row.number) == row.number]
            if len(found.proposals) == 1 and found.proposals[0].score >= SURE and found.rival is None:
                found.sure = found.proposals[0].pk
