"""Searching over the API: what the search page finds, as it finds it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from pmo_portal import access, search
from pmo_portal.api import AnswerViewSet


class HitSerializer(serializers.Serializer):
    """`page` is where a person reads it; `lead` its key or number."""

    title = serializers.CharField()
    lead = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    page = serializers.CharField(source="url")


class GroupSerializer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    hits = HitSerializer(many=True)


@extend_schema_serializer(many=False)
class FoundSerializer(serializers.Serializer):
    words = serializers.CharField(allow_blank=True, help_text="As they were looked for.")
    groups = GroupSerializer(many=True)


class SearchViewSet(AnswerViewSet):
    """Everything that is called so, among what the person may see, group by group, eight of each at the most."""

    seen_by = access.EVERYONE
    title = _("Search")
    parameters = ("q",)
    serializer_class = FoundSerializer

    @extend_schema(
        parameters=[OpenApiParameter("q", str, description="Words, or a key or number.")],
        responses={200: FoundSerializer},
    )
    def list(self, request):
        words = search.cleaned(request.query_params.get("q", ""))
        found = search.find(request.user, words)
        return Response(FoundSerializer({"words": words, "groups": found}).data)
