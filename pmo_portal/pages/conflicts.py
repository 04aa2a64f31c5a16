"""Two people changed the same record: what it was when opened, what is typed, what it is now; and what came of choosing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal.audit import last_entry
from pmo_portal.i18n.differing import Piece, marked

MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Side:
    """One field that differs. `who` changed it: mine, theirs, or both of them (then one has to choose).

    The values are as a page shows them (`kind` as the tag `value` takes it), `raw` ones as the form's field is filled."""

    name: str
    label: str
    kind: str
    opened: Any
    mine: Any
    theirs: Any
    raw_opened: str
    raw_mine: str
    raw_theirs: str
    who: str
    is_text: bool = False
    is_many: bool = False

    @property
    def sent_theirs(self) -> list[str]:
        """As the form sends it: one value, or several."""
        return self._sent(self.raw_theirs)

    @property
    def sent_opened(self) -> list[str]:
        return self._sent(self.raw_opened)

    def _sent(self, value: str) -> list[str]:
        return value.split("\n") if self.is_many else [value]

    @property
    def collides(self) -> bool:
        return self.who == BOTH

    @property
    def change(self) -> dict[str, Any]:
        """What was changed by the one who did, as `pages/was_is.html` reads it."""
        now = self.mine if self.who == MINE else self.theirs
        days = (now - self.opened).days if self.kind == "date" and now and self.opened else None
        return {"was": self.opened, "now": now, "kind": self.kind, "days": days}

    @property
    def marked_mine(self) -> list[Piece]:
        return marked(str(self.mine or ""), str(self.opened or ""))

    @property
    def marked_theirs(self) -> list[Piece]:
        return marked(str(self.theirs or ""), str(self.opened or ""))


def sides(form: forms.BaseForm, opened: dict[str, Any], theirs: dict[str, Any]) -> list[Side]:
    """Field by field, those that differ. `opened` and `theirs` hold initial values of the form at both versions."""
    found = []
    for name, field in form.fields.items():
        if name not in theirs or isinstance(field.widget, forms.HiddenInput):
            continue
        typed = _typed(form, name)
        raws = [raw(field, value) for value in (opened.get(name), typed, theirs[name])]
        was, mine, now = raws
        if mine == now:
            continue
        who = BOTH if mine != was and now != was else MINE if mine != was else THEIRS
        shown = [_shown(field, value) for value in (opened.get(name), typed, theirs[name])]
        found.append(
            Side(
                name=name,
                label=str(field.label or name),
                kind=_kind(name, field),
                opened=shown[0],
                mine=shown[1],
                theirs=shown[2],
                raw_opened=was,
                raw_mine=mine,
                raw_theirs=now,
                who=who,
                is_text=isinstance(field, forms.CharField) and not isinstance(field, forms.RegexField),
                is_many=_is_many(field),
            )
        )
    return found


def _typed(form: forms.BaseForm, name: str) -> Any:
    """What was typed: cleaned where it could be read, else as it stands. A choice stays its key."""
    if isinstance(form.fields[name], forms.TypedChoiceField):
        return form[name].data
    cleaned = getattr(form, "cleaned_data", {})
    return cleaned[name] if name in cleaned else form[name].data


def raw(field: forms.Field, value: Any) -> str:
    """A value as the form's field is filled; several choices one a line, in the order in which they are offered."""
    if _is_many(field):
        return "\n".join(_keys(field, value))
    value = field.prepare_value(value)
    if value is None or value is False:
        return ""
    shown = field.widget.format_value(value) if isinstance(field, forms.DateField) else value
    return str(shown).replace("\r\n", "\n").strip()


def _is_many(field: forms.Field) -> bool:
    return isinstance(field, forms.MultipleChoiceField)


def _keys(field: forms.Field, value: Any) -> list[str]:
    picked = value.split("\n") if isinstance(value, str) else [str(key) for key in value or ()]
    offered = {str(key): place for place, (key, _label) in enumerate(field.choices)}
    return sorted({key for key in picked if key}, key=lambda key: (offered.get(key, len(offered)), key))


def _kind(name: str, field: forms.Field) -> str:
    if name.endswith("_light"):
        return "light"
    if name == "confidence":
        return "confidence"
    if isinstance(field, forms.DateField):
        return "date"
    return "money" if isinstance(field, forms.DecimalField) else "text"


def _shown(field: forms.Field, value: Any) -> Any:
    """A choice as its words, a record as its name, the rest as it is."""
    if value in (None, "", []):
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if _is_many(field):
        labels = {str(key): str(label) for key, label in field.choices}
        return pgettext("between words", ", ").join(labels.get(key, key) for key in _keys(field, value))
    if isinstance(field, forms.ModelChoiceField):
        key = getattr(value, "pk", value)
        return str(field.queryset.filter(pk=key).first() or key)
    for key, label in getattr(field, "choices", None) or ():
        if str(key) == str(value):
            return value if _kind_of_choice(field) else str(label)
    return value


def _kind_of_choice(field: forms.Field) -> bool:
    """Lights and levels are drawn, not spelled out."""
    keys = {str(key) for key, _label in field.choices}
    return {"green", "amber", "red"} <= keys


def merged(data: QueryDict, found: list[Side], version: int) -> QueryDict:
    """What was typed, with what only the other changed taken over, on the other's version."""
    fresh = data.copy()
    for side in found:
        if side.who == THEIRS:
            _put(fresh, side.name, side.sent_theirs)
    fresh["version"] = str(version)
    return fresh


def _put(data: QueryDict, name: str, values: list[str]) -> None:
    """Nothing chosen among several is nothing sent."""
    if any(values):
        data.setlist(name, values)
    else:
        data.pop(name, None)


def kept(data: QueryDict) -> list[tuple[str, str]]:
    """What the form held, as hidden fields of the conflict page."""
    own = ("theirs-", "choose-", "before-")
    return [
        (name, value)
        for name, values in data.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "opened_version", "undo") and not name.startswith(own)
    ]


def chosen(data: QueryDict) -> tuple[QueryDict, int]:
    """The form's data as chosen on the conflict page, and how many places are still open."""
    fresh, still_open = data.copy(), 0
    for key in data:
        if not key.startswith("theirs-"):
            continue
        name = key.removeprefix("theirs-")
        choice = data.get(f"choose-{name}", "")
        if choice == THEIRS:
            _put(fresh, name, data.getlist(key))
        elif choice == BOTH:
            fresh[name] = f"{data.get(name, '').rstrip()}\n{data[key]}".strip()
        elif choice != MINE:
            still_open += 1
    for name in data.getlist("undo"):
        _put(fresh, name, data.getlist(f"before-{name}"))
    return fresh, still_open


def saved_by(record) -> dict[str, Any]:
    """Who saved last and when, from the trail."""
    entry = last_entry(record)
    return {"person": entry.actor if entry else None, "at": entry.at if entry else record.updated_at}
