"""The register over the API: the same lists, the same actions, the same rules as on its pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.api import (
    AmountField,
    BulkMixin,
    DayField,
    ReferenceField,
    ResourceSerializer,
    ResourceViewSet,
    rows_of,
    shown,
)
from pmo_portal.api.custom import CustomValuesField
from pmo_portal.lists import Equal
from pmo_portal.money.codes import CODES
from projects.register import actions, approving, milestones, placing, queries, team
from projects.register.lists import PortfolioList, ProgrammeList, ProjectList
from projects.register.models import BudgetRevision, Milestone, Portfolio, Programme, Project, ProjectMember

STAGES = [choice for choice in Project.Stage.choices if choice[0] != Project.Stage.CLOSED]


class StageField(serializers.ChoiceField):
    """Read as it is; written, any but the end, which comes by an act of its own."""

    def __init__(self, **given: Any) -> None:
        super().__init__(choices=Project.Stage.choices, **given)

    def to_internal_value(self, data: Any) -> str:
        stage = super().to_internal_value(data)
        if stage == Project.Stage.CLOSED:
            self.fail("invalid_choice", input=data)
        return stage


class PortfolioSerializer(ResourceSerializer):
    owner = ReferenceField(Person, "email", required=False, allow_null=True)

    class Meta:
        model = Portfolio
        fields = ["id", "key", "name_ja", "name_en", "owner", "description", "attribution", "version"]
        read_only_fields = ["id", "version"]


class ProjectSerializer(ResourceSerializer):
    portfolio = ReferenceField(Portfolio, "key")
    programme = ReferenceField(Programme, "key", required=False, allow_null=True)
    unit = ReferenceField(OrgUnit, "code", required=False, allow_null=True)
    pm = ReferenceField(Person, "email", required=False, allow_null=True)
    sponsor = ReferenceField(Person, "email", required=False, allow_null=True)
    pmo_contact = ReferenceField(Person, "email", required=False, allow_null=True)
    stage = StageField(required=False)
    currency = serializers.ChoiceField(choices=CODES, required=False)
    custom = CustomValuesField()

    class Meta:
        model = Project
        fields = [
            "id",
            "key",
            "name_ja",
            "name_en",
            "kind",
            "tier",
            "portfolio",
            "programme",
            "stage",
            "state",
            "category",
            "unit",
            "pm",
            "sponsor",
            "pmo_contact",
            "description",
            "benefits",
            "planned_start_on",
            "planned_finish_on",
            "forecast_start_on",
            "forecast_finish_on",
            "actual_start_on",
            "actual_finish_on",
            "currency",
            "approved_budget",
            "forecast_cost",
            "spent",
            "confidence",
            "overall_light",
            "cost_variance_percent",
            "slip_days",
            "unknown",
            "closing_note",
            "custom",
            "archived_at",
            "version",
        ]
        read_only_fields = [
            "id",
            "state",
            "actual_finish_on",
            "confidence",
            "overall_light",
            "cost_variance_percent",
            "slip_days",
            "unknown",
            "closing_note",
            "archived_at",
            "version",
        ]


class ProgrammeSerializer(ResourceSerializer):
    portfolio = ReferenceField(Portfolio, "key")
    owner = ReferenceField(Person, "email", required=False, allow_null=True)

    class Meta:
        model = Programme
        fields = ["id", "key", "name_ja", "name_en", "portfolio", "owner", "description", "version"]
        read_only_fields = ["id", "version"]


class MilestoneSerializer(ResourceSerializer):
    """`forecast_on`, `actual_on` and the state move by acts of their own; a new one may say its forecast."""

    project = ReferenceField(Project, "key")
    owner = ReferenceField(Person, "email", required=False, allow_null=True)
    forecast_on = DayField(required=False, allow_null=True)
    reason = serializers.CharField(write_only=True, max_length=2000, required=False, allow_blank=True)

    class Meta:
        model = Milestone
        validators: list = []
        fields = [
            "id",
            "project",
            "number",
            "name_ja",
            "name_en",
            "owner",
            "baseline_on",
            "forecast_on",
            "previous_on",
            "actual_on",
            "state",
            "reason",
            "version",
        ]
        read_only_fields = ["id", "number", "previous_on", "actual_on", "state", "version"]


class MemberSerializer(ResourceSerializer):
    """Who works on a project, as what, how much of their time, from when to when."""

    project = ReferenceField(Project, "key")
    person = ReferenceField(Person, "email", allow_null=True)
    starts_on = DayField(required=False)

    def validate_person(self, person: Person | None) -> Person:
        if person is None:
            self.fields["person"].fail("null")
        return person

    class Meta:
        model = ProjectMember
        validators: list = []
        fields = [
            "id",
            "project",
            "person",
            "part_ja",
            "part_en",
            "share_percent",
            "starts_on",
            "ends_on",
            "version",
        ]
        read_only_fields = ["id", "version"]


class BudgetRevisionSerializer(ResourceSerializer):
    by = shown(Person, "email")

    class Meta:
        model = BudgetRevision
        fields = ["number", "amount", "approved_on", "reason", "by"]
        read_only_fields = fields


class ClosureSerializer(serializers.Serializer):
    finished_on = DayField()
    note = serializers.CharField(max_length=5000)


class ArchiveSerializer(serializers.Serializer):
    """Why it goes into the archive, or comes back."""

    reason = serializers.CharField(max_length=2000)


class ReopeningSerializer(ArchiveSerializer):
    """In which stage a project that has ended goes on, and why."""

    stage = serializers.ChoiceField(choices=STAGES)


class HandoverSerializer(serializers.Serializer):
    new_pm = ReferenceField(Person, "email")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    keep_role = serializers.BooleanField(required=False, help_text="The old PM keeps the role in this project too.")


class PlacementSerializer(serializers.Serializer):
    portfolio = ReferenceField(Portfolio, "key")
    programme = ReferenceField(Programme, "key", required=False, allow_null=True, default=None)
    on = DayField(required=False, help_text="From this day on; today unless said.")
    reason = serializers.CharField(max_length=2000)


class PlacementCancellationSerializer(serializers.Serializer):
    """Why the move does not take place, where there is something to say."""

    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class BudgetSerializer(serializers.Serializer):
    amount = AmountField(max_digits=20, decimal_places=2, min_value=0)
    reason = serializers.CharField(max_length=2000)


class BaselineSerializer(serializers.Serializer):
    planned_start_on = DayField(required=False, allow_null=True, default=None)
    planned_finish_on = DayField()
    reason = serializers.CharField(max_length=2000)


class RequestSerializer(serializers.Serializer):
    """What was asked for, and waits for those who decide."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    state = serializers.CharField()


