"""The base of every resource."""

from __future__ import annotations

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.http import Http404
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.response import Response

from pmo_portal import access, lists
from pmo_portal.api import idempotency, preconditions
from pmo_portal.lists.filters import Filter

FEW = 12  # choices that a refusal names


class ResourceViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Reads through `access.visible`; writing is added by subclasses, through the room's actions.

    `list_class` is the list that the pages show: its conditions, its search, its order. `filters` adds what only programs
    ask by. Unknown parameters are refused, so that a typing error does not silently give everything.
    """

    model: type[models.Model]
    related: tuple[str, ...] = ()
    list_class: type[lists.List]
    filters: tuple[Filter, ...] = ()
    by_act: dict[str, str] = {}  # what PATCH does not take → the address below the record that does; "": nothing does
    own_parameters = ("cursor", "page_size", "format")
    own_order: tuple[str, bool] = ("", False)

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
            said = _("There is no such parameter; known: %(names)s") % {"names": ", ".join(sorted(known))}
            raise exceptions.ValidationError({name: [said] for name in unknown}, code="no_such_parameter")

    @staticmethod
    def _order(sort: str, listing: lists.List) -> tuple[str, bool]:
        if not sort:
            return "", False
        key, down = sort.removeprefix("-"), sort.startswith("-")
        path = next((c.sort for c in listing.columns if c.key == key and c.sort), "")
        if not path:
            said = _("One of %(names)s, with - before it for downwards.") % {"names": ", ".join(listing.sorts())}
            raise exceptions.ValidationError({"sort": [said]}, code="no_such_order")
        return path, down

    @staticmethod
    def _not_among(listing: lists.List, key: str, value: str) -> str:
        which = next(f for f in listing.filters if f.key == key)
        choices = [key for key, _label in which.choices(listing.viewer)]
        if 0 < len(choices) <= FEW:
            return _("“%(value)s” is not one of %(choices)s.") % {"value": value, "choices": ", ".join(choices)}
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

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        told = getattr(response, "data", None)
        if isinstance(told, dict) and "version" in told and response.status_code < 300:
            response["ETag"] = preconditions.tag_of(told["version"])
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        patch_vary_headers(response, ["Accept-Language"])
        return response
