"""Asks and the inbox over the API: what waits for whom, answering it, reminding of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from pmo_portal import access
from pmo_portal.accounts.models import Person
from pmo_portal.api import KindField, NothingSerializer, ResourceSerializer, ResourceViewSet, rows_of, shown
from pmo_portal.asks import actions, inbox, letters, queries
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.lists.filters import Choice, Truth


def kind_options(viewer=None) -> list[tuple[str, str]]:
    return sorted((key, str(kind.label)) for key, kind in kinds.items())


class AskSerializer(ResourceSerializer):
    """`title` in the reader's language; `about` and `record`: which record it is about; `page`: where a person does it."""

    title = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()
    person = shown(Person, "email")
    asked_by = shown(Person, "email")
    about = KindField()
    record = serializers.IntegerField(source="object_id", read_only=True, allow_null=True)
    scope = serializers.IntegerField(source="scope_id", read_only=True, allow_null=True)

    class Meta:
        model = Ask
        fields = [
            "id",
            "kind",
            "title",
            "page",
            "person",
            "asked_by",
            "about",
            "record",
            "scope",
            "due_at",
            "minutes",
            "state",
            "answer",
            "created_at",
            "seen_at",
            "ended_at",
            "version",
        ]
        read_only_fields = fields

    def get_title(self, ask: Ask) -> str:
        return letters.shown(ask)["title"]

    def get_page(self, ask: Ask) -> str:
        return kinds[ask.kind].url(ask)


class AskAnswerSerializer(serializers.Serializer):
    """What came of it; with `declined` why it cannot be done."""

    text = serializers.CharField(max_length=2000)
    declined = serializers.BooleanField(default=False)


class ReminderSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AskViewSet(ResourceViewSet):
    """What is asked of people. What has a page of its own (a report, a signature) is done there, and the ask ends by itself."""

    model = Ask
    related = ("person", "asked_by", "content_type", "scope")
    list_class = rows_of(
        Ask,
        equal={"person": "person__email", "asked_by": "asked_by__email"},
        number={"scope": "scope"},
        choose=("state",),
        days={"due": "due_at", "created": "created_at"},
        filters=[Choice("kind", Ask._meta.get_field("kind").verbose_name, options=kind_options)],
        sorts={"due": "due_at", "created": "created_at"},
    )
    serializer_class = AskSerializer

    @extend_schema(request=AskAnswerSerializer, responses={200: AskSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None):
        """Say what came of it, oneself or for somebody one stands in for; whoever asked is told."""
        return self.done(actions.answer, AskAnswerSerializer)

    @extend_schema(request=ReminderSerializer, responses={200: AskSerializer})
    @action(detail=True, methods=["post"])
    def reminder(self, request, pk=None):
        """Remind by hand, once an hour at the most."""
        return self.done(_remind, ReminderSerializer)


def _remind(ask: Ask, *, by: Any, version: int | None, text: str = "") -> None:
    access.require(by, "remind", ask)
    actions.remind(ask, by=by, text=text)


class InboxItemSerializer(ResourceSerializer):
    text = serializers.SerializerMethodField()
    page = serializers.CharField(source="url", read_only=True)
    ask = serializers.IntegerField(source="ask_id", read_only=True, allow_null=True)

    class Meta:
        model = InboxItem
        fields = ["id", "kind", "text", "page", "ask", "at", "read_at"]
        read_only_fields = fields

    def get_text(self, item: InboxItem) -> str:
        return letters.text_of(item)


class InboxViewSet(ResourceViewSet):
    """What the person has been told, as far as they let it in."""

    model = InboxItem
    title = gettext_lazy("Inbox")
    list_class = rows_of(
        InboxItem,
        days={"at": "at"},
        filters=[Truth("unread", InboxItem._meta.get_field("read_at").verbose_name, "read_at__isnull")],
        sorts={"at": "at"},
        base=queries.inbox,
    )
    serializer_class = InboxItemSerializer

    @extend_schema(request=NothingSerializer, responses={200: InboxItemSerializer})
    @action(detail=True, methods=["post"])
    def reading(self, request, pk=None):
        """It has been read."""
        return self.done(_read)


def _read(item: InboxItem, *, by: Any, version: int | None) -> None:
    inbox.mark_read(by, item.pk)
