"""Several answers from one reading: counts, sums and the first of an order, where each of them alone would scan the same
rows again.

    once.read(found, {"level": "standing"}, "SELECT level, COUNT(*) FROM rows GROUP BY level")
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet


def read(found: QuerySet, names: dict[str, str], asked: str, params: tuple[Any, ...] = ()) -> list[tuple]:
    """What the statement `asked` answers of `rows`: the records of `found`, each with the columns `names` (column → field
    or annotation). The database reads them once, narrow, however many parts (UNION ALL) the statement has. Nothing is
    converted: amounts are what the database gives. Nothing found is no row, not even of a count."""
    narrow = found.order_by().values_list(*names.values())
    try:
        sql, given = narrow.query.sql_with_params()
    except EmptyResultSet:
        return []
    columns = ", ".join(names)
    with connections[found.db].cursor() as cursor:
        cursor.execute(f"WITH rows({columns}) AS MATERIALIZED ({sql}) {asked}", (*given, *params))
        return cursor.fetchall()
