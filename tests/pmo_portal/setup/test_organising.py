"""The organisation from a sheet: units and people as personnel departments keep them, and what a sheet gets wrong."""

import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.accounts.queries import units_as_tree
from pmo_portal.intake import actions as intake
from pmo_portal.intake import queries as read
from pmo_portal.intake.models import ImportRow, ImportRun
from pmo_portal.setup import actions, units
from pmo_portal.setup.queries import parents_on_day
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db
Verdict = ImportRow.Verdict


def sheet(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def bring(hara):
    def bring(*rows, apply=True) -> ImportRun:
        run = actions.receive_organisation(by=hara, file=sheet(*rows), file_name="組織.xlsx")
        jobs.drain()
        run.refresh_from_db()
        if apply:
            intake.apply_run(run, by=hara)
            jobs.drain()
            run.refresh_from_db()
        return run

    return bring


def tree() -> list[str]:
    return [label.replace("\u2003", "-") for _unit, label in units_as_tree()]


def verdicts(run) -> list[str]:
    return [row.verdict for row in read.rows(run)]


def said(run) -> str:
    return " ".join(n for row in read.rows(run) for n in [*map(str, row.notes), *(str(c.sentence) for c in row.cells)])


UNITS = (
    ("部署コード", "部署名", "上位部署コード", "責任者"),
    ("D2", "基幹システム課", "D1", "佐々木 玲"),
    ("D1", "情報システム部", "D0", ""),
    ("D0", "管理本部", "", ""),
)
ROSTER = (
    ("氏名", "氏名カナ", "メールアドレス", "本部", "部", "課", "役職", "雇用区分"),
    (
        "佐々木 玲",
        "ササキ レイ",
        "sasaki@aoba.example",
        "管理本部",
        "情報システム部",
        "基幹システム課",
        "課長",
        "正社員",
    ),
    ("髙橋 涼", "タカハシ リョウ", "ryo@aoba.example", "管理本部", "情報システム部", "基幹システム課", "", "派遣"),
    ("Emma O'Neil", "", "emma@aoba.example", "管理本部", "総務部", "", "", "業務委託"),
)


def test_a_roster_by_levels_makes_the_tree_and_the_people_in_it(bring):
    run = bring(*ROSTER)
    assert run.state == "applied" and verdicts(run) == [Verdict.NEW] * 3
    assert tree() == ["管理本部", "-情報システム部", "--基幹システム課", "-総務部"]
    ryo, emma = Person.objects.get(email="ryo@aoba.example"), Person.objects.get(email="emma@aoba.example")
    assert (ryo.name_ja, ryo.kana, ryo.unit.name_ja, ryo.employment_type) == (
        "髙橋 涼", "タカハシ リョウ", "基幹システム課", "dispatched",
    )  # fmt: skip
    assert emma.name_en == "Emma O'Neil" and emma.employment_type == "contractor" and emma.unit.name_ja == "総務部"
    assert not ryo.has_usable_password()


def test_units_may_stand_in_any_order_and_heads_may_be_people_known_already(bring):
    sasaki = make("Sasaki", "pm")
    Person.objects.filter(pk=sasaki.pk).update(name_ja="佐々木 玲")
    run = bring(*UNITS)
    assert run.state == "applied"
    assert tree() == ["管理本部", "-情報システム部", "--基幹システム課"]
    assert OrgUnit.objects.get(code="D2").head == sasaki


def test_the_same_sheet_again_changes_nothing(bring):
    bring(*ROSTER)
    count = Person.objects.count()
    Person.objects.filter(email="ryo@aoba.example").update(kana="たかはし りょう")
    again = bring(*ROSTER, apply=False)
    assert verdicts(again) == [Verdict.UNCHANGED] * 3
    assert Person.objects.count() == count


def test_what_differs_is_shown_was_and_is_and_written_by_the_pages_own_actions(bring, hara):
    bring(*ROSTER)
    heads, first, second, third = ROSTER
    moved = (*second[:4], "総務部", "", "主任", "派遣")
    run = bring(heads, first, moved, third)
    assert verdicts(run) == [Verdict.UNCHANGED, Verdict.CHANGED, Verdict.UNCHANGED]
    ryo = Person.objects.get(email="ryo@aoba.example")
    assert ryo.unit.name_ja == "総務部" and ryo.job_title == "主任"
    intake.undo_run(run, by=hara, reason="by mistake")
    ryo.refresh_from_db()
    assert ryo.unit.name_ja == "基幹システム課" and ryo.job_title == ""


def test_taking_it_back_leaves_nothing_behind(bring, hara):
    people, there = Person.objects.count(), OrgUnit.objects.count()
    run = bring(*ROSTER)
    intake.undo_run(run, by=hara, reason="the wrong file")
    assert (Person.objects.count(), OrgUnit.objects.count()) == (people, there)
    assert bring(*ROSTER).state == "applied"


def test_it_is_not_taken_back_once_somebody_has_signed_in(bring, hara):
    run = bring(*ROSTER)
    ryo = Person.objects.get(email="ryo@aoba.example")
    ryo.set_password("a-long-pass-word-1")
    ryo.save()
    assert "髙橋 涼" in read.why_not_undo(run)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("部署名", "上位部署"), ("A課", "ない部")), "ない部"),
        ((("部署名", "上位部署"), ("A部", "B部"), ("B部", "A部")), "A部"),
        ((("氏名", "メール"), ("山田", "not an address")), "メールアドレス"),
        ((("氏名", "メール"), ("山田", "y@a.example"), ("山田次郎", "y@a.example")), "2行目"),
        ((("氏名", "メール"), ("山田", "y@a.example"), ("森", "y@a.example")), "「y@a.example」は"),
        ((("氏名", "部署名"), ("佐藤 健", "A部"), ("佐藤　健", "A部")), "2行目"),
        ((("氏名", "役職"), ("", "課長")), ""),
        ((("部署名", "責任者"), ("A部", "いない 人")), "いない 人"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_reason_and_nothing_is_written(bring, rows, words):
    there, people = OrgUnit.objects.count(), Person.objects.count()
    run = bring(*rows, apply=False)
    assert Verdict.REFUSED in verdicts(run) or run.state == "refused"
    assert words in said(run)
    assert (OrgUnit.objects.count(), Person.objects.count()) == (there, people)


def test_a_namesake_without_an_address_is_confirmed_by_a_person(bring, hara):
    known = actions.create_person(by=hara, name_ja="山田 太郎", email="taro@aoba.example")
    run = bring(("氏名", "部署名"), ("山田太郎", "A部"), apply=False)
    assert verdicts(run) == [Verdict.AMBIGUOUS]
    row = next(iter(read.rows(run)))
    intake.answer(run, by=hara, number=row.number, choice="match", matched_id=known.pk)
    jobs.drain()
    run.refresh_from_db()
    intake.apply_run(run, by=hara)
    jobs.drain()
    known.refresh_from_db()
    assert known.unit.name_ja == "A部" and Person.objects.filter(name_ja__startswith="山田").count() == 1


def test_a_unit_moves_and_is_renamed_by_its_code_and_comes_back(bring, hara):
    bring(*UNITS[:1], *((*row[:3], "") for row in UNITS[1:]))
    run = bring(UNITS[0], ("D2", "ERP課", "D0", ""))
    unit = OrgUnit.objects.get(code="D2")
    assert unit.name_ja == "ERP課"
    assert parents_on_day(timezone.localdate())[unit.pk] == OrgUnit.objects.get(code="D0").pk
    intake.undo_run(run, by=hara, reason="back")
    unit.refresh_from_db()
    assert unit.name_ja == "基幹システム課"
    assert parents_on_day(timezone.localdate())[unit.pk] == OrgUnit.objects.get(code="D1").pk


def test_the_workbook_that_goes_out_comes_back_as_it_went(client, hara, bring):
    bring(*ROSTER)
    unit = OrgUnit.objects.get(name_ja="総務部")
    emma = Person.objects.get(email="emma@aoba.example")
    units.edit_unit(unit, by=hara, version=unit.version, code=unit.code, name_ja=unit.name_ja, name_en="", head=emma)
    client.force_login(hara)
    answer = client.get("/setup/organisation/workbook/")
    content = b"".join(answer.streaming_content)
    run = actions.receive_organisation(by=hara, file=content, file_name="o.xlsx")
    jobs.drain()
    assert set(verdicts(run)) == {Verdict.UNCHANGED}


def test_only_the_system_administrator_brings_it_in_and_sees_the_preview(client, hara, chiba, bring):
    with pytest.raises(PermissionDenied):
        actions.receive_organisation(by=chiba, file=sheet(*ROSTER))
    client.force_login(hara)
    upload = io.BytesIO(sheet(*ROSTER))
    upload.name = "組織.xlsx"
    answer = client.post("/setup/organisation/import/", {"file": upload})
    assert answer.status_code == 302
    jobs.drain()
    page = client.get(answer.url)
    assert page.status_code == 200 and "佐々木 玲" in page.text
    client.force_login(make("Pm", "pm"))
    assert client.get(answer.url).status_code == 404
