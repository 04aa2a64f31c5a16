"""The register over the API."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.response import Response

from pmo_portal.accounts.models import Person
from pmo_portal.api import ReferenceField, ResourceViewSet
from projects.register import actions
from projects.register.models import Portfolio, Programme, Project


class PortfolioSerializer(serializers.ModelSerializer):
    class Meta:
        model = Portfolio
        fields = ["id", "key", "name_ja", "name_en", "description", "attribution", "version"]
        read_only_fields = ["id", "version"]


class ProjectSerializer(serializers.ModelSerializer):
    portfolio = ReferenceField(Portfolio, "key")
    programme = ReferenceField(Programme, "key", required=False, allow_null=True)
    pm = ReferenceField(Person, "email", required=False, allow_null=True)
    sponsor = ReferenceField(Person, "email", required=False, allow_null=True)

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
            "pm",
            "sponsor",
            "description",
            "benefits",
            "planned_start_on",
            "planned_finish_on",
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
            "version",
        ]


class PortfolioViewSet(ResourceViewSet):
    model = Portfolio
    serializer_class = PortfolioSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    filters = {"key": "key"}

    def create(self, request):
        portfolio = actions.create_portfolio(by=request.user, **self.get_input())
        return Response(PortfolioSerializer(portfolio).data, status=201)


class ProjectViewSet(ResourceViewSet):
    """Projects by key. Budgets and hand-overs have their own acts; here they are read only after creation."""

    model = Project
    related = ("portfolio", "programme", "pm", "sponsor", "scope")
    serializer_class = ProjectSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    filters = {
        "portfolio": "portfolio__key",
        "stage": "stage",
        "state": "state",
        "tier": "tier",
        "confidence": "confidence",
        "overall_light": "overall_light",
        "pm": "pm__email",
    }

    def create(self, request):
        project = actions.create_project(by=request.user, **self.get_input())
        return Response(self.get_serializer(project).data, status=201, headers={"ETag": f'"{project.version}"'})

    def partial_update(self, request, key=None):
        project = self.get_object()
        given = self.get_input(partial=True)
        for fixed in ("portfolio", "programme", "approved_budget", "pm"):
            if fixed in given:
                raise serializers.ValidationError({fixed: ["changed by its own act, not here"]})
        actions.edit_project(project, by=request.user, version=self.version, **given)
        return Response(self.get_serializer(self.get_object()).data)
