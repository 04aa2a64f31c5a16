"""Status reports over the API: the same acts, access and rules as the form and its page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from pmo_portal.asks.models import Ask
from projects.register.models import Milestone
from projects.status import actions
from projects.status.models import DIMENSIONS, StatusReport
from tests.factories import ReportFactory

pytestmark = pytest.mark.django_db

REPORTS = "/api/v1/status-reports/"
JSON = {"content_type": "application/json"}
GREEN = {f"{d}_light": "green" for d in DIMENSIONS} | {
    "confidence": "green",
    "schedule_reason": "次の工程で取り戻す",
    "cost_reason": "予備費で吸収する",
    "forecast_cost": "470000000",
    "achieved": "移行を終えた",
}


@pytest.fixture
def pm(office, program_of):
    return program_of(office.cast.pm)


@pytest.fixture
def pmo(office, program_of):
    return program_of(office.cast.pmo)


@pytest.fixture
def new(office):
    return {"project": "APOLLO", "period": office.period.key}


@pytest.fixture
def draft(pm, new) -> str:
    """The address of a draft that the PM has begun."""
    return f"{REPORTS}{pm.post(REPORTS, new, **JSON).json()['id']}/"


@pytest.fixture
def handed_in(office) -> str:
    return f"{REPORTS}{ReportFactory(project=office.apollo, period=office.period).pk}/"


def rules(answer) -> dict[str, str]:
    """field → the first rule it breaks."""
    assert answer.status_code == 400, answer.text
    return {field: faults[0]["rule"] for field, faults in answer.json()["errors"].items()}


# ---- reading


def test_one_reads_the_reports_of_the_projects_one_may_see(office, handed_in, program_of):
    ReportFactory(project=office.boreas, period=office.period)
    cast = office.cast
    for person, seen in ((cast.pmo, {"APOLLO", "BOREAS"}), (cast.member, {"APOLLO"}), (cast.nobody, set())):
        assert {row["project"] for row in program_of(person).get(REPORTS).json()["results"]} == seen
    assert program_of(cast.outsider).get(handed_in).status_code == 404


def test_the_conditions_of_the_page_hold_here_too(office, handed_in, pmo):
    ReportFactory(project=office.boreas, period=office.period, submitted=False)
    for given, seen in (
        ({"state": "submitted"}, ["APOLLO"]),
        ({"portfolio": "SITE"}, ["BOREAS"]),
        ({"project": "BOREAS"}, ["BOREAS"]),
        ({"period_key": office.period.key, "sort": "project"}, ["APOLLO", "BOREAS"]),
        ({"period_key": office.period.key, "sort": "-project"}, ["BOREAS", "APOLLO"]),
        ({"period": f"{office.period.starts_on}.."}, ["APOLLO", "BOREAS"]),
    ):
        assert [row["project"] for row in pmo.get(REPORTS, given).json()["results"]] == seen, given
    assert rules(pmo.get(REPORTS, {"state": "lost"})) == {"state": "no_such_value"}


# ---- writing


def test_a_report_is_begun_from_last_time_and_the_figures(pm, new):
    answer = pm.post(REPORTS, new, **JSON)
    told = answer.json()
    assert answer.status_code == 201 and answer.headers["ETag"] == f'"{told["version"]}"'
    assert (told["state"], told["forecast_cost"], told["approved_budget"]) == ("draft", "480000000.00", "465000000.00")


def test_a_report_is_handed_in_at_once(office, pm, new):
    told = pm.post(REPORTS, new | GREEN | {"submit": True}, **JSON).json()
    assert (told["state"], told["origin"], told["forecast_cost"]) == ("submitted", "api", "470000000.00")
    office.apollo.refresh_from_db()
    assert office.apollo.confidence == "green" and office.apollo.forecast_cost == Decimal(470_000_000)
    assert not Ask.objects.filter(person=office.cast.pm, kind="status.report", state="open").exists()


def test_what_submitting_needs_is_named_and_the_draft_stays(pm, new, draft):
    pm.patch(draft, {"risk_light": "red", "achieved": "途中"}, **JSON)
    broken = rules(pm.post(f"{draft}submission/", **JSON))
    assert {"risk_reason", "confidence", "overall_light", "scope_light"} <= set(broken)
    told = pm.get(draft).json()
    assert (told["state"], told["achieved"]) == ("draft", "途中")


def test_a_draft_is_written_in_parts_and_handed_in(pm, draft):
    tag = pm.get(draft).headers["ETag"]
    for part in ({"planned": "結合試験"}, GREEN):
        answer = pm.patch(draft, part, headers={"If-Match": tag}, **JSON)
        assert answer.status_code == 200
        tag = answer.headers["ETag"]
    assert pm.post(f"{draft}submission/", headers={"If-Match": tag}, **JSON).json()["state"] == "submitted"
    again = pm.post(f"{draft}submission/", **JSON)
    assert rules(again) == {"non_field_errors": "frozen"}


def test_somebody_who_was_faster_makes_it_a_412_and_nothing_is_overwritten(pm, pmo, draft):
    tag = pm.get(draft).headers["ETag"]
    assert pmo.patch(draft, {"achieved": "PMOが書いた"}, headers={"If-Match": tag}, **JSON).status_code == 200
    late = pm.patch(draft, {"achieved": "PMが書いた"}, headers={"If-Match": tag}, **JSON)
    assert late.status_code == 412 and late.headers["ETag"] == pm.get(draft).headers["ETag"]
    assert pm.get(draft).json()["achieved"] == "PMOが書いた"


def test_help_is_asked_of_somebody_who_gets_it_on_their_desk(office, pm, new):
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    help_ = {"help_needed": "要員2名", "help_from": "sponsor@demo.example", "help_by": day}
    told = pm.post(REPORTS, new | GREEN | help_ | {"submit": True}, **JSON).json()
    assert (told["help_from"], told["help_by"]) == ("sponsor@demo.example", day)
    assert Ask.objects.get(kind="status.help").person == office.cast.sponsor
    own = pm.post(REPORTS, new | {"help_from": "gone@demo.example"}, **JSON)
    assert rules(own) == {"help_from": "does_not_exist"}


def test_help_from_nobody_is_asked_for_when_handing_in(pm, new):
    assert rules(pm.post(REPORTS, new | GREEN | {"help_needed": "要員", "submit": True}, **JSON)) == {
        "help_from": "invalid"
    }


def test_milestones_move_with_the_report(office, pm, new):
    day = (timezone.localdate() + timedelta(days=60)).isoformat()
    moved = {"milestones": [{"number": 1, "forecast_on": day}]}
    told = pm.post(REPORTS, new | GREEN | moved | {"submit": True}, **JSON).json()
    assert told["milestones"] == [{"number": 1, "forecast_on": day, "reached_on": None}]
    assert Milestone.objects.get(project=office.apollo).forecast_on.isoformat() == day


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"milestones": [{"number": 7}]}, {"milestones.0.number": "does_not_exist"}),
        ({"milestones": [{"number": 1, "forecast_on": "soon"}]}, {"milestones.0.forecast_on": "invalid"}),
        ({"milestones": {"number": 1}}, {"milestones": "not_a_list"}),
        ({"forecast_finish_on": "2201-01-01"}, {"forecast_finish_on": "date_range"}),
        ({"spent": "Infinity"}, {"spent": "invalid"}),
        ({"cost_light": "blue"}, {"cost_light": "invalid_choice"}),
        ({"cost_reason": "長" * 501}, {"cost_reason": "max_length"}),
        ({"achieved": "長" * 10_001}, {"achieved": "max_length"}),
        ({"state": "accepted", "submitted_at": None}, {"state": "not_writable", "submitted_at": "not_writable"}),
        ({"is_current": False}, {"is_current": "not_writable"}),
        ({"project": "NONE"}, {"project": "does_not_exist"}),
        ({"period": "2031-13"}, {"period": "does_not_exist"}),
        ({"submit": "perhaps"}, {"submit": "invalid"}),
    ],
)
def test_what_is_wrong_is_named_by_field_and_rule_and_no_report_is_begun(pm, new, given, broken):
    assert rules(pm.post(REPORTS, new | given, **JSON)) == broken
    assert not StatusReport.objects.exists()


def test_a_report_stays_with_its_project_and_period(pm, draft, new):
    assert rules(pm.patch(draft, new, **JSON)) == {"project": "not_writable", "period": "not_writable"}


def test_who_may_not_report_is_refused(office, program_of, new, draft):
    cast = office.cast
    for person, status in ((cast.member, 403), (cast.auditor, 403), (cast.outsider, 404)):
        assert program_of(person).patch(draft, {"achieved": "x"}, **JSON).status_code == status
    assert program_of(cast.member).post(REPORTS, new, **JSON).status_code == 403
    assert rules(program_of(cast.outsider).post(REPORTS, new, **JSON)) == {"project": "does_not_exist"}


# ---- judging


def test_the_pmo_accepts_with_a_comment_and_once(pmo, handed_in):
    told = pmo.post(f"{handed_in}acceptance/", {"comment": "確認しました"}, **JSON).json()
    assert (told["state"], told["return_reason"]) == ("accepted", "確認しました")
    assert rules(pmo.post(f"{handed_in}acceptance/", **JSON)) == {"non_field_errors": "state"}


def test_the_pmo_returns_with_a_comment_and_the_pm_mends_it(pm, pmo, handed_in):
    assert rules(pmo.post(f"{handed_in}return/", {"reason": " "}, **JSON)) == {"reason": "blank"}
    assert rules(pmo.post(f"{handed_in}return/", **JSON)) == {"reason": "required"}
    assert pmo.post(f"{handed_in}return/", {"reason": "費用の根拠を"}, **JSON).json()["state"] == "returned"
    told = pm.patch(handed_in, {"cost_reason": "見積を添えた", "submit": True}, **JSON).json()
    assert (told["state"], told["cost_reason"]) == ("submitted", "見積を添えた")


def test_nobody_judges_their_own_and_only_the_pmo_judges(office, program_of, handed_in):
    cast = office.cast
    for person, status in ((cast.pm, 403), (cast.manager, 403), (cast.substitute, 403), (cast.outsider, 404)):
        program = program_of(person)
        assert program.post(f"{handed_in}acceptance/", **JSON).status_code == status
        assert program.post(f"{handed_in}return/", {"reason": "x"}, **JSON).status_code == status


def test_a_decision_on_an_old_version_is_refused(pmo, handed_in):
    assert pmo.post(f"{handed_in}acceptance/", headers={"If-Match": '"1"'}, **JSON).status_code == 412
    assert pmo.get(handed_in).json()["state"] == "submitted"


def test_a_refused_report_leaves_nothing_behind(office, pm, new):
    """Not even a draft, and above all not a new revision in place of what was accepted."""
    report = ReportFactory(project=office.apollo, period=office.period)
    actions.accept_report(report, by=office.cast.pmo)
    given = new | {"schedule_light": "red", "schedule_reason": "", "submit": True}
    assert pm.post(REPORTS, given, **JSON).status_code == 400
    current = StatusReport.objects.get(project=office.apollo, period=office.period, is_current=True)
    assert (current.pk, current.state, current.revision) == (report.pk, "accepted", 1)
