"""Files over the API: list, attach, add versions, fetch the bytes, take away."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import parsers, serializers
from rest_framework.decorators import action

from pmo_portal.api import ResourceViewSet
from pmo_portal.api.parsing import StrictJSONParser
from pmo_portal.files import actions, queries, serving
from pmo_portal.files.carriers import carrier_of, carriers, record_called
from pmo_portal.files.lists import FileList
from pmo_portal.files.models import Attachment, FileVersion


class FileVersionSerializer(serializers.ModelSerializer):
    by = serializers.SlugRelatedField("email", read_only=True, allow_null=True)

    class Meta:
        model = FileVersion
        fields = ["number", "name", "kind", "size", "sha256", "note", "by", "at", "preview", "pages", "pages_in_all"]
        read_only_fields = fields


class FileSerializer(serializers.ModelSerializer):
    """`of` and `record` name what the file hangs on: `projects.project` and its key."""

    by = serializers.SlugRelatedField("email", read_only=True, allow_null=True)
    of = serializers.SerializerMethodField()
    record = serializers.SerializerMethodField()
    versions = FileVersionSerializer(many=True, read_only=True)

    class Meta:
        model = Attachment
        fields = ["id", "name", "of", "record", "by", "versions", "created_at", "updated_at", "archived_at", "version"]
        read_only_fields = fields

    def get_of(self, attachment: Attachment) -> str:
        return attachment.about._meta.label_lower if attachment.about else ""

    @extend_schema_field(str)
    def get_record(self, attachment: Attachment) -> str:
        about = attachment.about
        return str(getattr(about, carrier_of(about).by)) if about else ""


class FileSendingSerializer(serializers.Serializer):
    of = serializers.CharField(max_length=100)
    record = serializers.CharField(max_length=100)
    file = serializers.FileField(allow_empty_file=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate_of(self, value: str) -> str:
        if value not in carriers:
            raise serializers.ValidationError(f"one of {', '.join(carriers)}", code="no_such_value")
        return value


class VersionSendingSerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RemovingSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RenamingSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=200)


class FileViewSet(ResourceViewSet):
    """Files of records. A new one and a new version are sent as `multipart/form-data`."""

    model = Attachment
    related = ("by", "content_type")
    serializer_class = FileSerializer
    parser_classes = (parsers.MultiPartParser, StrictJSONParser)
    list_class = FileList

    def get_queryset(self):
        return queries.with_records(super().get_queryset()).prefetch_related("versions__by")

    @extend_schema(request={"multipart/form-data": FileSendingSerializer}, responses={201: FileSerializer})
    def create(self, request):
        """Attach a file to a record."""
        given = self.get_input(FileSendingSerializer)
        try:
            about = record_called(request.user, given.pop("of"), given.pop("record"))
        except Http404:
            raise serializers.ValidationError(
                {"record": ["no such record in your scope"]}, code="no_such_value"
            ) from None
        return self.told(actions.attach(about, by=request.user, **given), status=201)

    @extend_schema(request=RenamingSerializer, responses={200: FileSerializer})
    def partial_update(self, request, pk=None):
        """Give it another name."""
        found = self.get_object()
        given = self.get_input(RenamingSerializer)
        return self.told(actions.rename(found, by=request.user, version=self.version, **given))

    @extend_schema(request={"multipart/form-data": VersionSendingSerializer}, responses={201: FileSerializer})
    @action(detail=True, methods=["post"])
    def versions(self, request, pk=None):
        """Add the next version."""
        found = self.get_object()
        actions.add_version(found, by=request.user, **self.get_input(VersionSendingSerializer))
        return self.told(self.get_object(), status=201)

    @extend_schema(
        parameters=[
            OpenApiParameter("number", int, description="Which version; the newest where it is not said."),
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="A part: `bytes=0-1023`."),
        ],
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="As in If-None-Match"),
            416: OpenApiResponse(description="Beyond the file's end"),
        },
    )
    @action(detail=True, methods=["get"])
    def content(self, request, pk=None) -> HttpResponse:
        """The bytes; parts of them by `Range`."""
        found, asked = self.get_object(), request.query_params.get("number", "")
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 6):
            raise serializers.ValidationError({"number": ["a whole number"]})
        version = queries.version_of(found, int(asked)) if asked else found.newest
        if version is None:
            raise Http404
        return serving.download(request, version, queries.name_of(version))

    @extend_schema(request=RemovingSerializer, responses={200: FileSerializer})
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def removal(self, request, pk=None):
        """Take it off the record's list."""
        found, given = self.get_object(), self.get_input(RemovingSerializer)
        return self.told(actions.take_away(found, by=request.user, version=self.version, **given))
