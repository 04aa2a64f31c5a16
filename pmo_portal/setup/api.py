"""What the office runs by, over the API: its periods, calendar, cadences, reminders, rates and its own data. Read by everybody
who signs in, changed by those who keep them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.access.models import Role
from pmo_portal.api import ClockField, NothingSerializer, ResourceSerializer, ResourceViewSet, rows_of
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import LadderStep
from pmo_portal.lists import Equal
from pmo_portal.money.models import ExchangeRate
from pmo_portal.periods import actions
from pmo_portal.periods.models import Cadence, CadenceRule, CompanyDay, OfficeSettings, ReportingPeriod
from pmo_portal.setup import ladder
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


class OfficeSerializer(ResourceSerializer):
    class Meta:
        model = OfficeSettings
        fields = [
            "id",
            "name_ja",
            "name_en",
            "note_ja",
            "note_en",
            "default_language",
            "timezone",
            "currency",
            "fiscal_start_month",
            "digest_at",
            "quiet_from",
            "quiet_until",
            "freeze_after_days",
            "version",
        ]
        read_only_fields = fields


class OfficeViewSet(ResourceViewSet):
    """The office's own data: one record. Changed on its page, where it is said what follows."""

    model = OfficeSettings
    list_class = rows_of(OfficeSettings)
    serializer_class = OfficeSerializer


class CompanyDaySerializer(ResourceSerializer):
    label = serializers.CharField(max_length=80, allow_blank=True, default="")

    class Meta:
        model = CompanyDay
        validators: list = []
        fields = ["id", "day", "kind", "label", "archived_at", "version"]
        read_only_fields = ["id", "archived_at", "version"]
        extra_kwargs = {"day": {"validators": []}}


class CompanyDayViewSet(ResourceViewSet):
    """Days on which the office differs from the public calendar."""

    model = CompanyDay
    list_class = rows_of(
        CompanyDay,
        choose=("kind",),
        days={"day": "day"},
        truth={"in_use": "archived_at__isnull"},
        sorts={"day": "day"},
        search=("label",),
    )
    serializer_class = CompanyDaySerializer

    @extend_schema(responses={201: CompanyDaySerializer})
    def create(self, request):
        return self.made(actions.add_company_day, CompanyDaySerializer)

    @extend_schema(request=NothingSerializer, responses={200: CompanyDaySerializer})
    @action(detail=True, methods=["post"])
    def removal(self, request, pk=None):
        """The public calendar holds again for this day."""
        return self.done(actions.remove_company_day)


class CadenceSerializer(ResourceSerializer):
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    due_working_days = serializers.IntegerField(min_value=-10, max_value=30, default=3)
    due_time = ClockField(required=False)

    class Meta:
        model = CadenceRule
        validators: list = []
        fields = ["id", "tier", "cadence", "due_working_days", "due_time", "starts_on", "archived_at", "version"]
        read_only_fields = ["id", "archived_at", "version"]

    def validate_cadence(self, value: str) -> str:
        if value == Cadence.DATED:
            self.fields["cadence"].fail("invalid_choice", input=value)
        return value


class CadenceViewSet(ResourceViewSet):
    """How often projects of a tier report, from a day on. A rule that holds is followed by another, not changed."""

    model = CadenceRule
    list_class = rows_of(
        CadenceRule,
        choose=("tier", "cadence"),
        days={"starts": "starts_on"},
        truth={"in_use": "archived_at__isnull"},
        sorts={"tier": "tier", "starts": "starts_on"},
    )
    serializer_class = CadenceSerializer

    @extend_schema(responses={201: CadenceSerializer})
    def create(self, request):
        return self.made(actions.set_cadence, CadenceSerializer)

    @extend_schema(request=NothingSerializer, responses={200: CadenceSerializer})
    @action(detail=True, methods=["post"])
    def removal(self, request, pk=None):
        """Take back a rule that has not begun."""
        return self.done(actions.take_back_cadence)


class LadderStepSerializer(ResourceSerializer):
    """`kind` empty: for all asks. `role` where others are told."""

    kind = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    offset_days = serializers.IntegerField(min_value=-60, max_value=60)
    role = serializers.ChoiceField(choices=Role.choices, required=False, allow_blank=True, default="")

    class Meta:
        model = LadderStep
        fields = ["id", "kind", "offset_days", "act", "role", "is_active", "archived_at", "version"]
        read_only_fields = ["id", "archived_at", "version"]
        extra_kwargs = {"act": {"required": True}}

    def validate_kind(self, value: str) -> str:
        if value and value not in kinds:
            raise serializers.ValidationError(f"one of {', '.join(sorted(kinds))}", code="no_such_value")
        return value


class LadderViewSet(ResourceViewSet):
    """When the office reminds, and whom it tells above."""

    model = LadderStep
    list_class = rows_of(
        LadderStep,
        equal={"kind": "kind"},
        choose=("act",),
        truth={"in_use": "archived_at__isnull"},
        sorts={"offset": "offset_days"},
    )
    serializer_class = LadderStepSerializer

    @extend_schema(responses={201: LadderStepSerializer})
    def create(self, request):
        return self.told(ladder.save_step(None, by=request.user, **self.get_input()), status=201)

    def partial_update(self, request, pk=None):
        step = self.get_object()
        stays = {name: getattr(step, name) for name in ("kind", "offset_days", "act", "role", "is_active")}
        given = stays | self.get_input(partial=True)
        return self.told(ladder.save_step(step, by=request.user, version=self.version, **given))

    @extend_schema(request=NothingSerializer, responses={200: LadderStepSerializer})
    @action(detail=True, methods=["post"])
    def removal(self, request, pk=None):
        """The office does this no more."""
        return self.done(ladder.remove_step)


class RateSerializer(ResourceSerializer):
    class Meta:
        model = ExchangeRate
        fields = ["id", "currency", "starts_on", "rate", "source", "version"]
        read_only_fields = fields


class RateViewSet(ResourceViewSet):
    """What a unit of a currency is worth in the office's own, from a day on."""

    model = ExchangeRate
    list_class = rows_of(
        ExchangeRate,
        equal={"currency": "currency"},
        days={"starts": "starts_on"},
        sorts={"currency": "currency", "starts": "starts_on"},
    )
    serializer_class = RateSerializer
