"""Approvals over the API: what is asked, where it stands on its route, and signing it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.api import (
    AnswerViewSet,
    KindField,
    NothingSerializer,
    ReferenceField,
    ResourceSerializer,
    ResourceViewSet,
    shown,
)
from pmo_portal.approvals import actions, queries
from pmo_portal.approvals.access import SEE_WAITING_TIMES
from pmo_portal.approvals.lists import RequestList, RouteList
from pmo_portal.approvals.models import (
    ApprovalComment,
    ApprovalRequest,
    ApprovalRoute,
    ApprovalRouteStep,
    ApprovalSeat,
    ApprovalStep,
    Manner,
)


class SeatSerializer(serializers.ModelSerializer):
    person = serializers.SlugRelatedField("email", read_only=True, allow_null=True)
    acted_by = serializers.SlugRelatedField("email", read_only=True, allow_null=True)

    class Meta:
        model = ApprovalSeat
        fields = ["person", "state", "acted_by", "acted_at", "comment"]
        read_only_fields = fields


class StepSerializer(serializers.ModelSerializer):
    seats = SeatSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalStep
        fields = ["round", "position", "name_ja", "name_en", "manner", "need", "opened_at", "ended_at", "seats"]
        read_only_fields = fields


class CommentSerializer(serializers.ModelSerializer):
    by = serializers.SlugRelatedField("email", read_only=True, allow_null=True)

    class Meta:
        model = ApprovalComment
        fields = ["by", "at", "text"]
        read_only_fields = fields


class ApprovalSerializer(ResourceSerializer):
    """`content` is what is signed, as it was frozen; `digest` stands for it. `about` and `record`: which record it changes."""

    code = serializers.CharField(read_only=True)
    about = KindField()
    record = serializers.IntegerField(source="object_id", read_only=True)
    scope = serializers.IntegerField(source="scope_id", read_only=True, allow_null=True)
    drafter = shown(Person, "email")
    on_behalf_of = shown(Person, "email")
    unit = shown(OrgUnit, "code")
    route = serializers.IntegerField(source="route_id", read_only=True)
    steps = StepSerializer(many=True, read_only=True)
    comments = CommentSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalRequest
        fields = [
            "number",
            "code",
            "kind",
            "about",
            "record",
            "scope",
            "label_ja",
            "label_en",
            "drafter",
            "on_behalf_of",
            "unit",
            "amount",
            "currency",
            "reason",
            "needed_by",
            "content",
            "digest",
            "route",
            "round",
            "state",
            "submitted_at",
            "ended_at",
            "steps",
            "comments",
            "version",
        ]
        read_only_fields = fields


class SigningSerializer(serializers.Serializer):
    """`digest`: of what the signer read; 412 where the request says something else by now."""

    comment = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    digest = serializers.CharField(max_length=64, required=False, allow_blank=True)


class RefusalSerializer(serializers.Serializer):
    comment = serializers.CharField(max_length=4000)
    digest = serializers.CharField(max_length=64, required=False, allow_blank=True)


class SendingBackSerializer(serializers.Serializer):
    """Without `to_position` to whoever drafted it."""

    comment = serializers.CharField(max_length=4000)
    to_position = serializers.IntegerField(min_value=1, max_value=999, required=False, allow_null=True)


class AskingSerializer(serializers.Serializer):
    """Another person is asked as well, right after the signer's own step or beside it."""

    person = ReferenceField(Person, "email")
    manner = serializers.ChoiceField(choices=Manner.choices, default=Manner.CONSULT)
    after = serializers.BooleanField(default=True)


class WordSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=4000)


class WithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ResubmissionSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=4000, required=False)


