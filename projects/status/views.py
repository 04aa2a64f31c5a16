"""The status room's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal import access, audit
from pmo_portal.custom.shape import shown as customs_shown
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage
from pmo_portal.pages.base import attach
from pmo_portal.pages.documents import pdf_answer
from pmo_portal.periods.models import ReportingPeriod
from projects.register import queries as register
from projects.register.models import Milestone, Project
from projects.status import actions, queries, telling
from projects.status.computing import differs, needs_reason
from projects.status.forms import AcceptForm, NoChangeForm, ReturnForm, StatusReportForm
from projects.status.lists import StatusReportList
from projects.status.models import DIMENSIONS, StatusReport
from projects.status.suggesting import is_carried_over

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
        found = access.visible(self.viewer, StatusReport).select_related(*self.related)
        found = found.filter(project__key=self.kwargs["key"], period__key=self.kwargs["period"])
        number = self.request.GET.get("revision", "")
        is_number = number.isascii() and number.isdigit() and len(number) < 5
        report = (found.filter(revision=int(number)) if is_number else found.filter(is_current=True)).first()
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
            "facts": telling.lines(report.facts_taken, self.viewer.money_unit),
            "draft_key": draft_key(self.viewer, report.project, report.period),
            "customs": customs_shown(self.viewer, report),
            "on_behalf": report.project.pm_id not in (None, self.viewer.pk),
            "history": audit.told(audit.history(self.viewer, report)[:20], viewer=self.viewer),
            "strip": queries.strip(report.project),
            "return_form": ReturnForm(initial={"version": report.version}),
            "accept_form": AcceptForm(initial={"version": report.version}),
            "revisions": queries.revisions(report),
        }


def draft_key(viewer, project: Project, period: ReportingPeriod) -> str:
    """Under which name the browser keeps what this person types into this report."""
    return f"draft:{viewer.pk}:{project.pk}:{period.key}"


class _OfProject(FormPage):
    """Pages that write the report of a project and period that the address names."""

    model = Project
    lookup = {"key": "key"}
    related = ("scope", "unit", "reported_period")
    people = ("pm",)
    permit = "report"
    section = "projects:status"
    form_class = StatusReportForm

    def admit(self) -> None:
        super().admit()
        self.period = get_object_or_404(ReportingPeriod, key=self.kwargs["period"])

    def url(self, name: str) -> str:
        return reverse(f"projects:status:{name}", kwargs={"key": self.record.key, "period": self.period.key})


class StatusForm(_OfProject):
    """The form: filled in from last time and the figures."""

    template_name = "projects/status/status_report_form.html"

    def get(self, request, *args, **kwargs) -> HttpResponse:
        found = queries.current_report(self.record, self.period)
        if found and found.state == StatusReport.State.ACCEPTED:  # its page offers to correct it
            return HttpResponseRedirect(self.url("status_report"))
        try:
            self.report = actions.open_report(self.record, self.period, by=self.viewer)
        except ValidationError as error:
            return self.show(status=409, form=None, closed=" ".join(error.messages))
        if self.report.state == StatusReport.State.SUBMITTED:
            return HttpResponseRedirect(self.url("status_report"))
        if not self.period.takes_reports:
            return self.closed()
        return super().get(request, *args, **kwargs)

    def closed(self) -> HttpResponse:
        """The period has been frozen: what was typed is kept, and can be read and copied."""
        try:
            actions.require_taking(self.period)
        except ValidationError as error:
            return self.show(
                status=409, form=None, closed=" ".join(error.messages), draft_url=self.url("status_report")
            )
        raise Http404

    def post(self, request, *args, **kwargs) -> HttpResponse:
        self.report = queries.current_report(self.record, self.period)
        if self.report is None:
            return self.get(request)
        if self.report.is_frozen:  # a second click, or "back" and again
            return self.in_already()
        return super().post(request, *args, **kwargs)

    def in_already(self) -> HttpResponse:
        messages.info(self.request, _("This report was in already; nothing was sent twice."))
        return HttpResponseRedirect(self.url("status_report"))

    def title(self) -> str:
        return _("%(project)s: %(period)s report") % {"project": self.record.name, "period": self.period.label}

    @cached_property
    def milestones(self) -> list[Milestone]:
        return list(register.milestones(self.record))

    @cached_property
    def ground(self) -> queries.Ground:
        return queries.Ground(queries.report_before(self.record, self.period), self.milestones)

    @property
    def open_milestones(self) -> list[Milestone]:
        return [m for m in self.milestones if m.state == Milestone.State.OPEN][:12]

    @property
    def before(self) -> StatusReport | None:
        return self.ground.before

    def initial(self) -> dict[str, Any]:
        return StatusReportForm.initial_of(self.report, self.open_milestones, self.viewer)

    def form_arguments(self) -> dict[str, Any]:
        return {"report": self.report, "milestones": self.open_milestones, "viewer": self.viewer}

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = {"project": self.record, "period": self.period}
        if not hasattr(self, "report"):
            return content
        return content | {
            "report": self.report,
            "before": self.before,
            "strip": queries.strip(self.record),
            "comment": queries.last_comment(self.record),
            "burden": queries.average_seconds(self.viewer),
            "is_late": timezone.now() > self.period.due_at,
            "on_behalf": self.record.pm_id is not None and self.record.pm_id != self.viewer.pk,
            "written_on": actions.is_written_on(self.report, self.ground),
            "draft_key": draft_key(self.viewer, self.record, self.period),
            "today": timezone.localdate(),
            **self.said(self.report),
        }

    def said(self, report: StatusReport) -> dict[str, Any]:
        """What the figures say of the report as it stands: facts, lights beside lights, milestones was → is."""
        computed = queries.computed_for(report)
        kept = {f"{f['kind']}:{f['number']}" if f.get("number") else f["kind"]: f["taken"] for f in report.suggestions}
        found = queries.facts_now(report, self.ground)
        facts = [f.plain(kept.get(f.key, True)) for f in found]
        return {
            "facts": telling.lines(facts, self.viewer.money_unit),
            "has_moved": any(f.is_move for f in found),
            "rows": self._light_rows(report, computed),
            "milestones": self._milestone_rows(report),
            "figures": queries.figures_of(report),
        }

    def _light_rows(self, report, computed) -> list[dict]:
        rows = []
        for d in DIMENSIONS:
            declared, light = getattr(report, f"{d}_light"), computed[d].light if d in computed else "none"
            rows.append(
                {
                    "key": d,
                    "label": StatusReport._meta.get_field(f"{d}_light").verbose_name,
                    "light_name": f"{d}_light",
                    "reason_name": f"{d}_reason",
                    "before": getattr(self.before, f"{d}_light") if self.before else "none",
                    "computed": light,
                    "rule": telling.rule(d, computed[d]) if d in computed else "",
                    "differs": d != "overall" and differs(declared, light),
                    "asks": needs_reason(d, declared, computed) or declared == "none",
                    "is_folded": bool(self.before)
                    and declared == getattr(self.before, f"{d}_light")
                    and not differs(declared, light),
                }
            )
        return rows

    def _milestone_rows(self, report) -> list[dict]:
        stands = {m.number: m for m in queries.milestone_stands(report, self.ground)}
        return [{"milestone": m, "was": stands[m.number].was, "stand": stands[m.number]} for m in self.open_milestones]

    def act(self, form: StatusReportForm) -> StatusReport:
        given = form.cleaned_data
        if self.is_carried_over(given["achieved"]) and not given["is_done_as_planned"]:
            raise ValidationError(
                {
                    "achieved": _(
                        "These are the words of last time's plan, not changed. Say what was done, or confirm below that it "
                        "was done so."
                    )
                }
            )
        return actions.submit_report(
            self.report,
            by=self.viewer,
            version=given["version"],
            seconds=given.get("seconds"),
            **form.fields_for_action(),
        )

    def is_carried_over(self, done: str) -> bool:
        """Whether nobody has touched what the form put there from last time's plan: it does not go out unasked."""
        return bool(self.before) and is_carried_over(done, self.before.planned)

    def refused(self, form) -> HttpResponse:
        """Everything that is missing at once: what cannot be read, and what submitting would ask for besides."""
        typed = {name: value for name, value in form.fields_for_action().items() if name not in form.errors}
        missing = actions.faults_with(self.report, typed, by=self.viewer)
        attach(form, ValidationError({n: faults for n, faults in missing.items() if n not in form.errors}))
        return super().refused(form)

    def success_url(self, outcome) -> str:
        return self.url("status_report")

    @property
    def done_message(self) -> str:
        return _("The report is in. The PMO sees it now.")

    # ---- two tabs, or two people

    def collided(self, form, conflict: audit.Conflict) -> HttpResponse:
        """Where the other one has handed it in meanwhile, there is nothing left to choose."""
        return self.in_already() if conflict.current.is_frozen else super().collided(form, conflict)

    def fetch_versioned(self) -> StatusReport | None:
        return queries.current_report(self.record, self.period)

    @property
    def conflict_url(self) -> str:
        return self.url("status_merge")

    def conflict_content(self) -> dict[str, Any]:
        return {
            "conflict_back": self.url("status_form"),
            "forget": draft_key(self.viewer, self.record, self.period),
        }

    def initial_of(self, record) -> dict[str, Any]:
        return StatusReportForm.initial_of(record, self.open_milestones, self.viewer)

    def opened_values(self, form, conflict) -> dict[str, Any]:
        """Drafts are not in the trail: the page itself remembers what it was opened with."""
        return form.read_raw(form.cleaned_data.get("opened") or {})

    def saved_by(self, current) -> dict[str, Any]:
        return {"person": current.edited_by, "at": current.updated_at}


