"""The conditions of the go/no-go screen and the list behind its figures: declared once, for screen, list, comparison, PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from governance.portfolio import queries
from governance.portfolio.sight import Sight
from pmo_portal import access, lists
from pmo_portal.accounts.queries import name_order, units_as_tree
from pmo_portal.i18n.localised import pick
from pmo_portal.lists import Choice, Column, Flag, Range
from pmo_portal.periods.models import Tier
from pmo_portal.periods.queries import office_settings
from pmo_portal.search.models import holding
from projects.register.models import Confidence, Project

MOST_OPTIONS = 60  # of a longer set, the rest is found by words
OPTIONS_KEPT = 60  # seconds: what there is to choose from changes seldom and costs a query for each chip


@dataclass(frozen=True)
class Among(Choice):
    """One or several of a fixed set, each with a condition of its own."""

    conditions: Callable[[], dict[str, Q]] = dict

    def condition(self, values: list[str], viewer) -> Q | None:
        super().condition(values, viewer)
        known, where = self.conditions(), Q()
        for value in values:
            where |= known[value]
        return where or None


def offered(field: str) -> Callable[[Any], list[tuple[str, str]]]:
    """What the projects that the viewer sees have in a field, by key and name."""

    def options(viewer) -> list[tuple[str, str]]:
        key = f"portfolio:offered:{field}:{viewer.pk}:{get_language()}"
        return cache.get_or_set(key, lambda: list(OFFERED[field](_seen(viewer))), OPTIONS_KEPT) or []

    return options


def _seen(viewer):
    return access.visible(viewer, Project).filter(archived_at=None).order_by()


def _by_key(field: str):
    def read(found):
        names = (f"{field}__key", f"{field}__name_ja", f"{field}__name_en")
        rows = found.exclude(**{f"{field}": None}).values_list(*names).distinct().order_by(names[0])
        return [(key, pick(ja, en)) for key, ja, en in rows[:MOST_OPTIONS]]

    return read


def _people(field: str):
    def read(found):
        names = (f"{field}_id", f"{field}__name_ja", f"{field}__name_en", f"{field}__kana")
        rows = found.exclude(**{field: None}).values_list(*names).distinct().order_by(*name_order(field))
        return [(str(pk), pick(ja, en)) for pk, ja, en, _kana in rows[:MOST_OPTIONS]]

    return read


def _units(found):
    names = ("unit__code", "unit__name_ja", "unit__name_en")
    rows = found.exclude(unit=None).values_list(*names).distinct().order_by("unit__code")
    left = {code: pick(ja, en) for code, ja, en in rows}
    placed = [(unit.code, label) for unit, label in units_as_tree() if left.pop(unit.code, None) is not None]
    return [*placed, *left.items()][:MOST_OPTIONS]


def _categories(found):
    rows = found.exclude(category="").values_list("category", flat=True).distinct().order_by("category")
    return [(category, category) for category in rows[:MOST_OPTIONS]]


OFFERED: dict[str, Callable] = {
    "portfolio": _by_key("portfolio"),
    "programme": _by_key("programme"),
    "pm": _people("pm"),
    "sponsor": _people("sponsor"),
    "unit": _units,
    "category": _categories,
}

MOVES = {
    "fell": _("Fell"),
    "rose": _("Rose"),
    "rated": _("Rated for the first time"),
    "same": _("Did not move"),
}
BANDS = {
    "far": _("More than 10% over"),
    "over": _("Over, up to 10%"),
    "within": _("Within approval"),
    "unknown": _("Not known"),
}
SIZES = {
    "small": _("Up to 10 million"),
    "middle": _("10 to 100 million"),
    "large": _("100 million to 1 billion"),
    "huge": _("More than 1 billion"),
    "unknown": _("No approved budget"),
}


def moves() -> dict[str, Q]:
    rated = ~Q(level="none") & ~Q(was="none")
    return {
        "fell": rated & Q(fall__gt=0),
        "rose": rated & Q(fall__lt=0),
        "rated": Q(was="none") & ~Q(level="none"),
        "same": Q(has_moved=False),
    }


def bands() -> dict[str, Q]:
    return {
        "far": Q(cost_percent__gt=10),
        "over": Q(cost_percent__gt=0, cost_percent__lte=10),
        "within": Q(cost_percent__lte=0),
        "unknown": Q(cost_percent=None),
    }


def sizes() -> dict[str, Q]:
    ten, hundred, billion = Decimal(10**7), Decimal(10**8), Decimal(10**9)
    return {
        "small": Q(at_approved_budget__gt=0, at_approved_budget__lte=ten),
        "middle": Q(at_approved_budget__gt=ten, at_approved_budget__lte=hundred),
        "large": Q(at_approved_budget__gt=hundred, at_approved_budget__lte=billion),
        "huge": Q(at_approved_budget__gt=billion),
        "unknown": Q(at_approved_budget=None) | Q(at_approved_budget=0),
    }


def elsewhere() -> Q:
    """Left out of the sums: cost and approval are known, in a currency that is not the office's."""
    known = Q(at_approved_budget__gt=0, at_forecast_cost__isnull=False)
    return known & ~Q(currency=office_settings().currency)


