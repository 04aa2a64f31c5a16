"""The base of every resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.response import Response

from pmo_portal import access, lists
from pmo_portal.api import idempotency, preconditions, sparse
from pmo_portal.api.fields import NothingSerializer
from pmo_portal.lists.filters import Filter

FEW = 12  # choices that a refusal names


class Speaking(viewsets.GenericViewSet):
    """What holds for every address: the person's language and zone, done once, its headers."""

    own_parameters = ("format",)

    # ---- who asks, and how

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        self._speak(request)
        if request.method == "POST" and self.action and idempotency.HEADER in request.headers:
            self.post = partial(idempotency.once, getattr(self, self.action))

    @staticmethod
    def _speak(request) -> None:
        """In the language that is asked for, else the person's own; moments in the person's zone."""
        person = request.user
        if "Accept-Language" not in request.headers:
            translation.activate(person.language)
        else:
            translation.activate(translation.get_language_from_request(request))
        timezone.activate(ZoneInfo(person.timezone))

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        told = getattr(response, "data", None)
        if response.status_code < 300 and isinstance(told, dict):
            # Also where the version is not among the fields that were asked for.
            version = told.get("version") or (self.detail and getattr(getattr(self, "shown", None), "version", None))
            if version:
                response["ETag"] = preconditions.tag_of(version)
        left = getattr(request, "allowance", None)
        for name, value in (left.headers() if left else {}).items():
            response[name] = value
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        patch_vary_headers(response, ["Accept-Language"])
        return response


class AnswerViewSet(Speaking):
    """What is no record but an answer to a question, as some pages are: `seen_by` says who may ask, `parameters` by which
    names. What the answer tells is asked of the access declarations by the query behind it."""

    seen_by: tuple[str, ...] = ()
    title: Promise | str = ""
    parameters: tuple[str, ...] = ()
    pagination_class = None
    lookup_field = "pk"

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if self.seen_by != access.EVERYONE and not access.holds(request.user, *self.seen_by):
            raise PermissionDenied
        if strange := [n for n in request.query_params if n not in (*self.parameters, *self.own_parameters)]:
            raise exceptions.ValidationError(
                {name: [_no_such_parameter(self.parameters)] for name in strange}, code="no_such_parameter"
            )


class ResourceViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, Speaking):
    """Reads through `access.visible`; writing is added by subclasses, through the room's actions.

    `list_class` is the list that the pages show: its conditions, its search, its order. `filters` adds what only programs
    ask by. Unknown parameters are refused, so that a typing error does not silently give everything.
    """

    model: type[models.Model]
    related: tuple[str, ...] = ()
    list_class: type[lists.List]
    filters: tuple[Filter, ...] = ()
    by_act: dict[str, str] = {}  # what PATCH does not take → the address below the record that does; "": nothing does
    own_parameters = ("cursor", "page_size", "format", sparse.PARAMETER)
    own_order: tuple[str, bool] = ("", False)

    # ---- reading

    def get_queryset(self) -> models.QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return models.QuerySet(self.model).none()
        if self.action == "list":
            return self.listed().select_related(*self.related)
        return access.visible(self.request.user, self.model).select_related(*self.related)

    def listed(self) -> models.QuerySet:
        """The rows that the address asks for, not yet in order. Raises ValidationError by the parameter's name."""
        asked = self.request.query_params
        listing = self.list_class(self.request.user, asked)
        listing.filters = [*listing.filters, *self.filters]
        self._require_known(asked, listing)
        self.own_order = self._order(asked.get("sort", ""), listing)
        found = listing.queryset.order_by()
        if listing.faults:
            said = {key: [self._not_among(listing, key, value)] for key, value in listing.faults.items()}
            raise exceptions.ValidationError(said, code="no_such_value")
        return found

    @classmethod
    def known_filters(cls) -> list[Filter]:
        return [*cls.list_class.filters, *cls.filters]

    @property
    def order(self) -> tuple[str, bool]:
        """By which path the rows are sorted, and whether downwards."""
        return self.own_order

    def _require_known(self, asked, listing: lists.List) -> None:
        known = listing.parameters()
        unknown = [name for name in asked if name not in known and name not in self.own_parameters]
        if unknown:
            said = _no_such_parameter(known)
            raise exceptions.ValidationError({name: [said] for name in unknown}, code="no_such_parameter")

    @staticmethod
    def _order(sort: str, listing: lists.List) -> tuple[str, bool]:
        if not sort:
            return "", False
        key, down = sort.removeprefix("-"), sort.startswith("-")
        path = next((c.sort for c in listing.columns if c.key == key and c.sort), "")
        if not path:
            said = _("One of %(names)s, with - before it for downwards.") % {"names": _(", ").join(listing.sorts())}
            raise exceptions.ValidationError({"sort": [said]}, code="no_such_order")
        return path, down

    @staticmethod
    def _not_among(listing: lists.List, key: str, value: str) -> str:
        which = next(f for f in listing.filters if f.key == key)
        choices = [key for key, _label in which.choices(listing.viewer)]
        if 0 < len(choices) <= FEW:
            return _("“%(value)s” is not one of %(choices)s.") % {"value": value, "choices": _(", ").join(choices)}
        told = {"value": value, "expected": which.expected(listing.viewer)}
        return _("“%(value)s” cannot be read here; %(expected)s.") % told

    def get_object(self) -> Any:
        name = self.lookup_url_kwarg or self.lookup_field
        try:
            found = self.get_queryset().filter(**{self.lookup_field: self.kwargs[name]}).first()
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise Http404
        self.shown = found
        return found

    # ---- writing

    @property
    def version(self) -> int | None:
        """The version the program had before it, from `If-Match`; None where it names none."""
        return preconditions.version_in(self.request.headers.get("If-Match", ""))

    def get_input(self, takes: type[serializers.BaseSerializer] | None = None, **more) -> dict[str, Any]:
        """What the body says, read by `takes` (else by the resource itself). Raises ValidationError by field, also for
        one that is not written here."""
        given = self.request.data
        if takes is None:
            serializer = self.get_serializer(data=given, **more)
        else:
            serializer = takes(data=given, context=self.get_serializer_context(), **more)
        if isinstance(given, dict):
            self._require_writable(given, serializer)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def get_serializer(self, *args, **kwargs):
        made = super().get_serializer(*args, **kwargs)
        if self.request.method == "GET" and not getattr(self, "swagger_fake_view", False):
            made = sparse.thinned(made, self.request.query_params.get(sparse.PARAMETER))
        if self.action == "partial_update":
            for name in self.by_act:
                made.fields[name].read_only = True
        return made

    def _require_writable(self, given, serializer) -> None:
        writable = {name for name, field in serializer.fields.items() if not field.read_only}
        if strange := sorted(set(given) - writable):
            said = {name: [self._why_not(name, serializer)] for name in strange}
            raise exceptions.ValidationError(said, code="not_writable")

    def _why_not(self, name: str, serializer) -> str:
        if name not in serializer.fields:
            return _("There is no such field.")
        if self.by_act.get(name):
            return _("This changes by an act of its own: POST to %(address)s.") % {"address": self.by_act[name]}
        return _("This cannot be written here.")

    def told(self, record, status: int = 200) -> Response:
        """The record as this resource shows it."""
        serializer = self.serializer_class(record, context=self.get_serializer_context())
        return Response(serializer.data, status=status)

    def done(
        self, act: Callable[..., Any], takes: type[serializers.BaseSerializer] = NothingSerializer, status: int = 200
    ) -> Response:
        """What `act` (record, by, version, …) makes of the record that the address names, shown afresh."""
        record = self.get_object()
        act(record, by=self.request.user, version=self.version, **self.get_input(takes))
        return self.told(self.get_queryset().filter(pk=record.pk).first() or record, status)

    def made(self, act: Callable[..., Any], takes: type[serializers.BaseSerializer]) -> Response:
        """The new record that `act` (by, …) gives."""
        record = act(by=self.request.user, **self.get_input(takes))
        return self.told(self.get_queryset().filter(pk=record.pk).first() or record, 201)


def _no_such_parameter(known: Iterable[str]) -> str:
    return _("There is no such parameter; known: %(names)s") % {"names": _(", ").join(sorted(known))}
