"""Declaring custom fields; writing their values into a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal import access, audit
from pmo_portal.accounts.models import Person
from pmo_portal.audit.models import AuditEntry
from pmo_portal.custom import queries, values
from pmo_portal.custom.models import PREFIX, CustomField, Customised
from pmo_portal.custom.registry import carrier_of, carriers

MOST_FIELDS, MOST_OPTIONS, MOST_NAMED, BLOCK = 60, 100, 8, 500


# ---- values


def split(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the record's own fields take, what its custom ones take) of an action's keywords."""
    own = {name: value for name, value in given.items() if not name.startswith(PREFIX)}
    return own, {name: value for name, value in given.items() if name.startswith(PREFIX)}


def put(record: Customised, given: dict[str, Any], *, by) -> None:
    """Set `custom_<key>` of a record, not yet saved. Raises ValidationError naming the fields. What `by` does not see
    cannot be written; it counts as unknown."""
    faults: dict[str, Any] = {}
    kept = dict(record.custom or {})
    people = _known_people(type(record), given)
    for name, value in given.items():
        found = queries.field_of(type(record), name)
        if found is None or found.archived_at is not None or not queries.sees(by, found, record):
            faults[name] = ValidationError(_("There is no such field here."), code="no_such_field")
            continue
        try:
            said = values.kept(found.kind, value, tuple(found.choices))
        except values.Unfit as unfit:
            faults[name] = ValidationError(why(unfit.code), code=unfit.code)
            continue
        if found.kind == values.PERSON and said is not None and said not in people:
            faults[name] = ValidationError(_("There is no such person."), code="no_person")
        elif said is None:
            kept.pop(found.key, None)
        else:
            kept[found.key] = said
    if faults:
        raise ValidationError(faults)
    record.custom = kept


def set_on(record: Customised) -> dict[str, Any]:
    """What somebody set as an attribute of a record on trial."""
    return {name: value for name, value in vars(record).items() if name.startswith(PREFIX)}


def _known_people(model, given: dict[str, Any]) -> set[int]:
    asked = {getattr(v, "pk", v) for n, v in given.items() if (f := queries.field_of(model, n)) and f.kind == "person"}
    ids = [pk for pk in asked if isinstance(pk, int) and not isinstance(pk, bool) and abs(pk) < 2**63]
    return set(Person.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def fill_defaults(record: Customised) -> None:
    """What a new record starts with where nothing else is said."""
    started = {f.key: f.default for f in queries.fields_of(type(record)) if f.default is not None}
    record.custom = {**started, **(record.custom or {})}


def carried(before: Customised) -> dict[str, Any]:
    """What a record that follows another starts with: its values, of the fields in use."""
    known = {f.key for f in queries.fields_of(type(before))}
    return {key: value for key, value in (before.custom or {}).items() if key in known}


def require_complete(record: Customised, *, by) -> None:
    """Raise ValidationError where a field that is needed in the record's present state is empty. What `by` does not see is
    not asked of them."""
    if faults := missing(record, by=by):
        raise ValidationError({name: ValidationError(said, code="required") for name, said in faults.items()})


def missing(record: Customised, *, by, state: str = "") -> dict[str, str]:
    """`custom_<key>` → why, of the fields that are needed in this state (none given: the record's) and are empty."""
    carrier = carriers[type(record)._meta.label_lower]
    state = state or str(getattr(record, carrier.state))
    said = _("Needed when: %(state)s.") % {"state": dict(carrier.states).get(state, state)}
    return {f.attribute: said for f in lacking(record, by=by, state=state)}


def lacking(record: Customised, *, by, state: str = "") -> list[CustomField]:
    """The fields that are needed in this state (none given: the record's) and are empty, as far as `by` sees them."""
    state = state or str(getattr(record, carriers[type(record)._meta.label_lower].state))
    found = queries.empty_in(type(record), state, record.custom or {})
    return [f for f in found if queries.sees(by, f, record)]


def why(code: str) -> str:
    said = {
        "too_long": _("At most %(count)s characters.") % {"count": values.LONGEST},
        "not_a_number": _("This is not a number."),
        "too_big": _("This number is too large to be one."),
        "places": _("Too many decimal places."),
        "date_range": _("Dates lie between 1900 and 2200."),
        "no_choice": _("Choose one of the list."),
        "no_link": _("A link begins with https:// or http://."),
        "no_date": _("This is not a date."),
        "no_yesno": _("Yes or no."),
    }
    return said.get(code, _("This value does not fit the field."))


# ---- declaring


@dataclass
class Loss:
    """What a change would cost: in how many records a value would go, and the first of them."""

    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)  # (record, what it says)

    def __bool__(self) -> bool:
        return self.count > 0


