"""What stands behind the pages, over the API: the trail, the machine's work, letters, webhooks, fields, saved views, figures."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action

from pmo_portal.accounts.models import Person
from pmo_portal.api import KindField, NothingSerializer, ResourceSerializer, ResourceViewSet, rows_of, shown
from pmo_portal.asks.models import MailMessage
from pmo_portal.audit.models import AuditEntry
from pmo_portal.audit.reading import trail
from pmo_portal.audit.wording import plain_changes
from pmo_portal.custom.models import CustomField
from pmo_portal.jobs import label_of
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.lists import Equal
from pmo_portal.lists.actions import edit_view, remove_view, save_view
from pmo_portal.lists.models import SavedView
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.setup import queries, work
from pmo_portal.webhooks import actions as webhooks
from pmo_portal.webhooks.models import Webhook, WebhookDelivery


class AuditEntrySerializer(ResourceSerializer):
    """`changes`: field → [was, is]. `about` and `record`: which record; `digest` chains each entry to the one before."""

    actor = shown(Person, "email")
    on_behalf_of = shown(Person, "email")
    about = KindField()
    record = serializers.IntegerField(source="object_id", read_only=True)
    label = serializers.CharField(source="object_label", read_only=True)  # type: ignore[assignment]
    record_version = serializers.IntegerField(source="object_version", read_only=True)
    scope = serializers.IntegerField(source="scope_id", read_only=True, allow_null=True)
    changes = serializers.SerializerMethodField()

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "at",
            "actor",
            "on_behalf_of",
            "action",
            "about",
            "record",
            "label",
            "record_version",
            "scope",
            "changes",
            "reason",
            "request_id",
            "digest",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {}}})
    def get_changes(self, entry: AuditEntry) -> dict[str, list]:
        """What only some may see is told to a reader who is one of them."""
        return plain_changes(entry, self.context["request"].user)


class AuditEntryViewSet(ResourceViewSet):
    """The trail: every business change, field by field, never changed afterwards."""

    model = AuditEntry
    related = ("actor", "on_behalf_of", "content_type")
    list_class = rows_of(
        AuditEntry,
        equal={"actor": "actor__email", "action": "action", "about": "content_type__model", "request_id": "request_id"},
        number={"record": "object_id", "scope": "scope"},
        days={"at": "at"},
        sorts={"at": "at"},
        search=("object_label", "reason"),
        base=trail,
    )
    serializer_class = AuditEntrySerializer


class JobSerializer(ResourceSerializer):
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    requested_by = shown(Person, "email")

    class Meta:
        model = Job
        fields = [
            "id",
            "name",
            "label",
            "state",
            "attempts",
            "done",
            "total",
            "note",
            "result",
            "error",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields

    def get_label(self, job: Job) -> str:
        return label_of(job.name)


class JobViewSet(ResourceViewSet):
    """The machine's work: all of it for the system administrator, one's own for everybody."""

    model = Job
    related = ("requested_by",)
    list_class = rows_of(
        Job,
        equal={"name": "name", "requested_by": "requested_by__email"},
        choose=("state",),
        days={"created": "created_at"},
        sorts={"created": "created_at", "started": "started_at", "finished": "finished_at"},
        search=("name", "error", "note"),
    )
    serializer_class = JobSerializer

    @extend_schema(request=NothingSerializer, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request, pk=None):
        """Another life for a job that was given up."""
        return self.done(_without_version(work.retry_job))

    @extend_schema(request=NothingSerializer, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def cancellation(self, request, pk=None):
        """A waiting job goes at once, a running one at its next step."""
        return self.done(_without_version(work.cancel_job))


class PeriodicTaskSerializer(ResourceSerializer):
    class Meta:
        model = PeriodicRun
        fields = ["id", "name", "slot", "started_at", "seconds", "outcome", "result", "error"]
        read_only_fields = fields


class PeriodicTaskViewSet(ResourceViewSet):
    """What the clock starts, and how its last run went."""

    model = PeriodicRun
    list_class = rows_of(PeriodicRun, equal={"name": "name"}, choose=("outcome",), sorts={"name": "name"})
    serializer_class = PeriodicTaskSerializer

    @extend_schema(request=NothingSerializer, responses={200: PeriodicTaskSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request, pk=None):
        """At once; where it waits already, that one counts."""
        return self.done(_without_version(work.run_now))


class LetterSerializer(ResourceSerializer):
    """To whom, and how it went. What it says is its reader's."""

    kind = serializers.CharField(read_only=True)
    person = shown(Person, "email")

    class Meta:
        model = MailMessage
        fields = [
            "id",
            "kind",
            "person",
            "address",
            "state",
            "attempts",
            "error",
            "not_before",
            "created_at",
            "sent_at",
        ]
        read_only_fields = fields


class LetterViewSet(ResourceViewSet):
    """Letters on their way."""

    model = MailMessage
    related = ("person",)
    list_class = rows_of(
        MailMessage,
        equal={"address": "address", "person": "person__email"},
        choose=("state",),
        days={"created": "created_at", "sent": "sent_at"},
        sorts={"created": "created_at", "sent": "sent_at"},
        base=queries.letters,
    )
    serializer_class = LetterSerializer

    @extend_schema(request=NothingSerializer, responses={200: LetterSerializer})
    @action(detail=True, methods=["post"])
    def sending(self, request, pk=None):
        """Another life for a letter that was given up."""
        return self.done(_without_version(work.send_letter_again))


