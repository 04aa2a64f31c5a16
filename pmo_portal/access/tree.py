"""Writing the scope tree: adding, moving, and its table of ancestors."""

from __future__ import annotations

from django.db import transaction

from pmo_portal.access.models import Scope, ScopeAncestor


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


def rename_scope(scope_id: int, label: str, label_en: str) -> None:
    Scope.objects.filter(pk=scope_id).update(label=label[:300], label_en=label_en[:300])


def ancestors_of(scope_id: int) -> list[int]:
    """The scope and all above it, nearest first."""
    return list(
        ScopeAncestor.objects.filter(descendant_id=scope_id).order_by("depth").values_list("ancestor_id", flat=True)
    )
