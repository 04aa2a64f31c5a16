"""Reporting periods: what opens when, and the pictures that freezing leaves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal import access
from pmo_portal.audit import history
from pmo_portal.audit.wording import told
from pmo_portal.pages import ActPage, ListPage, RecordPage
from pmo_portal.periods import actions
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.setup import forms, queries
from pmo_portal.setup.lists import PeriodList

SECTION = "setup:periods"
STATES = ("planned", "open", "closed", "frozen")


class PeriodsPage(ListPage):
    list_class = PeriodList
    section = SECTION


class PeriodRecordPage(RecordPage):
    """Where the period stands, its pictures, and what one picture holds beside another."""

    model = ReportingPeriod
    lookup = {"key": "key"}
    section = SECTION
    template_name = "pmo_portal/setup/period_record.html"

    def content(self) -> dict[str, Any]:
        period = self.record
        pictures = queries.pictures_of(period)
        chosen = self.picture(pictures, "picture") or (pictures[-1] if pictures else None)
        other = self.picture(pictures, "beside")
        if other is not None and other == chosen:
            other = None
        may_see = access.holds(self.viewer, "pm", "member", "administrator", "expert", "manager", "sponsor", "auditor")
        return {
            "period": period,
            "pictures": pictures,
            "chosen": chosen,
            "other": other,
            "lines": queries.picture_lines(self.viewer, chosen, other) if chosen and may_see else [],
            "history": told(history(self.viewer, period)[:20]),
            "steps": self.steps(),
        }

    def picture(self, pictures: list, name: str):
        asked = self.request.GET.get(name, "")
        return next((p for p in pictures if str(p.number) == asked), None)

    def steps(self) -> list[dict[str, Any]]:
        """The four states in order, with when each came or comes."""
        period, at = self.record, STATES.index(self.record.state)
        moments = (None, period.opens_on, period.closed_at or period.due_at, period.frozen_at)
        labels = dict(ReportingPeriod.State.choices)
        return [
            {"label": labels[state], "state": "done" if n < at else "now" if n == at else "coming", "moment": moment}
            for n, (state, moment) in enumerate(zip(STATES, moments, strict=True))
        ]


class _OfPeriod(ActPage):
    model = ReportingPeriod
    lookup = {"key": "key"}
    section = SECTION
    form_class = forms.StateForm
    template_name = "pmo_portal/setup/act.html"

    def title(self) -> str:
        return f"{self.record.label}: {self.words()[0]}"

    def words(self) -> tuple[str, str]:
        """The act as a verb, and what it does."""
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        verb, lead = self.words()
        return {"back": self.record.get_absolute_url(), "back_label": self.record.label, "lead": lead, "verb": verb}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}


class PeriodOpening(_OfPeriod):
    permit = "open"

    def words(self) -> tuple[str, str]:
        return pgettext("verb", "Open"), _("Reports are taken from now on, and those who owe one are asked.")

    def act(self, record, form) -> ReportingPeriod:
        return actions.open_period(record, by=self.viewer, **form.cleaned_data)


class PeriodClosing(_OfPeriod):
    permit = "close"

    def words(self) -> tuple[str, str]:
        return pgettext("verb", "Close"), _("Late reports are still taken until the period is frozen.")

    def act(self, record, form) -> ReportingPeriod:
        return actions.close_period(record, by=self.viewer, **form.cleaned_data)


class PeriodFreezing(_OfPeriod):
    permit = "freeze"

    def words(self) -> tuple[str, str]:
        return pgettext("verb", "Freeze"), _(
            "A picture of every project is taken. Nothing in this period changes after that."
        )

    def act(self, record, form) -> ReportingPeriod:
        return actions.freeze_period(record, by=self.viewer, **form.cleaned_data)


class PeriodReopening(_OfPeriod):
    permit = "reopen"
    form_class = forms.ReasonForm

    def words(self) -> tuple[str, str]:
        return pgettext("verb", "Re-open"), _(
            "Corrections are taken again. The picture that was taken stays, and the next one stands beside it."
        )

    def act(self, record, form) -> ReportingPeriod:
        return actions.reopen_period(record, by=self.viewer, **form.cleaned_data)


class PeriodDue(_OfPeriod):
    permit = "move_due"
    form_class = forms.DueForm

    def words(self) -> tuple[str, str]:
        return _("Another due date"), _("For everybody who reports in this period; what was asked of them moves too.")

    def initial(self) -> dict[str, Any]:
        return super().initial() | {"due_at": self.record.due_at}

    def act(self, record, form) -> ReportingPeriod:
        return actions.move_due(record, by=self.viewer, **form.cleaned_data)
