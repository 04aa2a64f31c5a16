"""Makes a screenshot small: at most 256 colours, packed hard. Only for what Chromium writes (8 bit RGB or RGBA)."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}


def shrink(path: Path) -> int:
    """Rewrite the file with a palette; gives its size in bytes. Colours beyond 256 go to the nearest kept one."""
    width, height, pixels = read(path.read_bytes())
    counted = Counter(pixels)
    kept = _palette(counted)
    index = {colour: i for i, colour in enumerate(kept)}
    for colour in counted:
        if colour not in index:
            index[colour] = min(range(len(kept)), key=lambda i: _distance(kept[i], colour))
    rows = b"".join(b"\0" + bytes(index[p] for p in pixels[y * width : (y + 1) * width]) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (("IHDR", head), ("PLTE", b"".join(kept)), ("IDAT", zlib.compress(rows, 9)), ("IEND", b""))
    written = SIGNATURE + b"".join(_chunk(name.encode(), content) for name, content in chunks)
    path.write_bytes(written)
    return len(written)


def _palette(counted: Counter) -> list[bytes]:
    """The frequent colours, each so far from those before it that 256 suffice and rare hues keep a place."""
    apart = -1
    while True:
        kept: list[bytes] = []
        for colour, _count in counted.most_common():
            if len(kept) <= 256 and all(_distance(colour, other) > apart for other in kept):
                kept.append(colour)
        if len(kept) <= 256:
            return kept
        apart = max(24, apart * 2)


def _distance(a: bytes, b: bytes) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def read(file: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the pixels as RGB, row after row. Raises ValueError for another kind of file."""
    if not file.startswith(SIGNATURE):
        raise ValueError("not a PNG file")
    at, packed, width, height, channels = len(SIGNATURE), b"", 0, 0, 0
    while at < len(file):
        (length,), name = struct.unpack(">I", file[at : at + 4]), file[at + 4 : at + 8]
        content = file[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind, _c, _f, interlaced = struct.unpack(">IIBBBBB", content)
            if depth != 8 or kind not in CHANNELS or interlaced:
                raise ValueError("neither 8 bit RGB nor RGBA")
            channels = CHANNELS[kind]
        elif name == b"IDAT":
            packed += content
        at += length + 12
    rows = _unfiltered(zlib.decompress(packed), width * channels, channels)
    return width, height, [bytes(row[i : i + 3]) for row in rows for i in range(0, len(row), channels)]


def _unfiltered(raw: bytes, stride: int, step: int) -> list[bytearray]:
    """Undo the filters of PNG (its section 9) row by row."""
    rows: list[bytearray] = []
    above = bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        if kind:
            for i in range(stride):
                left = row[i - step] if i >= step else 0
                corner = above[i - step] if i >= step else 0
                row[i] = (row[i] + _guess(kind, left, above[i], corner)) & 255
        rows.append(row)
        above = row
    return rows


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    estimate = left + up - corner
    distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return (left, up, corner)[distances.index(min(distances))]
