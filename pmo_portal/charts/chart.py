"""What a chart is, and where its marks stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from math import sqrt
from typing import Any

from pmo_portal.i18n.numbers import MINUS, group

WIDTH, HEIGHT = 420, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 64, 14, 26
LARGEST = 17  # radius of the largest bubble


@dataclass(frozen=True)
class Series:
    """`unfinished`: the last value is still moving (a period that is being collected); it is drawn dashed and hollow."""

    name: str
    values: list[float | None]
    unfinished: bool = False


@dataclass(frozen=True)
class Point:
    """A bubble: `x` is the index of its column, `y` in the chart's unit, `size` the area, `level` its colour."""

    x: int
    y: float
    size: float
    label: str
    url: str
    level: str = "none"
    named: bool = False
    strong: bool = False


@dataclass
class Chart:
    """`kind`: line or bubble. Every chart states its finding as title and has its table. `ticks` are shorter labels for
    the axis, where the labels themselves are long. `before` and `unit` stand around each number."""

    kind: str
    title: str
    unit: str = ""
    before: str = ""
    labels: list[str] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    minimum: float | None = None
    maximum: float | None = None
    ticks: list[str] = field(default_factory=list)

    @property
    def template(self) -> str:
        return f"charts/{self.kind}.html"

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return HEIGHT

    def _known(self) -> list[float]:
        return [v for s in self.series for v in s.values if v is not None] + [p.y for p in self.points]

    @cached_property
    def _span(self) -> tuple[float, float]:
        """The lowest and the highest value that the chart reaches to. Every mark asks for it."""
        known = self._known() or [0.0]
        low = self.minimum if self.minimum is not None else min(0.0, *known)
        high = self.maximum if self.maximum is not None else max([*known, 0.0] if self.points else known)
        pad = (high - low) * 0.08 if self.maximum is None else 0
        return low - (pad if low < 0 else 0), (high + pad) if high > low else low + 1

    def y(self, value: float) -> float:
        low, high = self._span
        room = LARGEST - 9 if self.kind == "bubble" else 0  # for the largest bubble, off the words below
        return round(TOP + room + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM - 2 * room), 1)

    def x(self, index: int) -> float:
        inner = WIDTH - LEFT - RIGHT
        steps = max(1, len(self.labels) - 1) if self.kind == "line" else len(self.labels)
        return round(LEFT + inner * (index / steps if self.kind == "line" else (index + 0.5) / steps), 1)

    def grid(self) -> list[dict]:
        """Four or five round horizontal lines."""
        low, high = self._span
        rough = (high - low) / 4
        size = 10 ** len(str(int(rough))) / 10 if rough >= 1 else 0.1
        step = next((size * m for m in (1, 2, 2.5, 5, 10) if size * m >= rough), size * 10)
        first = int(low // step) * step
        lines = [first + step * n for n in range(12) if low <= first + step * n <= high]
        places = next((n for n in range(2) if abs(step * 10**n - round(step * 10**n)) < 1e-9), 2)
        around = ("", self.unit) if len(self.unit) < 2 else ("", "")  # there is no room for long ones
        return [{"y": self.y(v), "label": _said(v, places, *around), "zero": abs(v) < 1e-9} for v in lines]

    def _said(self, value: float, places: int) -> str:
        return _said(value, places, self.before, self.unit)

    def columns(self) -> list[dict]:
        """Labels below; of many only every second or third is written."""
        shown = self.ticks or self.labels
        most = 12 if self.ticks else 6
        every = 1 if self.kind == "bubble" else -(-len(shown) // most)
        last = len(shown) - 1
        return [{"x": self.x(i), "label": text} for i, text in enumerate(shown) if (last - i) % every == 0]

    def lines(self) -> list[dict]:
        drawn = []
        for number, series in enumerate(self.series, 1):
            marks = [(self.x(i), self.y(v), v) for i, v in enumerate(series.values) if v is not None]
            if marks:
                settled = marks[:-1] if series.unfinished and len(marks) > 1 else marks
                drawn.append(
                    {
                        "n": number,
                        "name": series.name,
                        "path": _path(settled),
                        "ahead": _path(marks[-2:]) if settled is not marks else "",
                        "marks": marks,
                        "last": marks[-1],
                        "value": self._said(marks[-1][2], 0),
                    }
                )
        self._part_labels(drawn)
        return drawn

    @staticmethod
    def _part_labels(drawn: list[dict]) -> None:
        """Labels at the lines' ends do not lie on one another."""
        taken: list[float] = []
        for line in sorted(drawn, key=lambda d: d["last"][1]):
            at = line["last"][1]
            while any(abs(at - other) < 24 for other in taken):
                at += 24
            taken.append(at)
            line["label_y"] = at

    def bubbles(self) -> list[dict]:
        """Largest first, so that small ones stay in reach; named ones carry their name above."""
        top = max((p.size for p in self.points), default=1) or 1
        drawn: list[dict[str, Any]] = []
        for p in sorted(self.points, key=lambda p: -p.size):
            radius = round(max(4.0, LARGEST * sqrt(max(p.size, 0) / top)), 1)
            cy = self.y(p.y)
            same = [d for d in drawn if d["point"].x == p.x and abs(d["cy"] - cy) < (d["r"] + radius) * 0.7]
            shift = (len(same) + 1) // 2 * radius * (1.1 if len(same) % 2 else -1.1) if same else 0
            column = (WIDTH - LEFT - RIGHT) / max(1, len(self.labels)) / 2 - radius
            cx = round(self.x(p.x) + max(-column, min(column, shift)), 1)
            drawn.append({"point": p, "cx": cx, "cy": cy, "r": radius})
        self._name_bubbles(drawn)
        return drawn

    @staticmethod
    def _name_bubbles(drawn: list[dict]) -> None:
        """A name stands above, below, right or left of its bubble, where it covers neither a name nor another bubble; where
        nothing is free for the whole of it, it is left to the table."""
        circles = [(d["cx"] - d["r"], d["cy"] - d["r"], d["cx"] + d["r"], d["cy"] + d["r"]) for d in drawn]
        taken: list[tuple[float, float, float, float]] = []
        for number, mark in enumerate(drawn):
            others = taken + circles[:number] + circles[number + 1 :]
            text = mark["point"].label
            width = sum(11 if ord(c) > 0x2E7F else 6 for c in text)
            cx, cy, r = mark["cx"], mark["cy"], mark["r"]
            places = (
                (cx - width / 2, cy - r - 4),
                (cx + r + 4, cy + 4),
                (cx - width / 2, cy + r + 12),
                (cx - r - 4 - width, cy + 4),
            )
            mark["text"] = ""
            for x, y in places if mark["point"].named else ():
                box = (x, y - 10, x + width, y + 2)
                free = all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in others)
                if free and x > LEFT - 30 and x + width < WIDTH and y > 8:
                    mark |= {"text": text, "text_x": round(x, 1), "text_y": round(y, 1)}
                    taken.append(box)
                    break

    def rows(self) -> list[list[str]]:
        """The table behind the chart."""
        if self.points:
            return [[p.label, self.labels[p.x], self._said(p.y, 1)] for p in self.points]
        return [
            [
                label,
                *("–" if value is None else self._said(value, 1) for value in (s.values[i] for s in self.series)),
            ]
            for i, label in enumerate(self.labels)
        ]


def _said(value: float, places: int, before: str, after: str) -> str:
    number = Decimal(str(round(value, places))) + 0  # no "−0"
    return f"{MINUS if number < 0 else ''}{before}{group(abs(number), places)}{after}"


def _path(marks: list[tuple[float, float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y, _v in marks)
