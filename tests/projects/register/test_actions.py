"""What the register's acts change, write down and refuse: create, edit, close, archive and back, hand over, team, milestones."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal import access
from pmo_portal.access.models import Grant
from pmo_portal.asks.models import Ask
from pmo_portal.audit import Conflict
from pmo_portal.audit.models import AuditEntry
from projects.register import actions, milestones, team
from projects.register.models import Milestone, Programme, Project, ProjectMember
from projects.status.maintaining import expect_reports
from tests.factories import LONG_AGO, GrantFactory, PersonFactory, ProjectFactory

DAY = timedelta(days=1)


def today():
    return timezone.localdate()


def last_entry(record) -> AuditEntry:
    return AuditEntry.objects.filter(object_id=record.pk, content_type__model=record._meta.model_name).latest("id")


def sees(person, project) -> bool:
    access.forget(person)
    return access.visible(person, Project).filter(pk=project.pk).exists()


def holds(person, role, project) -> bool:
    """Whether the role holds today at just this project."""
    held = Grant.objects.filter(person=person, role=role, scope=project.scope, archived_at=None)
    return any(g.starts_on <= today() and (g.ends_on is None or g.ends_on >= today()) for g in held)


class TestProject:
    def test_created_with_its_place_its_first_budget_and_its_trail(self, office):
        project = actions.create_project(
            by=office.cast.manager,
            portfolio=office.core,
            programme=office.erp,
            key="P-9",
            name_ja="新規",
            approved_budget=Decimal(50_000_000),
            forecast_cost=Decimal(55_000_000),
            benefit_amount=Decimal(120_000_000),
            forecast_start_on=today(),
        )
        assert project.scope.parent == office.erp.scope
        assert project.cost_variance_percent == 10
        assert project.budget_revisions.get().amount == 50_000_000
        assert project.placements.get().programme == office.erp
        assert last_entry(project).changes["benefit_amount"] == [None, "120000000"]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"name_ja": ""}, "name_ja"),
            ({"forecast_start_on": "2027-04-01", "forecast_finish_on": "2027-03-31"}, "forecast_finish_on"),
            ({"planned_start_on": "2027-04-01", "planned_finish_on": "2027-03-31"}, "planned_finish_on"),
            ({"planned_finish_on": "2201-01-01"}, "planned_finish_on"),
            ({"benefit_amount": Decimal(10) ** 18}, "benefit_amount"),
            ({"spent": Decimal("NaN")}, "spent"),
            ({"key": "apollo"}, "key"),
            ({"key": "ＡＰＯＬＬＯ"}, "key"),
        ],
    )
    def test_what_no_door_lets_through(self, office, given, field):
        for name, value in given.items():
            if name.endswith("_on"):
                given = given | {name: timezone.datetime.fromisoformat(value).date()}
        with pytest.raises(ValidationError) as refused:
            actions.create_project(
                by=office.cast.manager, portfolio=office.core, **({"key": "P-9", "name_ja": "新規"} | given)
            )
        assert list(refused.value.message_dict) == [field]

    def test_edited_from_to_with_the_scope_called_alike(self, office):
        actions.edit_project(office.apollo, by=office.cast.pm, version=None, name_ja="基幹刷新2", reason="改称")
        entry = last_entry(office.apollo)
        assert entry.changes["name_ja"] == ["基幹システム刷新", "基幹刷新2"] and entry.reason == "改称"
        assert Project.objects.get(pk=office.apollo.pk).scope.label == "基幹刷新2"

    def test_a_member_edits_nothing(self, office):
        with pytest.raises(PermissionDenied):
            actions.edit_project(office.apollo, by=office.cast.member, version=None, name_ja="別")


class TestCloseAndArchive:
    def test_closed_with_what_came_of_it_and_nothing_is_asked_any_more(self, office):
        expect_reports(office.period)
        actions.close_project(office.apollo, by=office.cast.pm, note="本番稼働した。", finished_on=today())
        project = Project.objects.get(pk=office.apollo.pk)
        assert (project.state, project.stage, project.actual_finish_on) == ("closed", "closed", today())
        entry = AuditEntry.objects.get(action="closed")
        assert entry.reason == "本番稼働した。" and entry.changes["state"] == ["active", "closed"]
        assert not Ask.objects.filter(scope_id=project.scope_id, state=Ask.State.OPEN).exists()
        with pytest.raises(ValidationError):
            actions.edit_project(project, by=office.cast.pm, version=None, name_ja="別")

    def test_not_before_it_began_and_not_by_a_reader(self, office):
        actions.edit_project(office.apollo, by=office.cast.pm, version=None, actual_start_on=today() - 10 * DAY)
        with pytest.raises(ValidationError) as refused:
            actions.close_project(office.apollo, by=office.cast.pm, note="完了", finished_on=today() - 11 * DAY)
        assert "finished_on" in refused.value.message_dict
        with pytest.raises(PermissionDenied):
            actions.close_project(office.apollo, by=office.cast.sponsor, note="完了", finished_on=today())

    def test_not_on_a_day_that_has_not_come(self, office):
        with pytest.raises(ValidationError, match="今日まで") as refused:
            actions.close_project(office.apollo, by=office.cast.pm, note="完了", finished_on=today() + DAY)
        assert "finished_on" in refused.value.message_dict
        assert Project.objects.get(pk=office.apollo.pk).is_open

    def test_archived_with_a_reason_out_of_lists_and_back_in_the_state_it_had(self, office):
        expect_reports(office.period)
        manager, apollo = office.cast.manager, office.apollo
        actions.archive_project(apollo, by=manager, reason="二重登録")
        assert not Ask.objects.filter(scope_id=apollo.scope_id, state=Ask.State.OPEN).exists()
        with pytest.raises(ValidationError):
            actions.archive_project(apollo, by=manager, reason="もう一度")
        actions.restore_project(apollo, by=manager, reason="取り違え")
        project = Project.objects.get(pk=apollo.pk)
        assert (project.archived_at, project.state) == (None, "active")
        assert (last_entry(project).action, last_entry(project).reason) == ("restored", "取り違え")
        assert Ask.objects.filter(scope_id=apollo.scope_id, kind="status.report", state=Ask.State.OPEN).count() == 1

    def test_both_need_a_reason_and_the_manager(self, office):
        for act in (actions.archive_project, actions.restore_project):
            with pytest.raises(ValidationError) as refused:
                act(office.apollo, by=office.cast.manager, reason="  ")
            assert "reason" in refused.value.message_dict
            with pytest.raises(PermissionDenied):
                act(office.apollo, by=office.cast.pm, reason="理由")

    def test_what_is_not_archived_is_not_brought_back(self, office):
        with pytest.raises(ValidationError):
            actions.restore_project(office.apollo, by=office.cast.manager, reason="理由")


class TestHandOver:
    @pytest.fixture(autouse=True)
    def _asked(self, office):
        expect_reports(office.period)

    def test_not_to_somebody_who_cannot_sign_in(self, office):
        for person in (PersonFactory(is_active=False), PersonFactory(email=None)):
            with pytest.raises(ValidationError):
                actions.hand_over(office.apollo, by=office.cast.manager, new_pm=person, reason="異動")
        assert Project.objects.get(pk=office.apollo.pk).pm == office.cast.pm

    def test_the_asks_and_the_role_go_with_it(self, office):
        old, new = office.cast.pm, PersonFactory()
        actions.hand_over(office.apollo, by=office.cast.manager, new_pm=new, reason="異動")
        assert Project.objects.get(pk=office.apollo.pk).pm == new
        ask = Ask.objects.get(scope_id=office.apollo.scope_id, kind="status.report", state=Ask.State.OPEN)
        assert ask.person == new
        assert holds(new, "pm", office.apollo) and not holds(old, "pm", office.apollo)
        assert last_entry(office.apollo).changes["pm"] == [old.pk, new.pk]

    def test_the_former_pm_sees_it_no_more_unless_they_were_meant_to(self, office):
        old, new = office.cast.outsider, PersonFactory()
        actions.hand_over(office.boreas, by=office.cast.manager, new_pm=new, keep_role=True)
        assert sees(old, office.boreas)
        actions.hand_over(office.boreas, by=office.cast.manager, new_pm=old)
        actions.hand_over(office.boreas, by=office.cast.manager, new_pm=new)
        assert not sees(old, office.boreas) and sees(new, office.boreas)

    def test_further_projects_of_the_former_pm_stay_theirs(self, office):
        old, new = office.cast.pm, PersonFactory()
        other = ProjectFactory(portfolio=office.core, pm=old)
        expect_reports(office.period)
        actions.hand_over(office.apollo, by=old, new_pm=new)
        assert sees(old, other) and holds(old, "pm", other)
        kept = Ask.objects.get(scope_id=other.scope_id, kind="status.report", state=Ask.State.OPEN)
        assert kept.person == old

    def test_a_role_for_the_whole_portfolio_is_not_the_post_in_one_project(self, office):
        old = office.cast.pm
        wide = GrantFactory(person=old, role="pm", scope=office.core.scope)
        actions.hand_over(office.apollo, by=office.cast.manager, new_pm=PersonFactory())
        wide.refresh_from_db()
        assert (wide.ends_on, wide.archived_at) == (None, None)

    def test_not_to_oneself_and_not_by_a_member(self, office):
        with pytest.raises(ValidationError) as refused:
            actions.hand_over(office.apollo, by=office.cast.manager, new_pm=office.cast.pm)
        assert "new_pm" in refused.value.message_dict
        with pytest.raises(PermissionDenied):
            actions.hand_over(office.apollo, by=office.cast.member, new_pm=office.cast.member)


class TestTeam:
    def joined(self, office, person, **given) -> ProjectMember:
        return team.add_member(office.apollo, by=office.cast.pm, person=person, part_ja="移行", **given)

    def test_a_membership_that_was_taken_out_is_not_changed_back_into_access(self, office):
        person = PersonFactory()
        member = self.joined(office, person, starts_on=today() + DAY)
        team.end_membership(member, by=office.cast.pm, last_on=today(), reason="誤り")
        for act, given in (
            (
                team.change_member,
                {"part_ja": "移行", "part_en": "", "share_percent": 50, "starts_on": today(), "ends_on": None},
            ),
            (team.end_membership, {"last_on": today()}),
        ):
            with pytest.raises(ValidationError):
                act(ProjectMember.objects.get(pk=member.pk), by=office.cast.pm, **given)
        assert not sees(person, office.apollo)

    def test_whoever_joins_sees_the_project_from_the_first_day_to_the_last(self, office):
        person = PersonFactory()
        member = self.joined(office, person, ends_on=today() + 30 * DAY)
        assert sees(person, office.apollo) and holds(person, "member", office.apollo)
        assert last_entry(member).action == "joined"
        team.end_membership(member, by=office.cast.pm, last_on=today() - DAY, reason="異動")
        member.refresh_from_db()
        assert member.archived_at is not None  # the first day was today: never in the team
        assert not sees(person, office.apollo)

    def test_the_last_day_ends_both_and_stays_readable(self, office):
        member = ProjectMember.objects.get(person=office.cast.member)
        team.end_membership(member, by=office.cast.pm, last_on=today() - DAY, reason="異動")
        member.refresh_from_db()
        assert (member.ends_on, member.standing) == (today() - DAY, "left")
        assert not holds(office.cast.member, "member", office.apollo)
        assert last_entry(member).reason == "異動"

    def test_with_a_second_part_the_role_lasts_as_long_as_the_longer(self, office):
        person = PersonFactory()
        first = self.joined(office, person)
        team.add_member(office.apollo, by=office.cast.pm, person=person, part_ja="教育")
        team.end_membership(first, by=office.cast.pm, last_on=today())
        assert Grant.objects.get(person=person, role="member").ends_on is None

    def test_changed_days_move_the_role_along(self, office):
        person = PersonFactory()
        member = self.joined(office, person)
        until = today() + 20 * DAY
        team.change_member(
            member,
            by=office.cast.pm,
            part_ja="移行",
            part_en="",
            share_percent=60,
            starts_on=member.starts_on,
            ends_on=until,
        )
        assert Grant.objects.get(person=person, role="member").ends_on == until
        assert last_entry(member).changes["share_percent"] == [100, 60]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"share_percent": 0}, "share_percent"),
            ({"share_percent": 101}, "share_percent"),
            ({"starts_on": LONG_AGO, "ends_on": LONG_AGO - DAY}, "ends_on"),
        ],
    )
    def test_refused(self, office, given, field):
        with pytest.raises(ValidationError) as refused:
            self.joined(office, PersonFactory(), **given)
        assert list(refused.value.message_dict) == [field]

    def test_nobody_joins_twice_in_the_same_part(self, office):
        person = PersonFactory()
        self.joined(office, person)
        with pytest.raises(ValidationError) as refused:
            self.joined(office, person)
        assert "person" in refused.value.message_dict

    def test_only_the_pm_and_the_pmo(self, office):
        with pytest.raises(PermissionDenied):
            team.add_member(office.apollo, by=office.cast.member, person=PersonFactory())
        with pytest.raises(PermissionDenied):
            team.add_member(office.boreas, by=office.cast.pm, person=PersonFactory())


class TestMilestones:
    @pytest.fixture
    def milestone(self, office) -> Milestone:
        return Milestone.objects.get(project=office.apollo)

    def test_moved_was_is_and_every_forecast_stays(self, office, milestone):
        was = milestone.forecast_on
        milestones.move_milestone(milestone, by=office.cast.pm, forecast_on=was + 14 * DAY, as_of=today() + DAY)
        milestone.refresh_from_db()
        assert (milestone.previous_on, milestone.forecast_on, milestone.moved) == (was, was + 14 * DAY, 14)
        assert [f.forecast_on for f in milestone.forecasts.all()] == [was, was + 14 * DAY]

    def test_edited_the_baseline_only_with_a_reason(self, office, milestone):
        typed = {"name_ja": "稼働判定", "name_en": "", "owner": office.cast.member}
        milestones.edit_milestone(milestone, by=office.cast.pm, baseline_on=milestone.baseline_on, **typed)
        milestone.refresh_from_db()
        assert (milestone.name_ja, milestone.owner) == ("稼働判定", office.cast.member)
        later = milestone.baseline_on + DAY
        with pytest.raises(ValidationError) as refused:
            milestones.edit_milestone(milestone, by=office.cast.pm, baseline_on=later, **typed)
        assert "reason" in refused.value.message_dict
        milestones.edit_milestone(milestone, by=office.cast.pm, baseline_on=later, reason="契約変更", **typed)
        assert last_entry(milestone).reason == "契約変更"

    def test_dropped_with_a_reason_it_stays_in_list_and_history_and_moves_no_more(self, office, milestone):
        with pytest.raises(ValidationError):
            milestones.drop_milestone(milestone, by=office.cast.pm, reason="")
        milestones.drop_milestone(milestone, by=office.cast.pm, reason="範囲から外した")
        milestone.refresh_from_db()
        assert milestone.state == "dropped" and milestone.archived_at is None
        assert (last_entry(milestone).action, last_entry(milestone).reason) == ("dropped", "範囲から外した")
        for act, given in (
            (milestones.move_milestone, {"forecast_on": today()}),
            (milestones.reach_milestone, {"actual_on": today()}),
            (milestones.drop_milestone, {"reason": "もう一度"}),
        ):
            with pytest.raises(ValidationError):
                act(milestone, by=office.cast.pm, **given)

    @pytest.mark.parametrize("ended", ["reached", "dropped"])
    def test_ticked_by_mistake_it_is_open_again_with_a_reason(self, office, milestone, ended):
        if ended == "reached":
            milestones.reach_milestone(milestone, by=office.cast.pm, actual_on=today())
        else:
            milestones.drop_milestone(milestone, by=office.cast.pm, reason="範囲から外した")
        with pytest.raises(ValidationError):
            milestones.reopen_milestone(milestone, by=office.cast.pm, reason=" ")
        forecast = milestone.forecast_on
        milestones.reopen_milestone(milestone, by=office.cast.pm, reason="押し間違い")
        milestone.refresh_from_db()
        assert (milestone.state, milestone.actual_on, milestone.forecast_on) == ("open", None, forecast)
        assert (last_entry(milestone).action, last_entry(milestone).reason) == ("reopened", "押し間違い")
        with pytest.raises(ValidationError):
            milestones.reopen_milestone(milestone, by=office.cast.pm, reason="もう一度")

    def test_of_a_project_that_has_ended_nothing_moves_any_more(self, office, milestone):
        actions.close_project(office.apollo, by=office.cast.pm, note="稼働した。", finished_on=today())
        milestone = Milestone.objects.get(pk=milestone.pk)
        for act, given in (
            (milestones.move_milestone, {"forecast_on": today()}),
            (milestones.reach_milestone, {"actual_on": today()}),
            (milestones.drop_milestone, {"reason": "不要"}),
        ):
            with pytest.raises(ValidationError):
                act(milestone, by=office.cast.pm, **given)
        with pytest.raises(ValidationError):
            milestones.add_milestone(
                Project.objects.get(key="APOLLO"), by=office.cast.pm, name_ja="追加", baseline_on=today()
            )

    def test_reached_not_in_the_future(self, office, milestone):
        with pytest.raises(ValidationError):
            milestones.reach_milestone(milestone, by=office.cast.pm, actual_on=today() + DAY)
        milestones.reach_milestone(milestone, by=office.cast.pm, actual_on=today())
        milestone.refresh_from_db()
        assert (milestone.state, milestone.actual_on) == ("reached", today())

    def test_an_older_version_is_a_conflict(self, office, milestone):
        version = milestone.version
        milestones.move_milestone(
            milestone, by=office.cast.pm, forecast_on=milestone.forecast_on + DAY, version=version
        )
        with pytest.raises(Conflict):
            milestones.drop_milestone(milestone, by=office.cast.pmo, reason="重複", version=version)

    def test_readers_and_the_pm_of_another_project_do_not(self, office, milestone):
        for person in (office.cast.member, office.cast.outsider, office.cast.sponsor):
            with pytest.raises(PermissionDenied):
                milestones.drop_milestone(milestone, by=person, reason="不要")


class TestPortfoliosAndProgrammes:
    def test_a_programme_hangs_below_its_portfolio(self, office):
        made = actions.create_programme(by=office.cast.manager, portfolio=office.core, key="HR", name_ja="人事")
        assert made.scope.parent == office.core.scope
        assert last_entry(made).action == "created"

    def test_edited_from_to(self, office):
        actions.edit_programme(office.erp, by=office.cast.pmo, name_ja="基幹ERP", owner=office.cast.manager)
        made = Programme.objects.select_related("scope").get(pk=office.erp.pk)
        assert (made.name_ja, made.scope.label) == ("基幹ERP", "基幹ERP")
        actions.edit_portfolio(office.core, by=office.cast.pmo, key="CORE2")
        assert last_entry(office.core).changes["key"] == ["CORE", "CORE2"]

    def test_whoever_runs_another_portfolio_does_not(self, office):
        for act in (
            lambda by: actions.create_programme(by=by, portfolio=office.core, key="HR", name_ja="人事"),
            lambda by: actions.edit_programme(office.erp, by=by, name_ja="別"),
            lambda by: actions.edit_portfolio(office.core, by=by, name_ja="別"),
        ):
            with pytest.raises(PermissionDenied):
                act(office.cast.site_pmo)

    def test_a_key_is_taken_whatever_its_width_and_case(self, office):
        with pytest.raises(ValidationError) as refused:
            actions.create_programme(by=office.cast.manager, portfolio=office.core, key="ｅｒｐ", name_ja="人事")
        assert "key" in refused.value.message_dict
        with pytest.raises(ValidationError):
            actions.edit_portfolio(office.site, by=office.cast.manager, key="core")


class TestReopening:
    def closed(self, office) -> Project:
        actions.close_project(office.apollo, by=office.cast.pm, note="稼働した。", finished_on=today())
        return Project.objects.get(pk=office.apollo.pk)

    def test_a_manager_takes_a_closed_project_up_again_and_it_owes_its_report(self, office):
        expect_reports(office.period)
        project = self.closed(office)
        assert not owed(office)
        actions.reopen_project(project, by=office.cast.manager, stage="closing", reason="誤って完了にした")
        project.refresh_from_db()
        assert (project.state, project.stage, project.actual_finish_on) == ("active", "closing", None)
        assert (last_entry(project).action, last_entry(project).reason) == ("reopened", "誤って完了にした")
        assert owed(office)

    def test_only_what_has_ended_and_only_by_a_manager(self, office):
        with pytest.raises(ValidationError):
            actions.reopen_project(office.apollo, by=office.cast.manager, stage="execution", reason="再開")
        project = self.closed(office)
        for person in (office.cast.pm, office.cast.pmo, office.cast.sponsor):
            with pytest.raises(PermissionDenied):
                actions.reopen_project(project, by=person, stage="execution", reason="再開")

    @pytest.mark.parametrize(("stage", "reason"), [("execution", " "), ("closed", "再開"), ("tomorrow", "再開")])
    def test_it_says_why_and_in_which_stage(self, office, stage, reason):
        with pytest.raises(ValidationError):
            actions.reopen_project(self.closed(office), by=office.cast.manager, stage=stage, reason=reason)


def owed(office) -> bool:
    open_asks = Ask.objects.filter(kind="status.report", object_id=office.apollo.pk, state=Ask.State.OPEN)
    return open_asks.exists()


# ---- amounts


@pytest.mark.parametrize("name", ["forecast_cost", "spent"])
def test_no_amount_is_typed_below_zero(office, name):
    with pytest.raises(ValidationError) as refused:
        actions.edit_project(office.apollo, by=office.cast.pm, version=None, **{name: Decimal(-5)})
    assert set(refused.value.error_dict) == {name}
    assert getattr(Project.objects.get(pk=office.apollo.pk), name) > 0


def test_no_project_begins_with_an_amount_below_zero(office):
    for name in actions.AMOUNTS:
        with pytest.raises(ValidationError) as refused:
            actions.create_project(
                by=office.cast.pmo, portfolio=office.core, key="NEGATIVE", name_en="N", **{name: Decimal(-5)}
            )
        assert set(refused.value.error_dict) == {name}


def test_what_an_import_left_below_zero_stays_until_it_is_changed(office):
    Project.objects.filter(pk=office.apollo.pk).update(spent=-5)
    apollo = Project.objects.get(pk=office.apollo.pk)
    actions.edit_project(apollo, by=office.cast.pm, version=None, name_en="Core", spent=Decimal("-5"))
    with pytest.raises(ValidationError):
        actions.edit_project(apollo, by=office.cast.pm, version=None, spent=Decimal("-6"))
