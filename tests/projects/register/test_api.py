"""The register over the API: the same lists, acts, access and rules as on its pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.audit.models import AuditEntry
from projects.register import placing
from projects.register.models import Portfolio, Project
from tests.factories import PortfolioFactory, ProjectFactory

pytestmark = pytest.mark.django_db

PROJECTS, APOLLO = "/api/v1/projects/", "/api/v1/projects/APOLLO/"
PORTFOLIOS, CORE = "/api/v1/portfolios/", "/api/v1/portfolios/CORE/"
JSON = {"content_type": "application/json"}
NEW = {"key": "COMET", "name_ja": "決済基盤", "portfolio": "CORE"}


@pytest.fixture
def pm(office, program_of):
    return program_of(office.cast.pm)


@pytest.fixture
def pmo(office, program_of):
    return program_of(office.cast.pmo)


def keys(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["key"] for row in answer.json()["results"]]


def rules(answer) -> dict[str, str]:
    """field → the first rule it breaks."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {field: faults[0]["rule"] for field, faults in answer.json()["errors"].items()}


# ---- reading


def test_one_reads_what_one_may_see(office, program_of):
    cast = office.cast
    for person, seen in ((cast.pmo, ["APOLLO", "BOREAS"]), (cast.pm, ["APOLLO"]), (cast.nobody, [])):
        assert keys(program_of(person).get(PROJECTS)) == seen
    assert program_of(cast.outsider).get(APOLLO).status_code == 404
    assert Client().get(PROJECTS).status_code == 401


def test_a_project_tells_keys_that_people_know_and_amounts_as_strings(pm):
    answer = pm.get(APOLLO)
    told = answer.json()
    assert (told["portfolio"], told["programme"], told["pm"]) == ("CORE", "ERP", "pm@demo.example")
    assert (told["approved_budget"], told["currency"], told["state"]) == ("465000000.00", "JPY", "active")
    assert answer.headers["ETag"] == f'"{told["version"]}"'


def test_the_conditions_of_the_page_hold_here_too(office, pmo):
    ProjectFactory(key="DELTA", portfolio=office.site, tier="C", forecast_cost=Decimal(150_000_000))
    assert keys(pmo.get(PROJECTS, {"portfolio": "SITE", "tier": "A"})) == ["BOREAS"]
    assert keys(pmo.get(PROJECTS, {"portfolio": ["SITE", "CORE"]})) == ["APOLLO", "BOREAS", "DELTA"]
    assert keys(pmo.get(PROJECTS, {"over": "1"})) == ["APOLLO", "DELTA"]
    assert keys(pmo.get(PROJECTS, {"cost": "10..60"})) == ["DELTA"]
    assert keys(pmo.get(PROJECTS, {"q": "物流"})) == ["BOREAS"]
    assert keys(pmo.get(PROJECTS, {"pm": "pm@demo.example"})) == ["APOLLO"]


def test_it_is_sorted_as_on_the_page_and_the_unknown_comes_last(office, pmo):
    ProjectFactory(key="DELTA", portfolio=office.site, forecast_cost=None)
    assert keys(pmo.get(PROJECTS, {"sort": "cost"})) == ["BOREAS", "APOLLO", "DELTA"]
    assert keys(pmo.get(PROJECTS, {"sort": "-cost"})) == ["APOLLO", "BOREAS", "DELTA"]


