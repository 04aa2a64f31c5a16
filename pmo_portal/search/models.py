"""Records that are found by words inside their names, by an index on either database."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.lookups import Lookup

from pmo_portal.i18n.text import fold
from pmo_portal.search import indexing
from pmo_portal.search.grams import asked, grams


class GramsField(models.TextField):
    """The pieces of a text (grams.py), with an index over them (indexing.py)."""


@GramsField.register_lookup
class Hold(Lookup):
    """`search_grams__hold="物流"`: the pieces of the word are there, told by the index. Says yes to everything where a
    database has no index to ask; `holding` compares the text itself as well."""

    lookup_name = "hold"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        return "1 = 1", []

    def as_postgresql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        whole, beginning = asked(self.rhs)
        wanted = " & ".join(f"'{piece}'" for piece in whole) if whole else f"'{beginning}':*"
        return f"{indexing.vector(column)} @@ %s::tsquery", [*params, wanted]

    def as_sqlite(self, compiler, connection):
        table = self.lhs.target.model._meta.db_table
        if not indexing.has_words(connection, table):
            return self.as_sql(compiler, connection)
        whole, beginning = asked(self.rhs)
        wanted = " AND ".join(f'"{piece}"' for piece in whole) if whole else f'"{beginning}"*'
        key = connection.ops.quote_name(self.lhs.target.model._meta.pk.column)
        words = connection.ops.quote_name(indexing.words_of(table))
        alias = connection.ops.quote_name(self.lhs.alias)
        return f"{alias}.{key} IN (SELECT rowid FROM {words} WHERE {words} MATCH %s)", [wanted]  # noqa: S608  our own names


class Searchable(models.Model):
    """Whoever changes the texts calls `be_found_by` before saving."""

    search_text = models.TextField(editable=False, blank=True, default="")
    search_grams = GramsField(editable=False, blank=True, default="")

    audit_silent: tuple[str, ...] = ("search_text", "search_grams")

    class Meta:
        abstract = True

    def be_found_by(self, *texts: str) -> None:
        """From now on, found by any part of these texts."""
        self.search_text = "\n".join(filter(None, map(fold, texts)))
        self.search_grams = grams(*texts)


def holding(words: str) -> Q:
    """The condition that a `Searchable` has every one of the words, whatever their width and case."""
    where = Q()
    for word in words.split():
        text = fold(word)
        if text:
            where &= Q(search_grams__hold=text, search_text__contains=text)
    return where
