"""What people type into the register."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal import access
from pmo_portal.custom.forms import CustomFieldsMixin
from pmo_portal.money import codes
from pmo_portal.pages.fields import DateField, MoneyField, PersonField, UnitField
from pmo_portal.periods.models import Tier
from pmo_portal.periods.queries import office_settings
from projects.register.models import Project


class ProjectForm(CustomFieldsMixin, forms.Form):
    """Creating and editing. `viewer` decides which portfolios can be chosen."""

    groups = (
        (
            _("What it is"),
            ("key", "portfolio", "programme", "name_ja", "name_en", "kind", "tier", "stage", "category", "unit"),
        ),
        (pgettext_lazy("form", "Who"), ("pm", "sponsor", "pmo_contact")),
        (
            _("When"),
            ("planned_start_on", "planned_finish_on", "forecast_start_on", "forecast_finish_on", "actual_start_on"),
        ),
        (_("Money"), ("currency", "approved_budget", "forecast_cost", "spent")),
        (_("Why"), ("description", "benefits", "benefit_amount")),
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
    unit = UnitField(label=_("Department"), required=False)
    pm = PersonField(label=_("Project manager"), required=False)
    sponsor = PersonField(label=_("Sponsor"), required=False)
    pmo_contact = PersonField(label=_("PMO contact"), required=False)
    planned_start_on = DateField(label=_("Planned start"), required=False)
    planned_finish_on = DateField(label=_("Planned finish"), required=False)
    forecast_start_on = DateField(label=_("Forecast start"), required=False)
    forecast_finish_on = DateField(label=_("Forecast finish"), required=False)
    actual_start_on = DateField(label=_("Actual start"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    approved_budget = MoneyField(
        label=_("Approved budget"), required=False, help_text=_("Later changes are budget revisions.")
    )
    forecast_cost = MoneyField(label=_("Cost at completion"), required=False)
    spent = MoneyField(label=_("Spent"), required=False)
    description = forms.CharField(label=_("Description"), widget=forms.Textarea, max_length=20000, required=False)
    benefits = forms.CharField(label=_("Benefits"), widget=forms.Textarea, max_length=20000, required=False)
    benefit_amount = MoneyField(
        label=_("Benefit in money"),
        required=False,
        help_text=_("What it is to bring in or save, in the same currency."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, viewer, project: Project | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        from projects.register import queries

        self.fields["portfolio"].queryset = queries.portfolios(viewer)
        self.fields["programme"].queryset = queries.programmes(viewer)
        own = office_settings().currency
        self.fields["currency"].choices = codes.choices(own, project.currency if project else "")
        self.fields["currency"].initial = own
        self.add_custom_fields(Project, viewer, project)
        if project is not None:
            self._leave_the_plan(project, viewer)
            for gone in ("portfolio", "programme", "approved_budget", "pm"):
                del self.fields[gone]

    def _leave_the_plan(self, project: Project, viewer) -> None:
        """What changes by approval only is shown, and where to ask for it."""
        words = _("The plan is approved; its dates change by approval only.")
        if access.may(viewer, "request_baseline", project):
            ask = reverse("projects:register:baseline_revision", args=(project.key,))
            words = format_html('{} <a href="{}">{}</a>', words, ask, _("Ask for other planned dates"))
        for name in project.approved_dates:
            self.fields[name].disabled = True
            self.fields[name].help_text = words

    @property
    def field_groups(self) -> list[tuple]:
        """The groups with their bound fields, as the template draws them."""
        return [
            (label, [self[n] for n in names if n in self.fields]) for label, names in (*self.groups, *self.custom_group)
        ]


class PortfolioForm(forms.Form):
    key = forms.CharField(label=_("Key"), max_length=40, help_text=_("Short and lasting: it stands in every address."))
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=300, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=300, required=False)
    owner = PersonField(label=_("Owner"), required=False)
    description = forms.CharField(label=_("Description"), widget=forms.Textarea, max_length=20000, required=False)


class PortfolioEditForm(PortfolioForm):
    attribution = forms.CharField(
        label=_("Attribution of the data"),
        max_length=300,
        required=False,
        help_text=_("Whom to name where its figures are shown, if they come from outside."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ProgrammeForm(PortfolioForm):
    """`viewer` decides in which portfolios a programme can be made."""

    portfolio = forms.ModelChoiceField(None, label=_("Portfolio"))
    field_order = ("portfolio",)

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        from projects.register import queries

        self.fields["portfolio"].queryset = queries.portfolios_to_fill(viewer)


class ProgrammeEditForm(PortfolioForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class BudgetMending(forms.Form):
    """What of a request that came back may be mended, besides its reason."""

    amount = MoneyField(label=_("New approved budget"), min_value=0)


class BaselineMending(forms.Form):
    planned_start_on = DateField(label=_("Planned start"), required=False)
    planned_finish_on = DateField(label=_("Planned finish"))


class BudgetForm(BudgetMending):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea, max_length=2000, help_text=_("Those who decide read this first.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class BaselineForm(BaselineMending):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea, max_length=2000, help_text=_("Those who decide read this first.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class HandoverForm(forms.Form):
    new_pm = PersonField(label=_("New project manager"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000, required=False)
    keep_role = forms.BooleanField(
        label=_("The former project manager keeps the role in this project"),
        required=False,
        help_text=_("Otherwise it ends today; roles in other projects stay as they are."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class PlacementForm(forms.Form):
    """To which place, from which day. `viewer` decides which portfolios can be chosen."""

    portfolio = forms.ModelChoiceField(None, label=_("Portfolio"))
    programme = forms.ModelChoiceField(
        None, label=_("Programme"), required=False, help_text=_("Only programmes of the portfolio chosen above.")
    )
    on = DateField(
        label=_("From"), help_text=_("A day that has passed, today or one to come. Periods before it keep their sums.")
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        from projects.register import queries

        self.fields["portfolio"].queryset = queries.portfolios_to_fill(viewer)
        self.fields["programme"].queryset = queries.programmes(viewer).select_related("portfolio")
        self.fields["programme"].label_from_instance = lambda programme: f"{programme.portfolio} / {programme}"


class VersionForm(forms.Form):
    """Nothing to type: the act itself."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ClosureForm(forms.Form):
    finished_on = DateField(label=_("Finished on"))
    note = forms.CharField(label=_("What came of it"), widget=forms.Textarea, max_length=5000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ArchiveForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RestorationForm(ArchiveForm):
    """The same question the other way round."""


class ReopeningForm(ArchiveForm):
    field_order = ("stage", "reason")
    stage = forms.ChoiceField(
        label=_("Stage in which it goes on"),
        choices=[c for c in Project.Stage.choices if c[0] != Project.Stage.CLOSED],
        initial=Project.Stage.EXECUTION,
    )


class MemberForm(forms.Form):
    person = PersonField(label=_("Person"))
    part_ja = forms.CharField(label=_("Part (Japanese)"), max_length=80, required=False)
    part_en = forms.CharField(label=_("Part (English)"), max_length=80, required=False)
    share_percent = forms.IntegerField(label=_("Share of time, %"), min_value=1, max_value=100, initial=100)
    starts_on = DateField(label=_("From"))
    ends_on = DateField(
        label=_("Until"), required=False, help_text=_("They see the project from the first day to the last.")
    )


class MemberEditForm(MemberForm):
    person = None
    version = forms.IntegerField(widget=forms.HiddenInput)


class MemberEndForm(forms.Form):
    last_on = DateField(label=_("Last day in the team"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneForm(forms.Form):
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    baseline_on = DateField(label=_("Baseline"))
    owner = PersonField(label=_("Owner"), required=False)


class MilestoneEditForm(MilestoneForm):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea,
        max_length=2000,
        required=False,
        help_text=_("Needed where the baseline changes."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneDropForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneMoveForm(forms.Form):
    forecast_on = DateField(label=_("Forecast"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class MilestoneReachedForm(forms.Form):
    actual_on = DateField(label=_("Reached on"))
    version = forms.IntegerField(widget=forms.HiddenInput)