class StandingList(lists.List):
    """How projects stand in the period that is looked at."""

    model = Project
    title = _("How the projects stand")
    left_out = queries.DEFERRED
    search = ("search_text",)
    order = queries.WORST_FIRST
    foremost = ("portfolio", "tier", "stage", "confidence", "pm", "cost")
    columns = [
        Column("key", _("Key"), "key", sort="key_folded", phone="second"),
        Column("name", _("Name"), "name", sort="name_folded", phone="first"),
        Column("confidence", _("Delivery confidence"), "level", sort="rung", kind="confidence", phone="first"),
        Column("was", _("The period before"), "was", sort="was", kind="confidence", default=False),
        Column("pm", _("PM"), "pm", sort="pm__kana", kind="person", phone="second"),
        Column("tier", _("Tier"), "tier", sort="tier"),
        Column("stage", _("Stage"), "get_stage_display", sort="stage"),
        Column("portfolio", _("Portfolio"), "portfolio.name", sort="portfolio__key", default=False),
        Column(
            "approved",
            _("Approved"),
            "at_approved_budget",
            sort="at_approved_budget",
            kind="money",
            currency="currency",
        ),
        Column(
            "forecast",
            _("Cost at completion"),
            "at_forecast_cost",
            sort="at_forecast_cost",
            kind="money",
            currency="currency",
        ),
        Column("spent", _("Spent"), "at_spent", sort="at_spent", kind="money", currency="currency", default=False),
        Column("cost", _("Cost against approval"), "cost_percent", sort="cost_percent", kind="percent", phone="second"),
        Column("slip", _("Slip"), "days", sort="days", kind="days", phone="second"),
        Column("kind", _("Type"), "get_kind_display", sort="kind", default=False),
        Column("programme", _("Programme"), "programme.name", sort="programme__key", default=False),
        Column("unit", _("Department"), "unit", sort="unit__code", default=False, needs=("unit",)),
        Column("category", _("Category"), "category", sort="category", default=False),
        Column("sponsor", _("Sponsor"), "sponsor", sort="sponsor__kana", kind="person", default=False),
        Column("state", _("State"), "get_state_display", sort="state", default=False),
    ]
    filters = [
        Choice("portfolio", _("Portfolio"), "portfolio__key", options=offered("portfolio")),
        Choice("tier", _("Tier"), "tier", options=Tier.choices),
        Choice("stage", _("Stage"), "stage", options=Project.Stage.choices),
        Choice("confidence", _("Delivery confidence"), "level", options=Confidence.choices),
        Choice("pm", _("PM"), "pm_id", options=offered("pm")),
        Among("cost", _("Cost against approval"), options=BANDS.items(), conditions=bands),
        Among("moved", _("Movement"), options=MOVES.items(), conditions=moves),
        Choice("programme", _("Programme"), "programme__key", options=offered("programme")),
        Choice("kind", _("Type"), "kind", options=Project.Kind.choices),
        Choice("unit", _("Department"), "unit__code", options=offered("unit")),
        Choice("category", _("Category"), "category", options=offered("category")),
        Choice("sponsor", _("Sponsor"), "sponsor_id", options=offered("sponsor")),
        Choice("state", _("State"), "state", options=Project.State.choices),
        Among("size", _("Approved budget"), options=SIZES.items(), conditions=sizes),
        Range("slip", _("Slip in days"), "days"),
        Flag("elsewhere", _("In another currency"), when=lambda viewer: elsewhere()),
        Flag("needs", _("Needs a decision"), when=Q(needs_action=True)),
    ]
    empty_text = _("Here stand the projects of the period, with their confidence, cost and finish.")

    def __init__(self, viewer, params, sight: Sight) -> None:
        super().__init__(viewer, params)
        self.sight = sight

    def base(self):
        return queries.standings(self.viewer, self.sight)

    def search_condition(self, word: str) -> Q:
        return holding(word)

    def prepare(self, records: list) -> list:
        queries.as_pictured(self.sight, records)
        return records
