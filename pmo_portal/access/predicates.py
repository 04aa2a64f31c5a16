"""Predicates of the `rules` library, told to whom a record belongs by its access declaration."""

from __future__ import annotations

from collections.abc import Callable

import rules

from pmo_portal.access.reach import reach


def predicate(function: Callable) -> rules.Predicate:
    """Turn `function(viewer, record)` into a predicate that joins with `&`, `|`, `~`."""
    return rules.predicate(function)


def roles(*names: str) -> rules.Predicate:
    """The viewer holds one of the roles at the record's scope or above; without a record, anywhere."""

    def held(viewer, record=None) -> bool:
        from pmo_portal.access.declarations import access_of

        if record is None:
            return bool(reach(viewer).roles.intersection(names))
        scope_id = access_of(type(record)).scope_id_of(record)
        return bool(reach(viewer).roles_at(scope_id).intersection(names))

    return rules.predicate(held, name=f"roles({','.join(names)})")


@rules.predicate
def always(viewer, record=None) -> bool:
    return True


@rules.predicate
def never(viewer, record=None) -> bool:
    return False