class ApprovalViewSet(ResourceViewSet):
    """Requests for a signature, by number; they begin at the record they are about (`projects/KEY/budget/`, …)."""

    model = ApprovalRequest
    related = ("scope", "drafter", "on_behalf_of", "unit", "content_type")
    list_class = RequestList
    serializer_class = ApprovalSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"

    def get_queryset(self):
        return queries.with_course(super().get_queryset())

    @extend_schema(request=SigningSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"])
    def signature(self, request, number=None):
        """Sign where it is one's turn, or that of somebody one stands in for; 409 where it was signed meanwhile."""
        return self.done(actions.approve, SigningSerializer)

    @extend_schema(request=RefusalSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"])
    def refusal(self, request, number=None):
        """Refuse, with a reason; in a consulting step the opinion is kept and the request goes on."""
        return self.done(actions.reject, RefusalSerializer)

    @extend_schema(request=SendingBackSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"], url_path="sending-back")
    def sending_back(self, request, number=None):
        """To whoever drafted it, or to an earlier step, whose people sign again."""
        return self.done(actions.send_back, SendingBackSerializer)

    @extend_schema(request=AskingSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"], url_path="steps")
    def adding(self, request, number=None):
        """Whoever's turn it is asks somebody else as well."""
        return self.done(actions.add_step, AskingSerializer)

    @extend_schema(request=WordSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"])
    def comments(self, request, number=None):
        """A word with it, read by all who see it."""
        return self.done(_say, WordSerializer)

    @extend_schema(request=NothingSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"], url_path="pulling-back")
    def pulling_back(self, request, number=None):
        """Whoever drafted it takes it back while it runs, to mend it or to let it be."""
        return self.done(actions.pull_back)

    @extend_schema(request=ResubmissionSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"])
    def resubmission(self, request, number=None):
        """Once more along its route, after it was sent or pulled back; what it asks for stays, the reason may change."""
        return self.done(actions.resubmit, ResubmissionSerializer)

    @extend_schema(request=WithdrawalSerializer, responses={200: ApprovalSerializer})
    @action(detail=True, methods=["post"])
    def withdrawal(self, request, number=None):
        """Whoever drafted it lets it be for good."""
        return self.done(actions.withdraw, WithdrawalSerializer)


def _say(request: ApprovalRequest, *, by: Any, version: int | None, text: str) -> None:
    """A comment changes nothing that anybody has before them, so no version is asked."""
    actions.comment(request, by=by, text=text)


class RouteStepSerializer(serializers.ModelSerializer):
    people = serializers.SlugRelatedField("email", many=True, read_only=True)

    class Meta:
        model = ApprovalRouteStep
        fields = ["position", "name_ja", "name_en", "manner", "who", "role", "levels_up", "people", "need", "days"]
        read_only_fields = fields


class RouteSerializer(ResourceSerializer):
    unit = shown(OrgUnit, "code")
    scope = serializers.IntegerField(source="scope_id", read_only=True, allow_null=True)
    steps = RouteStepSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalRoute
        fields = [
            "id",
            "code",
            "kind",
            "name_ja",
            "name_en",
            "starts_on",
            "ends_on",
            "currency",
            "amount_from",
            "amount_below",
            "unit",
            "scope",
            "note",
            "steps",
            "version",
        ]
        read_only_fields = fields


class RouteViewSet(ResourceViewSet):
    """Who signs what: a version for each span of days."""

    model = ApprovalRoute
    related = ("unit", "scope")
    list_class = RouteList
    serializer_class = RouteSerializer

    def get_queryset(self):
        return super().get_queryset().prefetch_related("steps__people")


class WaitingSerializer(serializers.Serializer):
    """Hours from the moment a step could be signed until it was."""

    kind = serializers.CharField()
    name = serializers.CharField()
    manner = serializers.CharField()
    count = serializers.IntegerField()
    median_hours = serializers.FloatField()
    slowest_hours = serializers.FloatField()
    open_now = serializers.IntegerField()


class WaitingTimesViewSet(AnswerViewSet):
    """Where requests wait, and for how long: each step of the last 180 days. `scope`: at one place alone."""

    seen_by = SEE_WAITING_TIMES
    title = _("Waiting times")
    parameters = ("scope",)
    serializer_class = WaitingSerializer

    @extend_schema(
        parameters=[OpenApiParameter("scope", int, description="The id of a scope.")],
        responses={200: WaitingSerializer(many=True)},
    )
    def list(self, request):
        given = request.query_params.get("scope", "")
        if given and not (given.isascii() and given.isdigit() and len(given) < 18):
            raise serializers.ValidationError({"scope": ["a whole number"]})
        rows = queries.waiting_times(request.user, scope_id=int(given) if given else None)
        return Response(WaitingSerializer(rows, many=True).data)