@transaction.atomic
def create_field(*, by, of: str, key: str, accept_gaps: bool = True, **given: Any) -> CustomField:
    """A new field of a sort of record. Raises ValidationError for a key that is taken, no name, choices that are none; with
    code gaps where records lack what is needed from now on and that is not accepted."""
    access.require(by, "edit", CustomField())
    if of not in carriers:
        raise ValidationError({"of": ValidationError(_("Choose one of the list."), code="no_choice")})
    made = CustomField(of=of, key=key.strip().lower(), **given)
    known = CustomField.objects.filter(of=of)
    if known.filter(key=made.key).exists():
        raise ValidationError({"key": ValidationError(_("This key is taken."), code="unique")})
    if known.count() >= MOST_FIELDS:
        raise ValidationError(_("There are as many fields as there can be."), code="too_many")
    made.position = (known.order_by("-position").values_list("position", flat=True).first() or 0) + 1
    _check(made)
    if not accept_gaps:
        _require_no_gaps(made, made.required_in)
    audit.create(made, by=by)
    queries.forget()
    return made


@transaction.atomic
def edit_field(
    found: CustomField,
    *,
    by,
    version: int | None = None,
    accept_loss: bool = False,
    accept_gaps: bool = True,
    **given: Any,
) -> CustomField:
    """Change a field. Where its type or its choices change, the values are turned into what they say in the new one; what
    cannot be is lost, and only with `accept_loss`. Raises `ValidationError` (code loss) otherwise; code gaps where records
    lack what becomes needed and that is not accepted."""
    access.require(by, "edit", found)
    before = CustomField(**{f.attname: getattr(found, f.attname) for f in CustomField._meta.concrete_fields})
    with audit.change(found, "changed", by=by, version=version) as current:
        for name, value in given.items():
            setattr(current, name, value)
        _check(current)
        if turns(before, current):
            loss = losses(before, current)
            if loss and not accept_loss:
                raise ValidationError(told_loss(loss), code="loss")
            _turn(before, current, by)
        if not accept_gaps:
            _require_no_gaps(current, set(current.required_in) - set(before.required_in))
    queries.forget()
    if turns(before, found) or before.seen_by != found.seen_by:
        carrier_of(found).follow(found)
    return found


@transaction.atomic
def remove_field(found: CustomField, *, by, reason: str, version: int | None = None) -> CustomField:
    """Out of use: no form, list or sheet shows it any more. What it holds stays, and is there again when it comes back."""
    access.require(by, "edit", found)
    audit.require_reason(reason, _("Say why it is taken out of use."))
    audit.archive(found, by=by, reason=reason, version=version)
    queries.forget()
    carrier_of(found).follow(found)
    return found


@transaction.atomic
def restore_field(found: CustomField, *, by, version: int | None = None) -> CustomField:
    access.require(by, "edit", found)
    with audit.change(found, "restored", by=by, version=version) as current:
        current.archived_at = None
    queries.forget()
    carrier_of(found).follow(found)
    return found


def options_of(lines: str, known: Iterable[dict[str, str]] = ()) -> list[dict[str, str]]:
    """Choices from lines "日本語 | English". One whose words in either language are known keeps its key. Raises
    ValidationError for the same words twice and for too many."""
    by_words = {o[lang].casefold(): o["key"] for o in known for lang in ("ja", "en") if o[lang]}
    found: list[dict[str, str]] = []
    used: set[str] = set()
    told: set[str] = set()
    for line in filter(None, (text.strip() for text in lines.replace("\0", "").splitlines())):
        ja, _bar, en = (part.strip()[:100] for part in line.partition("|"))
        key = (
            by_words.get(ja.casefold())
            or by_words.get(en.casefold())
            or _new_key(en or ja, used | {*by_words.values()})
        )
        said = {words.casefold() for words in (ja, en) if words}
        if key in used or said & told:
            raise ValidationError(_("“%(words)s” is there twice.") % {"words": ja or en}, code="twice")
        used.add(key)
        told |= said
        found.append({"key": key, "ja": ja, "en": en or ja})
    if len(found) > MOST_OPTIONS:
        raise ValidationError(_("At most %(count)s choices.") % {"count": MOST_OPTIONS}, code="too_many")
    return found


def _new_key(words: str, taken: set[str]) -> str:
    base = slugify(words).replace("-", "_")[:24] or "choice"
    return next(key for n in range(1, MOST_OPTIONS * 3) if (key := base if n == 1 else f"{base}_{n}") not in taken)


def _check(made: CustomField) -> None:
    faults: dict[str, Any] = {}
    if not values.KEY.fullmatch(made.key):
        said = _("A letter first, then small letters, digits and _: risk_class.")
        faults["key"] = ValidationError(said, code="key")
    if not made.name_ja and not made.name_en:
        faults["name_ja"] = ValidationError(_("Give a name in at least one language."), code="required")
    if made.kind in (values.CHOICE, values.CHOICES):
        if not made.options:
            faults["options"] = ValidationError(_("Write at least one choice."), code="required")
    else:
        made.options = []
    carrier = carriers.get(made.of)
    known = {str(state) for state, _label in carrier.states} if carrier else set()
    made.required_in = [state for state in made.required_in if state in known]
    try:
        if made.default not in (None, ""):
            made.default = values.kept(made.kind, made.default, tuple(made.choices))
        else:
            made.default = None
    except values.Unfit as unfit:
        faults["default"] = ValidationError(why(unfit.code), code=unfit.code)
    if faults:
        raise ValidationError(faults)


