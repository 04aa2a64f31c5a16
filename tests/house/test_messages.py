"""Everything the portal says stands in both languages, in the words of docs/glossary.md."""

import re
from collections import Counter

import pytest

from pmo_portal.i18n import catalogue
from pmo_portal.i18n.glossary import terms
from pmo_portal.i18n.text import has_japanese

# Labels that look like a term and mean something else: context and message.
OTHER_SENSES = {
    ("", "accepted"),  # an invitation
    ("verb", "Apply"),  # a condition of a list
    ("", "in"),  # who moved into a level
    ("", "Organisation unit"),  # where a person belongs
}
# Terms that keep their word inside any sentence. Shorter ones ("Key", "Late", "Stop") are everyday words as well.
STEADY = (
    "PMO",
    "Portfolio",
    "Programme",
    "Milestone",
    "Register",
    "Tier",
    "Sponsor",
    "Project manager",
    "System administrator",
    "Delivery confidence",
    "Forecast finish",
    "Planned finish",
    "Cost at completion",
    "Approved budget",
    "Budget revision",
    "Status report",
    "Reporting period",
    "Reporting cadence",
    "My desk",
    "Inbox",
    "Reminder",
    "Quiet hours",
    "Working day",
    "Company day",
    "Campaign",
    "Proposal",
    "Condition",
    "Audit trail",
    "Invitation",
    "Passkey",
    "Recovery codes",
)
# What must not be said, and the glossary's word for it.
NOT_OUR_WORDS = {
    "リマインド": "催促",
    "ステータス": "状態、または進捗報告",
    "管理区分": "重要度",
    "確信度": "確度",
    "差し戻": "差戻",
    "却下": "差戻し",
    "案件": "プロジェクト",
    "工期": "日程",
    "タスク": "処理、または依頼",
    "ユーザ": "人、または利用者",
    "キャンセル": "やめる、または中止",
    "下さい": "ください",
    "出来ま": "できま",
    "致しま": "します",
    "！": "。",
}


@pytest.fixture(scope="module")
def messages():
    return catalogue.collect()


@pytest.fixture(scope="module")
def parts():
    return catalogue.read_parts()


@pytest.fixture(scope="module")
def said(messages, parts) -> dict[tuple[str, str], str]:
    """Context and message → Japanese, for all that the code says and that is translated."""
    known = {key: catalogue.text_of(parts.entries[key]) for key in messages if key in parts.entries}
    return {key: text for key, text in known.items() if text}


def test_nothing_is_untranslated_fuzzy_or_contradictory(messages, parts):
    assert not catalogue.faults(messages, parts)


def test_a_translation_takes_the_values_that_its_message_gives(messages, said):
    broken = []
    for key, text in said.items():
        given = set(re.findall(r"%\((\w+)\)s", key[1] + messages[key].plural))
        if given:
            try:
                text % dict.fromkeys(given, "x")
            except (KeyError, TypeError, ValueError) as error:
                broken.append(f"{text!r}: {error!r}")
        elif re.search(r"%\(\w+\)", text):
            broken.append(f"{text!r}: {key[1]!r} gives no value")
    assert not broken


def test_a_translation_has_the_tags_of_its_message(said):
    tags = re.compile(r"</?\w+>")
    wrong = [
        text for (_c, message), text in said.items() if sorted(tags.findall(message)) != sorted(tags.findall(text))
    ]
    assert not wrong


def test_a_sentence_stays_a_sentence(said):
    """English with a full stop at its end has 。 in Japanese, unless a bracket, an example or a cause (…ため) ends it."""
    wrong = [
        f"{message!r} → {text!r}"
        for (_context, message), text in said.items()
        if re.search(r"[^.]{8}\.$", message) and not re.search(r"([。）…]|ため|[\w./)])$", text, re.ASCII)
    ]
    assert not wrong


def test_sentences_are_polite(said):
    plain = re.compile(r"(である|だった|のだ|[^まで]だ|しろ|せよ)。")
    assert not [text for text in said.values() if plain.search(text)]


def test_the_glossary_is_whole():
    read = terms()
    assert len(read) >= 120
    assert not [t for t in read if not all((t.english, t.japanese, t.meaning_en, t.meaning_ja))]
    assert not [name for name, count in Counter(t.english.casefold() for t in read).items() if count > 1]
    assert not [t.english for t in read if not has_japanese(t.meaning_ja) or has_japanese(t.meaning_en)]


def test_a_label_that_is_a_term_has_the_terms_word(said):
    words = {term.english.casefold(): term.japanese for term in terms()}
    wrong = [
        f"{key[1]!r}: {text!r}, the glossary has {words[key[1].casefold()]!r}"
        for key, text in said.items()
        if key not in OTHER_SENSES and words.get(key[1].casefold(), text) not in text
    ]
    assert not wrong


def test_no_exception_outlives_its_label(messages):
    assert messages.keys() >= OTHER_SENSES


@pytest.mark.parametrize("english", STEADY)
def test_a_term_keeps_its_word_inside_sentences(english, said):
    japanese = next(term.japanese for term in terms() if term.english == english)
    word = re.compile(rf"\b{re.escape(english)}s?\b", re.IGNORECASE)
    wrong = [
        f"{message!r} → {text!r}"
        for (_context, message), text in said.items()
        if word.search(re.sub(r"%\(\w+\)s", "", message)) and japanese not in text
    ]
    assert not wrong


def test_words_that_the_office_does_not_use_are_not_used(said):
    wrong = [
        f"{text!r}: {bad} → {good}" for text in said.values() for bad, good in NOT_OUR_WORDS.items() if bad in text
    ]
    assert not wrong


def test_what_is_said_in_japanese_is_japanese(said):
    """Names, signs and abbreviations apart."""
    kept = {"API", "PDF", "PM", "PMO", "1", "Ctrl Enter"}
    left = [m for (_c, m), text in said.items() if m not in kept and text == m and re.search(r"[A-Za-z]{3}", m)]
    assert not left
