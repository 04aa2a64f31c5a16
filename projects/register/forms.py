"""What people type into the register."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.pages.fields import DateField, MoneyField, PersonField
from pmo_portal.periods.models import Tier
from projects.register.models import Project


class ProjectForm(forms.Form):
    """Creating and editing. `viewer` decides which portfolios can be chosen."""

    groups = (
        (
            _("What it is"),
            ("key", "portfolio", "programme", "name_ja", "name_en", "kind", "tier", "stage", "category", "unit"),
        ),
        (pgettext_lazy("form", "Who"), ("pm", "sponsor", "pmo_contact")),
        (_("When"), ("planned_start_on", "planned_finish_on", "forecast_finish_on", "actual_start_on")),
        (_("Money"), ("currency", "approved_budget", "forecast_cost", "spent")),
        (_("Why"), ("description", "benefits")),
    )
    key = forms.CharField(label=_("Key"), max_length=40, help_text=_("Short and lasting: it stands in every address."))
    portfolio = forms.ModelChoiceField(None, label=_("Portfolio"))
    programme = forms.ModelChoiceField(None, label=_("Programme"), required=False)
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=300, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Type"), choices=Project.Kind.choices)
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, help_text=_("Decides how often it reports."))
    stage = forms.ChoiceField(label=_("Stage"), choices=[c for c in Project.Stage.choices if c[0] != "closed"])
    category = forms.CharField(label=_("Category"), max_length=120, required=False)
    unit = forms.ModelChoiceField(None, label=_("Department"), required=False)
    pm = PersonField(label=_("Project manager"), required=False)
    sponsor = PersonField(label=_("Sponsor"), required=False)
    pmo_contact = PersonField(label=_("PMO contact"), required=False)
    planned_start_on = DateField(label=_("Planned start"), required=False)
    planned_finish_on = DateField(label=_("Planned finish"), required=False)
    forecast_finish_on = DateField(label=_("Forecast finish"), required=False)
    actual_start_on = DateField(label=_("Actual start"), required=False)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="JPY", max_length=3)
    approved_budget = MoneyField(
        label=_("Approved budget"), required=False, help_text=_("Later changes are budget revisions.")
    )
    forecast_cost = MoneyField(label=_("Cost at completion"), required=False)
    spent = MoneyField(label=_("Spent"), required=False)
    description = forms.CharField(label=_("Description"), widget=forms.Textarea, max_length=20000, required=False)
    benefits = forms.CharField(label=_("Benefits"), widget=forms.Textarea, max_length=20000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, viewer, project: Project | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        from pmo_portal.accounts.queries import units_in_use
        from projects.register import queries

        self.fields["portfolio"].queryset = queries.portfolios(viewer)
        self.fields["programme"].queryset = queries.programmes(viewer)
        self.fields["unit"].queryset = units_in_use()
        if project is not None:
            for gone in ("portfolio", "programme", "approved_budget", "pm"):
                del self.fields[gone]

    @property
    def field_groups(self) -> list[tuple]:
        """The groups with their bound fields, as the template draws them."""
        return [(label, [self[n] for n in names if n in self.fields]) for label, names in self.groups]


class PortfolioForm(forms.Form):
    key = forms.CharField(label=_("Key"), max_length=40)
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=300, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    description = forms.CharField(label=_("Description"), widget=forms.Textarea, required=False)


class BudgetForm(forms.Form):
    amount = MoneyField(label=_("New approved budget"), min_value=0)
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea, max_length=2000, help_text=_("Those who decide read this first.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class BaselineForm(forms.Form):
    planned_start_on = DateField(label=_("Planned start"), required=False)
    planned_finish_on = DateField(label=_("Planned finish"))
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea, max_length=2000, help_text=_("Those who decide read this first.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class HandoverForm(forms.Form):
    new_pm = PersonField(label=_("New project manager"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ClosureForm(forms.Form):
    finished_on = DateField(label=_("Finished on"))
    note = forms.CharField(label=_("What came of it"), widget=forms.Textarea, max_length=5000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ArchiveForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneForm(forms.Form):
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    baseline_on = DateField(label=_("Baseline"))
    owner = PersonField(label=_("Owner"), required=False)


class MilestoneMoveForm(forms.Form):
    forecast_on = DateField(label=_("Forecast"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneReachedForm(forms.Form):
    actual_on = DateField(label=_("Reached on"))
    version = forms.IntegerField(widget=forms.HiddenInput)