class WebhookSerializer(ResourceSerializer):
    """Its secret was shown once; `failing_since` where the receiver does not answer."""

    owner = shown(Person, "email")

    class Meta:
        model = Webhook
        fields = ["id", "label", "url", "kinds", "owner", "is_active", "failing_since", "archived_at", "version"]
        read_only_fields = fields


class WebhookViewSet(ResourceViewSet):
    """Addresses that are told what happens. A new one is named on its page, where its secret is shown."""

    model = Webhook
    related = ("owner",)
    list_class = rows_of(Webhook, equal={"owner": "owner__email"}, truth={"active": "is_active"})
    serializer_class = WebhookSerializer

    @extend_schema(request=NothingSerializer, responses={200: WebhookSerializer})
    @action(detail=True, methods=["post"])
    def ending(self, request, pk=None):
        """It is told nothing any more."""
        return self.done(webhooks.end_webhook)


class DeliverySerializer(ResourceSerializer):
    webhook = serializers.IntegerField(source="webhook_id", read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "webhook",
            "event",
            "payload",
            "state",
            "attempts",
            "created_at",
            "next_at",
            "sent_at",
            "status",
            "milliseconds",
            "fault",
        ]
        read_only_fields = fields


class DeliveryViewSet(ResourceViewSet):
    """Messages to webhooks, each with what came of it."""

    model = WebhookDelivery
    related = ("webhook",)
    list_class = rows_of(
        WebhookDelivery,
        number={"webhook": "webhook"},
        equal={"event": "event"},
        choose=("state",),
        days={"created": "created_at"},
        sorts={"created": "created_at", "sent": "sent_at"},
    )
    serializer_class = DeliverySerializer

    @extend_schema(request=NothingSerializer, responses={200: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def sending(self, request, pk=None):
        """Once more, under the same name."""
        return self.done(_without_version(webhooks.send_again))


class CustomFieldSerializer(ResourceSerializer):
    class Meta:
        model = CustomField
        fields = [
            "id",
            "of",
            "key",
            "name_ja",
            "name_en",
            "help_ja",
            "help_en",
            "kind",
            "options",
            "required_in",
            "seen_by",
            "default",
            "in_list",
            "position",
            "archived_at",
            "version",
        ]
        read_only_fields = fields


class CustomFieldViewSet(ResourceViewSet):
    """The office's own fields. They are changed on their page, which says first what would be lost."""

    model = CustomField
    list_class = rows_of(
        CustomField,
        equal={"of": "of", "key": "key"},
        choose=("kind",),
        truth={"in_use": "archived_at__isnull"},
        sorts={"position": "position", "key": "key"},
        search=("key", "name_ja", "name_en"),
    )
    serializer_class = CustomFieldSerializer


class SavedViewSerializer(ResourceSerializer):
    """`path` and `query`: the list's address and its state. `default_for`: the role that begins with it."""

    owner = shown(Person, "email")
    query = serializers.CharField(max_length=2000, allow_blank=True, default="")

    class Meta:
        model = SavedView
        validators: list = []
        fields = ["id", "path", "query", "name", "is_shared", "default_for", "owner", "archived_at", "version"]
        read_only_fields = ["id", "owner", "archived_at", "version"]


class SavedViewViewSet(ResourceViewSet):
    """Lists under a name: one's own, and those that others share."""

    model = SavedView
    related = ("owner",)
    list_class = rows_of(
        SavedView,
        equal={"path": "path", "owner": "owner__email"},
        truth={"shared": "is_shared", "in_use": "archived_at__isnull"},
        sorts={"name": "name"},
        search=("name",),
    )
    serializer_class = SavedViewSerializer
    by_act = {"path": ""}

    @extend_schema(responses={201: SavedViewSerializer})
    def create(self, request):
        return self.made(save_view, SavedViewSerializer)

    def partial_update(self, request, pk=None):
        view = self.get_object()
        stays = {name: getattr(view, name) for name in ("name", "is_shared", "default_for")}
        given = stays | self.get_input(partial=True)
        return self.told(edit_view(view, by=request.user, version=self.version, **given))

    @extend_schema(request=NothingSerializer, responses={200: SavedViewSerializer})
    @action(detail=True, methods=["post"])
    def removal(self, request, pk=None):
        """Out of the menus; the address it led to still works."""
        return self.done(remove_view)


class FigureSerializer(ResourceSerializer):
    """`value` null: unknown, and `unknown` says why; never a zero. `provenance`: what it was computed from."""

    scope = serializers.IntegerField(source="scope_id", read_only=True)
    period = shown(ReportingPeriod, "key")

    class Meta:
        model = MeasureValue
        fields = [
            "id",
            "measure",
            "scope",
            "period",
            "value",
            "numerator",
            "denominator",
            "count",
            "unknown",
            "provenance",
            "computed_at",
        ]
        read_only_fields = fields


class FigureViewSet(ResourceViewSet):
    """Figures of projects, programmes, portfolios and the office, period by period."""

    model = MeasureValue
    related = ("scope", "period")
    list_class = rows_of(
        MeasureValue,
        equal={"measure": "measure"},
        number={"scope": "scope"},
        filters=[
            Equal("period", MeasureValue._meta.get_field("period").verbose_name, "period__key"),
            Equal("level", MeasureValue._meta.get_field("scope").verbose_name, "scope__kind"),
        ],
        sorts={"period": "period__starts_on", "measure": "measure"},
    )
    serializer_class = FigureSerializer


def _without_version(act: Any) -> Any:
    """For acts upon what has no versions: nobody else types in it."""

    def done(record, *, by, version: int | None) -> None:
        act(record, by=by)

    return done
