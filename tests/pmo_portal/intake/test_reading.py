"""Bytes → sheets: encodings, delimiters, workbooks; and everything that is not one, refused by name."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.reading import Limits, read, text_of
from pmo_portal.intake.wording import WORDS, say

JAPANESE = "番号,件名,予算\r\n1,基幹システム刷新計画,１２３\r\n2,物流拠点の再編成と統合,４５６\r\n"
BRITISH = "Project,Budget\r\nApollo – “phase one”,£12\r\nBoreas’s café,£5.50\r\n"


def workbook(fill) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book.add_worksheet("List"))
    book.close()
    return out.getvalue()


def rezipped(content: bytes, changes: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
    return out.getvalue()


PLAIN = workbook(lambda page: page.write_row(0, 0, ["Name", "Budget"]) or page.write_row(1, 0, ["Apollo", 12.5]))


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "utf-8-sig", "utf-8-sig"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "utf-16", "utf-16"),
        (BRITISH, "cp1252", "cp1252"),
        (BRITISH, "utf-8", "utf-8"),
        ("a,b\r\n1,2\r\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found_and_no_sign_is_lost(text, encoding, found):
    book = read(text.encode(encoding), "x.csv")
    assert book.encoding == found
    assert "\r\n".join(",".join(map(text_of, row)) for row in book.sheets[0].rows) + "\r\n" == text


def test_a_byte_that_no_encoding_defines_is_marked_at_its_cell():
    book = read(BRITISH.encode("cp1252") + b"Quantum \x9d,\xa33\r\n", "x.csv")
    assert book.encoding == "cp1252"
    assert book.sheets[0].rows[3] == ["Quantum \ufffd", "£3"]
    assert book.sheets[0].marks[3, 0].params["bytes"] == "0x9D"


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(sign):
    book = read(f"a{sign}b{sign}c\n1{sign}2{sign}3\n".encode(), "x.csv")
    assert (book.delimiter, book.sheets[0].rows) == (sign, [["a", "b", "c"], ["1", "2", "3"]])


def test_a_workbook_gives_numbers_dates_and_results_of_formulas():
    def fill(page):
        page.write_row(0, 0, ["Name", "Budget", "Sum"])
        page.write_row(1, 0, ["Apollo", 12.5])
        page.write_formula(1, 2, "=B2*2", None, 25)
        page.write_formula(2, 2, "=B3*2", None, "")

    sheet = read(workbook(fill), "x.xlsx").sheets[0]
    assert sheet.rows[1] == ["Apollo", 12.5, 25.0]
    assert sheet.marks[2, 2].code == "formula"


DANGEROUS = rezipped(
    PLAIN,
    {
        "xl/worksheets/sheet1.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>"
    },
)
BOMB = rezipped(PLAIN, {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"})
SMALL = Limits(unpacked_bytes=5_000_000, rows=1000, cells=20_000)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "x.csv", "empty"),
        (b"\n\n,,\n", "x.csv", "empty"),
        (b"name,budget\nApollo,1\n", "x.xlsx", "not_excel"),
        (b"%PDF-1.7 ...", "x.xlsx", "not_excel"),
        (b"%PDF-1.7 ...", "x.csv", "not_sheet"),
        (b"\x89PNG\r\n\x1a\n", "x.csv", "not_sheet"),
        (b"<!DOCTYPE html><html></html>", "x.xlsx", "not_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xls", "old_excel"),
        (b"PK\x03\x04 and then rubbish", "x.xlsx", "broken_zip"),
        (PLAIN[: len(PLAIN) // 2], "x.xlsx", "broken_zip"),
        (bytes(range(256)) * 40, "x.csv", "not_sheet"),
        (DANGEROUS, "x.xlsx", "entities"),
        (BOMB, "x.xlsx", "zip_bomb"),
        (("a,b\n" + "1,2\n" * 1001).encode(), "x.csv", "too_many_rows"),
        ((("1," * 50 + "1\n") * 900).encode(), "x.csv", "too_many_cells"),
        (b"x" * 2000, "x.csv", "too_large"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(content, name, code):
    limits = Limits(file_bytes=1500) if code == "too_large" else SMALL
    with pytest.raises(Unreadable) as refused:
        read(content, name, limits=limits)
    assert refused.value.code == code
    assert code in WORDS and "%(" not in say(code, refused.value.params)


def test_a_sheet_of_a_million_rows_is_refused_before_it_is_opened():
    def fill(page):
        page.write(0, 0, "Name")
        page.write(1_048_575, 0, "the last row")

    with pytest.raises(Unreadable) as refused:
        read(workbook(fill), "x.xlsx")
    assert refused.value.code == "too_many_rows"


def test_a_zip_that_is_a_document_is_named():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Unreadable) as refused:
        read(out.getvalue(), "x.xlsx")
    assert refused.value.params["found"] == "word"


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda rest: b"\xff\xfe" + rest))
def test_any_bytes_are_read_or_refused_with_words(content):
    for name in ("x.csv", "x.xlsx"):
        try:
            read(content, name)
        except Unreadable as refused:
            assert refused.code in WORDS
