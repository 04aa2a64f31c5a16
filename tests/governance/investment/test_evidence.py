"""What a decision rests on: four pieces, each in hand, old or missing; and a hash that tells a changed copy."""

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from governance.investment.evidence import FRESH_DAYS, digest_of, pieces

TODAY = date(2026, 11, 24)
WHOLE = {
    "project": {
        "forecast_cost": "480000000.00",
        "approved_budget": "465000000.00",
        "forecast_finish_on": "2027-04-14",
        "planned_finish_on": "2027-03-31",
    },
    "report": {"submitted_at": "2026-11-20T01:00:00Z"},
    "milestones": [{"code": "M-07"}],
}


def states(evidence):
    return {p.key: p.state for p in pieces(evidence, TODAY)}


def test_evidence_that_is_whole_is_ready_in_all_four():
    assert states(WHOLE) == dict.fromkeys(("report", "cost", "finish", "milestones"), "ready")


def test_a_report_older_than_a_month_is_stale_and_says_how_old():
    old = WHOLE | {"report": {"submitted_at": "2026-10-01T01:00:00Z"}}
    report = pieces(old, TODAY)[0]
    assert (report.state, report.age_days) == ("stale", 54)
    last_fresh = WHOLE | {"report": {"submitted_at": "2026-10-20T01:00:00Z"}}
    assert pieces(last_fresh, TODAY)[0].age_days == FRESH_DAYS
    assert pieces(last_fresh, TODAY)[0].state == "ready"


def test_what_is_not_known_is_missing_and_never_zero():
    bare = {"project": dict.fromkeys(WHOLE["project"]), "report": None, "milestones": []}
    assert set(states(bare).values()) == {"missing"}
    half = WHOLE | {"project": WHOLE["project"] | {"approved_budget": None}}
    assert states(half)["cost"] == "missing" and states(half)["finish"] == "ready"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4))
def test_the_hash_survives_keeping_and_does_not_depend_on_the_order_of_keys(evidence):
    turned = dict(reversed(list(evidence.items())))
    assert digest_of(json.loads(json.dumps(evidence))) == digest_of(evidence) == digest_of(turned)


def test_the_hash_tells_a_changed_figure():
    changed = WHOLE | {"project": WHOLE["project"] | {"forecast_cost": "480000000.01"}}
    assert digest_of(changed) != digest_of(WHOLE)
