"""Two people changed the same record: what it was when opened, what is typed, what it is now."""

from __future__ import annotations

from dataclasses import dataclass

from pmo_portal import audit


@dataclass(frozen=True)
class Side:
    """One field of a conflict. `collides`: both changed it, differently."""

    name: str
    label: str
    opened: str
    mine: str
    theirs: str
    collides: bool


def sides(viewer, form, conflict: audit.Conflict) -> list[Side]:
    """Field by field, those that differ. Reads the trail to tell how the record stood when it was opened."""
    opened = audit.opened_values(conflict.current, conflict.opened_version)
    found = []
    for name, field in form.fields.items():
        if name not in opened:
            continue
        was, now = opened[name], getattr(conflict.current, conflict.current._meta.get_field(name).attname)
        typed = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else form.data.get(name)
        typed = getattr(typed, "pk", typed)
        texts = [_text(was), _text(typed), _text(now)]
        if len(set(texts)) == 1:
            continue
        collides = texts[1] != texts[0] and texts[2] != texts[0] and texts[1] != texts[2]
        opened_as, mine, theirs = (_shown(field, v) for v in (was, typed, now))
        found.append(Side(name, str(field.label or name), opened_as, mine, theirs, collides))
    return found


def _text(value) -> str:
    return "" if value in (None, "") else str(value)


def _shown(field, value) -> str:
    """A choice as its words, the rest as typed."""
    if value in (None, ""):
        return ""
    for key, label in getattr(field, "choices", None) or ():
        if str(getattr(key, "value", key)) == str(value):
            return str(label)
    return str(value)
