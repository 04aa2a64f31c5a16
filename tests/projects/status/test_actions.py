"""Reports: opened, drafted, submitted, returned, accepted; what each of these leaves behind."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal import audit
from pmo_portal.asks.models import Ask
from pmo_portal.asks.queries import inbox, waiting
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods import actions as periods
from projects.register import actions as register
from projects.register import milestones
from projects.register.models import Milestone, Project
from projects.status import actions, queries
from projects.status.maintaining import expect_reports
from projects.status.models import DIMENSIONS, ProjectPeriod, StatusReport
from tests.factories import GREEN, MilestoneFactory, PeriodFactory, PersonFactory, ReportFactory


@pytest.fixture
def apollo(office) -> Project:
    return office.apollo


@pytest.fixture
def earlier(office, cast) -> StatusReport:
    """Last month's accepted report of APOLLO, all green, with a plan for this month."""
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    periods.open_period(month, by=cast.pmo)
    report = ReportFactory(
        project=office.apollo,
        period=month,
        planned="移行リハーサルを行う。",
        forecast_finish_on=office.apollo.planned_finish_on,
        forecast_cost=Decimal(470_000_000),
        cost_light="amber",
        cost_reason="追加ライセンス",
    )
    return actions.accept_report(report, by=cast.pmo)


def opened(office) -> StatusReport:
    return actions.open_report(office.apollo, office.period, by=office.cast.pm)


def faults_of(call) -> dict:
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value.message_dict if hasattr(caught.value, "error_dict") else {"": caught.value.messages}


# ---- opening


def test_the_report_opens_filled_from_last_time_and_from_the_figures(office, earlier, apollo):
    register.edit_project(apollo, by=office.cast.pm, version=None, forecast_cost=Decimal(490_000_000))
    report = opened(office)
    assert (report.cost_light, report.cost_reason) == ("amber", "追加ライセンス")
    assert report.achieved == "移行リハーサルを行う。" and report.planned == ""
    assert report.forecast_cost == 490_000_000 and report.forecast_finish_on == apollo.forecast_finish_on
    assert [f.kind for f in queries.facts_now(report)] == ["cost_moved"]


def test_two_tabs_open_the_same_report(office):
    assert opened(office).pk == opened(office).pk
    assert StatusReport.objects.filter(project=office.apollo, period=office.period).count() == 1


def test_a_draft_that_nobody_touched_shows_todays_figures(office, apollo):
    opened(office)
    register.edit_project(apollo, by=office.cast.pm, version=None, spent=Decimal(250_000_000))
    apollo.refresh_from_db()
    assert opened(office).spent == 250_000_000


def test_a_draft_that_was_written_on_keeps_what_was_written(office, apollo):
    report = opened(office)
    actions.save_draft(report, by=office.cast.pm, version=report.version, spent=Decimal(1))
    register.edit_project(apollo, by=office.cast.pm, version=None, spent=Decimal(250_000_000))
    apollo.refresh_from_db()
    assert opened(office).spent == 1


@pytest.mark.parametrize("who", ["member", "sponsor", "auditor", "expert", "manager", "outsider"])
def test_only_the_pm_their_substitute_and_the_pmo_write(office, who):
    with pytest.raises(PermissionDenied):
        actions.open_report(office.apollo, office.period, by=getattr(office.cast, who))


def test_the_substitute_writes_for_the_pm(office):
    report = actions.open_report(office.apollo, office.period, by=office.cast.substitute)
    assert report.author == office.cast.pm


# ---- submitting


