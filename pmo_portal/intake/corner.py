"""A turned sheet whose names stand in its first row often has nothing in the corner, or a word that names nothing. Pure."""

from __future__ import annotations

from pmo_portal.intake import heads as naming
from pmo_portal.intake.mapping import Wanted
from pmo_portal.intake.reading import text_of
from pmo_portal.intake.table import Table

WORDS = {"", "項目", "項目名", "内容", "item", "items", "field"}


def name_the_corner(table: Table, wanted: list[Wanted], name_field: str, called: str) -> Table:
    """Where no row is called by a name of `name_field`, the first row of nothing but different words has the names of the
    records: it goes by `called` as far as that is one of the field's names."""
    field = next((w for w in wanted if w.field == name_field), None)
    if table.layout != "columns" or field is None or any(naming.score(h, field.names) for h in table.heads if h):
        return table
    for row, head in enumerate(table.heads):
        if naming.fold(head) not in WORDS:
            break
        texts = [text_of(line.cells[row]).strip() if row < len(line.cells) else "" for line in table.lines]
        if all(any(map(str.isalpha, text)) for text in texts) and len(set(texts)) == len(texts):
            plain = [name for name in field.names if not naming.is_pattern(name)]
            table.heads[row] = called if naming.score(called, field.names) or not plain else plain[0]
            break
    return table
