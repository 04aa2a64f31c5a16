"""The comparison of two periods as a table for a file: both figures in full, whatever the reader's unit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from governance.portfolio.queries import Difference
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.templatetags.pmo import word_of


def comparison_heads(first: ReportingPeriod, second: ReportingPeriod) -> list[str]:
    figures = (_("Delivery confidence"), _("Forecast finish"), _("Cost at completion"))
    twice = [f"{figure} {period.label}" for figure in figures for period in (first, second)]
    return [_("Key"), _("Project"), *twice, _("Currency")]


def comparison_texts(row: Difference) -> list[str]:
    finish_was, cost_was = row.finish_was or row.finish, row.cost if row.cost_was is None else row.cost_was
    levels = (word_of("confidence", row.was), word_of("confidence", row.now))
    figures = (finish_was, row.finish, cost_was, row.cost)
    return [row.project.key, row.project.name, *levels, *map(_text, figures), row.project.currency]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
