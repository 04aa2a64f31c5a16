"""What people type and choose on the way of a file into the portal."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pmo_portal import access
from pmo_portal.access.models import Scope
from pmo_portal.intake import queries, targets
from pmo_portal.intake.wording import say
from pmo_portal.pages.fields import DateField

MEGABYTE = 1024 * 1024
RECENT = timedelta(days=550)  # periods offered by name; older figures come in by their date
STYLES = {
    "order": gettext_lazy("Order of day and month"),
    "unit": pgettext_lazy("money", "Unit"),
    "decimal": gettext_lazy("Decimal sign"),
}
KINDS = ".xlsx,.xlsm,.csv,.tsv,.txt"


def places(viewer):
    """Where the viewer may bring projects in: portfolios, by name."""
    found = access.visible(viewer, Scope).filter(kind=Scope.Kind.PORTFOLIO).order_by("label", "pk")
    return [scope for scope in found[:500] if access.may(viewer, "use", scope)]


class ProfileField(forms.ModelChoiceField):
    """A profile under what it says of itself in the reader's language, then the name that commands take."""

    def label_from_instance(self, profile) -> str:
        label = queries.warning(profile.definition, "label")
        return f"{label} ({profile.name})" if label else profile.name


class ImportForm(forms.Form):
    """A new import. What is left open is found out from the file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": KINDS}),
        allow_empty_file=True,  # told apart by the action, in its words
        error_messages={"required": gettext_lazy("Choose a file, or drop one here.")},
    )
    target = forms.ChoiceField(label=gettext_lazy("What comes in"))
    scope = forms.ModelChoiceField(None, label=gettext_lazy("Into which portfolio"))
    profile = ProfileField(
        None,
        label=gettext_lazy("How it is read"),
        required=False,
        empty_label=gettext_lazy("Find out from the file"),
        help_text=gettext_lazy("A profile knows the columns of one source. Without one, column names are recognised."),
    )
    period = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Reporting period of the figures"),
        required=False,
        empty_label=gettext_lazy("As the file says, or none"),
    )
    as_of = DateField(
        label=gettext_lazy("or the date of the figures"),
        required=False,
        help_text=gettext_lazy(
            "For figures of a day that is no period of this office. Leave empty where a column says it."
        ),
    )

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = targets.labels()
        if len(targets.offered()) == 1:
            self.fields["target"].widget = forms.HiddenInput()
            self.fields["target"].initial = targets.offered()[0].key
        allowed = places(viewer)
        self.fields["scope"].queryset = queries.scopes_named([s.pk for s in allowed])
        if len(allowed) == 1:
            self.fields["scope"].initial = allowed[0].pk
        self.fields["profile"].queryset = queries.profiles(viewer)
        self.fields["period"].queryset = queries.periods_since(timezone.localdate() - RECENT)

    def limit(self) -> int:
        return settings.UPLOAD_LIMIT

    def limit_words(self) -> str:
        """For the browser, which says it before anything is sent."""
        return say("too_large", {"size": "{size}", "limit": self.limit() // MEGABYTE})

    def clean(self):
        given = super().clean()
        if given.get("period") and given.get("as_of"):
            self.add_error("as_of", _("Give the period or the date, not both."))
        return given


class MappingForm(forms.Form):
    """Every column of the sheet with the field it fills. Built from what was found in the file."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    layout = forms.ChoiceField(
        label=gettext_lazy("Records stand"),
        required=False,
        choices=[
            ("auto", gettext_lazy("found out")),
            ("rows", gettext_lazy("in rows")),
            ("columns", gettext_lazy("in columns (a turned sheet)")),
        ],
    )
    header_row = forms.IntegerField(
        label=gettext_lazy("Last row with column names"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=gettext_lazy("As the sheet counts; empty: found out."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, run, columns, sheets, samples, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.columns, self.samples = run, columns, samples
        self.fields["sheet"].choices = [("", _("found out")), *((name, name or _("(the only one)")) for name in sheets)]
        options = [("", "–"), *self._options()]
        for column in columns:
            self._add(f"field-{column.index}", options, column.field, f"{column.letter} {column.head}")
            for name, choices in self._styles(column):
                said = f"{column.letter} {column.head} {STYLES[name]}"
                self._add(f"{name}-{column.index}", choices, getattr(column, name, ""), said)

    def _add(self, name: str, choices: list, initial: str, said: str) -> None:
        """A select in a table: its name is said, its head is what one sees."""
        self.fields[name] = forms.ChoiceField(
            choices=choices, required=False, initial=initial, label=said, widget=forms.Select({"aria-label": said})
        )

    def _options(self) -> list[tuple[str, str]]:
        """The target's fields, and the profile's own."""
        target = targets.targets.get(self.run.target)
        known = [(f.key, str(f.label)) for f in target.fields] if target else []
        own = {c.field: c.label for c in self.columns if c.field and c.field not in dict(known)}
        own.setdefault("period_on", _("Date of the figures"))
        return [*sorted(known, key=lambda pair: pair[1]), *own.items()]

    @staticmethod
    def _styles(column) -> list[tuple[str, list]]:
        from pmo_portal.intake.wording import NAMES, UNIT_NAMES

        if column.kind == "date":
            orders = [("", _("found out")), *((order, str(NAMES[order])) for order in ("dmy", "mdy"))]
            return [("order", orders)]
        if column.kind == "money":
            return [
                ("unit", [("", _("found out")), *((k, str(v)) for k, v in UNIT_NAMES.items())]),
                ("decimal", _signs()),
            ]
        return [("decimal", _signs())] if column.kind in ("number", "percent") else []

    def lines(self) -> list[dict]:
        """A line of the page per column: what stands in the sheet, and the fields of this form for it."""
        return [
            {
                "column": column,
                "samples": self.samples.get(column.index) or column.samples,
                "field": self[f"field-{column.index}"],
                "styles": [
                    {"label": STYLES[name], "field": self[f"{name}-{column.index}"]}
                    for name, _c in self._styles(column)
                ],
            }
            for column in self.columns
        ]

    def said(self) -> dict:
        """As the action takes it. Where another part of the workbook is meant, the columns below are not those any more."""
        given = {"version": self.cleaned_data["version"]}
        layout = {name: self.cleaned_data.get(name) for name in ("sheet", "layout", "header_row")}
        if any((value or None) != (self[name].initial or None) for name, value in layout.items()):
            return given | {
                "sheet": layout["sheet"] or "",
                "layout": layout["layout"] or "auto",
                "header_row": layout["header_row"] or 0,
            }
        columns = {c.index: self.cleaned_data.get(f"field-{c.index}") or "" for c in self.columns}
        if all(columns[c.index] == c.field for c in self.columns):
            return given | {"styles": self._said_of_styles()}
        return given | {"columns": columns, "styles": self._said_of_styles()}

    def _said_of_styles(self) -> dict[int, dict[str, str]]:
        """Column → what was said anew about how it is read; only where the column keeps its field."""
        said: dict[int, dict[str, str]] = {}
        for column in self.columns:
            if not column.field or (self.cleaned_data.get(f"field-{column.index}") or "") != column.field:
                continue
            for name, _choices in self._styles(column):
                value = self.cleaned_data.get(f"{name}-{column.index}") or ""
                if value and value != getattr(column, name, ""):
                    said.setdefault(column.index, {})[name] = value
        return said


def _signs() -> list[tuple[str, str]]:
    return [("", _("found out")), (".", _("point: 1,234.5")), (",", _("comma: 1.234,5"))]


class AnswerForm(forms.Form):
    choice = forms.ChoiceField(
        required=False,
        choices=[
            ("match", gettext_lazy("the same project")),
            ("new", gettext_lazy("a new one")),
            ("leave_out", gettext_lazy("left out")),
        ],
    )
    matched_id = forms.IntegerField(required=False, min_value=1, max_value=2**53)


class RepairForm(forms.Form):
    text = forms.CharField(required=False, max_length=2000, strip=False)
    restore = forms.BooleanField(required=False)


class VersionForm(forms.Form):
    version = forms.IntegerField(required=False)


class ApplicationForm(VersionForm):
    others = forms.BooleanField(required=False)


class UndoingForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the audit trail with the act."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReadingByForm(forms.Form):
    """By which profile a file is read that is here already."""

    profile = ProfileField(
        None,
        label=gettext_lazy("How it is read"),
        required=False,
        empty_label=gettext_lazy("Find out from the file"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, viewer, target, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].queryset = queries.profiles(viewer, target)


class ProfileForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ProfileEditForm(ProfileForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ArchiveForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)
