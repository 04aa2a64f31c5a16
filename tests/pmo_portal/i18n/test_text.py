"""What nobody sees does not come in with a text, through whatever door; what a script needs stays."""

import pytest

from pmo_portal.i18n.text import one_line, plain

MARKS = [*range(0x01, 0x09), *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0)]
MARKS += [0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]


@pytest.mark.parametrize("mark", [chr(code) for code in MARKS], ids=lambda mark: f"U+{ord(mark):04X}")
def test_controls_and_marks_of_direction_go(mark):
    assert one_line(f"新{mark}基幹") == "新基幹" == plain(f"新{mark}基幹")
    assert one_line(f"{mark} a{mark}") == "a"


@pytest.mark.parametrize("mark", ["\u200c", "\u200d"])
def test_joiners_stay_where_a_script_needs_them_and_only_there(mark):
    for kept in (f"می{mark}خواهم", f"क्{mark}ष", "👩\u200d👩\u200d👧", "❤\ufe0f\u200d🔥"):
        assert one_line(kept) == kept
    assert one_line(f"AB{mark}C {mark}会{mark}計{mark}") == "ABC 会計"


def test_lines_and_tabs_stay_in_a_long_text_and_are_blanks_in_a_name():
    assert plain("一\t二\r\n三\n") == "一\t二\r\n三\n"
    assert plain("一\u2028二\x0b三") == "一\n二\n三"
    assert one_line("一\t二\r\n三\u2028四\n") == "一 二 三 四"


def test_what_needs_nothing_comes_back_as_it_is():
    for text in ("", "  a  ", "山田　太郎", "שדרוג", "Ångström", "🇯🇵", "a\0b", "\udc82"):
        assert one_line(text) == text == plain(text)
