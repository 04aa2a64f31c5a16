"""Emoji, right-to-left names and very long texts, typed into the register's form, come back whole wherever they are shown."""

import csv
import io
import re
import unicodedata
from html import unescape

import openpyxl
import pytest

from pmo_portal import audit
from pmo_portal.audit.models import AuditEntry
from projects.register.models import Milestone, Project
from tests.factories import PersonFactory

NAMES = {
    "emoji": "🚀 新基幹 👩‍👩‍👧‍👦🇯🇵",
    "hebrew": "שדרוג מערכת הליבה 2027",
    "arabic": "تحديث النظام الأساسي (١٢)",
    "mixed": "ERP שדרוג → 刷新 (v2)",
    "combining": "Ångström é ด้านล่าง",
    "markup": "<script>alert(1)</script> & \"q\" 'a' {{ x }} {% y %}",
    "rare kanji": "𠮷野家と髙島屋の刷新",
}
LONG = ("長い説明。🚀 שלום <b>&amp;\"'\n" * 600)[:10_000]


@pytest.fixture(params=NAMES, ids=list(NAMES))
def name(request) -> str:
    return NAMES[request.param]


@pytest.fixture
def manager(office, signed_in):
    return signed_in(office.cast.manager)


def typed(office, **given) -> dict:
    return {
        "key": "HOSTILE",
        "portfolio": office.core.pk,
        "kind": "other",
        "tier": "C",
        "stage": "concept",
        "currency": "JPY",
    } | given


def text_of(page) -> str:
    return unescape(page.text)


def test_a_name_is_kept_and_shown_on_record_list_search_and_export(office, manager, name):
    answer = manager.post("/projects/new/", typed(office, name_ja=name))
    assert answer.status_code == 302
    assert Project.objects.get(key="HOSTILE").name_ja == name
    record = manager.get(answer.url)
    assert re.search(rf"<h1><bdi>{re.escape(name)}</bdi></h1>", unescape(record.text))
    assert "<script>alert(1)" not in record.text
    assert name in text_of(manager.get("/projects/"))
    assert name in text_of(manager.get("/search/", {"q": "HOSTILE"}))
    rows = list(csv.reader(io.StringIO(manager.get("/projects/?export=csv").getvalue().decode("utf-8-sig"))))
    assert name in {cell for row in rows for cell in row}
    book = openpyxl.load_workbook(io.BytesIO(manager.get("/projects/?export=xlsx").getvalue()))
    assert name in {cell.value for row in book.active.iter_rows() for cell in row}


def test_it_is_found_by_its_own_words(office, manager, name):
    manager.post("/projects/new/", typed(office, name_ja=name))
    word = max((w for w in re.split(r"\s+", name) if any(unicodedata.category(c)[0] == "L" for c in w)), key=len)
    assert name in text_of(manager.get("/projects/", {"q": word}))


def test_ten_thousand_characters_come_back_whole(office, manager):
    assert len(LONG) == 10_000
    answer = manager.post("/projects/new/", typed(office, name_ja="長文", description=LONG, benefits=LONG))
    assert answer.status_code == 302
    project = Project.objects.get(key="HOSTILE")
    kept = LONG.strip().replace("\r\n", "\n")
    assert project.description.replace("\r\n", "\n") == kept and project.benefits.replace("\r\n", "\n") == kept
    page = manager.get(answer.url)
    assert kept in text_of(page).replace("\r\n", "\n") and '<p class="pre mt-2" dir="auto">' in page.text


def test_a_description_in_another_direction_is_set_by_its_own_letters(office, manager):
    manager.post("/projects/new/", typed(office, name_ja="計画", description=NAMES["hebrew"]))
    page = manager.get("/projects/HOSTILE/")
    assert f'dir="auto">{NAMES["hebrew"]}' in page.text


def test_people_milestones_and_parts_stand_apart_from_what_is_around_them(office, manager, signed_in):
    pm = signed_in(office.cast.pm)
    person = PersonFactory(name_ja=NAMES["arabic"], name_en="")
    pm.post(
        "/projects/APOLLO/team/",
        {"person": person.pk, "part_ja": NAMES["hebrew"], "share_percent": 50, "starts_on": "2026/1/5"},
    )
    page = pm.get("/projects/APOLLO/?tab=team")
    assert f"<bdi>{NAMES['arabic']}</bdi>" in page.text and f"<bdi>{NAMES['hebrew']}</bdi>" in page.text
    pm.post("/projects/APOLLO/milestones/", {"name_ja": NAMES["mixed"], "baseline_on": "2027/3/31"})
    assert Milestone.objects.filter(name_ja=NAMES["mixed"]).exists()
    assert f"<bdi>{NAMES['mixed']}</bdi>" in pm.get("/projects/APOLLO/?tab=milestones").text


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\x9f"])
def test_signs_that_turn_the_line_around_do_not_get_in_by_page_or_program(office, manager, program_of, sign):
    texts = {"key": f"A{sign}B", "name_ja": f"計{sign}画\n{sign}", "description": f"一{sign}\n二"}
    manager.post("/projects/new/", typed(office, **texts))
    program = program_of(office.cast.manager)
    given = texts | {"key": f"C{sign}D", "portfolio": "CORE"}
    assert program.post("/api/v1/projects/", given, content_type="application/json").status_code == 201
    made = Project.objects.filter(key__in=["AB", "CD"]).order_by("key")
    assert [p.name_ja for p in made] == ["計画", "計画"]
    assert [p.description.replace("\r", "") for p in made] == ["一\n二", "一\n二"]


def test_half_a_sign_in_a_key_is_refused(office, manager):
    page = manager.post("/projects/new/", typed(office, key="A\0B", name_ja="計画"))
    assert page.status_code == 422 and not Project.objects.filter(name_ja="計画").exists()


def test_a_name_that_was_kept_with_such_a_sign_cannot_turn_the_history_around(office, manager, signed_in):
    project, name = office.apollo, "計画\u202eabc"
    office.cast.pmo.__class__.objects.filter(pk=office.cast.pmo.pk).update(name_ja="担当\u202e")
    Project.objects.filter(pk=project.pk).update(name_ja=name)
    with audit.change(
        Project.objects.get(pk=project.pk), "changed", by=office.cast.pmo, reason="理由\u202e"
    ) as current:
        current.name_ja = "新計画"
    entry = AuditEntry.objects.latest("id")
    assert entry.reason == "理由" and entry.object_label == "新計画"
    auditor = signed_in(office.cast.auditor)
    page = auditor.get(f"/setup/audit/{entry.pk}/").text
    assert f"<bdi>{name}</bdi>" in page and "<bdi>担当\u202e</bdi>" in page
    listed = auditor.get("/setup/audit/").text
    assert "担当" in listed and "\u202e" not in listed
    assert f"<bdi>{name}</bdi>" in manager.get("/projects/APOLLO/?tab=history").text


def test_more_than_the_field_takes_is_refused_with_words_and_given_back(office, manager):
    page = manager.post("/projects/new/", typed(office, name_ja="長" * 301, category="会計"))
    assert page.status_code == 422 and "300" in page.text and 'value="会計"' in page.text
