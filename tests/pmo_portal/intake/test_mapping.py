"""Which column is which field."""

from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.intake import targets
from pmo_portal.intake.engine import wanted_of
from pmo_portal.intake.mapping import Wanted, known, match

WANTED = [
    Wanted("name", "text", ("project name",)),
    Wanted("budget", "money", ("budget", "/budget/")),
    Wanted("note", "text", ("/(narrative|comment).*budget/",)),
    Wanted("finish", "date", ("end date",)),
]


def found(heads, wanted=WANTED, **given):
    return {m.wanted.field: heads[m.column] for m in match(heads, wanted, **given).matches}


def test_the_surest_pair_comes_first_whatever_the_order_of_columns():
    heads = ["Narrative on budget", "2015/16 Budget (£m)", "Project Name"]
    assert found(heads) == {"note": "Narrative on budget", "budget": "2015/16 Budget (£m)", "name": "Project Name"}
    assert found(heads[::-1]) == found(heads)


def test_a_field_has_one_column_and_what_is_left_is_named():
    mapping = match(["Budget", "Budget", "Colour", ""], WANTED)
    assert [(m.column, m.wanted.field) for m in mapping.matches] == [(0, "budget")]
    assert mapping.rest == [1, 2]
    assert [w.field for w in mapping.missing] == ["name", "note", "finish"]


def test_likeness_is_asked_only_where_names_are_not_given():
    assert "finish" not in found(["Ende date"])
    assert found(["Ende date"], alike=True)["finish"] == "Ende date"


def test_a_field_counts_once_in_a_row_of_like_sentences():
    score = known(WANTED)
    assert score(["the budget is fine"] * 1 + ["budget less than 5%", "budget comment"]) < 2
    assert score(["project name", "budget", "end date"]) > 2.9
    assert score(["x" * 500, ""]) == 0


def test_an_offices_own_heads_in_japanese_and_english_are_suggested():
    target = targets.get("projects")

    def lights(column, field):
        return field == "overall"

    heads = ["管理番号", "件名", "主担当", "承認額(千円)", "完了予定", "開始日", "進捗", "部署", "備考"]
    assert found(heads, wanted_of(target, {}), alike=True, fits=lights) == {
        "key": "管理番号",
        "name": "件名",
        "pm": "主担当",
        "approved_budget": "承認額(千円)",
        "finish": "完了予定",
        "start": "開始日",
        "overall": "進捗",
        "department": "部署",
        "summary": "備考",
    }
    heads = ["件名", "PM名", "進捗どあい"]
    assert found(heads, wanted_of(target, {}), alike=True, fits=lights) == dict(
        zip(("name", "pm", "overall"), heads, strict=True)
    )
    heads = ["Project ID", "Project title", "Project manager", "Approved budget ($k)", "End date", "RAG", "Priority"]
    assert set(found(heads, wanted_of(target, {}), alike=True)) == {
        "key", "name", "pm", "approved_budget", "finish", "confidence", "tier",
    }  # fmt: skip


@given(st.lists(st.text(max_size=15), max_size=12))
def test_no_column_and_no_field_is_given_away_twice(heads):
    mapping = match(heads, WANTED, alike=True)
    columns, fields = [m.column for m in mapping.matches], [m.wanted.field for m in mapping.matches]
    assert len(set(columns)) == len(columns) and len(set(fields)) == len(fields)
    assert set(columns) | set(mapping.rest) == {c for c, head in enumerate(heads) if head}
    assert set(fields) | {w.field for w in mapping.missing} == {w.field for w in WANTED}
