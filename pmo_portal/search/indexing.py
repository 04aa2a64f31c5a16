"""The index over the pieces of texts: on PostgreSQL a GIN index over a vector of them, without any extension; on SQLite a
full-text table (FTS5) that triggers keep in step. Laid after every migration, as a migration may rebuild a SQLite table and
drop its triggers. Where SQLite lacks FTS5 there is no index, and the text is read through."""

from __future__ import annotations

from django.apps import apps
from django.db import DatabaseError, connections

EVENTS = ("INSERT", "DELETE", "UPDATE")


def vector(column: str) -> str:
    """The expression that is indexed."""
    return f"array_to_tsvector(string_to_array({column}, ' '))"


def words_of(table: str) -> str:
    """The name of the full-text table beside a table."""
    return f"{table}_words"


def has_words(connection, table: str) -> bool:
    """Whether there is a full-text table to ask; looked up once for each connection."""
    known = connection.__dict__.setdefault("_tables_with_words", {})
    if table not in known:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [words_of(table)])
            known[table] = cursor.fetchone() is not None
    return known[table]


def lay_all(using: str = "default", **_given) -> None:
    """For every model that has pieces. Safe to run twice."""
    from pmo_portal.search.models import Searchable

    for model in apps.get_models():
        if issubclass(model, Searchable) and not model._meta.abstract:
            lay(connections[using], model._meta.db_table)


def lay(connection, table: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin ({vector('search_grams')})")
            # New texts go into the index at once: a list of those still to be filed is read with every question, and
            # after an import the planner finds the whole table cheaper.
            cursor.execute(f"ALTER INDEX {table}_words SET (fastupdate = off)")
    elif connection.vendor == "sqlite":
        connection.__dict__.pop("_tables_with_words", None)
        _lay_sqlite(connection, table)


def _lay_sqlite(connection, table: str) -> None:
    words = words_of(table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE %s", [f"{words}%"])
        there = {name for (name,) in cursor.fetchall()}
        if there >= {words, *(f"{words}_{event.lower()}" for event in EVENTS)}:
            return
        try:
            cursor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {words} USING fts5(search_grams, content='{table}', "
                "content_rowid='id', tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
            )
        except DatabaseError:  # a SQLite without FTS5
            return
        gone = f"INSERT INTO {words}({words}, rowid, search_grams) VALUES ('delete', old.id, old.search_grams);"  # noqa: S608  our own names
        come = f"INSERT INTO {words}(rowid, search_grams) VALUES (new.id, new.search_grams);"  # noqa: S608  our own names
        steps = {
            "INSERT": ("AFTER INSERT", "", come),
            "DELETE": ("AFTER DELETE", "", gone),
            "UPDATE": ("AFTER UPDATE OF search_grams", "WHEN old.search_grams IS NOT new.search_grams", gone + come),
        }
        for event, (when, only, does) in steps.items():
            name = f"{words}_{event.lower()}"
            cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {when} ON {table} {only} BEGIN {does} END")
        cursor.execute(f"INSERT INTO {words}({words}) VALUES ('rebuild')")  # noqa: S608  our own names
