"""Parts of a file, by RFC 9110, section 14.1.2."""

from __future__ import annotations

import pytest

from pmo_portal.files.ranges import OutOfFile, part_of

ASKED = [
    ("", None),
    ("bytes=0-499", (0, 499)),
    ("bytes=500-999", (500, 999)),
    ("bytes=-500", (500, 999)),
    ("bytes=500-", (500, 999)),
    ("bytes=0-0", (0, 0)),
    ("bytes=990-5000", (990, 999)),
    ("bytes=-5000", (0, 999)),
    ("bytes=0-0,-1", None),
    ("lines=1-2", None),
    ("bytes=-", None),
    ("bytes=5-2", None),
    ("bytes=１-２", None),
]


@pytest.mark.parametrize(("asked", "part"), ASKED)
def test_a_part_is_first_and_last_byte(asked, part):
    assert part_of(asked, 1000) == part


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_what_begins_after_the_end_is_out_of_the_file(asked):
    with pytest.raises(OutOfFile):
        part_of(asked, 1000)
