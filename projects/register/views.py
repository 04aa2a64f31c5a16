"""The register's pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pmo_portal import access, audit
from pmo_portal.accounts.actions import look_at
from pmo_portal.asks.letters import shown
from pmo_portal.asks.queries import in_scope
from pmo_portal.custom.actions import lacking as customs_lacking
from pmo_portal.custom.forms import all_initial as customs_initial
from pmo_portal.custom.shape import shown as customs_shown
from pmo_portal.i18n.dates import format_date
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage
from pmo_portal.pages.panels import panels_of
from projects.register import actions, approving, forms, milestones, placing, queries, team
from projects.register.axis import axis
from projects.register.drawing import grid
from projects.register.lists import PortfolioList, ProgrammeList, ProjectList
from projects.register.models import Milestone, Portfolio, Programme, Project, ProjectMember
from projects.register.standing import share_percent

SECTION = "projects:register"
ASK = gettext_lazy("Ask for approval")
ASKED = gettext_lazy("%(name)s is on its way to those who decide.")


class _Told:
    """A form whose outcome is answered by a receipt. `receipt` names what was done to `%(name)s`."""

    receipt: Any = gettext_lazy("%(name)s is saved.")

    def receipt_of(self, outcome) -> str:
        return self.receipt % {"name": outcome, **self.said_of(outcome)}

    def said_of(self, outcome) -> dict[str, Any]:
        """What the receipt says besides the name."""
        return {}


class ProjectListPage(ListPage):
    list_class = ProjectList
    section = SECTION
    template_name = "projects/register/project_list.html"

    def content(self) -> dict[str, Any]:
        may_add = access.holds(self.viewer, "administrator", "manager")
        return {"may_add": may_add}


class ProjectRecordPage(RecordPage):
    """Where the project stands, what changed, its milestones, its people, what is asked."""

    model = Project
    lookup = {"key": "key"}
    related = queries.PLACES
    people = queries.PEOPLE
    section = SECTION
    template_name = "projects/register/project_record.html"
    acts = ("edit", "request_budget", "hand_over", "place", "close")
    tabs = ("overview", "milestones", "team", "reports", "history")

    def content(self) -> dict[str, Any]:
        project = self.record
        tab = self.request.GET.get("tab", "overview")
        self.tab = tab if tab in self.tabs else "overview"
        since = queries.last_seen(self.viewer, f"project:{project.pk}")
        content: dict[str, Any] = {
            "project": project,
            "tab": self.tab,
            "since": since,
            "asks": [shown(a) for a in in_scope(self.viewer, project.scope_id)[:8]],
            "panels": panels_of(self.viewer, project, self.tab),
            "planned": placing.planned_move(project),
            "has_acts": project.is_open and any(access.may(self.viewer, act, project) for act in self.acts),
            "revisions": list(project.budget_revisions.order_by("-number")[:3]),
            "sees_above": access.may(self.viewer, "view", project.portfolio),
        }
        content["computed"] = next((p["computed"] for p in content["panels"]["head"] if "computed" in p), "none")
        if self.tab == "overview":
            content |= {
                "changes": self.told(since, 6),
                **milestone_table(queries.next_milestones(project)),
                "team": queries.team(project)[:8],
                "explained": queries.explained(self.viewer, project),
                "customs": customs_shown(self.viewer, project),
                "lacking": customs_lacking(project, by=self.viewer) if project.is_open else [],
                "spent_percent": share_percent(project.spent, project.approved_budget),
            }
        elif self.tab == "milestones":
            content |= {
                **milestone_table(queries.milestones(project)),
                "milestone_form": forms.MilestoneForm(),
            }
        elif self.tab == "team":
            content |= {
                "members": queries.everybody(project),
                "member_form": forms.MemberForm(initial={"starts_on": timezone.localdate()}),
            }
        elif self.tab == "history":
            content["history"] = self.told(None, 200)
        return content

    def told(self, since: datetime | None, count: int) -> list:
        project = self.record
        found = queries.changes_since(self.viewer, project, since, count)
        people = (getattr(project, name) for name in queries.PEOPLE)
        return audit.told(found, at_hand=(project, project.reported_period, *people), viewer=self.viewer)


def milestone_table(found: Iterable[Milestone]) -> dict[str, Any]:
    """The rows of a table of milestones, each with its mark, and the line on which the marks stand."""
    rows = list(found)
    pairs = [(m.actual_on or m.forecast_on, None if m.actual_on else m.previous_on) for m in rows]
    line = axis(pairs, timezone.localdate())
    marks = line.marks if line else [None] * len(rows)
    return {"axis": line, "axis_grid": grid(line), "milestones": list(zip(rows, marks, strict=True))}


class MarkSeen(ActPage):
    """From here on, 'changed since you last looked' starts anew."""

    model = Project
    lookup = {"key": "key"}
    related = queries.RELATED
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs) -> HttpResponse:
        look_at(self.viewer, f"project:{self.record.pk}")
        return HttpResponseRedirect(self.record.get_absolute_url())


class ProjectCreation(_Told, FormPage):
    receipt = gettext_lazy("%(name)s is in the register.")
    seen_by = ("administrator", "manager")
    section = SECTION
    form_class = forms.ProjectForm
    template_name = "projects/register/project_form.html"

    def title(self) -> str:
        return _("New project")

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        return {
            "portfolio": self.request.GET.get("portfolio") if self.request.GET.get("portfolio", "").isdigit() else None,
            "tier": "C",
        }

    def act(self, form) -> Project:
        given = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        return actions.create_project(by=self.viewer, **given)


class _OfProject(_Told, ActPage):
    """`submit_label`: what its button does."""

    submit_label = pgettext_lazy("verb", "Save")
    model = Project
    lookup = {"key": "key"}
    related = queries.RELATED
    section = SECTION
    template_name = "projects/register/project_act.html"

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}


class ProjectEdit(_OfProject):
    permit = "edit"
    form_class = forms.ProjectForm
    template_name = "projects/register/project_form.html"

    def title(self) -> str:
        return _("Edit %(project)s") % {"project": self.record.name}

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "project": self.record}

    def initial(self) -> dict[str, Any]:
        names = [n for n in forms.ProjectForm.base_fields if hasattr(self.record, n)]
        return {n: getattr(self.record, n) for n in names} | customs_initial(self.viewer, self.record)

    def act(self, record, form) -> Project:
        given = dict(form.cleaned_data)
        return actions.edit_project(record, by=self.viewer, version=given.pop("version"), **given)


class BudgetRequest(_OfProject):
    """Ask for a new approved budget; its route decides."""

    permit = "request_budget"
    receipt = ASKED
    form_class = forms.BudgetForm
    submit_label = ASK

    def title(self) -> str:
        return _("Ask for a new budget for %(project)s") % {"project": self.record.name}

    def initial(self) -> dict[str, Any]:
        return super().initial() | {"amount": self.record.approved_budget}

    def act(self, record, form):
        return approving.request_budget(record, by=self.viewer, **form.cleaned_data)


class BaselineRequest(_OfProject):
    """Ask for other planned dates; their route decides."""

    permit = "request_baseline"
    receipt = ASKED
    form_class = forms.BaselineForm
    submit_label = ASK

    def title(self) -> str:
        return _("Ask for other planned dates for %(project)s") % {"project": self.record.name}

    def initial(self) -> dict[str, Any]:
        names = ("planned_start_on", "planned_finish_on")
        return super().initial() | {n: getattr(self.record, n) for n in names}

    def act(self, record, form):
        return approving.request_baseline(record, by=self.viewer, **form.cleaned_data)


class Handover(_OfProject):
    permit = "hand_over"
    receipt = gettext_lazy("%(name)s is handed over to %(pm)s.")
    form_class = forms.HandoverForm
    submit_label = pgettext_lazy("verb", "Hand over")

    def title(self) -> str:
        return _("Hand %(project)s over") % {"project": self.record.name}

    def act(self, record, form) -> Project:
        return actions.hand_over(record, by=self.viewer, **form.cleaned_data)

    def said_of(self, outcome) -> dict[str, Any]:
        return {"pm": outcome.pm}

    def success_url(self, outcome) -> str:
        """The record, unless whoever handed it over sees it no more."""
        access.forget(self.viewer)
        seen = access.visible(self.viewer, Project).filter(pk=outcome.pk).exists()
        return outcome.get_absolute_url() if seen else "/"


class ProjectPlacementPage(_OfProject):
    """Move the project to another portfolio or programme from a day on; where it belonged before."""

    permit = "place"
    receipt = gettext_lazy("%(name)s belongs to %(place)s from %(day)s on.")
    form_class = forms.PlacementForm
    submit_label = pgettext_lazy("verb", "Move")
    template_name = "projects/register/project_placement.html"

    def title(self) -> str:
        return _("Move %(project)s") % {"project": self.record.name}

    def content(self) -> dict[str, Any]:
        return {
            "placements": list(queries.placements(self.record)),
            "planned": placing.planned_move(self.record),
            "today": timezone.localdate(),
        }

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        return super().initial() | {
            "portfolio": self.record.portfolio_id,
            "programme": self.record.programme_id,
            "on": timezone.localdate(),
        }

    def act(self, record, form) -> Project:
        self.moved = form.cleaned_data
        return placing.place_project(record, by=self.viewer, **form.cleaned_data)

    def said_of(self, outcome) -> dict[str, Any]:
        place = self.moved["programme"] or self.moved["portfolio"]
        return {"place": place, "day": format_date(self.moved["on"] or timezone.localdate())}


class ProjectPlacementCancellation(_OfProject):
    permit = "place"
    receipt = gettext_lazy("%(name)s stays where it is; the planned move is cancelled.")
    form_class = forms.VersionForm
    http_method_names = ["post"]

    def act(self, record, form) -> Project:
        return placing.cancel_move(record, by=self.viewer, **form.cleaned_data)

    def refused(self, form) -> HttpResponse:
        for error in form.non_field_errors():
            messages.error(self.request, error)
        return HttpResponseRedirect(self.record.get_absolute_url())


class ProjectClosure(_OfProject):
    permit = "close"
    receipt = gettext_lazy("%(name)s is closed.")
    form_class = forms.ClosureForm
    submit_label = pgettext_lazy("project", "Close")

    def title(self) -> str:
        return _("Close %(project)s") % {"project": self.record.name}

    def initial(self) -> dict[str, Any]:
        return super().initial() | {"finished_on": timezone.localdate()}

    def act(self, record, form) -> Project:
        return actions.close_project(record, by=self.viewer, **form.cleaned_data)


class ProjectReopening(_OfProject):
    """A project that has ended runs on."""

    permit = "reopen"
    receipt = gettext_lazy("%(name)s runs again.")
    form_class = forms.ReopeningForm
    submit_label = pgettext_lazy("project", "Re-open")

    def title(self) -> str:
        return _("Re-open %(project)s") % {"project": self.record.name}

    def act(self, record, form) -> Project:
        return actions.reopen_project(record, by=self.viewer, **form.cleaned_data)


class ProjectArchive(_OfProject):
    permit = "archive"
    receipt = gettext_lazy("%(name)s is in the archive.")
    form_class = forms.ArchiveForm
    submit_label = pgettext_lazy("verb", "Archive")

    def title(self) -> str:
        return _("Archive %(project)s") % {"project": self.record.name}

    def act(self, record, form) -> Project:
        return actions.archive_project(record, by=self.viewer, **form.cleaned_data)


class ProjectRestoration(_OfProject):
    """Back from the archive."""

    permit = "archive"
    receipt = gettext_lazy("%(name)s is back from the archive.")
    form_class = forms.RestorationForm
    submit_label = pgettext_lazy("verb", "Bring back")

    def title(self) -> str:
        return _("Bring %(project)s back") % {"project": self.record.name}

    def act(self, record, form) -> Project:
        return actions.restore_project(record, by=self.viewer, **form.cleaned_data)


class MemberCreation(_OfProject):
    permit = "edit_team"
    receipt = gettext_lazy("%(person)s is added to the team of %(project)s.")
    form_class = forms.MemberForm
    submit_label = pgettext_lazy("verb", "Add")

    def title(self) -> str:
        return _("New team member")

    def initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def act(self, record, form) -> ProjectMember:
        return team.add_member(record, by=self.viewer, **form.cleaned_data)

    def said_of(self, outcome) -> dict[str, Any]:
        return {"person": outcome.person, "project": self.record}


class _OfMember(_Told, ActPage):
    model = ProjectMember
    lookup = {"key": "project__key", "pk": "pk"}
    related = ("project__scope", "project__pm", "project__portfolio", "person")
    permit = "edit"
    section = SECTION
    template_name = "projects/register/part_act.html"

    @property
    def back_url(self) -> str:
        return self.record.get_absolute_url()

    def said_of(self, outcome) -> dict[str, Any]:
        day = format_date(outcome.ends_on) if outcome.ends_on else ""
        return {"person": outcome.person, "project": self.record.project, "day": day}


class MemberEdit(_OfMember):
    form_class = forms.MemberEditForm
    receipt = gettext_lazy("%(person)s in the team of %(project)s is saved.")

    def title(self) -> str:
        return _("%(person)s in the team") % {"person": self.record.person}

    def initial(self) -> dict[str, Any]:
        return {n: getattr(self.record, n) for n in forms.MemberEditForm.base_fields}

    def act(self, record, form) -> ProjectMember:
        return team.change_member(record, by=self.viewer, **form.cleaned_data)


class MemberEnd(_OfMember):
    """They leave the team."""

    form_class = forms.MemberEndForm
    receipt = gettext_lazy("%(person)s leaves the team of %(project)s on %(day)s.")

    def title(self) -> str:
        return _("%(person)s leaves the team") % {"person": self.record.person}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "last_on": timezone.localdate()}

    def act(self, record, form) -> ProjectMember:
        return team.end_membership(record, by=self.viewer, **form.cleaned_data)


class MilestoneCreation(_OfProject):
    permit = "edit_milestones"
    receipt = gettext_lazy("%(name)s is added to %(project)s.")
    form_class = forms.MilestoneForm
    submit_label = pgettext_lazy("verb", "Add")

    def title(self) -> str:
        return _("New milestone")

    def initial(self) -> dict[str, Any]:
        return {}

    def act(self, record, form) -> Milestone:
        return milestones.add_milestone(record, by=self.viewer, **form.cleaned_data)

    def said_of(self, outcome) -> dict[str, Any]:
        return {"project": self.record}

    def success_url(self, outcome) -> str:
        return f"{self.record.get_absolute_url()}?tab=milestones"


class _OfMilestone(_Told, ActPage):
    model = Milestone
    lookup = {"key": "project__key", "number": "number"}
    related = ("project__scope", "project__pm", "owner")
    permit = "edit"
    section = SECTION
    template_name = "projects/register/part_act.html"

    @property
    def back_url(self) -> str:
        return f"{self.record.project.get_absolute_url()}?tab=milestones"

    def success_url(self, outcome) -> str:
        return self.back_url

    def said_of(self, outcome) -> dict[str, Any]:
        day = outcome.actual_on or outcome.forecast_on
        return {"project": self.record.project, "day": format_date(day) if day else ""}


class MilestoneMove(_OfMilestone):
    form_class = forms.MilestoneMoveForm
    receipt = gettext_lazy("%(name)s of %(project)s is now expected on %(day)s.")

    def title(self) -> str:
        return _("Move %(milestone)s") % {"milestone": self.record}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "forecast_on": self.record.forecast_on}

    def act(self, record, form) -> Milestone:
        return milestones.move_milestone(record, by=self.viewer, **form.cleaned_data)


class MilestoneEdit(_OfMilestone):
    form_class = forms.MilestoneEditForm
    receipt = gettext_lazy("%(name)s of %(project)s is saved.")

    def title(self) -> str:
        return _("Edit %(milestone)s") % {"milestone": self.record}

    def initial(self) -> dict[str, Any]:
        names = [n for n in forms.MilestoneEditForm.base_fields if n != "reason"]
        return {n: getattr(self.record, n) for n in names}

    def act(self, record, form) -> Milestone:
        return milestones.edit_milestone(record, by=self.viewer, **form.cleaned_data)


class MilestoneDropped(_OfMilestone):
    form_class = forms.MilestoneDropForm
    receipt = gettext_lazy("%(name)s of %(project)s is dropped.")

    def title(self) -> str:
        return _("Drop %(milestone)s") % {"milestone": self.record}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> Milestone:
        return milestones.drop_milestone(record, by=self.viewer, **form.cleaned_data)


class MilestoneReopening(_OfMilestone):
    """It was not reached, or is aimed at again."""

    form_class = forms.MilestoneDropForm
    receipt = gettext_lazy("%(name)s of %(project)s is aimed at again.")

    def title(self) -> str:
        return _("Aim at %(milestone)s again") % {"milestone": self.record}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> Milestone:
        return milestones.reopen_milestone(record, by=self.viewer, **form.cleaned_data)


class MilestoneReached(_OfMilestone):
    form_class = forms.MilestoneReachedForm
    receipt = gettext_lazy("%(name)s of %(project)s was reached on %(day)s.")

    def title(self) -> str:
        return _("%(milestone)s was reached") % {"milestone": self.record}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "actual_on": timezone.localdate()}

    def act(self, record, form) -> Milestone:
        return milestones.reach_milestone(record, by=self.viewer, **form.cleaned_data)


class PortfolioListPage(ListPage):
    list_class = PortfolioList
    section = SECTION
    template_name = "projects/register/portfolio_list.html"

    def content(self) -> dict[str, Any]:
        return {"may_add": access.holds(self.viewer, "administrator", "manager")}


class PortfolioCreation(_Told, FormPage):
    receipt = gettext_lazy("%(name)s is in the register.")
    seen_by = ("administrator", "manager")
    section = SECTION
    form_class = forms.PortfolioForm

    def title(self) -> str:
        return _("New portfolio")

    def act(self, form) -> Portfolio:
        return actions.create_portfolio(by=self.viewer, **form.cleaned_data)


class _EditOfPlace(_Told, ActPage):
    """What a portfolio and a programme have in common: the form starts with the record's own fields."""

    lookup = {"key": "key"}
    related = ("scope", "owner")
    permit = "edit"
    section = SECTION
    template_name = "projects/register/project_act.html"

    def title(self) -> str:
        return _("Edit %(project)s") % {"project": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {n: getattr(self.record, n) for n in self.form_class.base_fields}


class PortfolioEdit(_EditOfPlace):
    model = Portfolio
    form_class = forms.PortfolioEditForm

    def act(self, record, form) -> Portfolio:
        return actions.edit_portfolio(record, by=self.viewer, **form.cleaned_data)


class PortfolioRecordPage(RecordPage):
    model = Portfolio
    lookup = {"key": "key"}
    related = ("scope", "owner")
    section = SECTION
    template_name = "projects/register/portfolio_record.html"

    def content(self) -> dict[str, Any]:
        found = queries.projects(self.viewer).filter(portfolio=self.record).select_related(*queries.RELATED)
        return {
            "projects": list(found[:50]),
            "portfolio_id": self.record.pk,
            "count": found.count(),
            "programmes": access.visible(self.viewer, Programme).filter(portfolio=self.record, archived_at=None),
            "may_add_programme": access.may(self.viewer, "edit", self.record),
            "edit_url": reverse("projects:register:portfolio_edit", kwargs={"key": self.record.key}),
            "history": audit.told(audit.history(self.viewer, self.record)[:20]),
        }


class ProgrammeListPage(ListPage):
    list_class = ProgrammeList
    section = SECTION
    template_name = "projects/register/programme_list.html"

    def content(self) -> dict[str, Any]:
        return {"may_add": access.holds(self.viewer, "administrator", "manager")}


class ProgrammeCreation(_Told, FormPage):
    receipt = gettext_lazy("%(name)s is in the register.")
    seen_by = ("administrator", "manager")
    section = SECTION
    form_class = forms.ProgrammeForm

    def title(self) -> str:
        return _("New programme")

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("portfolio", "")
        return {"portfolio": chosen if chosen.isdigit() else None}

    def act(self, form) -> Programme:
        return actions.create_programme(by=self.viewer, **form.cleaned_data)


class ProgrammeEdit(_EditOfPlace):
    model = Programme
    related = ("scope", "owner", "portfolio")
    form_class = forms.ProgrammeEditForm

    def act(self, record, form) -> Programme:
        return actions.edit_programme(record, by=self.viewer, **form.cleaned_data)


class ProgrammeRecordPage(RecordPage):
    model = Programme
    lookup = {"key": "key"}
    related = ("scope", "owner", "portfolio__scope")
    section = SECTION
    template_name = "projects/register/portfolio_record.html"

    def content(self) -> dict[str, Any]:
        found = queries.projects(self.viewer).filter(programme=self.record).select_related(*queries.RELATED)
        return {
            "projects": list(found[:50]),
            "portfolio_id": self.record.portfolio_id,
            "sees_above": access.may(self.viewer, "view", self.record.portfolio),
            "edit_url": reverse("projects:register:programme_edit", kwargs={"key": self.record.key}),
            "count": found.count(),
            "history": audit.told(audit.history(self.viewer, self.record)[:20]),
        }
