"""Proposing and deciding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.investment.actions import check_owner
from governance.investment.models import CARRYING, ContinuationProposal
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
            self.fields[f"owner_{n}"] = PersonField(label=_("Owner"), required=False, of="account")
            if n == 1:
                self.fields["owner_1"].help_text = _("Only people who sign in: who has not come in yet cannot answer.")
            self.fields[f"due_{n}"] = DateField(label=_("Due"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("course") in CARRYING:
            self._clean_conditions(given)
        else:
            self._leave_conditions_alone()
        return given

    def _leave_conditions_alone(self) -> None:
        """Another course carries none: what stands in their fields is neither read nor refused, and stays as it was typed."""
        for bound in (field for row in self.condition_rows for field in row):
            self.errors.pop(bound.name, None)
            self.cleaned_data.pop(bound.name, None)

    def _clean_conditions(self, given: dict[str, Any]) -> None:
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
            if given.get(f"text_{n}") and (owner := given.get(f"owner_{n}")):
                try:
                    check_owner(owner)
                except ValidationError as fault:
                    self.add_error(f"owner_{n}", fault)

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
