"""The status room's pages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage
from pmo_portal.periods.models import ReportingPeriod
from projects.register import queries as register
from projects.register.models import Milestone, Project
from projects.status import actions, queries
from projects.status.computing import cost_light, differs, schedule_light, worst
from projects.status.facts import facts_of
from projects.status.forms import AcceptForm, PlainForm, ReturnForm, StatusReportForm
from projects.status.lists import StatusReportList
from projects.status.models import DIMENSIONS, StatusReport

REPORT_RELATED = (
    "project__scope",
    "project__pm",
    "project__portfolio",
    "project__sponsor",
    "period",
    "author",
    "submitted_by",
    "decided_by",
    "help_from",
)


class StatusReportListPage(ListPage):
    list_class = StatusReportList
    section = "projects:status"


class _ReportPage(RecordPage):
    """The report that counts for a project and period."""

    model = StatusReport
    lookup = {"key": "project__key", "period": "period__key"}
    related = REPORT_RELATED
    section = "projects:status"

    def fetch(self) -> StatusReport:
        found = access.visible(self.viewer, StatusReport).filter(is_current=True).select_related(*self.related)
        report = found.filter(project__key=self.kwargs["key"], period__key=self.kwargs["period"]).first()
        if report is None:
            raise Http404(_("There is no report for this period."))
        return report


class StatusReportPage(_ReportPage):
    """One report as it was submitted, with what changed since the one before."""

    template_name = "projects/status/status_report_record.html"

    def title(self) -> str:
        return _("%(period)s report") % {"period": self.record.period.label}

    def content(self) -> dict[str, Any]:
        report = self.record
        before = queries.report_before(report.project, report.period)
        return {
            "project": report.project,
            "before": before,
            "difference": queries.difference(report, before),
            "lights": queries.lights_of(report),
            "history": audit.told(audit.history(self.viewer, report)[:20]),
            "strip": queries.strip(report.project),
            "return_form": ReturnForm(initial={"version": report.version}),
            "accept_form": AcceptForm(initial={"version": report.version}),
            "revisions": queries.revisions(report),
        }


class _OfProject(FormPage):
    """Pages that write the report of a project and period that the address names."""

    model = Project
    lookup = {"key": "key"}
    related = register.RELATED
    permit = "report"
    section = "projects:status"
    form_class = StatusReportForm

    def admit(self) -> None:
        super().admit()
        self.period = get_object_or_404(ReportingPeriod, key=self.kwargs["period"])

    @property
    def report_url(self) -> str:
        return reverse("projects:status:status_report", kwargs={"key": self.record.key, "period": self.period.key})


class StatusForm(_OfProject):
    """The form: filled in from last time and the figures."""

    template_name = "projects/status/status_report_form.html"

    def get(self, request, *args, **kwargs) -> HttpResponse:
        try:
            self.report = actions.open_report(self.record, self.period, by=self.viewer)
        except ValidationError as error:
            return self.show(status=409, form=None, closed=" ".join(error.messages))
        if self.report.state == StatusReport.State.SUBMITTED:
            return HttpResponseRedirect(self.report_url)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs) -> HttpResponse:
        self.report = queries.current_report(self.record, self.period)
        if self.report is None:
            return self.get(request)
        if self.report.state in (StatusReport.State.SUBMITTED, StatusReport.State.ACCEPTED):
            return HttpResponseRedirect(self.report_url)  # a second click, or "back" and again
        return super().post(request, *args, **kwargs)

    def title(self) -> str:
        return _("%(project)s: %(period)s report") % {"project": self.record.name, "period": self.period.label}

    @property
    def open_milestones(self) -> list[Milestone]:
        if not hasattr(self, "_milestones"):
            self._milestones = list(register.milestones(self.record).filter(state=Milestone.State.OPEN)[:12])
        return self._milestones

    def initial(self) -> dict[str, Any]:
        return StatusReportForm.initial_of(self.report, self.open_milestones)

    def form_arguments(self) -> dict[str, Any]:
        return {"report": self.report, "milestones": self.open_milestones}

    def content(self) -> dict[str, Any]:
        if not hasattr(self, "report"):
            return {"project": self.record, "period": self.period}
        project, report = self.record, self.report
        before = queries.report_before(project, self.period)
        computed = {"schedule": schedule_light(project.slip_days), "cost": cost_light(project.cost_variance_percent)}
        computed["overall"] = worst(*computed.values())
        return {
            "project": project,
            "period": self.period,
            "report": report,
            "before": before,
            "facts": facts_of(project, before, self.open_milestones, self.viewer),
            "rows": self._light_rows(report, before, computed),
            "milestones": self.open_milestones,
            "strip": queries.strip(project),
            "comment": queries.last_comment(project),
            "burden": queries.average_seconds(self.viewer),
            "is_late": timezone.now() > self.period.due_at,
            "on_behalf": project.pm_id is not None and project.pm_id != self.viewer.pk,
        }

    def _light_rows(self, report, before, computed) -> list[dict]:
        return [
            {
                "key": d,
                "label": StatusReport._meta.get_field(f"{d}_light").verbose_name,
                "light_name": f"{d}_light",
                "reason_name": f"{d}_reason",
                "before": getattr(before, f"{d}_light") if before else "none",
                "computed": computed.get(d, "none"),
                "differs": differs(getattr(report, f"{d}_light"), computed.get(d, "none")),
            }
            for d in DIMENSIONS
        ]

    def act(self, form: StatusReportForm) -> StatusReport:
        given = form.cleaned_data
        return actions.submit_report(
            self.report,
            by=self.viewer,
            version=given["version"],
            seconds=given.get("seconds"),
            **form.fields_for_action(),
        )

    def success_url(self, outcome) -> str:
        return self.report_url

    @property
    def done_message(self) -> str:
        return _("The report is in. The PMO sees it now.")


class StatusAutosave(StatusForm):
    """Keeps the draft while the PM types; answers with the new version, or with what somebody else saved."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs) -> HttpResponse:
        self.report = queries.current_report(self.record, self.period)
        if self.report is None:
            self.report = actions.open_report(self.record, self.period, by=self.viewer)
        form = self.get_form(request.POST)
        form.is_valid()
        typed = {name: value for name, value in form.fields_for_action().items() if name not in form.errors}
        try:
            version = form.cleaned_data.get("version")
            saved = actions.save_draft(self.report, by=self.viewer, version=version or 0, **typed)
        except audit.Conflict as conflict:
            return JsonResponse(
                {"state": "conflict", "message": str(conflict), "version": conflict.current.version}, status=409
            )
        except ValidationError as error:
            return JsonResponse({"state": "refused", "message": " ".join(error.messages)}, status=422)
        moment = timezone.localtime(saved.updated_at)
        return JsonResponse(
            {
                "state": "saved",
                "version": saved.version,
                "message": _("Saved %(time)s") % {"time": moment.strftime("%-H:%M:%S")},
            }
        )