@pytest.mark.parametrize("sort", ["", "name", "-slip", "cost", "-pm", "portfolio", "-finish"])
def test_pages_follow_one_another_without_a_gap_or_a_double(office, pmo, sort):
    for n in range(7):
        ProjectFactory(
            portfolio=office.core, pm=None if n % 2 else office.cast.pm, forecast_cost=None if n % 3 else Decimal(7)
        )
    whole = keys(pmo.get(PROJECTS, {"sort": sort}))
    found, address = [], f"{PROJECTS}?page_size=2&sort={sort}"
    while address:
        page = pmo.get(address).json()
        found += [row["key"] for row in page["results"]]
        address = page["next"]
    assert found == whole and len(set(found)) == 9


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"colour": "red"}, "no_such_parameter"),
        ({"tier": "Z"}, "no_such_value"),
        ({"finish": "31/31/2020"}, "no_such_value"),
        ({"sort": "password"}, "no_such_order"),
        ({"sort": "-"}, "no_such_order"),
        ({"page_size": "0"}, "invalid"),
        ({"page_size": "５"}, "invalid"),
        ({"cursor": "W10"}, "invalid"),
        ({"cursor": "é"}, "invalid"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_by_its_name(pmo, given, rule):
    assert rules(pmo.get(PROJECTS, given)) == {next(iter(given)): rule}


def test_an_archived_project_leaves_the_list_and_stays_readable(office, program_of):
    manager = program_of(office.cast.manager)
    assert manager.post(f"{APOLLO}archive/", {"reason": "統合した"}, **JSON).status_code == 200
    assert keys(manager.get(PROJECTS)) == ["BOREAS"]
    assert manager.get(APOLLO).json()["archived_at"]
    again = manager.post(f"{APOLLO}reopening/", {"stage": "execution", "reason": "再開する"}, **JSON)
    assert again.status_code == 400 and rules(again) == {"non_field_errors": "state"}, "it has not ended"
    assert manager.post(f"{APOLLO}restoration/", {"reason": "再開する"}, **JSON).json()["archived_at"] is None
    assert keys(manager.get(PROJECTS)) == ["APOLLO", "BOREAS"]


# ---- creating


def test_the_office_makes_a_project(office, pmo):
    given = {"sponsor": "sponsor@demo.example", "approved_budget": "1200000.5", "planned_start_on": "2027-04-01"}
    answer = pmo.post(PROJECTS, NEW | given, **JSON)
    assert answer.status_code == 201 and answer.headers["ETag"] == '"1"'
    made = Project.objects.get(key="COMET")
    assert (made.portfolio, made.sponsor, made.approved_budget) == (
        office.core,
        office.cast.sponsor,
        Decimal("1200000.50"),
    )
    assert AuditEntry.objects.get(scope=made.scope, action="created").actor == office.cast.pmo


def test_who_may_not_make_projects_is_refused_and_who_does_not_see_the_portfolio_hears_nothing_of_it(
    office, program_of
):
    assert program_of(office.cast.core_reader).post(PROJECTS, NEW, **JSON).status_code == 403
    assert rules(program_of(office.cast.site_pmo).post(PROJECTS, NEW, **JSON)) == {"portfolio": "does_not_exist"}
    assert not Project.objects.filter(key="COMET").exists()


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"key": None}, {"key": "null"}),
        ({"key": "ａｐｏｌｌｏ"}, {"key": "unique"}),
        ({"key": "A/B"}, {"key": "key"}),
        ({"key": "new"}, {"key": "page"}),
        ({"key": "K" * 41}, {"key": "max_length"}),
        ({"name_ja": ""}, {"name_ja": "invalid"}),
        ({"portfolio": "NONE"}, {"portfolio": "does_not_exist"}),
        ({"portfolio": ["CORE"]}, {"portfolio": "invalid"}),
        ({"portfolio": {"key": "CORE"}}, {"portfolio": "invalid"}),
        ({"portfolio": "SITE", "programme": "ERP"}, {"programme": "programme"}),
        ({"pm": "nobody@nowhere.example"}, {"pm": "does_not_exist"}),
        ({"tier": "Z", "kind": 7}, {"tier": "invalid_choice", "kind": "invalid_choice"}),
        ({"stage": "closed"}, {"stage": "invalid_choice"}),
        ({"currency": "yen"}, {"currency": "invalid_choice"}),
        ({"planned_start_on": "2027-02-31"}, {"planned_start_on": "invalid"}),
        ({"planned_start_on": "1899-12-31"}, {"planned_start_on": "date_range"}),
        ({"planned_finish_on": "2201-01-01"}, {"planned_finish_on": "date_range"}),
        ({"planned_start_on": "2027-02-02", "planned_finish_on": "2027-02-01"}, {"planned_finish_on": "invalid"}),
        ({"approved_budget": "NaN"}, {"approved_budget": "invalid"}),
        ({"approved_budget": "1e30"}, {"approved_budget": "max_digits"}),
        ({"spent": "1.234"}, {"spent": "max_decimal_places"}),
        ({"spent": True}, {"spent": "invalid"}),
        ({"description": "字" * 20_001}, {"description": "max_length"}),
        ({"name_en": "a\0b"}, {"name_en": "null_characters_not_allowed"}),
        ({"id": 1, "version": 9}, {"id": "not_writable", "version": "not_writable"}),
        ({"state": "closed", "scope": 1}, {"state": "not_writable", "scope": "not_writable"}),
        ({"is_superuser": True}, {"is_superuser": "not_writable"}),
    ],
)
def test_what_is_wrong_is_named_by_field_and_rule(pmo, given, broken):
    assert rules(pmo.post(PROJECTS, NEW | given, **JSON)) == broken
    assert Project.objects.count() == 2


