"""The register over the API: the same lists, the same actions, the same rules as on its pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.api import AmountField, DayField, ReferenceField, ResourceSerializer, ResourceViewSet
from pmo_portal.api.custom import CustomValuesField
from pmo_portal.lists import Equal
from pmo_portal.money.codes import CODES
from projects.register import actions, approving, placing
from projects.register.lists import PortfolioList, ProjectList
from projects.register.models import Portfolio, Programme, Project

STAGES = [choice for choice in Project.Stage.choices if choice[0] != Project.Stage.CLOSED]


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
    stage = serializers.ChoiceField(choices=STAGES, required=False)
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


class ClosureSerializer(serializers.Serializer):
    finished_on = DayField()
    note = serializers.CharField(max_length=5000)


class ArchiveSerializer(serializers.Serializer):
    """Why it goes into the archive, or comes back."""

    reason = serializers.CharField(max_length=2000)


class ReopeningSerializer(ArchiveSerializer):
    """In which stage a project that has ended goes on, and why."""

    stage = serializers.ChoiceField(choices=[c for c in Project.Stage.choices if c[0] != Project.Stage.CLOSED])


class HandoverSerializer(serializers.Serializer):
    new_pm = ReferenceField(Person, "email")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    keep_role = serializers.BooleanField(required=False, help_text="The old PM keeps the role in this project too.")


class PlacementSerializer(serializers.Serializer):
    portfolio = ReferenceField(Portfolio, "key")
    programme = ReferenceField(Programme, "key", required=False, allow_null=True, default=None)
    on = DayField(required=False, help_text="From this day on; today unless said.")
    reason = serializers.CharField(max_length=2000)


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


class PortfolioViewSet(ResourceViewSet):
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


class ProjectViewSet(ResourceViewSet):
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

    def _done(self, act, takes: type[serializers.Serializer]) -> Response:
        project = self.get_object()
        given = self.get_input(takes)
        act(project, by=self.request.user, version=self.version, **given)
        return self.told(project)

    def _asked(self, act, takes: type[serializers.Serializer]) -> Response:
        given: dict[str, Any] = self.get_input(takes)
        made = act(self.get_object(), by=self.request.user, version=self.version, **given)
        return Response(RequestSerializer(made).data, status=202)
