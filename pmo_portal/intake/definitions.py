"""A profile's definition: checked, changed by a form, made fit to be remembered. Pure but for the words of its faults."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from copy import deepcopy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal.intake import heads as naming
from pmo_portal.intake.amounts import UNITS
from pmo_portal.intake.targets import KINDS, Target

KEYS = {
    "label", "note", "sheet", "layout", "encoding", "header_row", "header_rows", "language", "currency", "columns", "period",
    "identity", "baseline", "milestones", "rest", "ignore", "words", "prose", "tolerate", "skip", "refuse", "fill", "repair",
    "attribution", "warning", "target", "seen_heads",
}  # fmt: skip
COLUMN_KEYS = {
    "field", "heads", "kind", "order", "unit", "unit_chosen", "decimal", "fiscal", "values", "required", "also", "prose",
}  # fmt: skip
CHOICES = {
    "layout": ("auto", "rows", "columns"),
    "rest": ("keep", "drop"),
    "prose": ("keep", "refuse"),
    "baseline": ("", "first"),
    "language": ("en", "ja"),
}
COLUMN_CHOICES = {
    "order": ("", "dmy", "mdy"),
    "unit": tuple(UNITS),
    "unit_chosen": tuple(UNITS),
    "decimal": (".", ","),
    "fiscal": ("", "start", "end"),
    "kind": KINDS,
}


def check(definition: Any, target: Target) -> None:
    """Raise ValidationError naming each part that is not understood."""
    faults = list(_faults(definition, target))
    if faults:
        raise ValidationError({"definition": faults}, code="definition")


def _faults(definition: Any, target: Target):
    if not isinstance(definition, dict):
        yield _("A definition is an object with named parts.")
        return
    for key in sorted(set(definition) - KEYS):
        yield _("“%(key)s” is not a part of a definition.") % {"key": key}
    for key, allowed in CHOICES.items():
        if key in definition and definition[key] not in allowed:
            yield _say_choice(key, definition[key], allowed)
    columns = definition.get("columns") or []
    if not isinstance(columns, list) or not all(
        isinstance(c, dict) and isinstance(c.get("field"), str) for c in columns
    ):
        yield _("“columns” is a list of objects, each with its “field”.")
        return
    seen: set[str] = set()
    for column in columns:
        field = column["field"]
        if field in seen:
            yield _("“%(field)s” has two columns.") % {"field": field}
        seen.add(field)
        for key in sorted(set(column) - COLUMN_KEYS):
            yield _("“%(key)s” of “%(field)s” is not understood.") % {"key": key, "field": field}
        for key, allowed in COLUMN_CHOICES.items():
            if key in column and column[key] not in allowed:
                yield _say_choice(f"{field}.{key}", column[key], allowed)
        if field not in target.by_key() and column.get("kind", "text") not in KINDS:
            yield _say_choice(f"{field}.kind", column.get("kind"), KINDS)
        yield from _pattern_faults(field, column.get("heads"))
    period = definition.get("period") or {}
    if not isinstance(period, dict):
        yield _("“period” is an object with its “heads”.")
        return
    yield from _pattern_faults("period", period.get("heads"))
    yield from _pattern_faults("period", [p for p in (period.get("from_head"), period.get("from_name")) if p])
    for part in ("refuse", "repair"):
        for rule in definition.get(part) or ():
            if (
                not isinstance(rule, dict)
                or "field" not in rule
                or ("matches" if part == "refuse" else "by") not in rule
            ):
                yield _("“%(key)s” is not understood.") % {"key": part}


def _say_choice(key: str, value: Any, allowed: tuple[str, ...]) -> str:
    return _("“%(value)s” is no value of “%(key)s”; it is one of %(allowed)s.") % {
        "value": value,
        "key": key,
        "allowed": _(", ").join(a for a in allowed if a),
    }


def _pattern_faults(field: str, heads: Any):
    if heads is None:
        return
    if not isinstance(heads, list) or not all(isinstance(h, str) for h in heads):
        yield _("“heads” of “%(field)s” is a list of names.") % {"field": field}
        return
    for head in heads:
        try:
            naming.compiled(head)
        except ValueError:
            yield _("“%(pattern)s” of “%(field)s” is not a pattern.") % {"pattern": head, "field": field}


def with_columns(
    definition: dict[str, Any], columns: Dict[int, str], facts: dict[str, Any], target: Target
) -> dict[str, Any]:
    """The definition with these columns taken by these fields, as a form of selects gives them."""
    changed = written_out(definition, facts, target)
    listed: list[dict[str, Any]] = changed["columns"]
    heads: list[str] = facts.get("heads") or []
    for index, field in columns.items():
        head = heads[index] if index < len(heads) else ""
        if not head:
            continue
        for column in listed:
            if column["field"] != field:
                column["heads"] = [h for h in column.get("heads") or [] if not naming.Pattern(h).score(head)]
        if field:
            found = next((c for c in listed if c["field"] == field), None)
            if found is None:
                listed.append({"field": field, "heads": [head]})
            else:
                found["heads"] = [head, *[h for h in found.get("heads") or [] if h != head]]
    fields = [f for f in columns.values() if f]
    twice = sorted({f for f in fields if fields.count(f) > 1})
    if twice:
        names = _(", ").join(str(target.by_key()[f].label) if f in target.by_key() else f for f in twice)
        raise ValidationError(
            {"columns": ValidationError(_("Two columns cannot both be %(names)s.") % {"names": names}, code="twice")}
        )
    changed["columns"] = [c for c in listed if c.get("heads")]
    return changed


def with_period_column(
    definition: dict[str, Any], columns: Dict[int, str], facts: dict[str, Any]
) -> tuple[dict[str, Any], dict[int, str]]:
    """The column that says for which date a row is stands apart from the fields: the definition with it, and the other
    columns."""
    changed, rest = deepcopy(definition), dict(columns)
    heads: list[str] = facts.get("heads") or []
    before = next((c["column"] for c in facts.get("columns") or () if c["field"] == "period_on"), None)
    chosen = [index for index, field in rest.items() if field == "period_on" and index < len(heads)]
    if len(chosen) > 1:
        raise ValidationError(
            {"columns": ValidationError(_("Only one column can say the date of the figures."), code="twice")}
        )
    for index in chosen:
        del rest[index]
        if index != before:
            changed["period"] = {**(changed.get("period") or {}), "heads": [heads[index]]}
    if before is not None and not chosen and before in columns:
        changed["period"] = {**(changed.get("period") or {}), "heads": []}
    return changed, rest


def with_options(
    definition: dict[str, Any], index: int, options: dict[str, Any], facts: dict[str, Any], target: Target
) -> dict[str, Any]:
    """The definition with a column read another way."""
    changed = written_out(definition, facts, target)
    field = next((c["field"] for c in facts.get("columns") or () if c["column"] == index), None)
    for column in changed["columns"]:
        if column["field"] == field:
            column.update(options)
            return changed
    raise ValidationError({"column": ValidationError(_("This column has no field yet."), code="column")})


def written_out(definition: dict[str, Any], facts: dict[str, Any], target: Target) -> dict[str, Any]:
    """The definition with every column that was found in it, so that it can be changed by column and remembered."""
    changed = deepcopy(definition)
    listed: list[dict[str, Any]] = changed.setdefault("columns", [])
    known = {c["field"] for c in listed}
    for found in facts.get("columns") or ():
        if found["field"] in known or found["field"] == "period_on":
            continue
        declared = target.by_key().get(found["field"])
        listed.append({"field": found["field"], "heads": [found["head"], *(declared.heads if declared else ())]})
    return changed


def remembered(definition: dict[str, Any], facts: dict[str, Any], target: Target) -> dict[str, Any]:
    """What is worth keeping as a profile: the mapping with the heads of this file among its names, and all heads of the
    file, by which the next one of the same source is known."""
    kept = written_out(definition, facts, target)
    heads = {c["field"]: c["head"] for c in facts.get("columns") or ()}
    for column in kept["columns"]:
        head = heads.get(column["field"])
        names = column.setdefault("heads", [])
        if head and not any(naming.Pattern(n).score(head) >= 0.95 for n in names):
            names.insert(0, head)
    kept["seen_heads"] = [head for head in facts.get("heads") or () if head]
    return kept