class StatusNoChange(_OfProject):
    """One key: nothing changed."""

    form_class = PlainForm
    http_method_names = ["post"]

    def act(self, form) -> StatusReport:
        return actions.submit_unchanged(self.record, self.period, by=self.viewer)

    def refused(self, form) -> HttpResponse:
        from django.contrib import messages

        messages.error(self.request, " ".join(form.non_field_errors()) or _("Open the report to see what is missing."))
        return HttpResponseRedirect(
            reverse("projects:status:status_form", kwargs={"key": self.record.key, "period": self.period.key})
        )

    def success_url(self, outcome) -> str:
        return self.report_url


class _Judging(ActPage):
    model = StatusReport
    lookup = _ReportPage.lookup
    related = REPORT_RELATED
    permit = "review"
    section = "projects:status"
    fetch = _ReportPage.fetch
    template_name = "pages/form.html"


class StatusReturn(_Judging):
    form_class = ReturnForm

    def title(self) -> str:
        return _("Return the report of %(project)s") % {"project": self.record.project.name}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> StatusReport:
        return actions.return_report(record, by=self.viewer, **form.cleaned_data)


class StatusAcceptance(_Judging):
    form_class = AcceptForm

    def title(self) -> str:
        return _("Accept the report of %(project)s") % {"project": self.record.project.name}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> StatusReport:
        return actions.accept_report(record, by=self.viewer, **form.cleaned_data)


class StatusPdf(_ReportPage):
    """The frozen page as a document."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        from projects.status.document import report_pdf

        report = self.record
        answer = HttpResponse(report_pdf(report, self.viewer), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{report.project.pk}-{report.period.key}.pdf"'
        return answer
