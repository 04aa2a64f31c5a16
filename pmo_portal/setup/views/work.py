"""The machine's work: what the clock does, what runs, what was given up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.asks.models import MailMessage
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.pages import ActPage, DeskPage, ListPage, RecordPage
from pmo_portal.setup import forms, queries, work
from pmo_portal.setup.lists import JobList, LetterList
from pmo_portal.setup.wording import every

SECTION = "setup:work"


def standing(viewer) -> dict[str, Any]:
    """How much work runs, waits, and was given up."""
    counts = queries.work_counts(viewer)
    return {"counts": counts, "live": counts["queued"] + counts["running"], **queries.mail_standing(viewer)}


class PeriodicPage(DeskPage):
    """When each periodic task last ran, how long it took, how it ended."""

    seen_by = ("sysadmin", "administrator", "auditor")
    section = SECTION
    template_name = "pmo_portal/setup/periodic.html"

    def title(self) -> str:
        return _("Periodic tasks")

    def content(self) -> dict[str, Any]:
        runs = queries.periodic_runs(self.viewer)
        for run in runs:
            run.often = every(run.every)
        shows = access.holds(self.viewer, "sysadmin")
        return {"runs": runs, "shows_jobs": shows, "may_start": shows, **standing(self.viewer)}


class PeriodicStart(ActPage):
    model = PeriodicRun
    lookup = {"pk": "pk"}
    permit = "run"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> Job:
        job = work.run_now(record, by=self.viewer)
        messages.success(self.request, _("Started: %(task)s") % {"task": record.label})
        return job

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
        return HttpResponseRedirect(reverse("setup:work"))

    def success_url(self, outcome) -> str:
        return reverse("setup:work")


class JobsPage(ListPage):
    list_class = JobList
    seen_by = ("sysadmin",)
    section = SECTION
    template_name = "pmo_portal/setup/job_list.html"

    def content(self) -> dict[str, Any]:
        asked = self.request.GET.getlist("state")
        tab = "dead" if asked == ["dead"] else "live" if set(asked) == {"running", "queued"} else "all"
        return {"tab": tab, **standing(self.viewer)}


class LettersPage(ListPage):
    list_class = LetterList
    seen_by = ("sysadmin",)
    section = SECTION
    template_name = "pmo_portal/setup/job_list.html"

    def content(self) -> dict[str, Any]:
        return {"tab": "letters", **standing(self.viewer)}


class LetterPage(RecordPage):
    """How one letter fared; not what it says."""

    model = MailMessage
    lookup = {"pk": "pk"}
    related = ("person",)
    section = SECTION
    template_name = "pmo_portal/setup/letter_record.html"

    def title(self) -> str:
        return _("Letter %(number)s") % {"number": self.record.pk}


class LetterSending(ActPage):
    model = MailMessage
    lookup = {"pk": "pk"}
    permit = "send_again"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> MailMessage:
        work.send_letter_again(record, by=self.viewer)
        messages.success(self.request, _("It is sent again."))
        return record

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
        return HttpResponseRedirect(self.success_url(self.record))

    def success_url(self, outcome) -> str:
        return reverse("setup:letter", kwargs={"pk": outcome.pk})


class JobRecordPage(RecordPage):
    model = Job
    lookup = {"pk": "pk"}
    related = ("requested_by",)
    section = SECTION
    template_name = "pmo_portal/setup/job_record.html"

    def title(self) -> str:
        return self.record.label


class _OfJob(ActPage):
    model = Job
    lookup = {"pk": "pk"}
    form_class = forms.NoFields
    http_method_names = ["post"]

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
        return HttpResponseRedirect(self.success_url(self.record))

    def success_url(self, outcome) -> str:
        return reverse("setup:job_record", kwargs={"pk": outcome.pk})


class JobRetry(_OfJob):
    permit = "retry"

    def act(self, record, form) -> Job:
        work.retry_job(record, by=self.viewer)
        messages.success(self.request, _("It is tried again."))
        return record


class JobCancel(_OfJob):
    permit = "cancel"

    def act(self, record, form) -> Job:
        work.cancel_job(record, by=self.viewer)
        messages.success(self.request, _("It stops as soon as it can."))
        return record
