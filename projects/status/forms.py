"""The status form: lights, forecast, milestones, words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal.pages.fields import DateField, MoneyField, PersonField
from projects.register.models import Confidence, Light
from projects.status.models import DIMENSIONS, StatusReport

LIGHTS = [c for c in Light.choices if c[0] != "none"]
LEVELS = [c for c in Confidence.choices if c[0] != "none"]


class StatusReportForm(forms.Form):
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
    help_needed = forms.CharField(label=_("Help needed"), max_length=500, required=False)
    help_from = PersonField(label=_("From whom"), required=False)
    help_by = DateField(label=_("By when"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    seconds = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=86400)

    def __init__(self, *args, report: StatusReport, milestones: list, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.milestone_list = report, milestones
        for d in DIMENSIONS:
            label = StatusReport._meta.get_field(f"{d}_light").verbose_name
            self.fields[f"{d}_light"] = forms.ChoiceField(
                label=label, choices=LIGHTS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"{d}_reason"] = forms.CharField(label=_("Reason"), max_length=500, required=False)
        for m in milestones:
            self.fields[f"m{m.number}"] = DateField(label=m.name, required=False)
            self.fields[f"r{m.number}"] = DateField(label=_("Reached on"), required=False)

    @classmethod
    def initial_of(cls, report: StatusReport, milestones: list) -> dict:
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
        given |= {"help_from": report.help_from_id, "version": report.version}
        typed = {m["number"]: m for m in report.milestones}
        for m in milestones:
            given[f"m{m.number}"] = typed.get(m.number, {}).get("forecast_on") or m.forecast_on
            given[f"r{m.number}"] = typed.get(m.number, {}).get("reached_on")
        return given

    def fields_for_action(self) -> dict:
        """The typed values as the action's arguments."""
        given = {k: v for k, v in self.cleaned_data.items() if k not in ("version", "seconds") and not k[1:].isdigit()}
        for d in DIMENSIONS:
            given[f"{d}_light"] = given.get(f"{d}_light") or "none"
        given["confidence"] = given.get("confidence") or "none"
        given["milestones"] = [
            {
                "number": m.number,
                "forecast_on": self._iso(f"m{m.number}"),
                "reached_on": self._iso(f"r{m.number}"),
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


class PlainForm(forms.Form):
    """A button and nothing else."""