def test_what_is_missing_is_named_all_at_once(pmo):
    assert rules(pmo.post(PROJECTS, {}, **JSON)) == {"key": "required", "portfolio": "required"}


# ---- changing


def test_the_pm_changes_what_stands_in_the_register(office, pm):
    tag = pm.get(APOLLO).headers["ETag"]
    answer = pm.patch(APOLLO, {"category": "基幹", "spent": "220000000"}, headers={"If-Match": tag}, **JSON)
    assert answer.status_code == 200 and answer.json()["category"] == "基幹"
    assert answer.headers["ETag"] != tag
    entry = AuditEntry.objects.filter(object_id=office.apollo.pk, action="changed").get()
    assert entry.changes["spent"] == ["210000000.00", "220000000.00"]


def test_who_may_not_write_is_refused(office, program_of):
    cast = office.cast
    for person, status in ((cast.member, 403), (cast.auditor, 403), (cast.outsider, 404)):
        assert program_of(person).patch(APOLLO, {"category": "x"}, **JSON).status_code == status


def test_what_has_an_act_of_its_own_says_which(pm):
    given = {"portfolio": "SITE", "programme": None, "approved_budget": "1", "pm": "member@demo.example"}
    answer = pm.patch(APOLLO, given, **JSON)
    assert rules(answer) == dict.fromkeys(given, "not_writable")
    assert "handover/" in answer.json()["errors"]["pm"][0]["message"]


def test_an_amount_below_zero_is_refused_by_its_name(office, pm):
    assert rules(pm.patch(APOLLO, {"spent": "-5"}, **JSON)) == {"spent": "invalid"}


def test_the_plan_of_a_running_project_moves_by_approval_only(office, pm):
    later = (office.apollo.planned_finish_on + timedelta(days=9)).isoformat()
    assert rules(pm.patch(APOLLO, {"planned_finish_on": later}, **JSON)) == {"planned_finish_on": "invalid"}
    asked = pm.post(
        f"{APOLLO}planned-dates/",
        {
            "planned_start_on": office.apollo.planned_start_on.isoformat(),
            "planned_finish_on": later,
            "reason": "納品が遅れる",
        },
        **JSON,
    )
    assert asked.status_code == 202 and asked.json()["state"] == "running"


# ---- acts


def test_a_budget_is_asked_for(office, pm):
    answer = pm.post(f"{APOLLO}budget/", {"amount": "500000000", "reason": "接続先が増えた"}, **JSON)
    assert answer.status_code == 202
    assert ApprovalRequest.objects.get().code == answer.json()["code"]
    assert rules(pm.post(f"{APOLLO}budget/", {"amount": "-1", "reason": "x"}, **JSON)) == {"amount": "min_value"}


def test_a_project_is_handed_over(office, pmo):
    answer = pmo.post(f"{APOLLO}handover/", {"new_pm": "member@demo.example", "reason": "異動"}, **JSON)
    assert answer.status_code == 200 and answer.json()["pm"] == "member@demo.example"
    again = pmo.post(f"{APOLLO}handover/", {"new_pm": "member@demo.example"}, **JSON)
    assert rules(again) == {"new_pm": "same"}


def test_a_project_changes_its_portfolio(office, pmo):
    assert rules(pmo.post(f"{APOLLO}placement/", {"portfolio": "SITE"}, **JSON)) == {"reason": "required"}
    moved = pmo.post(f"{APOLLO}placement/", {"portfolio": "SITE", "reason": "拠点で進める"}, **JSON)
    assert moved.json()["portfolio"] == "SITE"
    assert keys(pmo.get(PROJECTS, {"portfolio": "CORE"})) == []


def test_a_planned_move_is_taken_back_by_whoever_may_move_it(office, pm, pmo, program_of):
    door, day = f"{APOLLO}placement/cancellation/", (timezone.localdate() + timedelta(days=20)).isoformat()
    assert rules(pmo.post(door, {}, **JSON)) == {"non_field_errors": "none"}
    planned = pmo.post(f"{APOLLO}placement/", {"portfolio": "SITE", "on": day, "reason": "拠点で進める"}, **JSON)
    assert planned.status_code == 200 and planned.json()["portfolio"] == "CORE"
    assert pm.post(door, {}, **JSON).status_code == 403
    assert program_of(office.cast.outsider).post(door, {}, **JSON).status_code == 404
    late = pmo.post(door, {}, headers={"If-Match": '"1"'}, **JSON)
    assert late.status_code == 412 and placing.planned_move(office.apollo)
    assert pmo.post(door, {"reason": "拠点の準備が遅れている"}, **JSON).status_code == 200
    assert placing.planned_move(office.apollo) is None
    assert AuditEntry.objects.get(action="move_cancelled").reason == "拠点の準備が遅れている"


