"""The status form: lights, forecast, milestones, words."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal.custom.forms import CustomFieldsMixin, all_initial
from pmo_portal.pages.fields import DateField, MoneyField, PersonField
from projects.register.models import Confidence, Light
from projects.status.models import DIMENSIONS, StatusReport

LIGHTS = [c for c in Light.choices if c[0] != "none"]
LEVELS = [c for c in Confidence.choices if c[0] != "none"]


class KeysField(forms.Field):
    """Which of the offered facts: several hidden fields, or boxes, of one name."""

    widget = forms.MultipleHiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value) -> list[str]:
        return [str(key)[:80] for key in value or ()][:60]


class StatusReportForm(CustomFieldsMixin, forms.Form):
    """What the PM declares. Nothing is required here: a draft is kept as it is; submitting says what is missing."""

    confidence = forms.ChoiceField(
        label=_("Delivery confidence"), choices=LEVELS, widget=forms.RadioSelect, required=False
    )
    confidence_reason = forms.CharField(label=_("Why this confidence"), max_length=2000, required=False)
    forecast_finish_on = DateField(label=_("Forecast finish"), required=False)
    forecast_cost = MoneyField(label=_("Cost at completion"), required=False)
    spent = MoneyField(label=_("Spent so far"), required=False)
    achieved = forms.CharField(
        label=_("Done this period"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10000, required=False
    )
    planned = forms.CharField(
        label=_("Next period"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10000, required=False
    )
    is_done_as_planned = forms.BooleanField(label=_("This is what was done: submit it as it stands"), required=False)
    help_needed = forms.CharField(label=_("Help needed"), max_length=500, required=False)
    help_from = PersonField(label=_("From whom"), required=False, of="reached")
    help_by = DateField(label=_("By when"), required=False)
    seen = KeysField()
    taken = KeysField()
    opened = forms.JSONField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    seconds = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=86400)

    def __init__(self, *args, report: StatusReport, milestones: list, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.milestone_list = report, milestones
        self.fields["help_from"].leave_out(report.project.pm_id, report.author_id)
        for d in DIMENSIONS:
            label = StatusReport._meta.get_field(f"{d}_light").verbose_name
            reason = _("%(dimension)s: reason") % {"dimension": label}
            self.fields[f"{d}_light"] = forms.ChoiceField(
                label=label, choices=LIGHTS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"{d}_reason"] = forms.CharField(label=reason, max_length=500, required=False)
        for m in milestones:
            self.fields[m.forecast_name] = DateField(label=m.name, required=False)
            self.fields[m.reached_name] = DateField(
                label=_("%(milestone)s: reached on") % {"milestone": m.name}, required=False
            )
        self.add_custom_fields(StatusReport, viewer, report)
        self.order_fields(self.reading_order)

    @property
    def reading_order(self) -> list[str]:
        """As the page asks, so that a summary of faults reads from the top."""
        pairs = [f"{d}_{part}" for d in DIMENSIONS for part in ("light", "reason")]
        figures = ["forecast_finish_on", "forecast_cost", "spent", "confidence", "confidence_reason"]
        dates = [name for m in self.milestone_list for name in (m.forecast_name, m.reached_name)]
        own = [f.attribute for f in self.custom_fields]
        return [
            *pairs,
            *figures,
            *dates,
            *own,
            "achieved",
            "is_done_as_planned",
            "planned",
            "help_needed",
            "help_from",
            "help_by",
        ]

    @property
    def own(self) -> list[forms.BoundField]:
        """The fields that the office has added."""
        return [self[f.attribute] for f in self.custom_fields]

    def raw_values(self) -> dict[str, str]:
        """Every field as it is written in the page: kept there, so that a conflict can show what was opened."""
        from pmo_portal.pages.conflicts import raw

        hidden = forms.HiddenInput
        shown = {n: f for n, f in self.fields.items() if not isinstance(f.widget, hidden)}
        return {name: raw(field, self.get_initial_for_field(field, name)) for name, field in shown.items()}

    def read_raw(self, values: dict) -> dict:
        """`raw_values` back as what the fields mean; what cannot be read stays as written."""
        found = {}
        for name, text in (values or {}).items():
            if name not in self.fields:
                continue
            try:
                found[name] = self.fields[name].to_python(text)
            except forms.ValidationError:
                found[name] = text
        return found

    @classmethod
    def initial_of(cls, report: StatusReport, milestones: list, viewer) -> dict:
        names = [f"{d}_{part}" for d in DIMENSIONS for part in ("light", "reason")]
        names += [
            "confidence",
            "confidence_reason",
            "forecast_finish_on",
            "forecast_cost",
            "spent",
            "achieved",
            "planned",
        ]
        names += ["help_needed", "help_by"]
        given = {name: getattr(report, name) for name in names}
        given |= {"help_from": report.help_from_id, "version": report.version, "seconds": report.seconds_spent}
        typed = {m["number"]: m for m in report.milestones}
        for m in milestones:
            kept = typed.get(m.number, {})
            given[m.forecast_name] = _day(kept.get("forecast_on")) or m.forecast_on
            given[m.reached_name] = _day(kept.get("reached_on"))
        return given | all_initial(viewer, report)

    def fields_for_action(self) -> dict:
        """The typed values as the action's arguments."""
        own = ("version", "seconds", "seen", "taken", "opened", "is_done_as_planned")
        given = {k: v for k, v in self.cleaned_data.items() if k not in own and not k[1:].isdigit()}
        given |= {"seen": self.cleaned_data.get("seen", []), "taken": self.cleaned_data.get("taken", [])}
        for d in DIMENSIONS:
            given[f"{d}_light"] = given.get(f"{d}_light") or "none"
        given["confidence"] = given.get("confidence") or "none"
        given["milestones"] = [
            {
                "number": m.number,
                "forecast_on": self._iso(m.forecast_name),
                "reached_on": self._iso(m.reached_name),
            }
            for m in self.milestone_list
        ]
        return given

    def _iso(self, name: str) -> str | None:
        value = self.cleaned_data.get(name)
        return value.isoformat() if value else None


class ReturnForm(forms.Form):
    reason = forms.CharField(label=_("What is missing"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class AcceptForm(forms.Form):
    comment = forms.CharField(label=_("Comment"), required=False, max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class NoChangeForm(forms.Form):
    """A button, and how long the report was open before it was pressed."""

    seconds = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=86400)


def _day(kept: str | None) -> date | None:
    """A day as reports keep those of milestones."""
    return date.fromisoformat(kept) if kept else None