def test_submitting_freezes_applies_and_finishes_the_ask(office, apollo):
    expect_reports(office.period)
    report = opened(office)
    actions.submit_report(
        report,
        by=office.cast.pm,
        version=report.version,
        **GREEN | {"confidence": "amber_green", "forecast_cost": Decimal(466_000_000), "overall_light": "amber"},
        overall_reason="要員の確保待ち",
    )
    apollo.refresh_from_db()
    assert (apollo.confidence, apollo.overall_light, apollo.forecast_cost) == ("amber_green", "amber", 466_000_000)
    assert apollo.reported_period == office.period
    row = ProjectPeriod.objects.get(project=apollo, period=office.period)
    assert (row.state, row.confidence, row.computed_light) == ("submitted", "amber_green", "green")
    assert not waiting(office.cast.pm).filter(kind="status.report", scope_id=apollo.scope_id).exists()
    assert report.digest == actions.digest_of(report)
    assert AuditEntry.objects.filter(object_id=report.pk, action="submitted").get().actor == office.cast.pm


def test_everything_that_is_missing_is_named_at_once(office):
    report = opened(office)
    faults = faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None))
    assert set(faults) == {f"{d}_light" for d in DIMENSIONS} | {"confidence"}
    report.refresh_from_db()
    assert report.state == "draft"


def test_a_light_that_is_not_green_needs_a_reason(office):
    report = opened(office)
    given = GREEN | {"quality_light": "red"}
    faults = faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None, **given))
    assert set(faults) == {"quality_reason"}


def test_green_against_the_figures_needs_a_reason(office):
    """APOLLO's forecast is 3.2 % over its approval: computed amber."""
    report = opened(office)
    given = GREEN | {"cost_reason": "", "schedule_reason": ""}
    faults = faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None, **given))
    assert set(faults) == {"cost_reason"}
    actions.submit_report(report, by=office.cast.pm, version=None, **given | {"cost_reason": "予備費で吸収する"})
    assert report.state == "submitted"


def test_a_report_that_is_in_cannot_be_edited_or_submitted_again(office):
    report = ReportFactory(project=office.apollo, period=office.period)
    with pytest.raises(ValidationError, match="提出済み"):
        actions.save_draft(report, by=office.cast.pm, version=report.version, achieved="あとから")
    with pytest.raises(ValidationError):
        actions.submit_report(report, by=office.cast.pm, version=report.version, **GREEN)


def test_the_pmo_enters_on_behalf_and_the_report_says_so(office):
    report = ReportFactory(project=office.apollo, period=office.period, by=office.cast.pmo)
    assert report.origin == "on_behalf" and report.author == office.cast.pm


def test_a_second_tab_that_submits_an_older_version_is_a_conflict(office):
    report = opened(office)
    actions.save_draft(report, by=office.cast.pm, version=report.version, achieved="新しい")
    with pytest.raises(audit.Conflict):
        actions.submit_report(report, by=office.cast.pm, version=1, **GREEN)


def test_a_late_report_of_an_earlier_month_leaves_the_register_as_the_later_one_said(office, earlier, apollo):
    ReportFactory(project=apollo, period=office.period, confidence="green")
    periods.close_period(earlier.period, by=office.cast.pmo)
    late = PeriodFactory(day=earlier.period.starts_on - timedelta(days=10))
    periods.open_period(late, by=office.cast.pmo)
    ReportFactory(project=apollo, period=late, confidence="red")
    apollo.refresh_from_db()
    assert apollo.confidence == "green" and apollo.reported_period == office.period


def test_a_frozen_period_takes_no_report_and_keeps_the_draft(office):
    report = opened(office)
    actions.save_draft(report, by=office.cast.pm, version=report.version, achieved="書きかけ")
    periods.close_period(office.period, by=office.cast.pmo)
    periods.freeze_period(office.period, by=office.cast.manager)
    with pytest.raises(ValidationError, match="受け付け"):
        actions.submit_report(report, by=office.cast.pm, version=report.version, **GREEN)
    report.refresh_from_db()
    assert (report.state, report.achieved) == ("draft", "書きかけ")


def test_a_closed_period_still_takes_a_late_report(office):
    periods.close_period(office.period, by=office.cast.pmo)
    assert ReportFactory(project=office.apollo, period=office.period).state == "submitted"


