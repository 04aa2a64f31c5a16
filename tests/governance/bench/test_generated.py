"""A synthetic office is a sound one: every page opens, sums are what their parts give, a seed gives the same again."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client

from governance.bench.inside import Inside, hand_in, sum_shown
from governance.bench.measuring import CLIENTS
from governance.bench.tasks_measured import Stage, cookie_of, credentials_of, missing_in, tasks
from governance.demo.generated import generate, grant_one_percent
from pmo_portal import jobs, measures
from pmo_portal.accounts.models import Person
from pmo_portal.asks.models import Ask
from pmo_portal.audit.models import AuditEntry
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import BudgetRevision, Milestone, Project, ProjectMember
from projects.status.maintaining import chain, stand
from projects.status.models import ProjectPeriod, StatusReport

SIZE, PERIODS = 40, 4
KEPT = (
    "state",
    "confidence",
    "overall_light",
    "computed_light",
    "forecast_cost",
    "spent",
    "standing",
    "standing_before",
)


@pytest.fixture
def synthetic(db):
    generate(SIZE, seed=7, periods=PERIODS)


def picture() -> list[tuple]:
    """What a seed decides; not the moments, which depend on the present."""
    return [
        *Project.objects.order_by("key").values_list(
            "key", "name_ja", "tier", "approved_budget", "confidence", "slip_days"
        ),
        *ProjectPeriod.objects.order_by("project__key", "period__key").values_list(
            "state", "confidence", "forecast_cost"
        ),
        *ProjectMember.objects.order_by("project__key", "pk").values_list("person__name_ja", "part_ja"),
    ]


def test_there_is_something_of_everything_that_pages_read(synthetic):
    assert Project.objects.count() == SIZE
    assert ReportingPeriod.objects.filter(cadence="monthly").exclude(state="planned").count() == PERIODS
    present = ReportingPeriod.objects.get(cadence="monthly", state="open")
    rows = ProjectPeriod.objects.filter(period=present)
    assert rows.count() == Project.objects.filter(state="active", tier__in="ABC").count()
    states = dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    assert {"missing", "accepted", "submitted"} <= set(states)
    owed = rows.filter(state__in=("missing", "draft", "returned")).count()
    assert Ask.objects.filter(kind="status.report", state="open").count() == owed
    assert Ask.objects.filter(kind="status.report", state="done").count() == rows.count() - owed
    assert Milestone.objects.values("project").distinct().count() == SIZE
    assert ProjectMember.objects.count() == 3 * SIZE
    assert BudgetRevision.objects.filter(number=2).exists()
    assert AuditEntry.objects.filter(action="accepted").exists()
    assert {p.name_ja != p.name_en for p in Project.objects.all()} == {True}


def test_every_sum_is_what_a_rebuild_makes(synthetic):
    assert not StaleRollup.objects.exists()
    periods = list(ReportingPeriod.objects.filter(project_periods__isnull=False).distinct())
    assert len(periods) == PERIODS
    before = list(
        MeasureValue.objects.order_by("scope", "period", "measure").values_list("scope", "period", "measure", "value")
    )
    assert [wrong for p in periods for wrong in measures.verify(p.pk)] == []
    measures.rebuild([p.pk for p in periods])
    after = MeasureValue.objects.order_by("scope", "period", "measure").values_list(
        "scope", "period", "measure", "value"
    )
    assert list(after) == before


def test_every_maintained_row_is_what_its_report_says(synthetic):
    last: dict[int, ProjectPeriod] = {}
    for row in ProjectPeriod.objects.select_related("project", "report").order_by("period__starts_on", "project"):
        due = ProjectPeriod(project=row.project, period_id=row.period_id)
        chain(stand(due, row.report, exempt=row.state == "exempt"), last.get(row.project_id))
        assert {n: getattr(due, n) for n in KEPT} == {n: getattr(row, n) for n in KEPT}, row
        last[row.project_id] = row


def test_the_register_shows_what_was_last_declared(synthetic):
    for project in Project.objects.exclude(reported_period=None):
        report = StatusReport.objects.get(project=project, period=project.reported_period, is_current=True)
        assert (project.confidence, project.forecast_cost) == (report.confidence, report.forecast_cost)
        assert project.forecast_finish_on == report.forecast_finish_on


def test_a_seed_gives_the_same_office_again_and_another_a_different_one(db):
    from django.db import transaction

    pictures = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            generate(12, seed=seed, periods=3)
            pictures.append(picture())
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]


def test_every_page_that_is_measured_opens_for_whom_it_is_measured(synthetic):
    stage = Stage.found()
    seen = set()
    for task in tasks(stage):
        if not task.path or task.who == "program":
            continue
        client = Client()
        client.force_login(Person.objects.get(email=f"{task.who}@demo.example"))
        answer = client.get(task.path)
        assert answer.status_code == 200, (task.name, answer.status_code)
        seen.add(task.name)
    assert len(seen) >= 12


def places(stage: Stage) -> list[str]:
    return [p.key for p in (stage.project, *stage.drafting, *stage.owing)]


def test_no_task_meets_the_project_of_another(synthetic):
    stage = Stage.found()
    assert len(stage.drafting) == CLIENTS
    assert len(places(stage)) == len(set(places(stage)))
    reports = StatusReport.objects.filter(project__key__in=places(stage), period=stage.period)
    assert not reports.exists()  # a report that is in answers the form with its own page


@pytest.mark.parametrize("owes", [0, 1, 9])
def test_the_form_that_is_measured_opens_whatever_the_demos_pm_owes(synthetic, owes):
    leader = Person.objects.get(email="pm@demo.example")
    missing = missing_in(ReportingPeriod.objects.get(cadence="monthly", state="open"))
    Project.objects.filter(pm=leader).update(pm=Person.objects.get(email="manager@demo.example"))
    Project.objects.filter(pk__in=[p.pk for p in missing[:owes]]).update(pm=leader)
    stage = Stage.found()
    assert stage.project.pm == leader
    assert len(places(stage)) == len(set(places(stage))) == len(missing)
    client = Inside(credentials_of("pm"))
    form = next(task for task in tasks(stage) if task.name == "status form")
    assert client.get(form.path)[0] == 200


def test_each_client_drafts_a_report_of_its_own_again_and_again(synthetic):
    task = next(task for task in tasks(Stage.found()) if task.name == "status draft, POST")
    once, headers = task.asked(), credentials_of(task.who)
    for _round in range(2):
        clients = [Inside(headers, number) for number in range(CLIENTS)]
        answers = [once(client) for _keystroke in range(3) for client in clients]
        assert [status for status, _body in answers] == [200] * len(answers)


def test_every_task_that_writes_is_taken(synthetic):
    stage = Stage.found()
    for task in tasks(stage):
        if task.once is not None:
            status, body = task.once(Inside(credentials_of(task.who)))
            assert status < 300, (task.name, status, body[:300])


def test_what_is_accepted_arrives_in_the_managers_screen(synthetic):
    """The path of the bench's own measuring, with the jobs done in between by this process."""
    stage = Stage.found()
    project = next(p for p in stage.owing if p.pm)
    people = Inside({"Cookie": cookie_of(project.pm)}), Inside(credentials_of("pmo")), Inside(credentials_of("manager"))
    screen = f"/governance/portfolio/?period={stage.period.key}"
    before = sum_shown(people[2], screen)
    hand_in(f"/projects/{project.key}/status/{stage.period.key}/", 7_000_000_000, people)
    jobs.drain()
    assert sum_shown(people[2], screen) != before


def test_a_reader_of_one_portfolio_reads_its_projects_only(synthetic):
    reader = Person.objects.get(email="member@demo.example")
    grant_one_percent(reader)
    grant_one_percent(reader)
    assert reader.grants.count() == 1


def test_the_command_leaves_an_office_with_people_alone(synthetic):
    with pytest.raises(CommandError, match="people in this office already"):
        call_command("generate_office", projects=5)
