"""Continue or stop, over the API: proposals, their decisions and conditions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from governance.investment import actions
from governance.investment.lists import ProposalList
from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal.accounts.models import Person
from pmo_portal.api import (
    DayField,
    NothingSerializer,
    ReferenceField,
    ResourceSerializer,
    ResourceViewSet,
    rows_of,
    shown,
)
from pmo_portal.lists import Equal
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project


class ProposalSerializer(ResourceSerializer):
    """`evidence` is what the decision rests on, frozen when it was put to its route; `evidence_digest` stands for it."""

    code = serializers.CharField(read_only=True)
    project = ReferenceField(Project, "key")
    period = shown(ReportingPeriod, "key")
    proposed_by = shown(Person, "email")
    decided_by = shown(Person, "email")
    conditions_text = serializers.CharField(max_length=4000, required=False, allow_blank=True)

    class Meta:
        model = ContinuationProposal
        validators: list = []
        fields = [
            "number",
            "code",
            "project",
            "period",
            "course",
            "reason",
            "conditions_text",
            "decide_by",
            "state",
            "proposed_by",
            "proposed_at",
            "decided_course",
            "decision_reason",
            "decided_by",
            "decided_at",
            "evidence",
            "evidence_digest",
            "version",
        ]
        read_only_fields = [
            "number",
            "state",
            "proposed_at",
            "decided_course",
            "decision_reason",
            "decided_at",
            "evidence",
            "evidence_digest",
            "version",
        ]
        extra_kwargs = {"reason": {"max_length": 4000}}


class ConditionGivenSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=500)
    owner = ReferenceField(Person, "email")
    due_on = DayField()


class DecisionSerializer(serializers.Serializer):
    """Conditions count where the course carries them."""

    course = serializers.ChoiceField(choices=ContinuationProposal.Course.choices)
    reason = serializers.CharField(max_length=4000)
    conditions = serializers.ListField(child=ConditionGivenSerializer(), required=False, max_length=10)
    digest = serializers.CharField(max_length=64, required=False, allow_blank=True)


class ProposalViewSet(ResourceViewSet):
    """How a project is to go on: proposed, put to its route, decided on frozen evidence."""

    model = ContinuationProposal
    related = ("project__scope", "project__pm", "project__sponsor", "period", "proposed_by", "decided_by")
    list_class = ProposalList
    filters = (Equal("project", "project", "project__key"),)
    serializer_class = ProposalSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    by_act = {"project": ""}

    @extend_schema(responses={201: ProposalSerializer})
    def create(self, request):
        given = self.get_input()
        return self.told(actions.propose(given.pop("project"), by=request.user, **given), status=201)

    def partial_update(self, request, number=None):
        """Mend what came back, and put it to its route again on evidence of today."""
        found = self.get_object()
        stays = {name: getattr(found, name) for name in ("course", "reason", "conditions_text", "decide_by")}
        given = stays | self.get_input(partial=True)
        return self.told(actions.revise_proposal(found, by=request.user, version=self.version, **given))

    @extend_schema(request=DecisionSerializer, responses={200: ProposalSerializer})
    @action(detail=True, methods=["post"])
    def decision(self, request, number=None):
        """Sign the route's last step and say with it how the project goes on; other than proposed, too."""
        return self.done(actions.decide, DecisionSerializer)

    @extend_schema(request=NothingSerializer, responses={200: ProposalSerializer})
    @action(detail=True, methods=["post"])
    def withdrawal(self, request, number=None):
        """Whoever proposed it lets it be."""
        return self.done(actions.withdraw_proposal)


class ConditionSerializer(ResourceSerializer):
    proposal = serializers.IntegerField(source="proposal.number", read_only=True)
    project = serializers.CharField(source="proposal.project.key", read_only=True)
    owner = shown(Person, "email")
    closed_by = shown(Person, "email")

    class Meta:
        model = DecisionCondition
        fields = [
            "id",
            "proposal",
            "project",
            "text",
            "owner",
            "due_on",
            "state",
            "outcome",
            "closed_at",
            "closed_by",
            "version",
        ]
        read_only_fields = fields


class OutcomeSerializer(serializers.Serializer):
    outcome = serializers.CharField(max_length=4000)


class MoveSerializer(serializers.Serializer):
    due_on = DayField()
    reason = serializers.CharField(max_length=2000)


class ConditionViewSet(ResourceViewSet):
    """What was promised with a decision, by whom and until when."""

    model = DecisionCondition
    related = ("proposal__project__scope", "proposal__project__pm", "owner", "closed_by")
    list_class = rows_of(
        DecisionCondition,
        equal={"project": "proposal__project__key", "owner": "owner__email"},
        number={"proposal": "proposal__number"},
        choose=("state",),
        days={"due": "due_on"},
        sorts={"due": "due_on"},
        search=("text",),
    )
    serializer_class = ConditionSerializer

    @extend_schema(request=OutcomeSerializer, responses={200: ConditionSerializer})
    @action(detail=True, methods=["post"])
    def closure(self, request, pk=None):
        """It is met: what came of it."""
        return self.done(actions.close_condition, OutcomeSerializer)

    @extend_schema(request=OutcomeSerializer, responses={200: ConditionSerializer})
    @action(detail=True, methods=["post"])
    def waiving(self, request, pk=None):
        """Those who decide ask for it no more."""
        return self.done(_waive, OutcomeSerializer)

    @extend_schema(request=MoveSerializer, responses={200: ConditionSerializer})
    @action(detail=True, methods=["post"])
    def move(self, request, pk=None):
        """Another date, with its reason."""
        return self.done(actions.move_condition, MoveSerializer)


def _waive(condition: DecisionCondition, *, by: Any, version: int | None, outcome: str) -> None:
    actions.close_condition(condition, by=by, version=version, outcome=outcome, waived=True)
