"""Which pages are photographed and as whom; the README's pictures are made small."""

import struct
import zlib

import pytest

from pmo_portal.operation.shots import png, sheet
from pmo_portal.operation.shots.camera import Picture, file_name
from pmo_portal.operation.shots.visitor import NOBODY, Links, Sight, choose, name_of, url_map, without_link


def test_an_address_has_its_name_and_its_tab():
    assert name_of("/projects/P-0101/") == "projects:register:project_record"
    assert name_of("/projects/P-0101/?tab=history") == "projects:register:project_record?tab=history"
    assert name_of("/no/such/page/anywhere/") == ""


def test_links_are_followed_and_downloads_are_not():
    page = '<a href="/projects/">all</a><a href="/projects/?export=csv" download>CSV</a><a name="here">no address</a>'
    assert Links(page).found == ["/projects/"]


def test_the_url_map_has_the_pages_and_neither_posts_nor_the_api():
    names = url_map()
    assert {"desk:desk", "projects:register:project_record", "governance:portfolio:screen", "account_login"} <= set(
        names
    )
    assert "desk:inbox_read" not in names  # POST only
    assert not [name for name in names if name.startswith("api:projects")]


def test_a_page_is_taken_of_whoever_it_fits():
    page = {"administration:collection:dashboard": "/administration/collection/"}
    led = {"auditor": page, "pmo": page, "manager": page}
    assert choose(led) == [Sight("administration:collection:dashboard", "/administration/collection/", "pmo")]


def test_the_desk_is_taken_of_everybody_and_the_entrance_of_nobody():
    led = {NOBODY: {"account_login": "/login/"}, "pm": {"desk:desk": "/", "account_login": "/login/"}}
    led["sponsor"] = {"desk:desk": "/"}
    assert [(s.name, s.person) for s in choose(led)] == [
        ("desk:desk", "pm"),
        ("desk:desk", "sponsor"),
        ("account_login", NOBODY),
    ]


def test_only_some_pages_when_asked_so():
    led = {"pm": {"desk:desk": "/", "desk:inbox": "/inbox/", "projects:status:status_list": "/projects/status/"}}
    assert [s.name for s in choose(led, ["inbox", "/status/"])] == ["desk:inbox", "projects:status:status_list"]


def test_a_page_without_a_link_is_tried_when_its_address_needs_nothing():
    assert without_link(["account_reset_password_done", "projects:register:project_record"]) == {
        "account_reset_password_done": "/password/reset/done/"
    }


def test_the_contact_sheet_shows_pictures_and_faults(tmp_path):
    sight = Sight("desk:desk", "/", "pm")
    name = file_name(sight, "ja", "dark", 360)
    assert name == "desk-desk.pm.ja.dark.360.png"
    good = Picture(sight, "ja", "dark", 360, name)
    bad = Picture(Sight("x:<y>", "/x/", "pmo"), "en", "", 0, "", "answered 500")
    text = sheet.write(tmp_path, [good, bad], ["/x/ (pmo, en): answered 500"]).read_text()
    assert f'src="{name}"' in text and "answered 500" in text and "x:&lt;y&gt;" in text and "<y>" not in text


def _picture(width: int, height: int, colour) -> bytes:
    """An RGB PNG whose rows use each of the five filters in turn."""
    rows, above = [], bytearray(width * 3)
    for y in range(height):
        row = bytearray(b"".join(bytes(colour(x, y)) for x in range(width)))
        kind = y % 5
        coded = bytearray()
        for i, value in enumerate(row):
            left, up = (row[i - 3] if i >= 3 else 0), above[i]
            corner = above[i - 3] if i >= 3 else 0
            coded.append((value - (0 if kind == 0 else png._guess(kind, left, up, corner))) & 255)
        rows.append(bytes([kind]) + bytes(coded))
        above = row
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return png.SIGNATURE + b"".join(
        struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in parts
    )


def _shown(path) -> tuple[int, int, list[bytes]]:
    """Width, height and pixels of a palette picture."""
    file, at, palette, packed = path.read_bytes(), 8, b"", b""
    while at < len(file):
        (length,), name = struct.unpack(">I", file[at : at + 4]), file[at + 4 : at + 8]
        content = file[at + 8 : at + 8 + length]
        assert zlib.crc32(name + content) == struct.unpack(">I", file[at + 8 + length : at + 12 + length])[0]
        if name == b"IHDR":
            width, height = struct.unpack(">II", content[:8])
        palette = content if name == b"PLTE" else palette
        packed += content if name == b"IDAT" else b""
        at += length + 12
    raw = zlib.decompress(packed)
    rows = [raw[y * (width + 1) + 1 : (y + 1) * (width + 1)] for y in range(height)]
    return width, height, [palette[i * 3 : i * 3 + 3] for row in rows for i in row]


def test_few_colours_stay_exactly_as_they_were(tmp_path):
    def colour(x: int, y: int) -> tuple[int, int, int]:
        return ((x * 7) % 256, (y * 31) % 256, 200) if (x + y) % 3 else (255, 255, 255)

    path = tmp_path / "few.png"
    path.write_bytes(_picture(9, 11, colour))
    _w, _h, before = png.read(path.read_bytes())
    assert before[10] == bytes(colour(1, 1))
    png.shrink(path)
    assert _shown(path) == (9, 11, before)


def test_many_colours_become_256_near_ones(tmp_path):
    path = tmp_path / "many.png"
    path.write_bytes(_picture(64, 40, lambda x, y: (x * 4, y * 6, (x * y) % 256)))
    _w, _h, before = png.read(path.read_bytes())
    size = png.shrink(path)
    _w, _h, after = _shown(path)
    assert size == path.stat().st_size and len(set(after)) <= 256
    far = [max(abs(p - q) for p, q in zip(a, b, strict=True)) for a, b in zip(before, after, strict=True)]
    assert max(far) < 64


def test_another_kind_of_file_is_refused():
    with pytest.raises(ValueError, match="not a PNG"):
        png.read(b"GIF89a")