def test_time_spent_is_what_the_browser_counted_but_no_more_than_passed(office):
    report = opened(office)
    StatusReport.objects.filter(pk=report.pk).update(opened_at=timezone.now() - timedelta(seconds=90))
    report.refresh_from_db()
    actions.submit_report(report, by=office.cast.pm, version=None, seconds=5000, **GREEN)
    assert 90 <= report.seconds_spent <= 92


# ---- milestones in place


def test_a_milestone_moves_with_the_report_and_the_report_keeps_was_and_is(office, earlier, apollo):
    milestone = Milestone.objects.get(project=apollo)
    now = milestone.forecast_on + timedelta(days=14)
    report = ReportFactory(
        project=apollo, period=office.period, milestones=[{"number": 1, "forecast_on": now.isoformat()}]
    )
    milestone.refresh_from_db()
    assert (milestone.forecast_on, milestone.previous_on) == (now, now - timedelta(days=14))
    assert report.milestones_shown[0]["was_on"] == now - timedelta(days=14)
    assert report.milestones_shown[0]["moved"] == 14
    assert [f["kind"] for f in report.facts_taken] == ["milestone_moved"]


def test_a_milestone_is_reached_with_the_report(office, apollo):
    today = timezone.localdate().isoformat()
    ReportFactory(project=apollo, period=office.period, milestones=[{"number": 1, "reached_on": today}])
    assert Milestone.objects.get(project=apollo).state == "reached"


def test_a_day_that_has_not_come_is_refused_at_its_own_field(office, apollo):
    report = opened(office)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    given = GREEN | {"milestones": [{"number": 1, "reached_on": tomorrow}]}
    faults = faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None, **given))
    assert set(faults) == {"r1"}
    assert Milestone.objects.get(project=apollo).state == "open"


def test_a_move_that_was_reported_already_is_not_said_again(office, earlier, apollo):
    milestone = MilestoneFactory(project=apollo, name_ja="試験")
    milestones.move_milestone(milestone, by=office.cast.pm, forecast_on=milestone.forecast_on + timedelta(days=5))
    first = ReportFactory(project=apollo, period=office.period)
    assert [f["number"] for f in first.facts_taken if f["kind"] == "milestone_moved"] == [milestone.number]
    following = PeriodFactory(day=office.period.ends_on + timedelta(days=5))
    periods.open_period(following, by=office.cast.pmo)
    apollo.refresh_from_db()
    report = actions.open_report(apollo, following, by=office.cast.pm)
    assert queries.facts_now(report) == []


# ---- help


def test_help_needed_becomes_an_ask_to_that_person(office, apollo):
    due = timezone.localdate() + timedelta(days=6)
    ReportFactory(
        project=apollo, period=office.period, help_needed="移行担当を1名", help_from=office.cast.expert, help_by=due
    )
    ask = waiting(office.cast.expert).get(kind="status.help")
    assert (ask.asked_by, ask.details["text"], timezone.localdate(ask.due_at)) == (office.cast.pm, "移行担当を1名", due)


def test_help_is_not_asked_of_somebody_whom_no_ask_reaches(office):
    unreached = PersonFactory(email=None, name_ja="無登録 太郎")
    given = {"help_needed": "移行担当を1名", "help_from": unreached}
    found = faults_of(lambda: ReportFactory(project=office.apollo, period=office.period, **given))
    assert found["help_from"] == [
        "無登録 太郎さんはこのシステムにサインインしないため、依頼が届きません。別の方を選んでください。"
    ]
    assert not Ask.objects.filter(kind="status.help").exists()


def test_help_without_a_name_and_help_from_oneself_are_refused(office):
    report = opened(office)
    nobody = GREEN | {"help_needed": "人手"}
    assert set(faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None, **nobody))) == {
        "help_from"
    }
    oneself = nobody | {"help_from": office.cast.pm}
    assert set(faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None, **oneself))) == {
        "help_from"
    }


