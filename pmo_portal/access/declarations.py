"""The declaration of a model's access, the registry, and the four questions everybody asks."""

from __future__ import annotations

from typing import Any, TypeVar

import rules
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pmo_portal.access.reach import reach

EVERYONE = ("*",)
M = TypeVar("M", bound=models.Model)
_registry: dict[type[models.Model], Access] = {}


class Settled(PermissionDenied):
    """Too late: somebody has done it already. Says who and when; `url` is where one sees what came of it. Answered by 409."""

    def __init__(self, said: str, url: str = "", title: str = "") -> None:
        super().__init__(said)
        self.url, self.title = url, title


class Access:
    """One model's access.

    `scope` is the path from a record to its place in the scope tree ("" for the office itself); holders of a role in
    `seen_by`, there or above, see the record, and so does whoever stands in one of the fields of `mine`; with
    `for_substitutes` also who stands in for them while they are away (the work, never what is private).
    `can` names every further action with the predicate that allows it; to act, one must also see.
    """

    model: type[models.Model]
    scope: str = ""
    seen_by: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    for_substitutes: bool = False
    can: dict[str, rules.Predicate] = {}

    def visible_to(self, viewer, queryset: QuerySet | None = None) -> QuerySet:
        """The records the viewer may see, as one query condition."""
        found = self.model._default_manager.all() if queryset is None else queryset
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return found.none()
        where = self.condition(viewer)
        return found if where is None else found.filter(where)

    def condition(self, viewer) -> Q | None:
        """The condition for `visible_to`; None: everything."""
        from pmo_portal.access.models import ScopeAncestor

        if self.seen_by == EVERYONE or reach(viewer).everywhere(self.seen_by):
            return None
        ways: list[tuple[str, Any]] = [(path, self._owners(viewer)) for path in self.mine]
        if self.scope:
            granted = reach(viewer).scopes_of(self.seen_by)
            if granted:
                below = ScopeAncestor.objects.filter(ancestor_id__in=granted).values("descendant_id")
                ways.insert(0, (self.scope, below))
        elif reach(viewer).roles.intersection(self.seen_by):
            return None
        return one_of(self.model, ways)

    def sees(self, viewer, record) -> bool:
        """The same as `visible_to`, for a record in hand, without a query (its scope must have been selected)."""
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return False
        if self.seen_by == EVERYONE:
            return True
        if not self.scope:
            held = bool(reach(viewer).roles.intersection(self.seen_by))
        else:
            held = bool(reach(viewer).roles_at(self.scope_id_of(record)).intersection(self.seen_by))
        return held or any(self._follow(record, path) in self._owners(viewer) for path in self.mine)

    def _owners(self, viewer) -> frozenset[int]:
        return reach(viewer).people if self.for_substitutes else frozenset({viewer.pk})

    def scope_id_of(self, record) -> int | None:
        """The id of the scope in which the record stands; None for the office's own records."""
        return self._follow(record, self.scope) if self.scope else None

    @staticmethod
    def _follow(record, path: str) -> int | None:
        *steps, last = path.split("__")
        for step in steps:
            record = getattr(record, step)
            if record is None:
                return None
        return record.pk if last == "pk" or not last else getattr(record, f"{last}_id")


def one_of(model: type[models.Model], ways: list[tuple[str, Any]]) -> Q:
    """One condition for "this path leads to one of those, or that path to one of these". Several paths become one IN over
    a union and not an OR: a database answers each part by its index, where an OR makes it read the whole table."""
    if not ways:
        return Q(pk__in=[])
    groups: dict[str, list[tuple[str, Any]]] = {}
    for path, among in ways:
        before, _mark, last = path.rpartition("__")
        groups.setdefault(before, []).append((last, among))
    if len(groups) > 1:
        parts = [one_of(model, [(f"{b}__{n}" if b else n, x) for n, x in found]) for b, found in groups.items()]
        return Q(pk__in=_union(model, parts))
    (before, found), *_none = groups.items()
    if len(found) == 1:
        return Q(**{f"{ways[0][0]}__in": ways[0][1]})
    if not before:
        return Q(pk__in=_union(model, [Q(**{f"{name}__in": among}) for name, among in found]))
    return Q(**{f"{before}__in": _union(_target(model, before), [Q(**{f"{n}__in": x}) for n, x in found])})


def _union(model: type[models.Model], parts: list[Q]) -> QuerySet:
    first, *others = (model._default_manager.filter(part).order_by().values("pk") for part in parts)
    return first.union(*others, all=True)


def _target(model: Any, path: str) -> type[models.Model]:
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model
    return model


def register(declaration: type[Access]) -> type[Access]:
    """Class decorator: this is the access of its model. A second declaration for a model is an error."""
    model = declaration.model
    if model in _registry and type(_registry[model]) is not declaration:
        raise ImproperlyConfigured(f"{model.__name__} has two access declarations")
    _registry[model] = declaration()
    return declaration


def access_of(model: type[models.Model]) -> Access:
    """The declaration of a model. Raises ImproperlyConfigured where there is none: closed, and loudly."""
    try:
        return _registry[model]
    except KeyError:
        raise ImproperlyConfigured(f"{model.__name__} has no access declaration") from None


def declared_models() -> list[type[models.Model]]:
    return list(_registry)


def visible(viewer, model: type[M], queryset: QuerySet[M] | None = None) -> QuerySet[M]:
    """The records of `model` that `viewer` may see."""
    return access_of(model).visible_to(viewer, queryset)


def may(viewer, action: str, record) -> bool:
    """Whether `viewer` may do `action` ("view" or one declared in `can`) to `record`."""
    declaration = access_of(type(record))
    if not declaration.sees(viewer, record):
        return False
    if action == "view":
        return True
    if action not in declaration.can:
        raise ImproperlyConfigured(f"{type(record).__name__} declares no action {action!r}")
    return declaration.can[action].test(viewer, record)


def require(viewer, action: str, record) -> None:
    """Raise PermissionDenied, with a sentence for people, unless `may`."""
    if not may(viewer, action, record):
        raise PermissionDenied(_("Your roles do not allow this here."))
