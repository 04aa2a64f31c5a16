"""Status reports over the API: the same actions as the form."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.response import Response

from pmo_portal import access
from pmo_portal.api import ReferenceField, ResourceViewSet
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status import actions
from projects.status.models import DIMENSIONS, StatusReport

WRITABLE = [f"{d}_{part}" for d in DIMENSIONS for part in ("light", "reason")]
WRITABLE += ["confidence", "confidence_reason", "forecast_finish_on", "forecast_cost", "spent", "achieved", "planned"]


class StatusReportSerializer(serializers.ModelSerializer):
    project = ReferenceField(Project, "key")
    period = ReferenceField(ReportingPeriod, "key")
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
            *WRITABLE,
            "approved_budget",
            "unknown",
            "submitted_at",
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
        ]


class StatusReportViewSet(ResourceViewSet):
    """Reports that count for their period."""

    model = StatusReport
    related = ("project", "period")
    serializer_class = StatusReportSerializer
    filters = {
        "project": "project__key",
        "period": "period__key",
        "state": "state",
        "overall_light": "overall_light",
        "confidence": "confidence",
        "portfolio": "project__portfolio__key",
    }

    def get_queryset(self):
        return super().get_queryset().filter(is_current=True)

    def create(self, request):
        """Open the project's report for the period, write what is given, and hand it in when `submit` says so."""
        given = self.get_input()
        project, period, submit = given.pop("project"), given.pop("period"), given.pop("submit")
        report = actions.open_report(project, period, by=request.user)
        report = self._write(report, given, submit, version=None)
        return Response(StatusReportSerializer(report, context=self.get_serializer_context()).data, status=201)

    def partial_update(self, request, pk=None):
        report = self.get_object()
        given = self.get_input(partial=True)
        if {"project", "period"} & set(given):
            raise serializers.ValidationError({"project": ["a report stays with its project and period"]})
        report = self._write(report, given, given.pop("submit", False), version=self.version)
        return Response(StatusReportSerializer(report, context=self.get_serializer_context()).data)

    def _write(self, report: StatusReport, given: dict, submit: bool, version: int | None) -> StatusReport:
        by = self.request.user
        if submit:
            actions.submit_report(report, by=by, version=version, origin=StatusReport.Origin.API, **given)
        else:
            actions.save_draft(report, by=by, version=version or report.version, **given)
        return access.visible(by, StatusReport).select_related(*self.related).get(pk=report.pk)