class PortfolioViewSet(BulkMixin, ResourceViewSet):
    """Portfolios, by key."""

    model = Portfolio
    related = ("owner",)
    list_class = PortfolioList
    filters = (Equal("key", "key"),)
    serializer_class = PortfolioSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses={201: PortfolioSerializer})
    def create(self, request):
        return self.told(actions.create_portfolio(by=request.user, **self.get_input()), status=201)

    def partial_update(self, request, key=None):
        portfolio = self.get_object()
        given = self.get_input(partial=True)
        return self.told(actions.edit_portfolio(portfolio, by=request.user, version=self.version, **given))


class ProjectViewSet(BulkMixin, ResourceViewSet):
    """Projects, by key. The place, the budget and the PM are given once; later they change by an act of their own."""

    model = Project
    related = ("portfolio", "programme", "pm", "sponsor", "pmo_contact", "unit", "scope")
    list_class = ProjectList
    filters = (Equal("key", "key"), Equal("pm", "PM", "pm__email"), Equal("programme", "programme", "programme__key"))
    serializer_class = ProjectSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    by_act = {"portfolio": "placement/", "programme": "placement/", "approved_budget": "budget/", "pm": "handover/"}

    @extend_schema(responses={201: ProjectSerializer})
    def create(self, request):
        return self.told(actions.create_project(by=request.user, **self.get_input()), status=201)

    def partial_update(self, request, key=None):
        project = self.get_object()
        given = self.get_input(partial=True)
        return self.told(actions.edit_project(project, by=request.user, version=self.version, **given))

    @extend_schema(request=ClosureSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"])
    def closure(self, request, key=None):
        """The project has ended."""
        return self._done(actions.close_project, ClosureSerializer)

    @extend_schema(request=ReopeningSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"])
    def reopening(self, request, key=None):
        """Closed or stopped by mistake, or taken up again."""
        return self._done(actions.reopen_project, ReopeningSerializer)

    @extend_schema(request=ArchiveSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"])
    def archive(self, request, key=None):
        """Out of use, not out of history."""
        return self._done(actions.archive_project, ArchiveSerializer)

    @extend_schema(request=ArchiveSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"])
    def restoration(self, request, key=None):
        """Back from the archive, in the state in which it went there."""
        return self._done(actions.restore_project, ArchiveSerializer)

    @extend_schema(request=HandoverSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"])
    def handover(self, request, key=None):
        """Another person leads the project from now on; what was asked of the old PM is asked of the new one."""
        return self._done(actions.hand_over, HandoverSerializer)

    @extend_schema(request=PlacementSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"])
    def placement(self, request, key=None):
        """From a day on the project belongs to another portfolio or programme."""
        return self._done(placing.place_project, PlacementSerializer)

    @extend_schema(request=PlacementCancellationSerializer, responses={200: ProjectSerializer})
    @action(detail=True, methods=["post"], url_path="placement/cancellation")
    def placement_cancellation(self, request, key=None):
        """The move that was planned for a later day does not take place; 400 where none is planned."""
        return self._done(placing.cancel_move, PlacementCancellationSerializer)

    @extend_schema(request=BudgetSerializer, responses={202: RequestSerializer})
    @action(detail=True, methods=["post"])
    def budget(self, request, key=None):
        """Ask for a new approved budget; its route decides."""
        return self._asked(approving.request_budget, BudgetSerializer)

    @extend_schema(request=BaselineSerializer, responses={202: RequestSerializer})
    @action(detail=True, methods=["post"], url_path="planned-dates")
    def planned_dates(self, request, key=None):
        """Ask for other planned dates; their route decides."""
        return self._asked(approving.request_baseline, BaselineSerializer)

    @extend_schema(responses={200: BudgetRevisionSerializer(many=True)})
    @action(detail=True, methods=["get"], url_path="budget-revisions", pagination_class=None)
    def budget_revisions(self, request, key=None):
        """The approved budgets one after another, the first one first."""
        found = queries.budget_revisions(self.get_object())
        return Response(BudgetRevisionSerializer(found, many=True).data)

    def _done(self, act, takes: type[serializers.Serializer]) -> Response:
        project = self.get_object()
        given = self.get_input(takes)
        act(project, by=self.request.user, version=self.version, **given)
        return self.told(project)

    def _asked(self, act, takes: type[serializers.Serializer]) -> Response:
        given: dict[str, Any] = self.get_input(takes)
        made = act(self.get_object(), by=self.request.user, version=self.version, **given)
        return Response(RequestSerializer(made).data, status=202)


class ProgrammeViewSet(ResourceViewSet):
    """Programmes, by key. A programme stays in its portfolio: what belongs elsewhere is moved project by project."""

    model = Programme
    related = ("portfolio__scope", "owner")
    list_class = ProgrammeList
    filters = (Equal("key", "key"), Equal("owner", "owner", "owner__email"))
    serializer_class = ProgrammeSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    by_act = {"portfolio": ""}

    @extend_schema(responses={201: ProgrammeSerializer})
    def create(self, request):
        return self.told(actions.create_programme(by=request.user, **self.get_input()), status=201)

    def partial_update(self, request, key=None):
        programme = self.get_object()
        given = self.get_input(partial=True)
        return self.told(actions.edit_programme(programme, by=request.user, version=self.version, **given))


class ForecastSerializer(serializers.Serializer):
    forecast_on = DayField()


class ReachingSerializer(serializers.Serializer):
    actual_on = DayField()


class MilestoneViewSet(ResourceViewSet):
    """Milestones of projects. What a milestone is measured against (`baseline_on`) moves with a reason only."""

    model = Milestone
    related = ("project__scope", "project__pm", "owner")
    list_class = rows_of(
        Milestone,
        equal={"project": "project__key", "owner": "owner__email", "portfolio": "project__portfolio__key"},
        choose=("state",),
        days={"baseline": "baseline_on", "forecast": "forecast_on", "actual": "actual_on"},
        sorts={"project": "project__key", "baseline": "baseline_on", "forecast": "forecast_on", "actual": "actual_on"},
        search=("name_ja", "name_en", "project__key"),
    )
    serializer_class = MilestoneSerializer
    by_act = {"project": "", "forecast_on": "forecast/"}

    @extend_schema(responses={201: MilestoneSerializer})
    def create(self, request):
        given = self.get_input()
        project, _reason = given.pop("project"), given.pop("reason", "")
        return self.told(milestones.add_milestone(project, by=request.user, **given), status=201)

    def partial_update(self, request, pk=None):
        found = self.get_object()
        stays = {name: getattr(found, name) for name in ("name_ja", "name_en", "baseline_on", "owner")}
        given = stays | self.get_input(partial=True)
        return self.told(milestones.edit_milestone(found, by=request.user, version=self.version, **given))

    @extend_schema(request=ForecastSerializer, responses={200: MilestoneSerializer})
    @action(detail=True, methods=["post"])
    def forecast(self, request, pk=None):
        """It is expected on another day; the forecast before stays readable."""
        return self.done(milestones.move_milestone, ForecastSerializer)

    @extend_schema(request=ReachingSerializer, responses={200: MilestoneSerializer})
    @action(detail=True, methods=["post"])
    def reaching(self, request, pk=None):
        """It has been reached."""
        return self.done(milestones.reach_milestone, ReachingSerializer)

    @extend_schema(request=ArchiveSerializer, responses={200: MilestoneSerializer})
    @action(detail=True, methods=["post"])
    def dropping(self, request, pk=None):
        """It is not aimed at any more; it stays in the list, as dropped."""
        return self.done(milestones.drop_milestone, ArchiveSerializer)

    @extend_schema(request=ArchiveSerializer, responses={200: MilestoneSerializer})
    @action(detail=True, methods=["post"])
    def reopening(self, request, pk=None):
        """Reached or dropped by mistake, or aimed at again."""
        return self.done(milestones.reopen_milestone, ArchiveSerializer)


class MembershipEndSerializer(serializers.Serializer):
    last_on = DayField(help_text="The last day in the team; before the first day: they never were in it.")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class MemberViewSet(ResourceViewSet):
    """The teams of projects."""

    model = ProjectMember
    related = ("project__scope", "project__pm", "person")
    list_class = rows_of(
        ProjectMember,
        equal={"project": "project__key", "person": "person__email"},
        days={"starts": "starts_on", "ends": "ends_on"},
        sorts={"project": "project__key", "starts": "starts_on", "ends": "ends_on"},
        search=("person__name_ja", "person__name_en", "part_ja", "part_en", "project__key"),
    )
    serializer_class = MemberSerializer
    by_act = {"project": "", "person": ""}

    @extend_schema(responses={201: MemberSerializer})
    def create(self, request):
        given = self.get_input()
        return self.told(team.add_member(given.pop("project"), by=request.user, **given), status=201)

    def partial_update(self, request, pk=None):
        found = self.get_object()
        names = ("part_ja", "part_en", "share_percent", "starts_on", "ends_on")
        given = {name: getattr(found, name) for name in names} | self.get_input(partial=True)
        return self.told(team.change_member(found, by=request.user, version=self.version, **given))

    @extend_schema(request=MembershipEndSerializer, responses={200: MemberSerializer})
    @action(detail=True, methods=["post"])
    def ending(self, request, pk=None):
        """They leave the team."""
        return self.done(team.end_membership, MembershipEndSerializer)
