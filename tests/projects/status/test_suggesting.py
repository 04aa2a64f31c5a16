"""What the figures say has changed: the facts, and the sentences made of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from projects.status.computing import computed_lights
from projects.status.suggesting import Fact, MilestoneStand, facts, kept
from projects.status.telling import line, lines, rule, sentence

TODAY = date(2026, 11, 26)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def said(finish=(None, None), cost=(None, None), milestones=(), today=TODAY) -> list[Fact]:
    return facts(finish=finish, cost=cost, approved=Decimal(480), currency="JPY", milestones=milestones, today=today)


def stand(was, now, **given) -> MilestoneStand:
    return MilestoneStand(7, "購買 受入試験の開始", "Acceptance test, purchasing", was, now, **given)


def test_nothing_moved_says_nothing():
    day = date(2027, 3, 31)
    assert said((day, day), (Decimal(482), Decimal(482)), [stand(day, day)]) == []


def test_without_an_earlier_figure_nothing_is_said_to_have_moved():
    assert said((None, date(2027, 3, 31)), (None, Decimal(482)), [stand(None, date(2027, 1, 1))]) == []


def test_the_finish_and_the_cost_come_first_then_the_milestones():
    moved = stand(date(2026, 12, 14), date(2026, 12, 21))
    found = said((date(2027, 3, 31), date(2027, 4, 14)), (Decimal(482), Decimal(497)), [moved])
    assert [f.kind for f in found] == ["finish_moved", "cost_moved", "milestone_moved"]


@pytest.mark.parametrize(
    ("milestone", "kinds"),
    [
        (stand(date(2026, 11, 16), date(2026, 11, 16)), ["milestone_missed"]),
        (stand(date(2026, 11, 16), date(2026, 11, 25)), ["milestone_missed"]),  # moved, and missed again
        (stand(date(2026, 11, 26), date(2026, 11, 26)), []),  # today is not over
        (stand(date(2026, 11, 16), date(2026, 11, 30)), ["milestone_moved"]),
        (stand(date(2026, 11, 16), date(2026, 11, 16), reached_on=date(2026, 11, 20)), ["milestone_reached"]),
        (stand(date(2026, 11, 16), date(2026, 11, 16), reached_on=date(2026, 10, 20), was_reached=True), []),
        (stand(None, None), []),
    ],
)
def test_a_milestone_is_missed_moved_or_reached(milestone, kinds):
    assert [f.kind for f in said(milestones=[milestone])] == kinds


def test_an_open_milestone_after_the_finish_is_said_and_is_no_move():
    finish, later = date(2027, 6, 20), date(2027, 7, 9)
    found = said((finish, finish), milestones=[stand(later, later)])
    assert [(f.kind, f.was, f.now, f.is_move) for f in found] == [("milestone_beyond", finish, later, False)]
    assert said((finish, finish), milestones=[stand(finish, finish)]) == []
    reached = stand(later, later, reached_on=later, was_reached=True)
    assert said((finish, finish), milestones=[reached]) == []


def test_a_finish_that_has_passed_is_said_last():
    found = said((date(2026, 11, 1), date(2026, 11, 20)))
    assert [f.kind for f in found] == ["finish_moved", "finish_past"]


@given(DAYS, DAYS, DAYS)
def test_a_fact_is_kept_and_read_back_as_it_was(was, now, today):
    for fact in said((was, now), (Decimal("482.50"), Decimal(497)), [stand(was, now)], today):
        assert Fact.from_plain(fact.plain(True)) == fact


@given(DAYS, st.integers(1, 900))
def test_moving_and_moving_back_are_opposite(day, days):
    there, back = said((day, day + timedelta(days=days))), said((day + timedelta(days=days), day))
    assert there[0].kind == back[0].kind == "finish_moved"
    assert (there[0].now - there[0].was).days == -(back[0].now - back[0].was).days


def test_a_fact_that_was_not_shown_stands_in_the_report_and_one_that_was_unticked_does_not():
    found = [Fact("finish_moved", TODAY, TODAY), Fact("milestone_moved", TODAY, TODAY, number=7)]
    taken = {k["kind"]: k["taken"] for k in kept(found, seen=["finish_moved"], taken=[])}
    assert taken == {"finish_moved": False, "milestone_moved": True}


FACTS = {
    "finish_moved": Fact("finish_moved", date(2027, 3, 31), date(2027, 4, 14)),
    "cost_moved": Fact("cost_moved", Decimal(482_000_000), Decimal(497_000_000), approved=Decimal(480_000_000)),
    "milestone_missed": Fact("milestone_missed", date(2026, 11, 16), None, 7, "受入試験", "Acceptance test"),
    "milestone_moved": Fact(
        "milestone_moved", date(2026, 11, 16), date(2026, 11, 30), 7, "受入試験", "Acceptance test"
    ),
    "milestone_reached": Fact(
        "milestone_reached", date(2026, 11, 16), date(2026, 11, 18), 7, "受入試験", "Acceptance test"
    ),
    "milestone_beyond": Fact("milestone_beyond", date(2027, 6, 20), date(2027, 7, 9), 7, "受入試験", "Acceptance test"),
    "finish_past": Fact("finish_past", date(2026, 11, 20)),
}
JAPANESE = {
    "finish_moved": "完了見込が2027/3/31から2027/4/14に動きました（+14日）。",
    "cost_moved": "完成時の総コスト見込が482百万円から497百万円に動きました。承認額480百万円に対し+3.5%です。",
    "milestone_missed": "「受入試験」は2026/11/16の予定でしたが、まだ達成していません。",
    "milestone_moved": "「受入試験」が2026/11/16から2026/11/30に動きました（+14日）。",
    "milestone_reached": "「受入試験」を2026/11/18に達成しました。",
    "milestone_beyond": "「受入試験」の見込（2027/7/9）が、プロジェクトの完了見込（2027/6/20）より後です。",
    "finish_past": "完了見込の2026/11/20を過ぎています。",
}
ENGLISH = {
    "finish_moved": "The forecast finish moved from 31 Mar 2027 to 14 Apr 2027 (+14 days).",
    "cost_moved": "The cost at completion moved from ¥482 m to ¥497 m. Against the approval of ¥480 m that is +3.5%.",
    "milestone_missed": "“Acceptance test” was due on 16 Nov 2026 and has not been reached.",
    "milestone_moved": "“Acceptance test” moved from 16 Nov 2026 to 30 Nov 2026 (+14 days).",
    "milestone_reached": "“Acceptance test” was reached on 18 Nov 2026.",
    "milestone_beyond": "“Acceptance test” is forecast for 9 Jul 2027, after the project's forecast finish 20 Jun 2027.",
    "finish_past": "The forecast finish 20 Nov 2026 lies in the past.",
}


@pytest.mark.parametrize("kind", FACTS)
def test_each_fact_is_a_sentence_in_the_readers_language(kind):
    with translation.override("ja"):
        assert sentence(FACTS[kind]) == JAPANESE[kind]
    with translation.override("en"):
        assert sentence(FACTS[kind]) == ENGLISH[kind]


@pytest.mark.parametrize("kind", FACTS)
def test_each_fact_is_a_line_too_whose_sentence_is_the_same(kind):
    with translation.override("en"):
        drawn = line(FACTS[kind], "million")
    assert drawn.label and drawn.now and drawn.sentence == ENGLISH[kind]


def test_only_what_got_worse_hurts():
    with translation.override("en"):
        assert line(FACTS["cost_moved"], "million").hurts
        assert line(FACTS["cost_moved"], "million").difference == "+¥15 m"
        earlier = Fact("finish_moved", date(2027, 4, 14), date(2027, 3, 31))
        assert (line(earlier, "million").hurts, line(earlier, "million").difference) == (False, "−14 d")


def test_kept_facts_are_told_in_the_language_of_whoever_reads_them():
    stored = [FACTS["milestone_moved"].plain(taken=True)]
    with translation.override("ja"):
        assert lines(stored, "million")[0].label == "受入試験"
    with translation.override("en"):
        assert lines(stored, "million")[0].label == "Acceptance test"


def test_the_rule_beside_a_light_names_figure_and_limit():
    with translation.override("en"):
        computed = computed_lights(14, Decimal("3.5"))
        assert rule("schedule", computed["schedule"]) == "The finish is 14 days later than approved."
        late = computed_lights(45, Decimal(0))["schedule"]
        assert rule("schedule", late) == "The finish is 45 days later than approved; the limit is 30."
        assert rule("cost", computed["cost"]) == "The cost is +3.5% on the approval; the limit is +3%."
        assert rule("cost", computed_lights(0, Decimal(1))["cost"]) == ""
