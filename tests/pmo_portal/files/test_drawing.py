"""Previews, drawn for real: in a process of its own, and nothing hostile comes out of it or gets further."""

from __future__ import annotations

import http.server
import io
import threading
import zlib

import pytest
from PIL import Image

from pmo_portal.files import drawing
from pmo_portal.files.drawing import Undrawn, draw
from pmo_portal.files.kinds import KINDS
from tests.pmo_portal.files import samples


@pytest.fixture
def drawn(kept_in, tmp_path):
    """`drawn("pdf", content)`: (pages drawn, pages in all) and the sizes of the pictures."""

    def do(kind: str, content: bytes):
        source = tmp_path / "source"
        source.write_bytes(content)
        told = draw(KINDS[kind], source, "previews/1")
        pictures = sorted((kept_in / "previews/1").iterdir(), key=lambda p: int(p.stem))
        return told, [Image.open(p).size for p in pictures]

    return do


def test_a_pdf_is_drawn_page_by_page(drawn):
    told, sizes = drawn("pdf", samples.pdf(pages=3))
    assert told == (3, 3) and len(sizes) == 3 and sizes[0][0] == drawing.WIDTH


def test_of_a_long_one_the_first_pages(drawn):
    told, sizes = drawn("pdf", samples.pdf(pages=drawing.MOST_PAGES + 5))
    assert told == (drawing.MOST_PAGES, drawing.MOST_PAGES + 5) and len(sizes) == drawing.MOST_PAGES


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_drawn_anew(drawn, kind):
    told, sizes = drawn(kind.lower(), samples.picture(kind, (3000, 1000)))
    assert told == (1, 1) and sizes == [(drawing.WIDTH, drawing.WIDTH // 3)]


def test_what_hides_in_a_picture_stays_behind(drawn, kept_in):
    drawn("jpeg", samples.picture("JPEG") + b"<script>alert(1)</script>")
    assert b"script" not in (kept_in / "previews/1/1.webp").read_bytes()


HOSTILE = [
    ("pdf", samples.pdf(password="secret"), "locked"),
    ("pdf", b"%PDF-1.7\nnothing follows", "damaged"),
    ("pdf", samples.pdf()[:200], "damaged"),
    ("png", samples.picture()[:40], "damaged"),
    ("jpeg", samples.picture("PNG")[:20], "damaged"),
]


@pytest.mark.parametrize(("kind", "content", "code"), HOSTILE)
def test_what_cannot_be_drawn_says_why(drawn, kept_in, kind, content, code):
    with pytest.raises(Undrawn) as fault:
        drawn(kind, content)
    assert fault.value.code == code
    assert not (kept_in / "previews/1").exists() and not list((kept_in / "previews").iterdir())


def test_a_small_file_that_unpacks_into_a_huge_picture_is_not_unpacked(drawn):
    head = b"\x89PNG\r\n\x1a\n"

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    size = (60_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    bomb = head + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    with pytest.raises(Undrawn) as fault:
        drawn("png", bomb)
    assert fault.value.code == "too_large"


def test_a_page_as_large_as_a_house_is_drawn_small(drawn):
    told, sizes = drawn("pdf", samples.pdf(pages=1, size=(200, 14000)))
    assert told == (1, 1) and sizes[0][1] <= drawing.WIDTH * 2


def test_what_takes_too_long_is_ended(drawn, monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS", 0.01)
    with pytest.raises(Undrawn) as fault:
        drawn("pdf", samples.pdf(pages=20))
    assert fault.value.code == "too_long"


@pytest.mark.parametrize(("kind", "content"), [("docx", samples.docx()), ("xlsx", samples.xlsx())])
def test_an_office_file_is_drawn_by_libreoffice(drawn, kind, content):
    assert drawing.office_program(), "LibreOffice is needed: .ci/services.sh installs it"
    told, sizes = drawn(kind, content)
    assert told == (1, 1) and sizes[0][0] > 500


def test_a_document_fetches_nothing_from_where_it_points_to(drawn):
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            content = samples.picture()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *given):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}/seen.png"
    link = f'<Relationship Id="r9" Type="{samples.OFFICE_RELS}/image" Target="{at}" TargetMode="External"/>'
    body = (
        '<w:p><w:r><w:drawing xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:r="{samples.OFFICE_RELS}" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<wp:inline><wp:extent cx="990000" cy="990000"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/>'
        '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="r9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="990000" cy="990000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    try:
        assert drawn("docx", samples.docx(body, link))[0] == (1, 1)
    finally:
        server.shutdown()
    assert asked == []


def test_an_office_file_that_is_none_says_so(drawn):
    with pytest.raises(Undrawn) as fault:
        drawn("docx", samples.archive(**{"[Content_Types].xml": b"<", "word/document.xml": b"<"}))
    assert fault.value.code in ("office", "damaged")


def test_the_process_has_none_of_our_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "not for others")
    said = drawing._run(["/usr/bin/env"], tmp_path)
    assert "SECRET" not in said and "DATABASE" not in said
    assert io.StringIO(said).read()
