"""Imports over the API: send a file, look at its preview, answer, apply, undo."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import parsers, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pmo_portal.api import DayField, NothingSerializer, ResourceViewSet
from pmo_portal.api.parsing import StrictJSONParser
from pmo_portal.intake import actions, queries
from pmo_portal.intake.forms import places
from pmo_portal.intake.lists import ImportProfileList, ImportRunList
from pmo_portal.intake.models import ImportProfile, ImportRow, ImportRun
from pmo_portal.lists import Equal

MOST_ROWS = 500


class ImportSerializer(serializers.ModelSerializer):
    profile = serializers.SlugRelatedField("name", read_only=True, allow_null=True)
    period = serializers.SlugRelatedField("key", read_only=True, allow_null=True)
    by = serializers.SlugRelatedField("email", read_only=True, allow_null=True)
    counts = serializers.SerializerMethodField()
    found = serializers.SerializerMethodField()
    why_not_apply = serializers.SerializerMethodField()
    changed_rows = serializers.SerializerMethodField()

    class Meta:
        model = ImportRun
        fields = [
            "id",
            "target",
            "scope",
            "profile",
            "period",
            "as_of",
            "file_name",
            "file_size",
            "file_sha256",
            "state",
            "by",
            "counts",
            "found",
            "message",
            "why_not_apply",
            "changed_rows",
            "created_at",
            "applied_at",
            "undone_at",
            "version",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_counts(self, run: ImportRun) -> dict[str, int]:
        return queries.counts(run)

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_found(self, run: ImportRun) -> list[str]:
        return queries.facts(run)

    def get_why_not_apply(self, run: ImportRun) -> str:
        return queries.why_not_apply(run)

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_changed_rows(self, run: ImportRun) -> list[int]:
        return [row["number"] for row in queries.changed_since(run)]


class ImportSendingSerializer(serializers.Serializer):
    """`scope`: the portfolio's scope id. `period` by its key, or `as_of`; neither where the file says it."""

    file = serializers.FileField(allow_empty_file=True)
    target = serializers.CharField(default="projects")
    scope = serializers.IntegerField(min_value=1)
    profile = serializers.SlugRelatedField("name", queryset=queries.no_profiles(), required=False)
    period = serializers.SlugRelatedField("key", queryset=queries.all_periods(), required=False)
    as_of = DayField(required=False)

    def get_fields(self):
        fields = super().get_fields()
        viewer = getattr(self.context.get("request"), "user", None)
        if viewer is not None and viewer.is_authenticated:
            fields["profile"].queryset = queries.profiles(viewer)
        return fields

    def validate_scope(self, value: int):
        found = {s.pk: s for s in places(self.context["request"].user)}
        if value not in found:
            raise serializers.ValidationError("no portfolio of yours has this scope")
        return found[value]


class AnswerSerializer(serializers.Serializer):
    """`choice`: match (with `matched_id`), new, leave_out, or empty for undecided."""

    row = serializers.IntegerField(min_value=0)
    choice = serializers.ChoiceField(choices=["match", "new", "leave_out", ""], allow_blank=True)
    matched_id = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ApplicationSerializer(serializers.Serializer):
    """`others`: without the rows of `changed_rows`, which are left out."""

    others = serializers.BooleanField(default=False)


class UndoingSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


def plain_row(view: queries.RowView) -> dict[str, Any]:
    return {
        "row": view.number,
        "place": view.place,
        "label": view.label,
        "as_of": view.on,
        "verdict": view.verdict,
        "answer": view.answer,
        "notes": view.notes,
        "candidates": [
            {"id": c.id, "label": c.label, "detail": c.detail, "score": c.score, "why": c.why} for c in view.candidates
        ],
        "cells": [
            {
                "column": cell.letter,
                "head": cell.head,
                "field": cell.field,
                "text": cell.text,
                "value": None if cell.value is None else str(cell.value),
                "was": None if cell.was is None else str(cell.was),
                "state": cell.state,
                "reason": cell.sentence,
            }
            for cell in view.cells
        ],
    }


class ImportViewSet(ResourceViewSet):
    """Files on their way in. Sending one queues its reading: ask again until `state` is `previewed` or `refused`."""

    model = ImportRun
    related = ("by", "profile", "scope", "period")
    serializer_class = ImportSerializer
    parser_classes = (parsers.MultiPartParser, StrictJSONParser)
    list_class = ImportRunList
    filters = (Equal("target", "target"), Equal("profile", "profile", "profile__name"))

    def get_queryset(self):
        return super().get_queryset().filter(archived_at=None)

    @extend_schema(request={"multipart/form-data": ImportSendingSerializer}, responses={201: ImportSerializer})
    def create(self, request):
        run = actions.receive_file(by=request.user, **self.get_input(ImportSendingSerializer))
        return self.told(run, status=201)

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True, methods=["get"])
    def rows(self, request, pk=None):
        """Rows of the preview: `verdict`, `q`, `first`, `count` (500 at most)."""
        run, asked = self.get_object(), request.query_params
        verdict = asked.get("verdict", "")
        if verdict and verdict not in ImportRow.Verdict.values:
            raise serializers.ValidationError({"verdict": [f"one of {', '.join(ImportRow.Verdict.values)}"]})
        first, count = (_whole(asked, name, usual) for name, usual in (("first", 0), ("count", 100)))
        words = asked.get("q", "").replace("\0", "")[:100]
        found = queries.rows(run, verdict=verdict, search=words, first=first, count=min(count, MOST_ROWS))
        total = queries.count_rows(run, verdict=verdict, search=words)
        return Response({"count": total, "first": first, "results": [plain_row(r) for r in found]})

    @extend_schema(request=AnswerSerializer, responses={200: {"type": "object"}})
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def answers(self, request, pk=None):
        """Decide a row that is to be confirmed."""
        run, given = self.get_object(), self.get_input(AnswerSerializer)
        actions.answer(
            run, by=request.user, number=given["row"], choice=given["choice"], matched_id=given.get("matched_id")
        )
        return Response(plain_row(queries.row(run, given["row"])))

    @extend_schema(request=ApplicationSerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def application(self, request, pk=None):
        """Write everything or nothing, in the background."""
        run, given = self.get_object(), self.get_input(ApplicationSerializer)
        actions.apply_run(run, by=request.user, version=self.version, **given)
        return self.told(run, status=202)

    @extend_schema(request=UndoingSerializer, responses={200: ImportSerializer})
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def undoing(self, request, pk=None):
        """Take it back in one step."""
        run, given = self.get_object(), self.get_input(UndoingSerializer)
        actions.undo_run(run, by=request.user, version=self.version, **given)
        return self.told(run)

    @extend_schema(request=None, responses={200: ImportSerializer})
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def withdrawal(self, request, pk=None):
        """Drop an import that was not applied."""
        run = self.get_object()
        self.get_input(NothingSerializer)
        actions.discard(run, by=request.user, version=self.version)
        return self.told(run)


def _whole(asked, name: str, usual: int) -> int:
    text = asked.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise serializers.ValidationError({name: ["a whole number"]})
    return int(text)


class ImportProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model = ImportProfile
        fields = ["id", "name", "target", "note", "is_shipped", "definition", "version"]
        read_only_fields = fields


class ImportProfileViewSet(ResourceViewSet):
    """How sheets of one source are read."""

    model = ImportProfile
    serializer_class = ImportProfileSerializer
    list_class = ImportProfileList
    filters = (Equal("target", "target"), Equal("name", "name"))

    def get_queryset(self):
        return super().get_queryset().filter(archived_at=None)
