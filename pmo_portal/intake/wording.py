"""Every sentence that reading a sheet can end with. The pure modules name a code and its figures; here are the words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Any] = {
    # the file
    "empty": _("The file is empty."),
    "too_large": _(
        "The file has %(size)s MB; at most %(limit)s MB are read. Split it, or leave out what is not needed."
    ),
    "old_excel": _("This is an old or password-protected Excel file (.xls). Save it as .xlsx without a password."),
    "not_excel": _(
        "The name says Excel, but this is %(found)s. Save it from Excel as .xlsx, or give it its right name."
    ),
    "not_sheet": _("This is %(found)s, not a table. Send .xlsx or .csv."),
    "broken_zip": _("The Excel file is damaged and cannot be opened. Save it again and send the new one."),
    "no_sheets": _("The workbook has no sheet with cells in it."),
    "zip_bomb": _("Unpacked, the file would have more than %(limit)s MB (from %(size)s MB). It is not opened."),
    "entities": _("The file defines XML entities, which no spreadsheet needs and which can do harm. It is not opened."),
    "too_many_rows": _("The sheet has more than %(limit)s rows. Split it by year or by department."),
    "too_many_cells": _(
        "The sheet spans more than %(limit)s cells. Delete stray cells far right or far below, or split it."
    ),
    "no_encoding": _("The text is in an encoding that is not known here. Save it as “CSV UTF-8”."),
    "broken_csv": _("Line %(line)s cannot be read as CSV: a quotation mark is opened and not closed."),
    # the table
    "no_head": _("No row with column names was found. The first rows were searched for names like “%(example)s”."),
    "no_records": _("Below the column names there is nothing."),
    "no_key_column": _("No column gives the project's name or number. Say in the column mapping which one does."),
    "no_period": _("It is not said for which date these figures are. Give the period."),
    "bad_period": _("“%(text)s” is not a date, so it is not known which period the row belongs to."),
    "no_such_sheet": _("There is no sheet “%(text)s”. There are: %(names)s."),
    "no_stamps": _("This is no workbook for editing: take “Excel for editing” out of the list first."),
    "no_column": _("There is no column “%(text)s”. The sheet has: %(names)s."),
    "file_gone": _("The kept file is gone or was changed. Send it again."),
    # a record
    "total_row": _("A total, skipped."),
    "footnote": _("A note below the table, skipped."),
    "repeated_head": _("The names of the columns once more, skipped."),
    "units_row": _("The units of the columns, no record."),
    "units_row_short": _("the units of the columns"),
    "unit_of_row": _("Its amounts are in “%(text)s”, as the record itself says."),
    "total_row_short": _("totals"),
    "footnote_short": _("notes"),
    "repeated_row_short": _("the same as another row"),
    "repeated_head_short": _("the names of the columns once more"),
    "repeated_row": _("The same as row %(row)s, cell for cell; skipped."),
    "shifted": _("The row is shifted right by %(count)s cells; read as if it were not."),
    "same_head": _("Columns %(first)s and %(second)s have one name and fill each other's holes; read as one."),
    "split_cell": _("One text is split over columns %(first)s and %(second)s; read as one."),
    "extra_cells": _("The row has %(count)s more cells than there are column names."),
    "key_twice": _("“%(text)s” is used by row %(row)s already."),
    "page_key": _("“%(text)s” is the address of a page of the portal and cannot be a key."),
    "bad_key": _("“%(text)s” is no key: a key has at most 40 letters, digits, - or _."),
    "key_elsewhere": _("The key “%(text)s” is used in another portfolio."),
    "archived": _("%(text)s is archived."),
    "ended": _("%(text)s has ended; its record is closed."),
    "typed_report": _("%(text)s has reported for this date itself; the sheet does not overwrite it."),
    "budget_by_approval": _(
        "The approved budget changes by approval only: “%(text)s” is left out, the rest of the row is taken."
    ),
    "date_by_approval": _(
        "A planned date changes by approval only: “%(text)s” is left out, the rest of the row is taken."
    ),
    "kept_as": _("%(label)s is kept as “%(text)s”."),
    "not_in_this_state": _(
        "In the state that it is in, this does not change any more: “%(text)s” is left out, the rest of the row is taken."
    ),
    "name_is_ours": _("The project keeps its name here: it was found by a name alone, and “%(text)s” is left out."),
    "no_such_person": _("Nobody here is called “%(text)s”; the project manager is left as is."),
    "no_such_manager": _("Nobody here is called “%(text)s”; the project will have no project manager."),
    "no_name": _("There is neither a name nor a number."),
    "marked_error": _("The source itself says: “%(text)s”."),
    "same_name": _("the same name"),
    "same_name_before": _("the same name in an earlier report"),
    "formerly": _("named as its former name"),
    "same_core": _("the same name but for what stands in brackets, signs and small words"),
    "same_short": _("the same abbreviation"),
    "similar": _("a similar name"),
    "to_confirm": _(
        "No number in common. %(count)s known with the same or a similar name: confirm which, or that it is new."
    ),
    "other_row_fits": _("Row %(row)s fits the same known project as well."),
    "same_name_in_file": _("Row %(row)s of this file has the same name."),
    "one_or_two": _(
        "Row %(row)s has the same name, and no number tells them apart. Are they two projects? Then say so; else leave one out."
    ),
    "same_name_twice": _("More than one known project has this name."),
    "looks_like": _("New, although the name is similar to “%(text)s”."),
    "renamed": _("Known under another name: “%(text)s”."),
    "incomplete_in": _(
        "It goes in although it is incomplete. Needed in the stage “%(state)s” and missing: %(fields)s."
    ),
    "filled": _("“%(text)s” filled in."),
    # a row of the organisation
    "no_such_unit": _("There is no unit “%(text)s”, neither here nor in the sheet."),
    "unit_doubtful": _("More than one unit is called “%(text)s”. Give its code."),
    "unit_two_places": _("Another row hangs the same unit below %(other)s, this one below “%(text)s”."),
    "unit_circle": _("%(unit)s would hang below itself, through “%(text)s”."),
    "neither_unit_nor_person": _("The row names neither a unit nor a person."),
    "person_twice": _("“%(text)s” stands in row %(row)s already."),
    "address_out_of_use": _("%(text)s belongs to somebody who is out of use."),
    "no_such_head": _("Nobody is called “%(text)s”, neither here nor in the sheet."),
    "head_doubtful": _("More than one person is called “%(text)s”. Give their e-mail address."),
    # a row of a workbook made for editing
    "stamp_twice": _("The row stands twice; which of the two is meant?"),
    "stamp_broken": _("The row's hidden ID was changed, so it is not known which record it is."),
    "not_there": _("The record is gone, or outside your scope."),
    "not_yours": _("You may read this record, not change it."),
    "key_edited": _("The key was changed from %(key)s to %(text)s. Keys stay; is this another record's row?"),
    "no_new_rows": _("New rows cannot be added in this list."),
    "needed": _("This is needed for a new row."),
    "no_such_record": _("“%(text)s” is none of the choices."),
    "changed_meanwhile": _("%(who)s changed “%(label)s” meanwhile: %(was)s → %(now)s."),
    "as_in_sheet": _("Write what the sheet says"),
    "read_only_cell": _("This column is there to be read: “%(text)s” is left out."),
    "said": _("It cannot stand so: %(text)s"),
    # a cell
    "bad_byte": _("A byte (%(bytes)s) that the encoding does not define; shown as “�”."),
    "formula": _("A formula without a stored result. Open the file in Excel, save it, and send it again."),
    "not_a_date": _("“%(text)s” is not a date."),
    "no_such_day": _("“%(text)s” is a day that does not exist (month 1 to 12, day 1 to 28–31)."),
    "era_month": _("“%(text)s” has month %(month)s; months are 1 to 12."),
    "date_range": _("“%(text)s” lies outside 1900–2200."),
    "date_order": _("“%(text)s” does not fit the order of the column (%(order)s)."),
    "date_order_open": _("Day and month cannot be told apart in this column. Say which comes first."),
    "date_order_mixed": _("The column mixes orders: %(dmy)s cells are certainly day first, %(mdy)s month first."),
    "century": _("“%(text)s” was read as %(year)s, because the end must not lie before the start."),
    "era_over": _("“%(text)s” lies outside its era and was read as %(day)s."),
    "not_a_moment": _("“%(text)s” is not a day with a time, such as 2026/12/07 17:00."),
    "not_a_number": _("“%(text)s” is not a number."),
    "not_finite": _("“%(text)s” is not an amount."),
    "too_big": _("“%(text)s” is too large to be an amount."),
    "not_a_percent": _("“%(text)s” is not a percentage."),
    "fraction": _("“%(text)s” has no %% sign and was read as a fraction."),
    "unit_in_cell": _("The cell says its unit itself (“%(text)s”)."),
    "not_a_choice": _("“%(text)s” is none of the known values. Say what it stands for."),
    "too_long": _("The text has %(length)s characters; at most %(limit)s are kept."),
    "finish_before_start": _("The finish %(finish)s is before the start %(start)s."),
    "code_digits": _("“%(text)s” was read as %(code)s."),
    "spelling": _("“%(text)s” was read as “%(right)s”, as most rows with the same code have it."),
    "implausible_amount": _("“%(text)s” is far above all others in this column; perhaps it is in another unit."),
    "implausible_year": _("The year %(year)s is far from all others in this column; perhaps a slip of the pen."),
    "before_report": _("The forecast %(finish)s lies before the date of its own report."),
    "declared_differs": _("The sheet says %(declared)s %%, computed from its own figures it is %(computed)s %%."),
    # what is not known, by kind
    "withheld": _("withheld"),
    "not_yet_known": _("not yet known"),
    "not_available": _("not available"),
    "not_assessed": _("not assessed"),
    "reset": _("reset"),
    "no_end": _("no end planned"),
    "text": _("a text instead of a value"),
}
UNIT_NAMES: dict[str, Any] = {
    "one": pgettext_lazy("unit of money", "units"),
    "thousand": pgettext_lazy("unit of money", "thousands"),
    "man": pgettext_lazy("unit of money", "ten thousands"),
    "million": pgettext_lazy("unit of money", "millions"),
    "senman": pgettext_lazy("unit of money", "ten millions"),
    "oku": pgettext_lazy("unit of money", "hundred millions"),
    "billion": pgettext_lazy("unit of money", "billions"),
    "cho": pgettext_lazy("unit of money", "trillions"),
}
NAMES: dict[str, Any] = {
    "text": _("plain text"),
    "html": _("a web page"),
    "pdf": _("a PDF"),
    "image": _("a picture"),
    "word": _("a Word document"),
    "slides": _("a presentation"),
    "zip": _("a ZIP archive"),
    "xlsx": _("an Excel workbook"),
    "binary": _("a file of another kind"),
    "dmy": _("day, month, year"),
    "mdy": _("month, day, year"),
    "ymd": _("year, month, day"),
}


def say(code: str, params: dict[str, Any] | None = None) -> str:
    """The sentence for a code in the active language."""
    words = WORDS.get(code)
    if words is None:
        return code
    given = {k: str(NAMES[v]) if k in ("found", "order") and v in NAMES else v for k, v in (params or {}).items()}
    try:
        return str(words) % given
    except (KeyError, TypeError, ValueError):
        return str(words)
