"""What a person's grants reach, read once per request."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from django.db.models import CharField, Q, Value
from django.utils import timezone


class Reach:
    """The roles a person holds today and where, and whom they stand in for. Two queries at the most, the second only
    where grants are below the office; afterwards every question is answered from memory."""

    def __init__(self, person) -> None:
        self.person_id = person.pk
        self.is_active = bool(person.pk and person.is_active)

    @cached_property
    def _held(self) -> list[tuple[int, str, str]]:
        """What is in force today: (scope id, role, kind of scope) of each grant, and (person id, "", "") of each person
        stood in for. One query, as every page asks for both."""
        from pmo_portal.access.models import Grant
        from pmo_portal.accounts.models import Substitute

        if not self.is_active:
            return []
        today, nothing = timezone.localdate(), Value("", output_field=CharField())
        grants = Grant.objects.filter(person_id=self.person_id, starts_on__lte=today, archived_at=None)
        grants = grants.filter(Q(ends_on=None) | Q(ends_on__gte=today))
        absent = Substitute.objects.filter(
            substitute_id=self.person_id, starts_on__lte=today, ends_on__gte=today, archived_at=None
        )
        return list(
            grants.values_list("scope_id", "role", "scope__kind").union(
                absent.order_by().values_list("person_id", nothing, nothing), all=True
            )
        )

    @cached_property
    def held(self) -> tuple[tuple[int, str, str], ...]:
        """All that a question about this person's reach can hang on, to tell whether an answer still holds."""
        return tuple(sorted(self._held))

    @property
    def _grants(self) -> list[tuple[int, str, str]]:
        return [held for held in self._held if held[1]]

    @cached_property
    def granted(self) -> dict[int, set[str]]:
        """Scope id → roles granted right there."""
        found: dict[int, set[str]] = defaultdict(set)
        for scope_id, role, _kind in self._grants:
            found[scope_id].add(role)
        return dict(found)

    @cached_property
    def office_roles(self) -> frozenset[str]:
        """The roles that hold everywhere."""
        return frozenset(role for _scope, role, kind in self._grants if kind == "office")

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere."""
        return frozenset(role for roles in self.granted.values() for role in roles)

    @cached_property
    def people(self) -> frozenset[int]:
        """The person and those they stand in for today."""
        return frozenset(
            {self.person_id, *(pk for pk, role, _kind in self._held if not role)} if self.is_active else ()
        )

    @cached_property
    def below(self) -> dict[int, frozenset[str]]:
        """Scope id → roles that reach it from grants below the office."""
        from pmo_portal.access.models import ScopeAncestor

        office_free = {scope: roles for scope, roles in self.granted.items() if not roles <= self.office_roles}
        if not office_free:
            return {}
        reached: dict[int, set[str]] = defaultdict(set)
        pairs = ScopeAncestor.objects.filter(ancestor_id__in=office_free).values_list("ancestor_id", "descendant_id")
        for ancestor, descendant in pairs:
            reached[descendant] |= office_free[ancestor]
        return {scope: frozenset(roles) for scope, roles in reached.items()}

    def roles_at(self, scope_id: int | None) -> frozenset[str]:
        """The roles that hold at a scope: granted there or above."""
        if scope_id is None:
            return self.office_roles
        if not self.granted or not (self.roles - self.office_roles):
            return self.office_roles
        return self.office_roles | self.below.get(scope_id, frozenset())

    def everywhere(self, roles) -> bool:
        return bool(self.office_roles.intersection(roles))

    def scopes_of(self, roles) -> list[int]:
        """The scopes at which one of the roles was granted."""
        return [scope for scope, held in self.granted.items() if held.intersection(roles)]


def reach(viewer) -> Reach:
    """The viewer's reach, kept on the person object for as long as it lives (one request)."""
    found = getattr(viewer, "_reach", None)
    if found is None:
        found = viewer._reach = Reach(viewer)
    return found


def forget(viewer) -> None:
    """Read the grants anew at the next question (after a change of grants within one request or test)."""
    if getattr(viewer, "_reach", None) is not None:  # by name: a request's user is a lazy object around the person
        del viewer._reach


def acts_for(viewer, person_id: int | None) -> bool:
    """Whether the viewer is that person or stands in for them today."""
    return person_id is not None and person_id in reach(viewer).people


def holds(viewer, *roles: str) -> bool:
    """Whether the viewer holds one of the roles anywhere."""
    return bool(getattr(viewer, "is_authenticated", False) and reach(viewer).roles.intersection(roles))
