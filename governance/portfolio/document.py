"""The portfolio screen as a PDF, A4 landscape."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.portfolio.charts import bubble_chart
from governance.portfolio.drawing import GROUPS, LOOKS, OVER_PERCENT, WHY_NO_COST, state_of
from governance.portfolio.movement import LEVELS, Level, Move
from governance.portfolio.queries import HeatRow
from governance.portfolio.sight import Sight
from pmo_portal.charts import Chart
from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering.pdf import render
from pmo_portal.templatetags import pmo as marks

SHAPES = {level: marks.CONFIDENCE[level][0] for level in LEVELS}


def portfolio_pdf(screen: dict[str, Any], sight: Sight, viewer, conditions: list[str]) -> bytes:
    return render("portfolio", portfolio_data(screen, sight, viewer, conditions))


def portfolio_data(screen: dict[str, Any], sight: Sight, viewer, conditions: list[str]) -> dict[str, Any]:
    """Counts with movement, projects worst first with their periods, movers, cost against approval, proposals; what it is
    narrowed to and which picture it shows stand in its head."""
    unit = viewer.money_unit or "million"
    return {
        "title": _("Portfolio %(period)s") % {"period": sight.period.label},
        "sub": " ".join(filter(None, [*_told(sight, screen), _picture(sight)])),
        "conditions": " / ".join(conditions),
        "foot": _("Printed %(at)s by %(name)s") % {"at": marks.moment_on_paper(timezone.now()), "name": viewer.name},
        "levels": [_level(level, sight.previous is not None) for level in screen["levels"]],
        "sums": _sums(screen["sums"], unit),
        "heat": {
            "title": _("Projects, where action is needed first"),
            "columns": [period.tick for period in sight.columns],
            "head": [_("Project"), _("PM"), _("Cost"), _("Finish"), _("Next decision")],
            "groups": [[key, str(words)] for key, words in GROUPS.items()],
            "rows": [heat_told(row) for row in screen["heat"]],
            "rest": _("%(n)s more in the list") % {"n": screen["rest"]} if screen["rest"] else "",
            "key": [
                ["missing", "triangle", _("not reported, level carried over")],
                ["exempt", "none", _("exempt from reporting")],
                ["between", "none", _("no report was due")],
                ["unrated", "none", _("reported without a rating")],
            ],
        },
        "movers": {
            "title": _("Moved most"),
            "rows": [_mover(move) for move in screen["movers"]],
            "none": _("Nobody's confidence changed.")
            if sight.previous
            else _("There is no earlier period to compare with."),
        },
        "costs": {
            "title": _("Cost in percent of approval"),
            "key": _("Dark: spent. Light: forecast. Line: approved."),
            "rows": [_cost(row, unit) for row in screen["costs"]],
        },
        "chart": _chart(bubble_chart(screen["bubbles"])),
        "proposals": {
            "title": _("Waiting for a decision"),
            "head": [_("Project"), _("Proposal"), _("By"), _("Reason"), _("Decide by")],
            "rows": [
                [
                    p.project.name,
                    p.get_course_display(),
                    p.proposed_by.name,
                    p.reason[:200],
                    marks.day_short(p.decide_by),
                ]
                for p in screen["proposals"]
            ],
        },
    }


def _told(sight: Sight, screen: dict[str, Any]) -> list[str]:
    if sight.is_a_day:
        words = ngettext(
            "What a sheet told of %(n)s project on %(day)s, and how the others stood then.",
            "What a sheet told of %(n)s projects on %(day)s, and how the others stood then.",
            screen["of_the_day"],
        )
        return [words % {"n": screen["of_the_day"], "day": marks.day_plain(sight.period.starts_on)}]
    named = {"period": sight.period.label, "before": sight.previous.label if sight.previous else ""}
    beside = _("%(period)s compared with %(before)s.") if sight.previous else _("%(period)s.")
    reported = {"reported": screen["reported"], "total": screen["total"]}
    return [beside % named, _("%(reported)s of %(total)s have reported.") % reported]


def _picture(sight: Sight) -> str:
    if sight.picture is not None:
        return _("Shown as it was frozen on %(at)s.") % {"at": marks.moment_on_paper(sight.picture.frozen_at)}
    return _("Shown as it stands now.") if sight.pictures else ""


def _level(level: Level, is_compared: bool) -> dict[str, str]:
    def named(words: str, moves: list[Move], more: int) -> str:
        rest = " " + _("and %(n)s more projects") % {"n": more} if more else ""
        return f"{words} {_(', ').join(m.name for m in moves)}{rest}" if moves else ""

    return {
        "label": marks.word_of("confidence", level.key),
        "look": LOOKS[level.key],
        "shape": SHAPES[level.key],
        "value": str(level.count),
        "change": (numbers.signed(level.change) if level.change else "±0") if is_compared else "",
        "came": named(_("in"), level.moved_in, level.more_in),
        "went": named(_("out"), level.moved_out, level.more_out),
    }


def _sums(sums: dict[str, Any], unit: str) -> list[list[str]]:
    currency = office_settings().currency
    percent = numbers.percent(sums["percent"], 1, sign=True)
    return [
        [_("Approved budget"), numbers.format_money(sums["approved"], currency, unit)],
        [_("Cost at completion"), f"{numbers.format_money(sums['forecast'], currency, unit)} {percent}"],
        [_("Spent"), numbers.format_money(sums["spent"], currency, unit)],
    ]


def heat_told(row: HeatRow) -> dict[str, Any]:
    project = row.project
    why = str(WHY_NO_COST.get(row.why_no_cost, "")) if project.cost_percent is None else ""
    course = row.proposal.get_course_display() if row.proposal else state_of(row)
    return {
        "group": row.group,
        "name": project.name,
        "pm": project.pm.surname if project.pm else "",
        "cells": heat_cells(row),
        "cost": why or numbers.percent(project.cost_percent, 1, sign=True),
        "is_over": project.cost_percent is not None and project.cost_percent > OVER_PERCENT,
        "days": marks.signed_days(project.days),
        "course": course,
        "is_proposal": row.proposal is not None,
    }


def heat_cells(row: HeatRow) -> list[dict[str, str]]:
    return [
        {"kind": c.kind, "look": LOOKS[c.level] if c.kind == "reported" else "none", "shape": SHAPES[c.level]}
        for c in row.cells
    ]


def _chart(chart: Chart | None) -> dict[str, Any] | None:
    """The bubbles where the screen draws them."""
    if chart is None:
        return None
    return {
        "title": chart.title,
        "key": _("Across: confidence. Up: cost against approval. Area: approval. Thick: tier A."),
        "size": [chart.width, chart.height],
        "grid": chart.grid(),
        "columns": chart.columns(),
        "bubbles": [
            {
                **{name: mark[name] for name in ("cx", "cy", "r", "text")},
                "text_at": [mark.get("text_x", 0), mark.get("text_y", 0)],
                "look": LOOKS[mark["point"].level],
                "is_strong": mark["point"].strong,
            }
            for mark in chart.bubbles()
        ],
    }


def _mover(move: Move) -> dict[str, str]:
    return {
        "name": move.name,
        "was": marks.word_of("confidence", move.was),
        "now": marks.word_of("confidence", move.now),
        "slip": marks.signed_days(move.slip_change) if move.slip_change else "",
        "reason": move.reason[:120],
    }


def _cost(row: HeatRow, unit: str) -> dict[str, Any]:
    project, bar = row.project, row.bar
    return {
        "name": project.name,
        "spent": bar.spent,
        "within": bar.within,
        "over": bar.over,
        "percent": numbers.percent(project.cost_percent, 1, sign=True),
        "is_over": project.cost_percent > OVER_PERCENT,
        "approved": numbers.format_money(project.at_approved_budget, project.currency, unit),
        "finish": format_date(project.forecast_finish_on, "plain") if project.forecast_finish_on else "",
    }