def test_help_asked_of_somebody_else_after_a_return_withdraws_the_first_ask(office, apollo):
    report = ReportFactory(
        project=apollo, period=office.period, help_needed="移行担当を1名", help_from=office.cast.expert
    )
    actions.return_report(report, by=office.cast.pmo, reason="頼む相手は馬場さんです")
    actions.submit_report(report, by=office.cast.pm, version=None, help_from=office.cast.member)
    assert not waiting(office.cast.expert).filter(kind="status.help").exists()
    assert waiting(office.cast.member).filter(kind="status.help").count() == 1


def test_the_same_help_submitted_again_is_one_ask(office, apollo):
    report = ReportFactory(
        project=apollo, period=office.period, help_needed="移行担当を1名", help_from=office.cast.expert
    )
    actions.return_report(report, by=office.cast.pmo, reason="費用の内訳を")
    actions.submit_report(report, by=office.cast.pm, version=None)
    assert Ask.objects.filter(kind="status.help").count() == 1


# ---- no change


def test_no_change_repeats_the_lights_with_todays_figures_and_says_so(office, earlier, apollo):
    report = actions.submit_unchanged(apollo, office.period, by=office.cast.pm)
    assert (report.state, report.origin, report.is_unchanged) == ("submitted", "unchanged", True)
    assert (report.cost_light, report.cost_reason, report.confidence) == ("amber", "追加ライセンス", earlier.confidence)
    assert report.planned == earlier.planned and report.achieved == ""


def test_no_change_twice_is_one_report(office, earlier, apollo):
    first = actions.submit_unchanged(apollo, office.period, by=office.cast.pm)
    again = actions.submit_unchanged(apollo, office.period, by=office.cast.pm)
    assert first.pk == again.pk and first.version == again.version


def test_there_is_no_no_change_without_a_report_before(office, apollo):
    with pytest.raises(ValidationError, match="前回の報告がありません"):
        actions.submit_unchanged(apollo, office.period, by=office.cast.pm)


def test_a_draft_that_was_written_on_is_not_no_change(office, earlier, apollo):
    report = opened(office)
    actions.save_draft(report, by=office.cast.pm, version=report.version, quality_light="red", quality_reason="障害")
    with pytest.raises(ValidationError, match="変更が入っています"):
        actions.submit_unchanged(apollo, office.period, by=office.cast.pm)
    actions.save_draft(report, by=office.cast.pm, version=report.version, quality_light="green", quality_reason="")
    assert actions.submit_unchanged(apollo, office.period, by=office.cast.pm).origin == "unchanged"


def test_a_moved_milestone_is_not_no_change(office, earlier, apollo):
    report = opened(office)
    now = Milestone.objects.get(project=apollo).forecast_on + timedelta(days=1)
    typed = [{"number": 1, "forecast_on": now.isoformat(), "reached_on": None}]
    actions.save_draft(report, by=office.cast.pm, version=report.version, milestones=typed)
    assert actions.is_written_on(report)


def test_what_the_figures_moved_since_last_time_is_not_no_change(office, earlier, apollo):
    Project.objects.filter(pk=apollo.pk).update(forecast_finish_on=apollo.forecast_finish_on + timedelta(days=10))
    moved = Milestone.objects.get(project=apollo)
    Milestone.objects.filter(pk=moved.pk).update(forecast_on=moved.forecast_on + timedelta(days=3))
    apollo.refresh_from_db()
    with pytest.raises(ValidationError, match=r"変更なし.*\+10 *日.*\+3 *日"):
        actions.submit_unchanged(apollo, office.period, by=office.cast.pm)
    assert queries.current_report(apollo, office.period).state == "draft"


def test_a_returned_report_cannot_be_sent_back_as_no_change(office, earlier, apollo):
    report = actions.submit_unchanged(apollo, office.period, by=office.cast.pm)
    actions.return_report(report, by=office.cast.pmo, reason="コストの理由を")
    with pytest.raises(ValidationError, match="差戻し"):
        actions.submit_unchanged(apollo, office.period, by=office.cast.pm)


# ---- the PMO


