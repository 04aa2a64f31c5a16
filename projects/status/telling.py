"""Facts and rules as sentences and lines, in the reader's language and unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal.i18n.dates import format_date, is_english
from pmo_portal.i18n.localised import pick
from pmo_portal.i18n.numbers import format_money, percent, signed, signed_money
from projects.status.computing import Computed
from projects.status.suggesting import Fact


@dataclass(frozen=True)
class Line:
    """One fact as a page shows it: what, was → is, how far, and where it comes from."""

    key: str
    label: str
    was: str
    now: str
    difference: str
    hurts: bool
    note: str
    sentence: str
    taken: bool = True


def lines(found: list[dict[str, Any]], unit: str) -> list[Line]:
    """Facts as the report keeps them."""
    return [line(Fact.from_plain(kept), unit, kept.get("taken", True)) for kept in found]


def line(fact: Fact, unit: str, taken: bool = True) -> Line:
    name = pick(fact.name_ja, fact.name_en)
    source = _("Milestone M-%(number)s") % {"number": f"{fact.number:02d}"} if fact.number else ""
    key, whole = fact.key, sentence(fact, unit)
    if fact.kind == "cost_moved":
        return Line(
            label=_("Cost at completion"),
            was=format_money(fact.was, fact.currency, unit),
            now=format_money(fact.now, fact.currency, unit),
            difference=signed_money(fact.now - fact.was, fact.currency, unit),
            hurts=fact.now > fact.was,
            note=_against_approval(fact, unit),
            key=key,
            sentence=whole,
            taken=taken,
        )
    if fact.kind in ("finish_moved", "milestone_moved"):
        days = (fact.now - fact.was).days
        return Line(
            label=name or _("Forecast finish"),
            was=format_date(fact.was, "plain"),
            now=format_date(fact.now, "plain"),
            difference=_("%(days)s d") % {"days": signed(days)},
            hurts=days > 0,
            note=source,
            key=key,
            sentence=whole,
            taken=taken,
        )
    if fact.kind == "milestone_reached":
        late = (fact.now - fact.was).days if fact.was else 0
        return Line(
            label=name,
            was="",
            now=_("reached on %(day)s") % {"day": format_date(fact.now, "plain")},
            difference=_("%(days)s d") % {"days": signed(late)} if late else "",
            hurts=late > 0,
            note=source,
            key=key,
            sentence=whole,
            taken=taken,
        )
    if fact.kind == "milestone_beyond":
        return Line(
            label=name,
            was="",
            now=format_date(fact.now, "plain"),
            difference="",
            hurts=True,
            note=_("after the forecast finish %(day)s") % {"day": format_date(fact.was, "plain")},
            key=key,
            sentence=whole,
            taken=taken,
        )
    past = _("due on %(day)s, not reached") if fact.kind == "milestone_missed" else _("%(day)s has passed")
    return Line(
        label=name or _("Forecast finish"),
        was="",
        now=past % {"day": format_date(fact.was, "plain")},
        difference="",
        hurts=True,
        note=source,
        key=key,
        sentence=whole,
        taken=taken,
    )


def sentence(fact: Fact, unit: str = "million") -> str:
    """The fact as one sentence, for the report's text and for paper."""
    name = pick(fact.name_ja, fact.name_en)
    was = fact.was if fact.kind == "cost_moved" else format_date(fact.was, "plain")
    if fact.kind == "finish_moved":
        return _("The forecast finish moved from %(was)s to %(now)s (%(days)s days).") % {
            "was": was,
            "now": format_date(fact.now, "plain"),
            "days": signed((fact.now - fact.was).days),
        }
    if fact.kind == "cost_moved":
        text = _("The cost at completion moved from %(was)s to %(now)s.") % {
            "was": format_money(fact.was, fact.currency, unit),
            "now": format_money(fact.now, fact.currency, unit),
        }
        return (" " if is_english() else "").join(filter(None, [text, _against_approval(fact, unit)]))
    if fact.kind == "milestone_missed":
        return _("“%(name)s” was due on %(was)s and has not been reached.") % {"name": name, "was": was}
    if fact.kind == "milestone_moved":
        return _("“%(name)s” moved from %(was)s to %(now)s (%(days)s days).") % {
            "name": name,
            "was": was,
            "now": format_date(fact.now, "plain"),
            "days": signed((fact.now - fact.was).days),
        }
    if fact.kind == "milestone_beyond":
        return _("“%(name)s” is forecast for %(now)s, after the project's forecast finish %(was)s.") % {
            "name": name,
            "now": format_date(fact.now, "plain"),
            "was": was,
        }
    if fact.kind == "milestone_reached":
        return _("“%(name)s” was reached on %(now)s.") % {"name": name, "now": format_date(fact.now, "plain")}
    return _("The forecast finish %(was)s lies in the past.") % {"was": was}


def _against_approval(fact: Fact, unit: str) -> str:
    if not fact.approved:
        return ""
    over = (fact.now - fact.approved) / abs(fact.approved) * 100
    return _("Against the approval of %(approved)s that is %(percent)s.") % {
        "approved": format_money(fact.approved, fact.currency, unit),
        "percent": percent(over, 1, sign=True),
    }


def rule(dimension: str, computed: Computed) -> str:
    """Which limit the figure passed: what stands beside a light that is declared better than it is computed."""
    if computed.value is None or computed.light in ("green", "none"):
        return ""
    if not computed.limit:
        return _past_nothing(dimension, computed)
    if dimension == "schedule":
        return ngettext(
            "The finish is %(value)s day later than approved; the limit is %(limit)s.",
            "The finish is %(value)s days later than approved; the limit is %(limit)s.",
            int(computed.value),
        ) % {"value": int(computed.value), "limit": computed.limit}
    return _("The cost is %(value)s on the approval; the limit is %(limit)s.") % {
        "value": percent(Decimal(computed.value), 1, sign=True),
        "limit": percent(Decimal(computed.limit), 0, sign=True),
    }


def _past_nothing(dimension: str, computed: Computed) -> str:
    """Where no delay or no cost beyond the approval is allowed, there is no limit to name."""
    assert computed.value is not None
    if dimension == "schedule":
        return ngettext(
            "The finish is %(value)s day later than approved.",
            "The finish is %(value)s days later than approved.",
            int(computed.value),
        ) % {"value": int(computed.value)}
    return _("The cost is %(value)s on the approval.") % {"value": percent(Decimal(computed.value), 1, sign=True)}
