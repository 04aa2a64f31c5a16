"""Fiscal years, halves and quarters. Pure."""

from __future__ import annotations

from datetime import date

from pmo_portal.i18n.dates import is_english


def fiscal_year(day: date, start_month: int = 4) -> int:
    """The fiscal year a day lies in, named after the calendar year in which it begins."""
    return day.year if day.month >= start_month else day.year - 1


def fiscal_quarter(day: date, start_month: int = 4) -> int:
    return (day.month - start_month) % 12 // 3 + 1


def fiscal_half(day: date, start_month: int = 4) -> int:
    return (fiscal_quarter(day, start_month) + 1) // 2


def quarter_span(year: int, quarter: int, start_month: int = 4) -> tuple[date, date]:
    """First and last day of a fiscal quarter."""
    return add_months(date(year, start_month, 1), 3 * (quarter - 1)), _last(year, quarter, start_month)


def _last(year: int, quarter: int, start_month: int) -> date:
    from datetime import timedelta

    return add_months(date(year, start_month, 1), 3 * quarter) - timedelta(days=1)


def add_months(first: date, months: int) -> date:
    """The first of the month `months` later."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def year_name(year: int, language: str | None = None) -> str:
    return f"FY{year}" if is_english(language) else f"{year}年度"


def quarter_name(year: int, quarter: int, language: str | None = None) -> str:
    return f"FY{year} Q{quarter}" if is_english(language) else f"{year}年度 第{quarter}四半期"
