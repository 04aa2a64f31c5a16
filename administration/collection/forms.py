"""What the PMO types in the collection."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from administration.collection.models import Campaign, CampaignQuestion
from pmo_portal.pages.fields import DateField
from pmo_portal.periods.models import Tier
from pmo_portal.periods.queries import office_moment
from projects.register import queries as register
from projects.register.models import Project


class ReminderForm(forms.Form):
    text = forms.CharField(
        label=_("A word from you"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False
    )
    ask = forms.TypedMultipleChoiceField(
        label=_("To whom"), coerce=int, choices=(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, owing=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ask"].choices = [(o.ask.pk, f"{o.ask.person} — {o.row.project}") for o in owing if o.ask]


class ExemptionForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class ExtensionForm(forms.Form):
    due_on = DateField(label=_("New due date"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    @property
    def due_at(self) -> datetime:
        return office_moment(self.cleaned_data["due_on"], time(17, 0))


class CampaignForm(forms.Form):
    """A campaign with up to six questions; empty ones are left out."""

    QUESTIONS = 6
    title_ja = forms.CharField(label=_("Title (Japanese)"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200, required=False)
    purpose = forms.CharField(
        label=_("What it is for"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )
    due_on = DateField(label=_("Due"))
    minutes = forms.IntegerField(label=_("Expected minutes"), min_value=1, max_value=120, initial=3)
    portfolio = forms.ModelChoiceField(None, label=_("Portfolio"), required=False, empty_label=_("All portfolios"))
    tier = forms.MultipleChoiceField(
        label=_("Tier"), choices=Tier.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["portfolio"].queryset = register.portfolios(viewer)
        for n in range(1, self.QUESTIONS + 1):
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("Question %(n)s") % {"n": n}, max_length=300, required=False
            )
            self.fields[f"kind_{n}"] = forms.ChoiceField(
                label=_("Kind of answer"), choices=CampaignQuestion.Kind.choices, required=False
            )
            self.fields[f"choices_{n}"] = forms.CharField(
                label=_("Choices, separated by commas"), max_length=500, required=False
            )

    @property
    def head_fields(self) -> list:
        return [self[n] for n in ("title_ja", "title_en", "purpose", "due_on", "minutes")]

    @property
    def audience_fields(self) -> list:
        return [self["portfolio"], self["tier"]]

    @property
    def question_rows(self) -> list[tuple]:
        return [(self[f"text_{n}"], self[f"kind_{n}"], self[f"choices_{n}"]) for n in range(1, self.QUESTIONS + 1)]

    def questions(self) -> list[dict]:
        from pmo_portal.i18n.text import has_japanese

        found = []
        for n in range(1, self.QUESTIONS + 1):
            text = self.cleaned_data.get(f"text_{n}", "").strip()
            if text:
                choices = [
                    c.strip()
                    for c in self.cleaned_data.get(f"choices_{n}", "").replace("、", ",").split(",")
                    if c.strip()
                ]
                name = "text_ja" if has_japanese(text) else "text_en"
                found.append({name: text, "kind": self.cleaned_data.get(f"kind_{n}") or "text", "choices": choices})
        return found

    def projects(self) -> list[Project]:
        found = register.projects(self.viewer).filter(state=Project.State.ACTIVE).exclude(pm=None)
        if self.cleaned_data.get("portfolio"):
            found = found.filter(portfolio=self.cleaned_data["portfolio"])
        if self.cleaned_data.get("tier"):
            found = found.filter(tier__in=self.cleaned_data["tier"])
        return list(found)

    def clean(self) -> dict:
        given = super().clean()
        for n in range(1, self.QUESTIONS + 1):
            if given.get(f"kind_{n}") == "choice" and given.get(f"text_{n}") and not given.get(f"choices_{n}"):
                self.add_error(f"choices_{n}", _("List the choices."))
        return given


class ReplyForm(forms.Form):
    """A campaign's questions as a form."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, campaign: Campaign, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(campaign.questions.all())
        for q in self.questions:
            self.fields[f"q{q.number}"] = self._field(q)

    @staticmethod
    def _field(q: CampaignQuestion) -> forms.Field:
        common = {"label": q.text, "required": q.is_required}
        if q.kind == q.Kind.NUMBER:
            return forms.DecimalField(max_digits=18, decimal_places=4, **common)
        if q.kind == q.Kind.DATE:
            return DateField(**common)
        if q.kind == q.Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "–"), *((c, c) for c in q.choices)], **common)
        if q.kind == q.Kind.YESNO:
            return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **common)
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, **common)

    def answers(self) -> dict[str, str]:
        found = {}
        for q in self.questions:
            value = self.cleaned_data.get(f"q{q.number}")
            if value not in (None, ""):
                found[str(q.number)] = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return found
