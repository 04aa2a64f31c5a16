"""Proposing and deciding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.investment.models import ContinuationProposal
from pmo_portal.pages.fields import DateField, PersonField


class ProposalForm(forms.Form):
    course = forms.ChoiceField(
        label=_("Proposal"), choices=ContinuationProposal.Course.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    conditions_text = forms.CharField(
        label=_("Conditions"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
        help_text=_("Needed when you propose to continue with conditions."),
    )
    decide_by = DateField(label=_("To be decided by"), required=False)


class RevisionForm(ProposalForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    """The decision, with up to four conditions."""

    CONDITIONS = 4
    course = forms.ChoiceField(
        label=_("Decision"), choices=ContinuationProposal.Course.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    version = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, self.CONDITIONS + 1):
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("Condition %(n)s") % {"n": n}, max_length=500, required=False
            )
            self.fields[f"owner_{n}"] = PersonField(label=_("Owner"), required=False)
            self.fields[f"due_{n}"] = DateField(label=_("Due"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for n in range(1, self.CONDITIONS + 1):
            if given.get(f"text_{n}"):
                for part, words in (
                    ("owner", _("Condition %(n)s needs an owner.")),
                    ("due", _("Condition %(n)s needs a date.")),
                ):
                    if not given.get(f"{part}_{n}") and f"{part}_{n}" not in self.errors:
                        self.add_error(f"{part}_{n}", words % {"n": n})
            elif given.get(f"due_{n}") and f"text_{n}" not in self.errors:
                self.add_error(f"text_{n}", _("Say what condition %(n)s is.") % {"n": n})
            due = given.get(f"due_{n}")
            if due and due < timezone.localdate():
                self.add_error(f"due_{n}", _("The date of condition %(n)s lies in the past.") % {"n": n})
        return given

    @property
    def condition_rows(self) -> list[tuple]:
        return [(self[f"text_{n}"], self[f"owner_{n}"], self[f"due_{n}"]) for n in range(1, self.CONDITIONS + 1)]

    def conditions(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        return [
            {"text": given[f"text_{n}"], "owner": given[f"owner_{n}"], "due_on": given[f"due_{n}"]}
            for n in range(1, self.CONDITIONS + 1)
            if given.get(f"text_{n}")
        ]


class ConditionForm(forms.Form):
    outcome = forms.CharField(label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ConditionMoveForm(forms.Form):
    due_on = DateField(label=_("New due date"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """A button and nothing else."""
