"""The lists of imports and of import profiles."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal import lists
from pmo_portal.intake import queries, targets
from pmo_portal.intake.models import ImportProfile, ImportRun
from pmo_portal.lists import Choice, Column, Flag, Range


def scope_options(viewer) -> list[tuple[str, str]]:
    """The places into which the imports that the viewer may see have gone."""
    into = queries.runs(viewer).order_by().values("scope_id").distinct()
    return [(str(s.pk), str(s)) for s in queries.scopes_named(into)[:60]]


def label_of(record: ImportRun | ImportProfile) -> str:
    target = targets.targets.get(record.target)
    return str(target.label) if target else record.target


def figures(run: ImportRun) -> str:
    """New · changed · same, then what needs a hand: 128 · 412 · 6,865 ▲3 ■4."""
    found = queries.counts(run)
    if not found["all"]:
        return ""
    said = " · ".join(f"{found[key]:,}" for key in ("new", "changed", "unchanged"))
    marks = [f"{sign}{found[key]:,}" for key, sign in (("ambiguous", "▲"), ("refused", "■")) if found[key]]
    return " ".join([said, *marks])


class ImportRunList(lists.List):
    model = ImportRun
    title = _("Imports")
    search = ("file_name", "by__name_ja", "by__name_en", "scope__label", "scope__label_en", "profile__name")
    order = ("-pk",)
    related = ("by", "scope", "profile", "period")
    columns = [
        Column("name", _("File"), "file_name", sort="file_name", phone="first"),
        Column("state", _("State"), "get_state_display", sort="state", phone="first"),
        Column("scope", _("Into"), "scope", sort="scope__label", phone="second"),
        Column("as_of", _("As of"), "as_of", sort="as_of", kind="date"),
        Column("rows", _("New · changed · same, ▲ to confirm, ■ refused"), figures, phone="second"),
        Column("profile", _("Profile"), "profile", sort="profile__name"),
        Column("by", pgettext_lazy("import", "By"), "by", sort="by__kana", kind="person"),
        Column("created", _("Received"), "created_at", sort="id", kind="moment"),
        Column("applied", _("Applied"), "applied_at", sort="applied_at", kind="moment", default=False),
        Column("undone", _("Undone"), "undone_at", sort="undone_at", kind="moment", default=False),
        Column("target", _("What comes in"), label_of, sort="target", default=False),
        Column("number", _("Number"), "number", sort="id", default=False),
    ]
    filters = [
        Choice("state", _("State"), options=ImportRun.State.choices),
        Choice("scope", _("Into"), options=scope_options),
        Range("as_of", _("As of"), of="date"),
        Flag("mine", _("Mine"), when=lambda viewer: Q(by=viewer.pk)),
        Flag("waits", pgettext_lazy("import", "Waits for a decision"), when=Q(state=ImportRun.State.PREVIEWED)),
    ]
    empty_text = _(
        "What the office keeps in Excel comes in here: a file is previewed cell by cell, applied as a whole or not at all, and"
        " can be taken back in one step."
    )

    def base(self):
        return queries.runs(self.viewer)


class ImportProfileList(lists.List):
    model = ImportProfile
    title = _("Import profiles")
    search = ("name", "note")
    order = ("is_shipped", "name")
    columns = [
        Column("name", _("Name"), "name", sort="name", phone="first"),
        Column("target", _("What comes in"), label_of, sort="target"),
        Column("note", _("Note"), "shown_note", phone="second"),
        Column("columns", _("Columns"), "column_count", kind="number"),
        Column("origin", _("Origin"), "origin", sort="is_shipped", phone="first"),
        Column("updated", _("Last changed"), "updated_at", sort="updated_at", kind="moment", phone="second"),
    ]
    filters = [Flag("own", _("The office's own"), when=Q(is_shipped=False))]
    empty_text = _(
        "A profile remembers which column of a sheet is which field. Save one from the mapping of an import, and the next file of"
        " the same kind needs no more than to be dropped."
    )

    def base(self):
        return queries.profiles(self.viewer)

    def prepare(self, records: list) -> list:
        for profile in records:
            profile.column_count = len(profile.definition.get("columns") or ())
            profile.origin = _("comes with the portal") if profile.is_shipped else _("the office's own")
            profile.shown_note = profile.note or queries.warning(profile.definition, "label")
        return records
