"""People over the API: who is there, where they belong, what they may, who stands in for them, their own keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from pmo_portal.access.models import Grant, Scope
from pmo_portal.accounts.models import ApiToken, OrgUnit, Person, Substitute
from pmo_portal.api import (
    DayField,
    NothingSerializer,
    ReferenceField,
    ResourceSerializer,
    ResourceViewSet,
    rows_of,
    shown,
)
from pmo_portal.setup import actions, grants, queries, units
from pmo_portal.setup.api import ReasonSerializer


class PersonSerializer(ResourceSerializer):
    """As colleagues know them. `unit` is where they belong today; it changes by `placement/`, with its day."""

    email = serializers.EmailField(max_length=254, allow_null=True, required=False)
    unit = ReferenceField(OrgUnit, "code", required=False, allow_null=True)

    class Meta:
        model = Person
        fields = [
            "id",
            "email",
            "name_ja",
            "name_en",
            "kana",
            "unit",
            "employment_type",
            "employer",
            "job_title",
            "phone_extension",
            "version",
        ]
        read_only_fields = ["id", "version"]


class BelongingSerializer(serializers.Serializer):
    """From the day `on` they belong to `unit`; a coming day may be given."""

    unit = ReferenceField(OrgUnit, "code", allow_null=True)
    on = DayField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PersonViewSet(ResourceViewSet):
    """Everybody who works for the office's projects, whether they sign in or not. Kept by the system administrator."""

    model = Person
    related = ("unit",)
    list_class = rows_of(
        Person,
        equal={"email": "email", "unit": "unit__code"},
        choose={"employment": "employment_type"},
        sorts={"kana": "kana", "email": "email", "unit": "unit__code"},
        search=("name_ja", "name_en", "kana", "email", "job_title"),
        base=queries.people,
    )
    serializer_class = PersonSerializer
    by_act = {"unit": "placement/"}

    @extend_schema(responses={201: PersonSerializer})
    def create(self, request):
        return self.told(actions.create_person(by=request.user, **self.get_input()), status=201)

    def partial_update(self, request, pk=None):
        person = self.get_object()
        given = {"name_ja": person.name_ja, "name_en": person.name_en} | self.get_input(partial=True)
        version = self.version if self.version is not None else person.version
        return self.told(actions.edit_person(person, by=request.user, version=version, **given))

    @extend_schema(request=BelongingSerializer, responses={200: PersonSerializer})
    @action(detail=True, methods=["post"])
    def placement(self, request, pk=None):
        """They belong to another unit from a day on."""
        return self.done(_place, BelongingSerializer)

    @extend_schema(request=NothingSerializer, responses={200: PersonSerializer})
    @action(detail=True, methods=["post"])
    def invitation(self, request, pk=None):
        """Send the letter with which they set a first password; an earlier one loses its force."""
        return self.done(_invite)

    @extend_schema(request=ReasonSerializer, responses={200: PersonSerializer})
    @action(detail=True, methods=["post"])
    def closure(self, request, pk=None):
        """They do not sign in any more; sessions and keys end at once."""
        return self.done(actions.deactivate, ReasonSerializer)

    @extend_schema(request=NothingSerializer, responses={200: PersonSerializer})
    @action(detail=True, methods=["post"])
    def reopening(self, request, pk=None):
        """They may sign in again."""
        return self.done(actions.reactivate)


def _place(person: Person, *, by, version: int | None, **given) -> None:
    actions.place_person(person, by=by, **given)


def _invite(person: Person, *, by, version: int | None) -> None:
    actions.invite(person, by=by)


class UnitSerializer(ResourceSerializer):
    head = ReferenceField(Person, "email", required=False, allow_null=True)
    parent = ReferenceField(  # type: ignore[assignment]
        OrgUnit, "code", write_only=True, required=False, allow_null=True, help_text="Only of a new one."
    )

    class Meta:
        model = OrgUnit
        fields = ["id", "code", "name_ja", "name_en", "head", "parent", "archived_at", "version"]
        read_only_fields = ["id", "archived_at", "version"]


class HangingSerializer(serializers.Serializer):
    """Below which unit it hangs from a day on; below none: at the top."""

    parent = ReferenceField(OrgUnit, "code", allow_null=True)  # type: ignore[assignment]
    on = DayField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class UnitViewSet(ResourceViewSet):
    """Organisation units; those that were closed too, unless `in_use=yes`."""

    model = OrgUnit
    related = ("head",)
    list_class = rows_of(
        OrgUnit,
        equal={"code": "code", "head": "head__email"},
        truth={"in_use": "archived_at__isnull"},
        sorts={"code": "code"},
        search=("code", "name_ja", "name_en"),
        base=queries.units,
    )
    serializer_class = UnitSerializer
    by_act = {"parent": "placement/"}

    @extend_schema(responses={201: UnitSerializer})
    def create(self, request):
        return self.told(units.create_unit(by=request.user, **self.get_input()), status=201)

    def partial_update(self, request, pk=None):
        unit = self.get_object()
        stays = {name: getattr(unit, name) for name in ("code", "name_ja", "name_en", "head")}
        given = stays | self.get_input(partial=True)
        version = self.version if self.version is not None else unit.version
        return self.told(units.edit_unit(unit, by=request.user, version=version, **given))

    @extend_schema(request=HangingSerializer, responses={200: UnitSerializer})
    @action(detail=True, methods=["post"])
    def placement(self, request, pk=None):
        """It hangs elsewhere from a day on."""
        return self.done(_hang, HangingSerializer)

    @extend_schema(request=ReasonSerializer, responses={200: UnitSerializer})
    @action(detail=True, methods=["post"])
    def closure(self, request, pk=None):
        """Out of use, once nobody belongs to it and nothing hangs below it."""
        return self.done(units.close_unit, ReasonSerializer)


