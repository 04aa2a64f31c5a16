"""Slides on the office's paper: titles, tables and charts as PowerPoint's own, so that they can be edited.

PowerPoint does not take faces along. The slides name BIZ UDPGothic, which every Windows since 2018 has, for Latin and
Japanese alike, in the theme: whoever changes the theme's faces changes them everywhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Mm, Pt

from pmo_portal.rendering.paper import Paper

FACE = "BIZ UDPGothic"
WIDE, TALL, MARGIN = 338.67, 190.5, 14.0  # millimetres: 16 to 9
INK, SOFT, PALE, LINE, BAD = "181F2E", "5A6476", "F3F5F8", "D3D8E0", "A3142F"
TONES = {"green": "0B6B4F", "amber": "874900", "red": "B01E2E", "none": SOFT}
LEVELS = {
    "green": "0A6B4E",
    "amber_green": "9DB32B",
    "amber": "E0A21B",
    "amber_red": "D9691E",
    "red": "C2243F",
    "none": "AEB6C2",
}
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Cell = str | dict[str, Any]


def plain(text: Any) -> str:
    """What may stand in a slide's XML."""
    return _ILLEGAL.sub("", str(text))


class Slides:
    """A presentation on the office's paper. Measures are millimetres."""

    def __init__(self, title: str, paper: Paper, language: str) -> None:
        self.paper, self.language = paper, "ja-JP" if language == "ja" else "en-GB"
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Mm(WIDE), Mm(TALL)
        self.deck.core_properties.title = plain(title)[:250]
        self.deck.core_properties.author = plain(paper.office)
        self.accent = paper.accent.removeprefix("#")
        self._set_theme()

    def _set_theme(self) -> None:
        """Our faces and the office's colour for everything that is added later as well."""
        part = next(
            r.target_part for r in self.deck.slide_masters[0].part.rels.values() if r.reltype.endswith("/theme")
        )
        theme = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
        for face in theme.iter(qn("a:latin"), qn("a:ea")):
            if face.getparent().tag in (qn("a:majorFont"), qn("a:minorFont")):
                face.set("typeface", FACE)
        for accent in theme.iter(qn("a:accent1")):
            for colour in accent:
                colour.set("val", self.accent)
        part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)

    # ---- slides

    def cover(self, title: str, sub: str, lines: Sequence[tuple[str, str]]) -> None:
        slide = self._slide(title, at=(30, 62, WIDE - 60, 22), size=34)
        self._bar(slide, 22, 62, 2, 38)
        self.words(slide, sub, (30, 84, WIDE - 60, 12), size=18, colour=SOFT)
        self._logo(slide, 22, 16, 16)
        self.words(slide, "\n".join(f"{label}　{said}" for label, said in lines), (30, 140, WIDE - 60, 30), size=11)

    def slide(self, title: str, sub: str = "") -> Any:
        slide = self._slide(title, at=(MARGIN, 14, WIDE - 2 * MARGIN - 60, 12), size=22)
        if sub:
            self.words(slide, sub, (MARGIN, 25, WIDE - 2 * MARGIN, 8), size=10.5, colour=SOFT)
        self._bar(slide, MARGIN, 12.5, WIDE - 2 * MARGIN, 0.5)
        self._logo(slide, MARGIN, 4, 7)
        number = len(self.deck.slides)
        self.words(slide, self.paper.footer, (MARGIN, TALL - 9, 200, 6), size=8, colour=SOFT)
        self.words(slide, str(number), (WIDE - MARGIN - 20, TALL - 9, 20, 6), size=8, colour=SOFT, align=PP_ALIGN.RIGHT)
        return slide

    def _slide(self, title: str, at: tuple[float, float, float, float], size: float) -> Any:
        """With a title of its own, so that outline and screen readers have one."""
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = (Mm(v) for v in at)
        self._fill(head.text_frame, [title], size=size, is_bold=True)
        if self.paper.mark:
            self._mark(slide)
        return slide

    def _mark(self, slide: Any) -> None:
        wide = 10 + 4.2 * sum(2 if ord(c) > 255 else 1 for c in self.paper.mark) / 2
        box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Mm(WIDE - MARGIN - wide), Mm(4), Mm(wide), Mm(6.5))
        box.fill.background()
        box.line.color.rgb, box.line.width = RGBColor.from_string(BAD), Pt(1)
        _unstyled(box)
        self._fill(box.text_frame, [self.paper.mark], size=10, colour=BAD, is_bold=True, align=PP_ALIGN.CENTER)

    def _logo(self, slide: Any, left: float, top: float, height: float) -> None:
        if self.paper.logo:
            picture = slide.shapes.add_picture(io.BytesIO(self.paper.logo), Mm(left), Mm(top), height=Mm(height))
            picture._element.nvPicPr.cNvPr.set("descr", plain(self.paper.office))
        else:
            self.words(slide, self.paper.office, (left, top, 160, height), size=10, is_bold=True, colour=SOFT)

    def _bar(self, slide: Any, left: float, top: float, wide: float, tall: float) -> None:
        bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Mm(left), Mm(top), Mm(wide), Mm(tall))
        bar.fill.solid()
        bar.fill.fore_color.rgb = RGBColor.from_string(self.accent)
        bar.line.fill.background()
        _unstyled(bar)

    # ---- what stands on them

    def told(
        self, slide: Any, parts: Sequence[tuple[str, str]], at: tuple[float, float, float, float], **look: Any
    ) -> None:
        """Texts, each under its heading."""
        box = slide.shapes.add_textbox(*(Mm(v) for v in at))
        lines: list[str] = []
        heads: set[int] = set()
        for title, text in parts:
            heads.add(len(lines))
            lines += [title, *text.split("\n")]
        self._fill(box.text_frame, lines, **look)
        for number in heads:
            paragraph = box.text_frame.paragraphs[number]
            paragraph.space_before = Pt(6 if number else 0)
            paragraph.runs[0].font.bold = True
            paragraph.runs[0].font.color.rgb = RGBColor.from_string(self.accent)

    def words(self, slide: Any, text: str, at: tuple[float, float, float, float], **look: Any) -> None:
        box = slide.shapes.add_textbox(*(Mm(v) for v in at))
        self._fill(box.text_frame, text.split("\n"), **look)

    def _fill(
        self,
        frame: Any,
        lines: Sequence[str],
        *,
        size: float = 11,
        colour: str = INK,
        is_bold: bool = False,
        align: Any = PP_ALIGN.LEFT,
    ) -> None:
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = Mm(0.8)
        frame.margin_top = frame.margin_bottom = Mm(0.4)
        frame.vertical_anchor = MSO_ANCHOR.TOP
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = align
            run = paragraph.add_run()
            run.text = plain(line)
            run.font.size, run.font.bold = Pt(size), is_bold
            run.font.color.rgb = RGBColor.from_string(colour)
            run._r.get_or_add_rPr().set("lang", self.language)

    def table(
        self,
        slide: Any,
        head: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        at: tuple[float, float],
        widths: Sequence[float],
        *,
        size: float = 9,
        row_height: float = 6.4,
        ends: Sequence[int] = (),
    ) -> None:
        """A table of PowerPoint's own; the columns `ends` stand at the right."""
        lines = [*([head] if head else []), *rows]
        shape = slide.shapes.add_table(
            len(lines), len(widths), Mm(at[0]), Mm(at[1]), Mm(sum(widths)), Mm(row_height * len(lines))
        )
        table = shape.table
        table.first_row, table.horz_banding = bool(head), False
        for number, width in enumerate(widths):
            table.columns[number].width = Mm(width)
        for row, line in enumerate(lines):
            table.rows[row].height = Mm(row_height)
            for column, cell in enumerate(line):
                self._cell(table.cell(row, column), cell, bool(head) and row == 0, size, column in ends)

    def _cell(self, cell: Any, said: Cell, is_head: bool, size: float, is_end: bool) -> None:
        told = said if isinstance(said, dict) else {"text": said, "tone": ""}
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor.from_string(PALE if is_head else "FFFFFF")
        colour = SOFT if is_head else TONES.get(told.get("tone", ""), INK)
        self._fill(
            cell.text_frame,
            str(told["text"]).split("\n"),
            size=size,
            colour=colour,
            is_bold=bool(told.get("tone")) and not is_head,
            align=PP_ALIGN.RIGHT if is_end else PP_ALIGN.LEFT,
        )
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.margin_left = cell.margin_right = Mm(1.2)
        cell.margin_top = cell.margin_bottom = Mm(0.6)
        _underline(cell)

    def columns(
        self, slide: Any, labels: Sequence[str], name: str, values: Sequence[float], colours: Sequence[str], at: Any
    ) -> None:
        """A chart of columns, each in its colour, with its figure above."""
        chart = self._chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, labels, [(name, values)], at)
        chart.has_legend = False
        plot = chart.plots[0]
        plot.gap_width, plot.has_data_labels = 60, True
        plot.data_labels.font.size = Pt(10)
        for number, colour in enumerate(colours):
            fill = plot.series[0].points[number].format.fill
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(colour)
        chart.value_axis.visible, chart.value_axis.has_major_gridlines = False, False

    def bars(
        self,
        slide: Any,
        labels: Sequence[str],
        series: Sequence[tuple[str, Sequence[float | None]]],
        at: tuple[float, float, float, float],
        colours: Sequence[str],
    ) -> None:
        """A chart of bars that lie, the first label above."""
        chart = self._chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, labels, series, at)
        chart.category_axis.reverse_order = True
        chart.plots[0].gap_width, chart.plots[0].overlap = 50, 0
        for one, colour in zip(chart.plots[0].series, colours, strict=True):
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = RGBColor.from_string(colour)
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
        self._legend(chart)

    def lines(
        self,
        slide: Any,
        labels: Sequence[str],
        series: Sequence[tuple[str, Sequence[float | None]]],
        at: Any,
        colours: Sequence[str],
    ) -> None:
        chart = self._chart(slide, XL_CHART_TYPE.LINE_MARKERS, labels, series, at)
        for one, colour in zip(chart.plots[0].series, colours, strict=True):
            one.smooth = False
            one.format.line.color.rgb, one.format.line.width = RGBColor.from_string(colour), Pt(1.75)
            one.marker.size = 4
            one.marker.format.fill.solid()
            one.marker.format.fill.fore_color.rgb = RGBColor.from_string(colour)
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
        chart.value_axis.minimum_scale = 0
        self._legend(chart)

    def _chart(
        self, slide: Any, kind: Any, labels: Sequence[str], series: Any, at: tuple[float, float, float, float]
    ) -> Any:
        data = CategoryChartData()
        data.categories = [plain(label) for label in labels]
        for name, values in series:
            data.add_series(plain(name), values)
        chart = slide.shapes.add_chart(kind, *(Mm(v) for v in at), data).chart
        chart.font.size, chart.font.color.rgb = Pt(9), RGBColor.from_string(SOFT)
        chart.has_title = False
        return chart

    @staticmethod
    def _legend(chart: Any) -> None:
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False

    def content(self) -> bytes:
        out = io.BytesIO()
        self.deck.save(out)
        return out.getvalue()


def _unstyled(shape: Any) -> None:
    """Without the effects of the theme: no shadow below a line or a mark."""
    style = shape._element.find(qn("p:style"))
    if style is not None:
        shape._element.remove(style)


def _underline(cell: Any) -> None:
    """A hair below the cell, nothing around it."""
    properties = cell._tc.get_or_add_tcPr()
    for number, side in enumerate(("a:lnL", "a:lnR", "a:lnT", "a:lnB")):
        line = etree.Element(qn(side), w="6350" if side == "a:lnB" else "0")
        etree.SubElement(line, qn("a:noFill")) if side != "a:lnB" else etree.SubElement(
            etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"), val=LINE
        )
        properties.insert(number, line)