def test_a_return_asks_again_with_the_reason_and_tells_the_pm(office, apollo):
    expect_reports(office.period)
    report = ReportFactory(project=apollo, period=office.period)
    actions.return_report(report, by=office.cast.pmo, reason="費用の根拠を追記してください")
    ask = waiting(office.cast.pm).get(kind="status.report", scope_id=apollo.scope_id)
    assert ask.details["returned"] == "費用の根拠を追記してください" and ask.due_at >= office.period.due_at
    assert [item.kind for item in inbox(office.cast.pm)] == ["status.returned"]
    row = ProjectPeriod.objects.get(project=apollo, period=office.period)
    assert row.state == "returned"


def test_after_a_return_the_report_is_written_on_and_submitted_again(office, apollo):
    report = ReportFactory(project=apollo, period=office.period)
    actions.return_report(report, by=office.cast.pmo, reason="理由を")
    actions.save_draft(report, by=office.cast.pm, version=report.version, cost_reason="内訳：保守 3百万円")
    actions.submit_report(report, by=office.cast.pm, version=report.version)
    assert report.state == "submitted" and report.revision == 1
    assert not waiting(office.cast.pm).filter(kind="status.report", scope_id=apollo.scope_id).exists()


def test_a_return_needs_a_reason_and_a_report_that_is_in(office, apollo):
    report = ReportFactory(project=apollo, period=office.period)
    with pytest.raises(ValidationError):
        actions.return_report(report, by=office.cast.pmo, reason="  ")
    actions.accept_report(report, by=office.cast.pmo)
    with pytest.raises(ValidationError):
        actions.return_report(report, by=office.cast.pmo, reason="遅い")


def test_nobody_judges_what_they_submitted_and_the_pm_never_does(office, apollo):
    report = ReportFactory(project=apollo, period=office.period, by=office.cast.pmo)
    for who in (office.cast.pmo, office.cast.pm):
        with pytest.raises(PermissionDenied):
            actions.accept_report(report, by=who)


def test_a_correction_after_acceptance_is_a_new_revision_and_the_first_stays(office, apollo):
    report = ReportFactory(project=apollo, period=office.period, achieved="一つ目")
    actions.accept_report(report, by=office.cast.pmo)
    second = opened(office)
    assert (second.revision, second.is_current, second.state) == (2, True, "draft")
    report.refresh_from_db()
    assert (report.is_current, report.state, report.achieved) == (False, "accepted", "一つ目")


def test_a_digest_proves_that_the_report_is_the_one_submitted(office, apollo):
    report = ReportFactory(project=apollo, period=office.period)
    assert actions.digest_of(StatusReport.objects.get(pk=report.pk)) == report.digest
    StatusReport.objects.filter(pk=report.pk).update(cost_light="red")
    assert actions.digest_of(StatusReport.objects.get(pk=report.pk)) != report.digest


def test_the_same_words_sent_again_are_no_conflict_with_oneself(office, cast):
    """The answer to the first one never arrived: the page had been left, or the network."""
    report = opened(office)
    version = report.version
    actions.save_draft(report, by=cast.pm, version=version, achieved="電車の中で書いた")
    again = queries.current_report(office.apollo, office.period)
    kept = actions.save_draft(again, by=cast.pm, version=version, achieved="電車の中で書いた")
    assert (kept.version, kept.achieved) == (version + 1, "電車の中で書いた")
    with pytest.raises(audit.Conflict):
        actions.save_draft(again, by=cast.pm, version=version, achieved="別のこと")
    with pytest.raises(audit.Conflict):
        actions.save_draft(again, by=cast.pmo, version=version, achieved="電車の中で書いた")


def test_nor_are_they_in_a_report_that_was_sent_back(office, cast):
    report = ReportFactory(project=office.apollo, period=office.period)
    actions.return_report(report, by=cast.pmo, reason="費用の内訳を書いてください。")
    version = report.version
    actions.save_draft(report, by=cast.pm, version=version, achieved="電車の中で書いた")
    again = queries.current_report(office.apollo, office.period)
    assert actions.save_draft(again, by=cast.pm, version=version, achieved="電車の中で書いた").version == version + 1
