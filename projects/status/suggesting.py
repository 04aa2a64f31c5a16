"""Sentences on what changed, offered to the PM: rules over figures, told in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.numbers import format_money, percent


@dataclass(frozen=True)
class Fact:
    """Something the figures say: `kind` with what it was and is. JSON-safe through `plain`."""

    kind: str
    was: Any = None  # a date, or an amount, as the kind says
    now: Any = None
    label_ja: str = ""
    label_en: str = ""
    approved: Decimal | None = None
    currency: str = "JPY"

    def plain(self) -> dict:
        return {key: (str(value) if value is not None else None) for key, value in asdict(self).items()}


def facts(
    *,
    finish: tuple[date | None, date | None],
    cost: tuple[Decimal | None, Decimal | None],
    approved: Decimal | None,
    currency: str,
    milestones: Iterable[tuple[str, str, date | None, date | None, bool]],
    today: date,
) -> list[Fact]:
    """What moved since the report before: finish, cost, milestones (name ja, name en, was, is, reached), worst first."""
    found = []
    if finish[0] and finish[1] and finish[0] != finish[1]:
        found.append(Fact("finish_moved", finish[0], finish[1]))
    if cost[0] is not None and cost[1] is not None and cost[0] != cost[1]:
        found.append(Fact("cost_moved", cost[0], cost[1], approved=approved, currency=currency))
    for name_ja, name_en, was, now, reached in milestones:
        if not reached and now and now < today:
            found.append(Fact("milestone_missed", now, None, name_ja, name_en))
        elif not reached and was and now and was != now:
            found.append(Fact("milestone_moved", was, now, name_ja, name_en))
        elif reached:
            found.append(Fact("milestone_reached", was, now, name_ja, name_en))
    if finish[1] and finish[1] < today:
        found.append(Fact("finish_past", finish[1]))
    return found


def sentence(fact: Fact, unit: str = "million") -> str:
    """The fact as a sentence in the active language."""
    from pmo_portal.i18n.localised import pick

    name = pick(fact.label_ja, fact.label_en)
    if fact.kind == "finish_moved":
        return _("The forecast finish moved from %(was)s to %(now)s (%(days)s days).") % {
            "was": format_date(fact.was, "plain"),
            "now": format_date(fact.now, "plain"),
            "days": _signed((fact.now - fact.was).days),
        }
    if fact.kind == "cost_moved":
        text = _("The cost at completion moved from %(was)s to %(now)s.") % {
            "was": format_money(fact.was, fact.currency, unit),
            "now": format_money(fact.now, fact.currency, unit),
        }
        if fact.approved:
            over = (fact.now - fact.approved) / abs(fact.approved) * 100
            text += " " + _("Against the approval of %(approved)s that is %(percent)s.") % {
                "approved": format_money(fact.approved, fact.currency, unit),
                "percent": percent(over, 1, sign=True),
            }
        return text
    if fact.kind == "milestone_missed":
        return _("“%(name)s” was due on %(was)s and has not been reached.") % {
            "name": name,
            "was": format_date(fact.was, "plain"),
        }
    if fact.kind == "milestone_moved":
        return _("“%(name)s” moved from %(was)s to %(now)s (%(days)s days).") % {
            "name": name,
            "was": format_date(fact.was, "plain"),
            "now": format_date(fact.now, "plain"),
            "days": _signed((fact.now - fact.was).days),
        }
    if fact.kind == "milestone_reached":
        return _("“%(name)s” was reached on %(now)s.") % {"name": name, "now": format_date(fact.now, "plain")}
    return _("The forecast finish %(was)s lies in the past.") % {"was": format_date(fact.was, "plain")}


def _signed(days: int) -> str:
    from pmo_portal.i18n.numbers import signed

    return signed(days)