# ---- what a change costs


def turns(before: CustomField, after: CustomField) -> bool:
    """Whether values have to be turned: another type, or a choice that there is no more."""
    return before.kind != after.kind or bool(set(before.choices) - set(after.choices))


def losses(before: CustomField, after: CustomField | None) -> Loss:
    """What would go when `before` becomes `after` (None: it is taken out of use, and everything would be out of sight)."""
    if after is None:
        return _held(before)
    found = Loss()
    for record, raw in _holders(before):
        if _turned(raw, before, after) is not None:
            continue
        found.count += 1
        if len(found.first) < MOST_NAMED:
            found.first.append((str(record), _said(raw, before)))
    return found


def _held(field: CustomField) -> Loss:
    """In how many records it says something, and the first of them. Two queries."""
    model: Any = carrier_of(field).model
    rows = model._base_manager.filter(custom__has_key=field.key).order_by("pk")
    first = [(str(record), _said(record.custom[field.key], field)) for record in rows[:MOST_NAMED]]
    return Loss(rows.count() if len(first) == MOST_NAMED else len(first), first)


def gaps(of: str, key: str, states: Iterable[str]) -> Loss:
    """In how many records that people go on editing, in these states, the field says nothing, and the first of them: whoever
    edits one of them next has to fill it in. Two queries."""
    carrier = carriers.get(of)
    if carrier is None or carrier.edited is None:
        return Loss()
    model: Any = carrier.model
    found = model._base_manager.filter(carrier.edited, **{f"{carrier.state}__in": list(states)})
    rows = found.exclude(custom__has_key=key).order_by("pk")
    first = [(str(record), "") for record in rows[:MOST_NAMED]]
    return Loss(rows.count() if len(first) == MOST_NAMED else len(first), first)


def told_gaps(loss: Loss) -> str:
    said = ngettext(
        "%(count)s record says nothing in it yet; whoever edits it next has to fill it in",
        "%(count)s records say nothing in it yet; whoever edits one of them next has to fill it in",
        loss.count,
    )
    named = "; ".join(record for record, _nothing in loss.first)
    return f"{said % {'count': loss.count}}: {named}{' …' if loss.count > len(loss.first) else ''}"


def _require_no_gaps(made: CustomField, states: Iterable[str]) -> None:
    if found := gaps(made.of, made.key, states):
        raise ValidationError(told_gaps(found), code="gaps")


def _holders(held: CustomField) -> Iterable[tuple[Customised, Any]]:
    """Every record that says something in the field."""
    model: Any = carrier_of(held).model
    for record in model._base_manager.filter(custom__has_key=held.key).order_by("pk").iterator(chunk_size=BLOCK):
        yield record, record.custom[held.key]


def _turned(raw: Any, before: CustomField, after: CustomField) -> Any:
    return values.turned(raw, before.kind, after.kind, before.choices, after.choices)


def _said(raw: Any, held: CustomField) -> str:
    keys = raw if isinstance(raw, list) else [raw]
    return _(", ").join(str(held.choices.get(str(key), key)) for key in keys)


def told_loss(loss: Loss) -> str:
    """In words, with the first records."""
    named = "; ".join(f"{record}: {said}" for record, said in loss.first)
    said = ngettext("%(count)s record would lose its value", "%(count)s records would lose their value", loss.count)
    return f"{said % {'count': loss.count}}: {named}{' …' if loss.count > len(loss.first) else ''}"


def told_out_of_sight(loss: Loss) -> str:
    """What nobody would see any more, in words, with the first records."""
    named = "; ".join(f"{record}: {said}" for record, said in loss.first)
    said = ngettext(
        "%(count)s record says something in it, which nobody will see until the field comes back",
        "%(count)s records say something in it, which nobody will see until the field comes back",
        loss.count,
    )
    return f"{said % {'count': loss.count}}: {named}{' …' if loss.count > len(loss.first) else ''}"


def _turn(before: CustomField, after: CustomField, by) -> None:
    """Every record's value in its new form, each written into its trail."""
    model: Any = carrier_of(before).model
    changed: list[Customised] = []
    entries: list[AuditEntry] = []
    reason = _("The field “%(field)s” became another") % {"field": after}
    for record, raw in list(_holders(before)):
        now = _turned(raw, before, after)
        if now == raw:
            continue
        record.custom = {k: v for k, v in record.custom.items() if k != before.key} | (
            {} if now is None else {after.key: now}
        )
        record.version += 1
        changed.append(record)
        entries.append(audit.entry_for(record, "changed", by=by, changes={after.attribute: [raw, now]}, reason=reason))
    model._base_manager.bulk_update(changed, ["custom", "version"], batch_size=BLOCK)
    audit.note_many(entries)
