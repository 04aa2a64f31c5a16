"""Reporting periods over the API: read by everybody who signs in, moved through their states by those who run them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.api import NothingSerializer, ResourceSerializer, ResourceViewSet
from pmo_portal.lists import Equal
from pmo_portal.periods import actions
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.setup.lists import PeriodList


class PeriodSerializer(ResourceSerializer):
    label = serializers.CharField(read_only=True)

    class Meta:
        model = ReportingPeriod
        fields = [
            "id",
            "key",
            "label",
            "cadence",
            "starts_on",
            "ends_on",
            "opens_on",
            "due_at",
            "state",
            "closed_at",
            "frozen_at",
            "version",
        ]
        read_only_fields = [name for name in fields if name != "due_at"]


class DueSerializer(serializers.Serializer):
    due_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=500)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class PeriodViewSet(ResourceViewSet):
    """`PATCH` moves the due moment, with a reason; each change of state is a noun below the period."""

    model = ReportingPeriod
    list_class = PeriodList
    serializer_class = PeriodSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    filters = (Equal("key", "key"),)

    @extend_schema(request=DueSerializer, responses={200: PeriodSerializer})
    def partial_update(self, request, key):
        return self._done(actions.move_due, DueSerializer)

    @extend_schema(request=NothingSerializer, responses={200: PeriodSerializer})
    @action(detail=True, methods=["post"])
    def opening(self, request, key):
        """From now on the period takes reports."""
        return self._done(actions.open_period, NothingSerializer)

    @extend_schema(request=NothingSerializer, responses={200: PeriodSerializer})
    @action(detail=True, methods=["post"])
    def closing(self, request, key):
        """What comes in from now on is late."""
        return self._done(actions.close_period, NothingSerializer)

    @extend_schema(request=NothingSerializer, responses={200: PeriodSerializer})
    @action(detail=True, methods=["post"])
    def freezing(self, request, key):
        """The period takes nothing any more; its picture is kept."""
        return self._done(actions.freeze_period, NothingSerializer)

    @extend_schema(request=ReasonSerializer, responses={200: PeriodSerializer})
    @action(detail=True, methods=["post"])
    def reopening(self, request, key):
        """A frozen period takes reports again; both pictures stay."""
        return self._done(actions.reopen_period, ReasonSerializer)

    def _done(self, act, takes: type[serializers.Serializer]) -> Response:
        period = self.get_object()
        return self.told(act(period, by=self.request.user, version=self.version, **self.get_input(takes)))
