"""The scope tree: adding, moving, its table of ancestors, and what hung where on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Count

from pmo_portal.access.models import FormerPlace, Scope, ScopeAncestor


def office() -> Scope:
    """The root. Made on first use; two at once end with one (the older)."""
    found = Scope.objects.filter(kind=Scope.Kind.OFFICE).order_by("pk").first()
    return found or add_scope(Scope.Kind.OFFICE, None)


@transaction.atomic
def add_scope(kind: str, parent: Scope | None, label: str = "", label_en: str = "") -> Scope:
    """A new scope below `parent`, with its ancestors."""
    scope = Scope.objects.create(kind=kind, parent=parent, label=label[:300], label_en=label_en[:300])
    rows = [ScopeAncestor(ancestor=scope, descendant=scope, depth=0)]
    if parent is not None:
        above = ScopeAncestor.objects.filter(descendant=parent).values_list("ancestor_id", "depth")
        rows += [ScopeAncestor(ancestor_id=up, descendant=scope, depth=depth + 1) for up, depth in above]
    ScopeAncestor.objects.bulk_create(rows)
    return scope


@transaction.atomic
def add_scopes(kind: str, parents: list[Scope], labels: list[tuple[str, str]]) -> list[Scope]:
    """Many new leaves at once (imports, synthetic offices): four queries however many."""
    scopes = Scope.objects.bulk_create(
        [
            Scope(kind=kind, parent=p, label=ja[:300], label_en=en[:300])
            for p, (ja, en) in zip(parents, labels, strict=True)
        ]
    )
    above: dict[int, list[tuple[int, int]]] = {}
    for parent_id in {p.pk for p in parents}:
        above[parent_id] = list(
            ScopeAncestor.objects.filter(descendant_id=parent_id).values_list("ancestor_id", "depth")
        )
    rows = []
    for scope, parent in zip(scopes, parents, strict=True):
        rows.append(ScopeAncestor(ancestor=scope, descendant=scope, depth=0))
        rows += [ScopeAncestor(ancestor_id=up, descendant=scope, depth=d + 1) for up, d in above[parent.pk]]
    ScopeAncestor.objects.bulk_create(rows, batch_size=2000)
    return scopes


@transaction.atomic
def move_scope(scope: Scope, parent: Scope) -> None:
    """Hang `scope` and all below it under `parent`. Raises ValueError where that would make a circle."""
    if ScopeAncestor.objects.filter(ancestor=scope, descendant=parent).exists():
        raise ValueError("a scope cannot hang below itself")
    subtree = list(ScopeAncestor.objects.filter(ancestor=scope).values_list("descendant_id", "depth"))
    inside = [pk for pk, _ in subtree]
    ScopeAncestor.objects.filter(descendant_id__in=inside).exclude(ancestor_id__in=inside).delete()
    above = list(ScopeAncestor.objects.filter(descendant=parent).values_list("ancestor_id", "depth"))
    ScopeAncestor.objects.bulk_create(
        [
            ScopeAncestor(ancestor_id=up, descendant_id=down, depth=high + low + 1)
            for up, high in above
            for down, low in subtree
        ],
        batch_size=2000,
    )
    Scope.objects.filter(pk=scope.pk).update(parent=parent)
    scope.parent = parent


def remember_places(scope: Scope, places: Iterable[tuple[int, date]]) -> None:
    """(id of the parent, last day there): where `scope` hung before, in place of what was remembered."""
    FormerPlace.objects.filter(scope=scope).delete()
    FormerPlace.objects.bulk_create([FormerPlace(scope=scope, parent_id=up, until=until) for up, until in places])


def parents_on(day: date) -> dict[int, int]:
    """Scope → the parent it had on that day, for those scopes alone that have moved since."""
    moved = FormerPlace.objects.filter(until__gte=day).order_by("-until")
    return dict(moved.values_list("scope_id", "parent_id"))


def rename_scope(scope_id: int, label: str, label_en: str) -> None:
    Scope.objects.filter(pk=scope_id).update(label=label[:300], label_en=label_en[:300])


def below_or_at(scope_id: int) -> set[int]:
    """The place itself and all below it, as the tree is now."""
    return set(ScopeAncestor.objects.filter(ancestor_id=scope_id).values_list("descendant_id", flat=True))


def widest(scope_ids: Iterable[int]) -> Scope | None:
    """The one nearest to the office; of several the one that was made first."""
    found = Scope.objects.filter(pk__in=list(scope_ids)).annotate(depth=Count("above"))
    return found.order_by("depth", "pk").first()


def ancestors_of(scope_id: int) -> list[int]:
    """The scope and all above it, nearest first."""
    return list(
        ScopeAncestor.objects.filter(descendant_id=scope_id).order_by("depth").values_list("ancestor_id", flat=True)
    )