def test_a_project_is_closed_once(office, pm, program_of):
    given = {"finished_on": timezone.localdate().isoformat(), "note": "全拠点で稼働した"}
    assert program_of(office.cast.member).post(f"{APOLLO}closure/", given, **JSON).status_code == 403
    assert rules(pm.post(f"{APOLLO}closure/", {}, **JSON)) == {"finished_on": "required", "note": "required"}
    early = given | {"finished_on": (timezone.localdate() + timedelta(days=1)).isoformat()}
    assert rules(pm.post(f"{APOLLO}closure/", early, **JSON)) == {"finished_on": "future"}
    told = pm.post(f"{APOLLO}closure/", given, **JSON).json()
    assert (told["state"], told["closing_note"]) == ("closed", "全拠点で稼働した")
    assert rules(pm.post(f"{APOLLO}closure/", given, **JSON)) == {"non_field_errors": "closed"}


def test_only_who_governs_archives_and_says_why(office, pm, program_of):
    assert pm.post(f"{APOLLO}archive/", {"reason": "x"}, **JSON).status_code == 403
    blank = program_of(office.cast.manager).post(f"{APOLLO}archive/", {"reason": " "}, **JSON)
    assert rules(blank) == {"reason": "blank"}


def test_an_act_on_an_old_version_is_refused_and_nothing_is_done(office, pm):
    given = {"finished_on": timezone.localdate().isoformat(), "note": "x"}
    answer = pm.post(f"{APOLLO}closure/", given, headers={"If-Match": '"99"'}, **JSON)
    assert answer.status_code == 412
    office.apollo.refresh_from_db()
    assert office.apollo.state == "active"


# ---- portfolios


def test_a_portfolio_is_made_and_changed(office, pmo):
    made = pmo.post(PORTFOLIOS, {"key": "NEXT", "name_ja": "次期", "owner": "manager@demo.example"}, **JSON)
    assert made.status_code == 201
    address = f"{PORTFOLIOS}NEXT/"
    changed = pmo.patch(address, {"name_en": "Next"}, headers={"If-Match": made.headers["ETag"]}, **JSON)
    assert changed.status_code == 200 and changed.json()["name_en"] == "Next"
    portfolio = Portfolio.objects.select_related("scope").get(key="NEXT")
    assert portfolio.owner == office.cast.manager and portfolio.scope.label_en == "Next"
    old = pmo.patch(address, {"name_en": "Older"}, headers={"If-Match": made.headers["ETag"]}, **JSON)
    assert old.status_code == 412


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"key": "ｓｉｔｅ"}, {"key": "unique"}),
        ({"key": "a?b"}, {"key": "key"}),
        ({"name_ja": "", "name_en": ""}, {"name_ja": "required"}),
        ({"owner": "x"}, {"owner": "does_not_exist"}),
        ({"scope": 1}, {"scope": "not_writable"}),
    ],
)
def test_a_portfolio_is_held_to_the_same_rules_whether_new_or_changed(office, pmo, given, broken):
    new = {"key": "NEXT", "name_ja": "次期"} | given
    assert rules(pmo.post(PORTFOLIOS, new, **JSON)) == broken
    assert rules(pmo.patch(CORE, given, **JSON)) == broken


def test_portfolios_are_written_by_those_who_run_them_there(office, program_of):
    cast = office.cast
    for person in (cast.pm, cast.auditor, cast.core_reader):
        program = program_of(person)
        assert program.post(PORTFOLIOS, {"key": "X", "name_ja": "x"}, **JSON).status_code == 403
        assert program.patch(CORE, {"name_ja": "x"}, **JSON).status_code in (403, 404)
    assert program_of(cast.site_pmo).patch(CORE, {"name_ja": "x"}, **JSON).status_code == 404
    assert program_of(cast.site_pmo).patch(f"{PORTFOLIOS}SITE/", {"name_ja": "拠点"}, **JSON).status_code == 200


def test_one_finds_a_portfolio_among_more_than_a_menu_holds(office, pmo):
    for _n in range(51):
        PortfolioFactory()
    last = PortfolioFactory(key="ZLAST")
    ProjectFactory(key="DELTA", portfolio=last)
    assert keys(pmo.get(PROJECTS, {"portfolio": "ZLAST"})) == ["DELTA"]
