"""The names that offices give their columns, and what stands below them where a name alone does not tell."""

from __future__ import annotations

from collections import Counter

import pytest

from pmo_portal.intake import engine, heads
from projects.status.importing.fields import FIELDS
from projects.status.importing.target import ProjectStatus
from tests.projects.status.importing.sheets import csv_bytes


def fields_of(*rows) -> dict[str, str]:
    prepared = engine.prepare(csv_bytes(rows), "list.csv", ProjectStatus(), {})
    return {column.head: column.field for column in prepared.columns}


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("主管部署", "department"),
        ("担当部署", "department"),
        ("所管部署", "department"),
        ("Owning unit", "department"),
        ("総予算", "approved_budget"),
        ("総予算（千万円）", "approved_budget"),
        ("予算総額", "approved_budget"),
        ("Total budget", "approved_budget"),
        ("着地見込額", "whole_life_cost"),
    ],
)
def test_the_names_that_offices_use_are_recognised(head, field):
    assert fields_of(["プロジェクト名", head], ["倉庫", "12"], ["港", "13"])[head] == field


@pytest.mark.parametrize("head", ["状況", "進捗状況", "ステータス", "Status", "状態", "信号", "進捗\n状況"])
def test_lights_below_a_name_of_the_status_are_the_overall_light(head):
    rows = [["倉庫", "緑"], ["港", "黄"], ["橋", "赤"], ["塔", ""], ["門", "－"]]
    assert fields_of(["プロジェクト名", head], *rows)[head] == "overall"


@pytest.mark.parametrize("head", ["状況", "ステータス", "進捗状況", "状態"])
def test_states_below_the_same_name_are_the_state(head):
    assert fields_of(["プロジェクト名", head], ["倉庫", "進行中"], ["港", "保留"], ["橋", "完了"])[head] == "state"


@pytest.mark.parametrize("head", ["状況", "進捗状況"])
def test_words_below_it_are_the_summary(head):
    assert (
        fields_of(["プロジェクト名", head], ["倉庫", "設計を終え、発注の準備中"], ["港", "入札待ち"])[head] == "summary"
    )


def test_a_column_that_is_called_light_goes_before_one_that_only_holds_lights():
    found = fields_of(["プロジェクト名", "状況", "信号"], ["倉庫", "緑", "赤"], ["港", "緑", "黄"])
    assert found == {"プロジェクト名": "name", "信号": "overall", "状況": "summary"}


def test_no_name_belongs_to_two_fields():
    names = Counter(heads.fold(name) for field in FIELDS for name in field.heads)
    assert [name for name, count in names.items() if count > 1] == []
