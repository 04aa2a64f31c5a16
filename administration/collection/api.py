"""The collection over the API: what is expected, who is excused or has more time, campaigns and their answers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from administration.collection import actions, queries
from administration.collection.forms import ReplyForm
from administration.collection.lists import CampaignList
from administration.collection.models import Campaign, CampaignQuestion, CampaignReply, ReportingArrangement
from pmo_portal.accounts.models import Person
from pmo_portal.api import (
    NothingSerializer,
    ReferenceField,
    ResourceSerializer,
    ResourceViewSet,
    rows_of,
    shown,
)
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.lists import Choice, Equal
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.models import ProjectPeriod


class ExpectedReportSerializer(ResourceSerializer):
    """`collected`: missing, late, in, returned, accepted or exempt, by the present moment and the project's own due date."""

    project = shown(Project, "key")
    pm = serializers.CharField(source="project.pm.email", read_only=True, allow_null=True)
    period = shown(ReportingPeriod, "key")
    due_at = serializers.DateTimeField(source="period.due_at", read_only=True)
    collected = serializers.ChoiceField(choices=list(queries.WORDS_OF_STATE), read_only=True)
    report = serializers.IntegerField(source="report_id", read_only=True, allow_null=True)

    class Meta:
        model = ProjectPeriod
        fields = [
            "id",
            "project",
            "pm",
            "period",
            "due_at",
            "collected",
            "report",
            "overall_light",
            "computed_light",
            "confidence",
            "standing",
            "standing_before",
            "forecast_finish_on",
            "forecast_cost",
            "approved_budget",
            "spent",
            "cost_variance_percent",
            "slip_days",
            "changed_at",
        ]
        read_only_fields = fields


class ExpectedReportViewSet(ResourceViewSet):
    """One line for each project and period in which it owes a report or is excused: how the project stood, and whether the
    report has come."""

    model = ProjectPeriod
    title = gettext_lazy("Expected reports")
    related = ("project__pm", "project__scope", "period")
    list_class = rows_of(
        ProjectPeriod,
        equal={"project": "project__key", "portfolio": "project__portfolio__key", "pm": "project__pm__email"},
        filters=[
            Equal("period", ProjectPeriod._meta.get_field("period").verbose_name, "period__key"),
            Choice(
                "collected",
                ProjectPeriod._meta.get_field("state").verbose_name,
                "collected",
                options=[(key, key) for key in queries.WORDS_OF_STATE],
            ),
        ],
        sorts={"project": "project__key", "period": "period__starts_on"},
        search=("project__key", "project__name_ja", "project__name_en"),
        base=lambda viewer: queries.with_standing(queries.all_expected(viewer)),
    )
    serializer_class = ExpectedReportSerializer

    def get_queryset(self):
        found = super().get_queryset()
        return found if self.action == "list" else queries.with_standing(found)


class ArrangementSerializer(ResourceSerializer):
    """An exemption, or with `due_at` more time."""

    project = ReferenceField(Project, "key")
    period = ReferenceField(ReportingPeriod, "key")
    reason = serializers.CharField(max_length=2000)
    by = shown(Person, "email")

    class Meta:
        model = ReportingArrangement
        validators: list = []
        fields = ["id", "project", "period", "kind", "due_at", "reason", "by", "created_at", "archived_at", "version"]
        read_only_fields = ["id", "created_at", "archived_at", "version"]

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["kind"] == ReportingArrangement.Kind.EXTENSION and given.get("due_at") is None:
            raise serializers.ValidationError({"due_at": _("Say until when.")}, code="required")
        return given


class ArrangementEndSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ArrangementViewSet(ResourceViewSet):
    """Who need not report for a period, or has more time. Where the office has a route for exemptions, asking for one is
    answered 202 and the report is owed until it is through."""

    model = ReportingArrangement
    related = ("project__scope", "project__pm", "period", "by")
    list_class = rows_of(
        ReportingArrangement,
        equal={"project": "project__key", "period": "period__key"},
        choose=("kind",),
        truth={"in_force": "archived_at__isnull"},
        sorts={"project": "project__key", "created": "created_at"},
    )
    serializer_class = ArrangementSerializer

    @extend_schema(
        responses={201: ArrangementSerializer, 202: OpenApiResponse(description="It was put to its route: `approval`.")}
    )
    def create(self, request):
        given = self.get_input()
        project, period, due_at = given.pop("project"), given.pop("period"), given.pop("due_at", None)
        if given.pop("kind") == ReportingArrangement.Kind.EXTENSION:
            return self.told(actions.extend(project, period, by=request.user, due_at=due_at, **given), status=201)
        made = actions.exempt(project, period, by=request.user, **given)
        if isinstance(made, ApprovalRequest):
            return Response({"approval": made.number}, status=202)
        return self.told(made, status=201)

    @extend_schema(request=ArrangementEndSerializer, responses={200: ArrangementSerializer})
    @action(detail=True, methods=["post"])
    def ending(self, request, pk=None):
        """As if it had not been arranged: the report is owed again, at the period's own date."""
        return self.done(_end, ArrangementEndSerializer)