def _hang(unit: OrgUnit, *, by, version: int | None, **given) -> None:
    units.place_unit(unit, by=by, **given)


class ScopeSerializer(ResourceSerializer):
    parent = serializers.IntegerField(source="parent_id", read_only=True, allow_null=True)  # type: ignore[assignment]

    class Meta:
        model = Scope
        fields = ["id", "kind", "parent", "label", "label_en"]
        read_only_fields = fields


class ScopeViewSet(ResourceViewSet):
    """The places where roles are held and figures stand: the office, its portfolios, programmes, projects. Other resources
    name one by its `id`."""

    model = Scope
    list_class = rows_of(
        Scope,
        number={"parent": "parent"},
        choose=("kind",),
        sorts={"label": "label"},
        search=("label", "label_en"),
    )
    serializer_class = ScopeSerializer


class GrantSerializer(ResourceSerializer):
    person = ReferenceField(Person, "email", allow_null=True)
    scope = serializers.PrimaryKeyRelatedField(queryset=queries.no_scopes())
    granted_by = shown(Person, "email")
    starts_on = DayField(required=False)

    class Meta:
        model = Grant
        validators: list = []
        fields = ["id", "person", "role", "scope", "starts_on", "ends_on", "granted_by", "archived_at", "version"]
        read_only_fields = ["id", "granted_by", "archived_at", "version"]

    def get_fields(self):
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            fields["scope"].queryset = queries.scopes(request.user)
        return fields

    def validate_person(self, person: Person | None) -> Person:
        if person is None:
            self.fields["person"].fail("null")
        return person


class GrantEndSerializer(serializers.Serializer):
    """The role ends with the day before `on`; today unless said, so that it holds no more from now."""

    on = DayField(required=False)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class GrantViewSet(ResourceViewSet):
    """Who holds which role where, from when to when."""

    model = Grant
    related = ("person", "scope", "granted_by")
    list_class = rows_of(
        Grant,
        equal={"person": "person__email"},
        number={"scope": "scope"},
        choose={"role": "role"},
        days={"starts": "starts_on", "ends": "ends_on"},
        truth={"in_use": "archived_at__isnull"},
        sorts={"starts": "starts_on", "ends": "ends_on"},
    )
    serializer_class = GrantSerializer

    @extend_schema(responses={201: GrantSerializer})
    def create(self, request):
        given = self.get_input()
        person, role, scope = (given.pop(name) for name in ("person", "role", "scope"))
        return self.told(grants.grant_role(person, role, scope, by=request.user, **given), status=201)

    @extend_schema(request=GrantEndSerializer, responses={200: GrantSerializer})
    @action(detail=True, methods=["post"])
    def ending(self, request, pk=None):
        """The role ends."""
        return self.done(grants.end_grant, GrantEndSerializer)


class SubstituteSerializer(ResourceSerializer):
    """`substitute` sees and answers what is asked of `person` from day to day."""

    person = ReferenceField(Person, "email", allow_null=True)
    substitute = ReferenceField(Person, "email", allow_null=True)

    class Meta:
        model = Substitute
        validators: list = []
        fields = ["id", "person", "substitute", "starts_on", "ends_on", "note", "archived_at", "version"]
        read_only_fields = ["id", "archived_at", "version"]

    def validate_person(self, person: Person | None) -> Person:
        if person is None:
            self.fields["person"].fail("null")
        return person

    def validate_substitute(self, person: Person | None) -> Person:
        return self.validate_person(person)


class SubstituteViewSet(ResourceViewSet):
    """Who stands in for whom, from when to when. A person names their own; the PMO names one for whoever cannot."""

    model = Substitute
    related = ("person", "substitute")
    list_class = rows_of(
        Substitute,
        equal={"person": "person__email", "substitute": "substitute__email"},
        days={"starts": "starts_on", "ends": "ends_on"},
        sorts={"starts": "starts_on", "ends": "ends_on"},
    )
    serializer_class = SubstituteSerializer

    @extend_schema(responses={201: SubstituteSerializer})
    def create(self, request):
        given = self.get_input()
        return self.told(actions.name_substitute(given.pop("person"), by=request.user, **given), status=201)

    @extend_schema(request=NothingSerializer, responses={200: SubstituteSerializer})
    @action(detail=True, methods=["post"])
    def ending(self, request, pk=None):
        """They stand in no more, from now."""
        return self.done(actions.end_substitute)


class TokenSerializer(ResourceSerializer):
    class Meta:
        model = ApiToken
        fields = ["id", "label", "scope", "created_at", "expires_at", "last_used_at", "revoked_at"]
        read_only_fields = fields


class TokenViewSet(ResourceViewSet):
    """One's own keys for programs, without what opens them; a new one is made by a person, under *Keys for programs*."""

    model = ApiToken
    title = gettext_lazy("Keys for programs")
    list_class = rows_of(ApiToken, choose=("scope",), sorts={"created": "created_at", "expires": "expires_at"})
    serializer_class = TokenSerializer

    @extend_schema(request=NothingSerializer, responses={200: TokenSerializer})
    @action(detail=True, methods=["post"])
    def ending(self, request, pk=None):
        """It has no force any more; also the one that this is asked with."""
        return self.done(_end_token)


def _end_token(token: ApiToken, *, by, version: int | None) -> None:
    actions.revoke_token(by, token.pk, by=by)
