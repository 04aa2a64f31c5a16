"""What a file is, from its bytes; what it is called."""

from __future__ import annotations

import io

import pytest

from pmo_portal.files import kinds
from pmo_portal.files.kinds import KINDS, Unfit, cleaned_name, kind_of, said_size
from tests.pmo_portal.files import samples

KNOWN = [
    ("plan.pdf", samples.pdf(), "pdf"),
    ("photo.PNG", samples.picture(), "png"),
    ("photo.jpeg", samples.picture("JPEG"), "jpeg"),
    ("a.gif", samples.picture("GIF"), "gif"),
    ("a.webp", samples.picture("WEBP"), "webp"),
    ("minutes.docx", samples.docx(), "docx"),
    ("見積.xlsx", samples.xlsx(), "xlsx"),
    ("macros.xlsm", samples.archive(**{"[Content_Types].xml": b"", "xl/vbaProject.bin": b"x"}), "macro"),
    ("old.xls", samples.OLE, "ole"),
    ("all.zip", samples.archive(**{"a.txt": b"x"}), "zip"),
    ("drawing.svg", samples.SVG, "svg"),
    ("notes.txt", "会議の記録".encode(), "text"),
    ("notes.csv", "会議,記録\r\n".encode("cp932"), "text"),
    ("notes.txt", "会議の記録".encode("utf-16"), "text"),
    ("README", b"plain words", "text"),
    ("no ending", samples.pdf(), "pdf"),
]


@pytest.mark.parametrize(("name", "content", "key"), KNOWN, ids=[f"{name}-{key}" for name, _c, key in KNOWN])
def test_a_kind_is_told_from_the_bytes(name, content, key):
    assert kind_of(io.BytesIO(content), name).key == key


LIES = [
    ("invoice.pdf", samples.xlsx(), "other"),
    ("invoice.pdf", b"MZ\x90\0\x03" + b"\0" * 200, "unknown"),
    ("invoice.xlsx", samples.docx(), "other"),
    ("invoice.exe", samples.pdf(), "other"),
    ("invoice.docx", samples.archive(**{"[Content_Types].xml": b"", "word/vbaProject.bin": b"x"}), "other"),
    ("page.txt", b"<!DOCTYPE html><p>hello</p>", "markup"),
    ("page.png", b"<html><body onload=alert(1)>", "markup"),
    ("words.txt", b"a\0b", "unknown"),
    ("bytes.bin", bytes(range(128, 256)) * 9, "unknown"),
    ("broken.docx", b"PK\x03\x04 and then nothing", "unknown"),
]


@pytest.mark.parametrize(("name", "content", "code"), LIES, ids=[f"{name}-{code}" for name, _c, code in LIES])
def test_what_is_not_what_its_name_says_is_refused(name, content, code):
    with pytest.raises(Unfit) as unfit:
        kind_of(io.BytesIO(content), name)
    assert unfit.value.code == code


@pytest.mark.parametrize(
    ("given", "key", "name"),
    [
        ("plan.pdf", "pdf", "plan.pdf"),
        ("../../etc/passwd.pdf", "pdf", "passwd.pdf"),
        ("C:\\Users\\aoki\\計画.PDF", "pdf", "計画.pdf"),
        ("gpj\u202efdp.pdf", "pdf", "gpj fdp.pdf"),
        ("a\0b\n.pdf", "pdf", "a b.pdf"),
        ('what<is>"this"?.pdf', "pdf", "what_is__this__.pdf"),
        ("no ending", "pdf", "no ending.pdf"),
        ("v1.2", "pdf", "v1.2.pdf"),
        (".pdf", "pdf", "pdf.pdf"),
        ("", "pdf", "file.pdf"),
        ("notes.csv", "text", "notes.csv"),
        ("Makefile", "text", "Makefile.txt"),
        ("run.sh", "text", "run.sh.txt"),
        ("か\u3099く.pdf", "pdf", "がく.pdf"),
    ],
)
def test_a_name_hides_nothing_and_its_ending_is_true(given, key, name):
    assert cleaned_name(given, KINDS[key]) == name


def test_a_long_name_keeps_its_ending():
    made = cleaned_name("長" * 400 + ".pdf", KINDS["pdf"])
    assert len(made) == kinds.LONGEST_NAME and made.endswith("長.pdf")


@pytest.mark.parametrize(
    ("size", "said"), [(0, (0, "B")), (1023, (1023, "B")), (1536, (1.5, "KB")), (200 * 1024**2, (200, "MB"))]
)
def test_a_size_is_said_as_people_read_it(size, said):
    assert said_size(size) == said
