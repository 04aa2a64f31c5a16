"""Which known project a row means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.status.importing.matching import Known, Sought, find

THEN = date(2016, 3, 31)


def one(name, known, **given):
    projects = [Known(n, names=(text,), department="DfT") for n, text in enumerate(known, 1)]
    return find([Sought(7, name=name, department="DfT", **given)], projects)[7]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Project Eagle (formerly Urenco Future Options)", "Urenco Future Options"),
        ("CAP Delivery Programme", "CAP Delivery Programme (formerly the Future Options Programme)"),
        ("Search and Rescue Helicopters", "Search & Rescue Helicopters (SARH)"),
        ("Crossrail Programme", "Crossrail"),
        ("The Materiel Strategy", "The Material Strategy"),
        ("Gov UK Verify", "GOV.UK Verify"),
        ("ＡＰＯＬＬＯ  works", "Apollo Works"),
        ("基幹システム刷新（旧称：ホスト更改）", "ホスト更改"),
        ("営業支援システムの全社導入", "営業支援システム全社導入"),
        ("ﾃﾞｰﾀｾﾝﾀｰ移転", "データセンター移転"),
        ("基幹ｼｽﾃﾑ　刷新", "基幹システム刷新"),
        ("基幹システム刷新　第二期", "基幹システム刷新（第２期）"),
        ("基幹システム刷新第十二次", "基幹システム刷新 第12次"),
        ("㈱青葉ロジ 物流拠点統合", "株式会社青葉ロジ物流拠点統合"),
        ("（株）青葉ロジ物流拠点統合", "青葉ロジ物流拠点統合"),
        ("ＥＲＰ導入プロジェクト全社展開", "ERP 導入プロジェクト 全社展開"),
    ],
)
def test_small_edits_former_names_and_abbreviations_are_proposed(name, known):
    found = one(name, [known, "Something Else Entirely"])
    assert (found.pk, found.sure) == (None, 1)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Type 26 Global Combat Ship", "Type 31 Global Combat Ship"),
        ("High Speed Rail Phase 1", "High Speed Rail Phase 2"),
        ("Crossrail 2", "Crossrail"),
        ("Prison Estate Transformation North", "Prison Estate Renewal South"),
        ("Apollo", "Boreas"),
        ("Programme IV", "Programme III"),
        ("基幹システム刷新第二期", "基幹システム刷新第3期"),
        ("基幹システム刷新第2期", "基幹システム刷新"),
        ("東日本物流センター統合整備計画", "西日本物流センター統合整備計画"),
        ("新人事給与システムの全社への展開", "旧人事給与システムの全社への展開"),
        ("ERP導入と全社への展開", "CRM導入と全社への展開"),
        ("人事給与システム更改", "営業支援システム更改"),
        ("全社", "全社基盤更改"),
    ],
)
def test_other_figures_and_other_words_are_other_projects(name, known):
    assert one(name, [known]).proposals == []


def test_japanese_names_that_are_merely_alike_are_proposed_and_a_person_decides():
    found = one("営業支援システム導入", ["営業支援システム"])
    assert (found.sure, [p.pk for p in found.proposals]) == (None, [1])


def test_names_that_many_share_a_part_of_are_found_by_the_rest():
    others = [
        f"{sign}{sign}管理システム構築"
        for sign in "仮令以似位低住佐体何余作佳使例侍供依価侮侯侵便係促俊俗保信修俳俵俸倉個倍倒候借倫"
    ]
    found = one("経費精算システムの構築", ["経費精算システム構築", *others])
    assert [p.pk for p in found.proposals] == [1]


def test_a_number_decides_and_numbers_that_differ_contradict_the_name():
    known = [Known(1, "A-1", names=("Twin",)), Known(2, "A-2", names=("Twin",))]
    assert find([Sought(5, "ａ-2", name="Other")], known)[5].pk == 2
    assert find([Sought(5, "A-3", name="Twin")], known)[5].proposals == []


def test_our_own_key_decides_whatever_its_width_and_case():
    assert find([Sought(5, key="Ａ１", name="x")], [Known(1, key="a1", names=("y",))])[5].pk == 1


def test_two_of_one_name_leave_a_doubt():
    found = one("Twin", ["Twin", "Twin"])
    assert (found.sure, len(found.proposals)) == (None, 2)


def test_two_rows_for_one_project_leave_a_doubt_that_the_better_name_ends():
    known = [Known(1, names=("Apollo Works",))]
    rows = [Sought(2, name="Apollo Works"), Sought(3, name="Apollo Works Programme")]
    found = find(rows, known)
    assert found[2].sure == 1
    assert found[3].sure is None
    both = find([Sought(2, name="Apollo Works"), Sought(3, name="Apollo Works")], known)
    assert (both[2].sure, both[3].sure) == (None, None)


def test_the_very_name_in_a_report_of_the_very_date_is_the_same_row_again():
    known = [Known(1, names=("New",), rows={THEN: ("Old", 4)}), Known(2, names=("Old",))]
    assert find([Sought(4, name="Old", on=THEN)], known)[4].pk == 1


def test_without_names_only_numbers_match():
    assert find([Sought(1, name="Twin")], [Known(1, names=("Twin",))], by_name=False)[1].proposals == []


NAMES = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=25), max_size=8)


@given(NAMES, NAMES)
def test_no_project_is_certainly_meant_by_two_rows(rows, names):
    known = [Known(n, names=(name,)) for n, name in enumerate(names, 1)]
    found = find([Sought(n, name=name) for n, name in enumerate(rows)], known)
    sure = [f.pk or f.sure for f in found.values() if f.pk or f.sure]
    assert len(sure) == len(set(sure))
    assert set(found) == set(range(len(rows)))


def test_a_reading_in_brackets_leads_to_the_name():
    row = Sought(2, "", "", "基幹刷新（きかんさっしん）", "", None)
    found = find([row], [Known(1, names=("基幹刷新",))])[2]
    assert (found.pk, found.sure) == (None, 1)  # proposed, for a person to confirm
