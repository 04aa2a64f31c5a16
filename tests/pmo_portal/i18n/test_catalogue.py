"""Collecting the messages of code and templates, comparing them with the parts, compiling them."""

import gettext

import pytest
from django.utils import translation

from pmo_portal.i18n import catalogue


def found_in(reader, source: str) -> list[tuple]:
    return [found[1:] for found in reader(source)]


def test_python_messages_are_found_with_context_and_plural():
    source = """
name = _("Name")
verb = pgettext_lazy("verb", "Close")
count = ngettext("%(n)s project", "%(n)s projects", n) % {"n": n}
joined = gettext("one " "sentence")
dynamic = gettext(variable)
"""
    assert sorted(found_in(catalogue.in_python, source)) == [
        ("", "%(n)s project", "%(n)s projects"),
        ("", "Name", ""),
        ("", "one sentence", ""),
        ("verb", "Close", ""),
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% translate "Save" %}', ("", "Save", "")),
        ("{% translate 'It\\'s late' as late %}", ("", "It's late", "")),
        ('{% translate "Close" context "verb" %}', ("verb", "Close", "")),
        ('{% translate "50% done" %}', ("", "50%% done", "")),
        ("{% blocktranslate trimmed %}\n  Due\n  {{ day }}\n{% endblocktranslate %}", ("", "Due %(day)s", "")),
        (
            "{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}",
            ("", "%(n)s row", "%(n)s rows"),
        ),
        ("""<c-empty :title="_('Nothing here')" />""", ("", "Nothing here", "")),
    ],
)
def test_template_messages_are_found_as_django_asks_for_them(source, message):
    assert found_in(catalogue.in_template, source) == [message]


def test_comments_of_templates_are_not_messages():
    assert not found_in(
        catalogue.in_template, '{# {% translate "Old" %} #}{% comment %}{% translate "Older" %}{% endcomment %}'
    )


@pytest.fixture
def parts(tmp_path):
    def write(**texts: str):
        for name, text in texts.items():
            (tmp_path / f"{name}.po").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def faults(folder, *messages) -> list[str]:
    told = {message: catalogue.Found(places=["here.py:1"]) for message in messages}
    return catalogue.faults(told, catalogue.read_parts(folder))


def test_what_is_missing_is_told_with_its_place(parts):
    assert faults(parts(a='msgid "Save"\nmsgstr ""\n'), ("", "Save")) == ["untranslated: 'Save'  here.py:1"]
    assert faults(parts(), ("verb", "Close")) == ["untranslated: 'Close' (context 'verb')  here.py:1"]


def test_a_fuzzy_translation_is_a_fault(parts):
    assert faults(parts(a='#, fuzzy\nmsgid "Save"\nmsgstr "保存"\n'), ("", "Save")) == ["fuzzy: 'Save'  a.po"]


def test_two_translations_of_one_message_are_a_fault(parts):
    folder = parts(a='msgid "Save"\nmsgstr "保存"\n', b='msgid "Save"\nmsgstr "保管"\n')
    assert faults(folder, ("", "Save")) == ["two translations of 'Save': '保存' in a.po, '保管' in b.po"]


def test_a_lost_placeholder_is_a_fault(parts):
    folder = parts(a='msgid "%(n)s of %(all)s"\nmsgstr "%(n)s件"\n')
    assert "other placeholders" in faults(folder, ("", "%(n)s of %(all)s"))[0]


def test_the_parts_become_one_catalogue_that_gettext_reads(parts, tmp_path):
    folder = parts(
        a='msgid "Save"\nmsgstr "保存"\n',
        b='msgctxt "verb"\nmsgid "Close"\nmsgstr "閉じる"\n',
        c='msgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s行"\n',
    )
    target = tmp_path / "LC_MESSAGES" / "django.mo"
    assert catalogue.compile_if_stale(target, folder)
    assert not catalogue.compile_if_stale(target, folder)
    with target.open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Save") == "保存"
    assert read.pgettext("verb", "Close") == "閉じる"
    assert read.ngettext("%(n)s row", "%(n)s rows", 5) == "%(n)s行"


def test_a_process_that_spoke_before_the_catalogue_was_there_speaks_it_afterwards(parts, tmp_path, settings):
    """The first start compiles it and makes the demo office in the same process, whose records keep words."""
    folder = parts(a='msgid "Only here"\nmsgstr "ここだけ"\n')
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    with translation.override("ja"):
        assert translation.gettext("Only here") == "Only here"
    assert catalogue.compile_if_stale(tmp_path / "locale" / "ja" / "LC_MESSAGES" / "django.mo", folder)
    with translation.override("ja"):
        assert translation.gettext("Only here") == "ここだけ"
