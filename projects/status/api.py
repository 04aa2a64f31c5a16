"""Status reports over the API: the same actions, under the same rules, as the form."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal import access
from pmo_portal.accounts.models import Person
from pmo_portal.api import BulkMixin, DayField, NothingSerializer, ReferenceField, ResourceSerializer, ResourceViewSet
from pmo_portal.api.custom import CustomValuesField
from pmo_portal.lists import Equal
from pmo_portal.periods.models import ReportingPeriod
from projects.register import queries as register
from projects.register.models import Project
from projects.status import actions
from projects.status.lists import StatusReportList
from projects.status.models import DIMENSIONS, StatusReport

DECLARED = [f"{d}_{part}" for d in DIMENSIONS for part in ("light", "reason")]
DECLARED += ["confidence", "confidence_reason", "forecast_finish_on", "forecast_cost", "spent", "achieved", "planned"]
DECLARED += ["help_needed", "help_from", "help_by"]


class MilestoneDateSerializer(serializers.Serializer):
    """A milestone moved, or reached, with the report."""

    number = serializers.IntegerField(min_value=1, max_value=9999)
    forecast_on = DayField(required=False, allow_null=True)
    reached_on = DayField(required=False, allow_null=True)


class StatusReportSerializer(ResourceSerializer):
    project = ReferenceField(Project, "key")
    period = ReferenceField(ReportingPeriod, "key")
    help_from = ReferenceField(Person, "email", required=False, allow_null=True)
    custom = CustomValuesField()
    milestones = serializers.ListField(child=MilestoneDateSerializer(), required=False, max_length=200)
    submit = serializers.BooleanField(write_only=True, default=False, help_text="Hand it in, or keep it as a draft.")

    class Meta:
        model = StatusReport
        validators: list = []  # the actions check; DRF's own would ask for what cannot be written
        fields = [
            "id",
            "project",
            "period",
            "revision",
            "state",
            "origin",
            "version",
            *DECLARED,
            "custom",
            "milestones",
            "approved_budget",
            "unknown",
            "submitted_at",
            "decided_at",
            "return_reason",
            "submit",
        ]
        read_only_fields = [
            "id",
            "revision",
            "state",
            "origin",
            "version",
            "approved_budget",
            "unknown",
            "submitted_at",
            "decided_at",
            "return_reason",
        ]
        extra_kwargs = {
            "confidence_reason": {"max_length": 2000},
            "achieved": {"max_length": 10_000},
            "planned": {"max_length": 10_000},
            "help_needed": {"max_length": 500},
        }


class AcceptanceSerializer(serializers.Serializer):
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ReturnSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class StatusReportViewSet(BulkMixin, ResourceViewSet):
    """Reports that count for their period. `submit` hands a report in as it is written, or asks for what is missing."""

    model = StatusReport
    related = ("project__scope", "project__pm", "period", "help_from")
    list_class = StatusReportList
    filters = (Equal("project", "project", "project__key"), Equal("period_key", "period", "period__key"))
    serializer_class = StatusReportSerializer
    by_act = {"project": "", "period": ""}  # a report stays where it was made

    def get_queryset(self):
        return super().get_queryset().filter(is_current=True)

    @extend_schema(responses={201: StatusReportSerializer})
    @transaction.atomic
    def create(self, request):
        """Open the project's report for the period, write what is given, and hand it in when `submit` says so."""
        given = self.get_input()
        project, period, submit = given.pop("project"), given.pop("period"), given.pop("submit")
        self._require_its_own(project, given)
        report = actions.open_report(project, period, by=request.user)
        return self._written(report, given, submit=submit, version=report.version, status=201)

    def partial_update(self, request, pk=None):
        report = self.get_object()
        given = self.get_input(partial=True)
        self._require_its_own(report.project, given)
        return self._written(report, given, submit=given.pop("submit", False), version=self.version)

    @extend_schema(request=NothingSerializer, responses={200: StatusReportSerializer})
    @action(detail=True, methods=["post"])
    def submission(self, request, pk=None):
        """Hand in what the draft says."""
        report = self.get_object()
        given = self.get_input(NothingSerializer)
        return self._written(report, given, submit=True, version=self.version)

    @extend_schema(request=AcceptanceSerializer, responses={200: StatusReportSerializer})
    @action(detail=True, methods=["post"])
    def acceptance(self, request, pk=None):
        """The PMO takes the report as it is."""
        report = self.get_object()
        given = self.get_input(AcceptanceSerializer)
        actions.accept_report(report, by=request.user, version=self.version, **given)
        return self._shown(report)

    @extend_schema(request=ReturnSerializer, responses={200: StatusReportSerializer})
    @action(detail=True, methods=["post"], url_path="return")
    def giving_back(self, request, pk=None):
        """The PMO gives the report back with a comment; it is asked for again."""
        report = self.get_object()
        given = self.get_input(ReturnSerializer)
        actions.return_report(report, by=request.user, version=self.version, **given)
        return self._shown(report)

    @staticmethod
    def _require_its_own(project: Project, given: dict) -> None:
        """Raises ValidationError for a milestone that the project does not have."""
        known = {m.number for m in register.milestones(project)}
        asked = enumerate(m["number"] for m in given.get("milestones", ()))
        strange = {f"milestones.{n}.number": [_("There is no such milestone.")] for n, m in asked if m not in known}
        if strange:
            raise serializers.ValidationError(strange, code="does_not_exist")

    def _written(self, report: StatusReport, given: dict, *, submit: bool, version, status: int = 200) -> Response:
        if "milestones" in given:
            given["milestones"] = [_as_typed(m) for m in given["milestones"]]
        if submit:
            origin = StatusReport.Origin.API
            actions.submit_report(report, by=self.request.user, version=version, origin=origin, **given)
        else:
            actions.save_draft(report, by=self.request.user, version=version, **given)
        return self._shown(report, status)

    def _shown(self, report: StatusReport, status: int = 200) -> Response:
        """Afresh: what the action wrote, without the relations that were read before."""
        found = access.visible(self.request.user, StatusReport).select_related(*self.related).get(pk=report.pk)
        return self.told(found, status)


def _as_typed(milestone: dict) -> dict:
    """As the form gives it to the action."""
    days = {end: milestone.get(end) for end in ("forecast_on", "reached_on")}
    return {"number": milestone["number"]} | {end: day.isoformat() if day else None for end, day in days.items()}
