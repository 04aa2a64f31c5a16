"""Reporting periods over the API: read by everybody who signs in, moved through their states by those who run them."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.api import ResourceViewSet
from pmo_portal.periods import actions
from pmo_portal.periods.models import ReportingPeriod


class PeriodSerializer(serializers.ModelSerializer):
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


class NothingSerializer(serializers.Serializer):
    """A change of state takes nothing."""


class PeriodViewSet(ResourceViewSet):
    """`PATCH` moves the due moment, with a reason; each change of state is a noun below the period."""

    model = ReportingPeriod
    serializer_class = PeriodSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    filters = {"key": "key", "state": "state", "cadence": "cadence"}

    def get_serializer_class(self):
        given = {"partial_update": DueSerializer, "reopening": ReasonSerializer}
        changes = ("opening", "closing", "freezing")
        return NothingSerializer if self.action in changes else given.get(self.action, PeriodSerializer)

    def partial_update(self, request, key):
        return self._told(actions.move_due)

    @action(detail=True, methods=["post"])
    def opening(self, request, key):
        return self._told(actions.open_period)

    @action(detail=True, methods=["post"])
    def closing(self, request, key):
        return self._told(actions.close_period)

    @action(detail=True, methods=["post"])
    def freezing(self, request, key):
        return self._told(actions.freeze_period)

    @action(detail=True, methods=["post"])
    def reopening(self, request, key):
        return self._told(actions.reopen_period)

    def _told(self, act) -> Response:
        period = act(self.get_object(), by=self.request.user, version=self.version, **self.get_input())
        return Response(PeriodSerializer(period).data)
