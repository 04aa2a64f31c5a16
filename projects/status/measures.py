"""The figures that a report moves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pmo_portal.measures import Measure, Value, register
from pmo_portal.measures.showing import NOT_REPORTED, OTHER_CURRENCY
from projects.status import own_measures
from projects.status.queries import reports_behind


def _measure(key: str, name, unit: str, formula, source, **more) -> Measure:
    return register(Measure(key, name, unit, formula, source, records=reports_behind, **more))


_measure(
    "cost_variance",
    _("Cost against approval"),
    "%",
    _("(cost at completion − approved budget) ÷ approved budget × 100"),
    _("Status reports"),
    better="lower",
    rollup="ratio",
    factor=100,
    places=1,
    parts_unit="money",
)
_measure("forecast_cost", _("Cost at completion"), "money", _("sum of the forecasts"), _("Status reports"))
_measure("approved_budget", _("Approved budget"), "money", _("sum of the latest revisions"), _("Register"))
_measure("spent", _("Spent"), "money", _("sum of what was spent"), _("Status reports"))
_measure(
    "slip_days",
    _("Slip"),
    "d",
    _("forecast finish − planned finish, mean over projects"),
    _("Status reports"),
    better="lower",
    rollup="ratio",
    places=1,
)
_measure(
    "completeness",
    _("Completeness"),
    "%",
    _("reports in ÷ reports expected × 100"),
    _("Collection"),
    better="higher",
    rollup="ratio",
    factor=100,
    places=1,
)
_measure(
    "timeliness",
    _("Timeliness"),
    "%",
    _("reports in by their due date ÷ reports expected × 100"),
    _("Collection"),
    better="higher",
    rollup="ratio",
    factor=100,
    places=1,
)
_measure(
    "burden_minutes",
    _("Time spent reporting"),
    "min",
    _("from opening a report to submitting it, mean over reports"),
    _("Status form"),
    better="lower",
    rollup="ratio",
    places=1,
)

KEPT = (
    "cost_variance",
    "forecast_cost",
    "approved_budget",
    "spent",
    "slip_days",
    "completeness",
    "timeliness",
    "burden_minutes",
)


def kept() -> tuple[str, ...]:
    """The keys of all that a project's period may give, the office's own among them."""
    return (*KEPT, *own_measures.keys())


def figures(row, report, due_at) -> list[Value]:
    """What one project's period gives to the measures. `row` is its ProjectPeriod; money only in the office's currency
    is summed (others need their rate and stay out, named as such)."""
    from pmo_portal.periods.queries import office_settings

    same = row.project.currency == office_settings().currency
    why = "" if same else f"{OTHER_CURRENCY}{row.project.currency}"

    def money(key: str, amount) -> Value:
        return Value(key, amount if same else None, 1, unknown=why or ("" if amount is not None else NOT_REPORTED))

    expected = row.state != "exempt" and row.period.cadence != "dated"  # at given dates nobody was asked
    is_in = row.state in ("submitted", "accepted")
    found = [
        money("forecast_cost", row.forecast_cost),
        money("approved_budget", row.approved_budget),
        money("spent", row.spent),
    ]
    if row.cost_variance_percent is not None and same:
        found.append(Value("cost_variance", row.forecast_cost - row.approved_budget, row.approved_budget))
    if row.slip_days is not None:
        found.append(Value("slip_days", row.slip_days, 1))
    if expected:
        in_time = bool(is_in and report and report.submitted_at and report.submitted_at <= due_at)
        found += [Value("completeness", int(is_in), 1), Value("timeliness", int(in_time), 1)]
    if report and report.seconds_spent:
        found.append(Value("burden_minutes", round(report.seconds_spent / 60, 4), 1))
    return found + own_measures.figures(row)