def _end(arrangement: ReportingArrangement, *, by, version: int | None, reason: str = "") -> None:
    actions.end_arrangement(arrangement, by=by, reason=reason)


class QuestionSerializer(serializers.ModelSerializer):
    class Meta:
        model = CampaignQuestion
        fields = ["number", "text_ja", "text_en", "kind", "choices", "is_required"]
        read_only_fields = fields


class CampaignSerializer(ResourceSerializer):
    owner = shown(Person, "email")
    scope = serializers.IntegerField(source="scope_id", read_only=True)
    questions = QuestionSerializer(many=True, read_only=True)

    class Meta:
        model = Campaign
        fields = [
            "id",
            "title_ja",
            "title_en",
            "purpose",
            "owner",
            "scope",
            "due_at",
            "minutes",
            "state",
            "opened_at",
            "closed_at",
            "questions",
            "version",
        ]
        read_only_fields = fields


class CampaignReopeningSerializer(serializers.Serializer):
    """Until when, and why."""

    due_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=2000)


class CampaignViewSet(ResourceViewSet):
    """Questions asked of chosen projects by a date. They are written on their page; a program opens and closes them."""

    model = Campaign
    related = ("owner", "scope")
    list_class = CampaignList
    serializer_class = CampaignSerializer

    def get_queryset(self):
        return super().get_queryset().prefetch_related("questions")

    @extend_schema(request=NothingSerializer, responses={200: CampaignSerializer})
    @action(detail=True, methods=["post"])
    def opening(self, request, pk=None):
        """Ask the project managers, in the background."""
        return self.done(actions.open_campaign)

    @extend_schema(request=NothingSerializer, responses={200: CampaignSerializer})
    @action(detail=True, methods=["post"])
    def closing(self, request, pk=None):
        """It takes no answers any more."""
        return self.done(actions.close_campaign)

    @extend_schema(request=CampaignReopeningSerializer, responses={200: CampaignSerializer})
    @action(detail=True, methods=["post"])
    def reopening(self, request, pk=None):
        """It takes answers again, or longer, until another date."""
        return self.done(actions.reopen_campaign, CampaignReopeningSerializer)


class ReplySerializer(ResourceSerializer):
    """`answers`: the question's number → the answer, as text."""

    campaign = serializers.IntegerField(source="campaign_id", read_only=True)
    project = shown(Project, "key")
    answered_by = shown(Person, "email")

    class Meta:
        model = CampaignReply
        fields = ["id", "campaign", "project", "state", "answers", "answered_by", "answered_at", "version"]
        read_only_fields = fields


class AnswersSerializer(serializers.Serializer):
    """The question's number → the answer: a number and a day as text, one of the choices, `yes` or `no`."""

    answers = serializers.DictField(child=serializers.CharField(max_length=4000, allow_blank=True))


class ExcuseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class ReplyViewSet(ResourceViewSet):
    """What each project answers to a campaign."""

    model = CampaignReply
    related = ("campaign__owner", "project__scope", "project__pm", "answered_by")
    list_class = rows_of(
        CampaignReply,
        number={"campaign": "campaign"},
        equal={"project": "project__key"},
        choose=("state",),
        sorts={"project": "project__key", "answered": "answered_at"},
    )
    serializer_class = ReplySerializer

    @extend_schema(request=AnswersSerializer, responses={200: ReplySerializer})
    @action(detail=True, methods=["post"])
    def answers(self, request, pk=None):
        """Answer for the project; answers may be corrected while the campaign is open."""
        return self.done(_answer, AnswersSerializer)

    @extend_schema(request=ExcuseSerializer, responses={200: ReplySerializer})
    @action(detail=True, methods=["post"])
    def excuse(self, request, pk=None):
        """This project need not answer."""
        return self.done(actions.excuse_reply, ExcuseSerializer)


def _answer(reply: CampaignReply, *, by, version: int | None, answers: dict[str, str]) -> None:
    """Read by the page's own form: a number is a number, a choice one of those there are."""
    form = ReplyForm({f"q{number}": text for number, text in answers.items()}, campaign=reply.campaign)
    del form.fields["version"]
    strange = {f"answers.{n}": [_("There is no such question.")] for n in answers if f"q{n}" not in form.fields}
    if strange:
        raise ValidationError(strange)
    if not form.is_valid():
        raise ValidationError({f"answers.{name[1:]}": faults.as_data() for name, faults in form.errors.items()})
    actions.answer_campaign(reply, by=by, answers=form.answers(), version=version)