class StatusMerge(StatusForm):
    """Two versions of a draft are brought together; the form goes on with what was chosen."""

    http_method_names = ["post"]
    done_message = ""

    def act(self, form: StatusReportForm) -> StatusReport:
        return actions.save_draft(
            self.report,
            by=self.viewer,
            version=form.cleaned_data["version"],
            seconds=form.cleaned_data.get("seconds"),
            **form.fields_for_action(),
        )

    def success_url(self, outcome) -> str:
        return self.url("status_form")


class StatusAutosave(StatusForm):
    """Keeps the draft while the PM types; answers with the new version and what the figures now say, or with what
    somebody else saved."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs) -> HttpResponse:
        self.report = queries.current_report(self.record, self.period)
        if self.report is None:
            self.report = actions.open_report(self.record, self.period, by=self.viewer)
        if self.report.is_frozen:
            said = _("This report is in already.")
            return JsonResponse({"state": "in", "message": said, "url": self.url("status_report")}, status=422)
        form = self.typed_form(request.POST)
        form.is_valid()
        typed = {name: value for name, value in form.fields_for_action().items() if name not in form.errors}
        try:
            saved = actions.save_draft(
                self.report,
                by=self.viewer,
                version=form.cleaned_data.get("version") or 0,
                seconds=form.cleaned_data.get("seconds"),
                ground=self.ground,
                **typed,
            )
        except audit.Conflict as conflict:
            return JsonResponse(
                {"state": "conflict", "message": str(conflict), "version": conflict.current.version}, status=409
            )
        except ValidationError as error:
            return JsonResponse({"state": "refused", "message": " ".join(error.messages), "url": ""}, status=422)
        return JsonResponse(self._saved(saved, form))

    def _saved(self, saved: StatusReport, form: StatusReportForm) -> dict[str, Any]:
        said = self.said(saved)
        rows = {r["key"]: {n: r[n] for n in ("computed", "rule")} for r in said["rows"]}
        moment = timezone.localtime(saved.updated_at)
        faults = {name: " ".join(found) for name, found in form.errors.items() if name != "version"}
        return {
            "state": "saved",
            "version": saved.version,
            "message": self._told(_("Saved %(time)s") % {"time": moment.strftime("%-H:%M:%S")}, form, faults),
            "facts": self._part("facts", said),
            "figures": self._part("figures", said | {"report": saved, "project": self.record}),
            "rows": rows,
            "faults": faults,
        }

    def _part(self, name: str, said: dict[str, Any]) -> str:
        return render_to_string(f"{self.template_name}#{name}", said, self.request)

    @staticmethod
    def _told(saved: str, form: StatusReportForm, faults: dict[str, str]) -> str:
        """When it was saved, and which fields could not be read: they stay on the device as they were typed."""
        labels = [str(form.fields[name].label) for name in form.fields if name in faults]
        if not labels:
            return saved
        return _("%(saved)s. Not saved: %(fields)s") % {"saved": saved, "fields": _(", ").join(labels)}


class StatusNoChange(_OfProject):
    """One key: nothing changed."""

    form_class = NoChangeForm
    http_method_names = ["post"]

    def act(self, form) -> StatusReport:
        return actions.submit_unchanged(
            self.record, self.period, by=self.viewer, seconds=form.cleaned_data.get("seconds")
        )

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(form.non_field_errors()) or _("Open the report to see what is missing."))
        return HttpResponseRedirect(self.url("status_form"))

    def success_url(self, outcome) -> str:
        return self.url("status_report")

    @property
    def done_message(self) -> str:
        return _("“No change” is in for %(project)s.") % {"project": self.record.name}


class StatusCorrection(_OfProject):
    """An accepted report is taken up again, as a new revision."""

    form_class = forms.Form
    http_method_names = ["post"]

    def act(self, form) -> StatusReport:
        return actions.open_report(self.record, self.period, by=self.viewer)

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(self.record.get_absolute_url())

    def success_url(self, outcome) -> str:
        return self.url("status_form")


class StatusCorrectionEnd(StatusCorrection):
    """What was in before counts again."""

    def act(self, form) -> StatusReport:
        report = queries.current_report(self.record, self.period)
        if report is None:
            raise Http404
        return actions.drop_correction(report, by=self.viewer)

    def success_url(self, outcome) -> str:
        return self.url("status_report")


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

    def content(self) -> dict[str, Any]:
        return {"verb": pgettext("verb", "Return")}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> StatusReport:
        return actions.return_report(record, by=self.viewer, **form.cleaned_data)


class StatusAcceptance(_Judging):
    form_class = AcceptForm

    def title(self) -> str:
        return _("Accept the report of %(project)s") % {"project": self.record.project.name}

    def content(self) -> dict[str, Any]:
        return {"verb": pgettext("verb", "Accept")}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> StatusReport:
        return actions.accept_report(record, by=self.viewer, **form.cleaned_data)


class StatusPdf(_ReportPage):
    """The report as a document; that it went out is told."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        from projects.status.document import report_pdf

        report = self.record
        return pdf_answer(
            request,
            lambda: report_pdf(report, self.viewer),
            name=f"{report.project.key}-{report.period.key}",
            what=str(report),
            back=report.get_absolute_url(),
        )
