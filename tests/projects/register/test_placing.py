"""A project moves to another portfolio or programme on a day: what it belongs to then, and whose sums it counts in."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal import access, measures
from pmo_portal.access.tree import office as root
from pmo_portal.asks.models import InboxItem
from pmo_portal.audit import Conflict
from pmo_portal.audit.models import AuditEntry
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.periods import actions as periods
from projects.register import actions, placing
from projects.register.models import Portfolio, Project, ProjectPlacement
from projects.status import actions as status
from projects.status.models import StatusReport
from tests.factories import PeriodFactory, PortfolioFactory, ProgrammeFactory, ProjectFactory, ReportFactory

DAY = timedelta(days=1)


def today():
    return timezone.localdate()


def move(project, portfolio, *, by, on=None, programme=None, reason="組織再編のため", **more):
    return placing.place_project(project, by=by, portfolio=portfolio, programme=programme, on=on, reason=reason, **more)


def spent(place, period) -> Decimal | None:
    """What the kept sum says; None where none is kept."""
    found = MeasureValue.objects.filter(measure="spent", scope=place.scope if hasattr(place, "scope") else place)
    return found.filter(period=period).values_list("value", flat=True).first()


def places(project) -> list[tuple]:
    rows = ProjectPlacement.objects.filter(project=project).order_by("starts_on")
    return [(p.portfolio.key, p.starts_on, p.ends_on) for p in rows]


def later(monkeypatch, days: int):
    """The office's clock moves on."""
    then = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: then)


@pytest.fixture
def two_months(office):
    """APOLLO reported last month (200) and this month (210); the sums are made."""
    before = PeriodFactory(day=office.period.starts_on - DAY)
    periods.open_period(before, by=None)
    ReportFactory(project=office.apollo, period=before, spent=Decimal(200))
    ReportFactory(project=office.apollo, period=office.period, spent=Decimal(210))
    measures.roll_up_stale()
    assert (spent(office.core, before), spent(office.core, office.period)) == (200, 210)
    return before, office.period


class TestNow:
    def test_it_belongs_there_from_today_and_the_trail_says_from_where_to_where_and_why(self, office):
        move(office.apollo, office.site, by=office.cast.manager)
        project = Project.objects.get(pk=office.apollo.pk)
        assert (project.portfolio, project.programme) == (office.site, None)
        assert project.scope.parent == office.site.scope
        entry = AuditEntry.objects.latest("id")
        assert (entry.action, entry.reason) == ("placed", "組織再編のため")
        assert entry.changes["portfolio"] == [office.core.pk, office.site.pk]
        assert entry.changes["programme"] == [office.erp.pk, None]
        assert [(key, ends) for key, _, ends in places(project)] == [("CORE", today() - DAY), ("SITE", None)]

    def test_the_new_place_sees_it_and_the_old_one_does_not(self, office):
        cast = office.cast
        move(office.apollo, office.site, by=cast.manager)
        people = cast.everybody()
        assert access.visible(people["site_pmo"], Project).filter(key="APOLLO").exists()
        assert not access.visible(people["core_reader"], Project).filter(key="APOLLO").exists()

    def test_periods_before_the_day_keep_their_sums_and_later_ones_count_in_the_new_place(self, office, two_months):
        before, now = two_months
        move(office.apollo, office.site, by=office.cast.manager)
        measures.roll_up_stale()
        assert (spent(office.core, before), spent(office.site, before)) == (200, None)
        assert (spent(office.core, now), spent(office.site, now)) == (None, 210)
        assert spent(office.erp, before) == 200 and spent(office.erp, now) is None
        assert spent(root(), before) == 200 and spent(root(), now) == 210
        for period in two_months:
            assert measures.verify(period.pk) == []

    def test_a_past_period_corrected_after_the_move_is_summed_where_it_stood_then(self, office, two_months):
        before, _now = two_months
        move(office.apollo, office.site, by=office.cast.manager)
        measures.roll_up_stale()
        report = StatusReport.objects.get(project=office.apollo, period=before, is_current=True)
        status.return_report(report, by=office.cast.pmo, reason="実績を直す")
        status.submit_report(report, by=office.cast.pm, version=None, spent=Decimal(190))
        measures.roll_up_stale()
        assert (spent(office.core, before), spent(office.site, before)) == (190, None)
        measures.rebuild([before.pk])
        assert (spent(office.core, before), spent(office.erp, before)) == (190, 190)

    def test_both_places_are_marked_stale_in_the_same_transaction(self, office, two_months):
        StaleRollup.objects.all().delete()
        move(office.apollo, office.site, by=office.cast.manager)
        _before, now = two_months
        marked = set(StaleRollup.objects.values_list("scope_id", "period_id"))
        assert marked == {(office.apollo.scope_id, now.pk), (office.erp.scope_id, now.pk)}

    def test_the_figure_of_the_old_place_leads_to_the_project_of_that_time(self, office, two_months, signed_in):
        before, now = two_months
        move(office.apollo, office.site, by=office.cast.manager)
        measures.roll_up_stale()
        client = signed_in(office.cast.manager)
        old = client.get(measures.figure_url("spent", office.erp.scope_id, before.key))
        assert old.status_code == 200 and "基幹システム刷新" in old.text
        new = client.get(measures.figure_url("spent", office.site.scope_id, now.key))
        assert new.status_code == 200 and "基幹システム刷新" in new.text

    def test_its_pm_and_the_owners_of_both_places_hear_of_it(self, office):
        move(office.apollo, office.site, by=office.cast.pmo)
        told = InboxItem.objects.filter(kind="register.placed").values_list("person", flat=True)
        assert set(told) == {office.cast.pm.pk, office.cast.manager.pk}

    def test_into_a_programme_of_its_portfolio(self, office):
        other = ProgrammeFactory(portfolio=office.core, key="NEXT")
        move(office.apollo, office.core, by=office.cast.manager, programme=other)
        assert Project.objects.get(pk=office.apollo.pk).scope.parent == other.scope


class TestInThePast:
    def test_sums_change_from_that_day_on_and_not_before(self, office, two_months):
        before, now = two_months
        earlier = PeriodFactory(day=before.starts_on - DAY)
        periods.open_period(earlier, by=None)
        ReportFactory(project=office.apollo, period=earlier, spent=Decimal(150))
        measures.roll_up_stale()
        move(office.apollo, office.site, by=office.cast.manager, on=before.starts_on)
        measures.roll_up_stale()
        assert (spent(office.core, earlier), spent(office.site, earlier)) == (150, None)
        assert [spent(office.site, p) for p in (before, now)] == [200, 210]
        assert [spent(office.core, p) for p in (before, now)] == [None, None]

    def test_a_day_before_the_latest_move_is_refused(self, office):
        move(office.apollo, office.site, by=office.cast.manager, on=today() - 10 * DAY)
        with pytest.raises(ValidationError, match="書き換") as refused:
            move(office.apollo, office.core, by=office.cast.manager, on=today() - 11 * DAY)
        assert "on" in refused.value.message_dict
        assert [key for key, *_ in places(office.apollo)] == ["CORE", "SITE"]

    def test_the_same_day_again_corrects_the_move_and_all_three_places_add_up(self, office, two_months):
        third = PortfolioFactory(key="THIRD")
        move(office.apollo, office.site, by=office.cast.manager, on=today() - DAY)
        measures.roll_up_stale()
        move(office.apollo, third, by=office.cast.manager, on=today() - DAY)
        measures.roll_up_stale()
        _before, now = two_months
        assert [spent(place, now) for place in (office.core, office.site, third)] == [None, None, 210]
        assert [key for key, *_ in places(office.apollo)] == ["CORE", "THIRD"]

    def test_moved_back_on_the_same_day_it_never_left(self, office, two_months):
        was = places(office.apollo)
        move(office.apollo, office.site, by=office.cast.manager)
        move(office.apollo, office.core, by=office.cast.manager, programme=office.erp)
        measures.roll_up_stale()
        assert places(office.apollo) == was
        assert spent(office.erp, two_months[1]) == 210 and spent(office.site, two_months[1]) is None


class TestInTheFuture:
    def test_it_stays_until_the_day_and_then_moves_by_itself_once(self, office, two_months, monkeypatch):
        day = today() + 5 * DAY
        move(office.apollo, office.site, by=office.cast.manager, on=day)
        project = Project.objects.get(pk=office.apollo.pk)
        assert project.portfolio == office.core and placing.planned_move(project).portfolio == office.site
        entry = AuditEntry.objects.latest("id")
        assert entry.action == "move_planned" and f"{day} → 拠点整備 組織再編のため" == entry.reason
        assert placing.carry_out_moves() == 0
        later(monkeypatch, 5)
        assert placing.carry_out_moves() == 1
        assert placing.carry_out_moves() == 0
        project.refresh_from_db()
        assert project.portfolio == office.site and project.scope.parent == office.site.scope
        entry = AuditEntry.objects.filter(action="placed").latest("id")
        assert (entry.actor, entry.reason) == (None, "組織再編のため")
        assert placing.planned_move(project) is None

    @pytest.mark.parametrize("end", ["closed", "archived"])
    def test_where_one_of_both_has_ended_by_then_it_does_not_take_place(self, office, monkeypatch, end):
        move(office.apollo, office.site, by=office.cast.manager, on=today() + 5 * DAY)
        if end == "closed":
            actions.close_project(office.apollo, by=office.cast.pm, note="稼働した。", finished_on=today())
        else:
            Portfolio.objects.filter(pk=office.site.pk).update(archived_at=timezone.now())
        later(monkeypatch, 5)
        assert placing.carry_out_moves() == 0
        project = Project.objects.get(pk=office.apollo.pk)
        assert project.portfolio == office.core and placing.planned_move(project) is None
        assert AuditEntry.objects.filter(action="move_cancelled").exists()

    def test_another_move_takes_the_place_of_the_planned_one(self, office):
        third = PortfolioFactory(key="THIRD")
        move(office.apollo, office.site, by=office.cast.manager, on=today() + 5 * DAY)
        move(office.apollo, third, by=office.cast.manager, on=today() + 3 * DAY)
        assert [(key, starts) for key, starts, _ in places(office.apollo)][1:] == [("THIRD", today() + 3 * DAY)]

    @pytest.mark.parametrize("days_ago", [0, 300])
    def test_a_move_that_holds_already_leaves_the_planned_one(self, office, monkeypatch, days_ago):
        third, now = PortfolioFactory(key="THIRD"), today() - days_ago * DAY
        coming = today() + 5 * DAY
        move(office.apollo, office.site, by=office.cast.manager, on=coming, reason="期初の再編")
        move(office.apollo, third, by=office.cast.manager, on=now, reason="登録の訂正")
        assert [(key, ends) for key, _, ends in places(office.apollo)] == [
            ("CORE", now - DAY),
            ("THIRD", coming - DAY),
            ("SITE", None),
        ]
        project = Project.objects.get(pk=office.apollo.pk)
        assert (project.portfolio, placing.planned_move(project).reason) == (third, "期初の再編")
        later(monkeypatch, 5)
        assert placing.carry_out_moves() == 1
        project.refresh_from_db()
        assert project.portfolio == office.site and project.scope.parent == office.site.scope

    def test_moved_at_once_to_where_it_was_to_go_nothing_is_left_to_come(self, office):
        move(office.apollo, office.site, by=office.cast.manager, on=today() + 5 * DAY)
        move(office.apollo, office.site, by=office.cast.manager)
        assert [(key, ends) for key, _, ends in places(office.apollo)] == [("CORE", today() - DAY), ("SITE", None)]

    def test_it_can_be_cancelled_until_then(self, office):
        was = places(office.apollo)
        move(office.apollo, office.site, by=office.cast.manager, on=today() + 5 * DAY)
        placing.cancel_move(office.apollo, by=office.cast.manager)
        assert places(office.apollo) == was
        assert AuditEntry.objects.latest("id").action == "move_cancelled"
        with pytest.raises(ValidationError):
            placing.cancel_move(office.apollo, by=office.cast.manager)

    def test_a_project_that_has_yet_to_start_moves_before_its_first_day(self, office):
        coming = ProjectFactory(
            portfolio=office.core, planned_start_on=today() + 60 * DAY, planned_finish_on=today() + 90 * DAY
        )
        move(coming, office.site, by=office.cast.manager)
        assert [(key, ends) for key, _, ends in places(coming)] == [("CORE", today() - DAY), ("SITE", None)]


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "field"),
        [({"reason": " "}, "reason"), ({"on": timezone.localdate().replace(year=1899)}, "on")],
    )
    def test_a_reason_and_a_sensible_day_are_needed(self, office, given, field):
        with pytest.raises(ValidationError) as refused:
            move(office.apollo, office.site, by=office.cast.manager, **given)
        assert field in refused.value.message_dict

    def test_a_programme_of_another_portfolio_and_the_place_where_it_stands(self, office):
        hub = ProgrammeFactory(portfolio=office.site, key="HUB")
        with pytest.raises(ValidationError) as refused:
            move(office.apollo, office.core, by=office.cast.manager, programme=hub)
        assert "programme" in refused.value.message_dict
        with pytest.raises(ValidationError) as refused:
            move(office.apollo, office.core, by=office.cast.manager, programme=office.erp)
        assert "portfolio" in refused.value.message_dict

    def test_who_may_not_and_who_may_not_there(self, office):
        with pytest.raises(PermissionDenied):
            move(office.apollo, office.site, by=office.cast.pm)
        with pytest.raises(PermissionDenied):
            move(office.boreas, office.core, by=office.cast.site_pmo)

    def test_a_closed_project_stays_where_it_is(self, office):
        actions.close_project(office.apollo, by=office.cast.manager, note="完了", finished_on=today())
        with pytest.raises(ValidationError):
            move(office.apollo, office.site, by=office.cast.manager)

    def test_somebody_else_was_faster(self, office):
        move(office.apollo, office.site, by=office.cast.manager, version=office.apollo.version)
        with pytest.raises(Conflict):
            move(office.apollo, office.core, by=office.cast.manager, version=1)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_moves_and_changes_the_sums_are_those_made_from_nothing(office, two_months, seed):
    chance, by = random.Random(seed), office.cast.manager
    projects = [office.apollo, office.boreas, ProjectFactory(portfolio=office.core)]
    hub = ProgrammeFactory(portfolio=office.site, key="HUB")
    spots = [(office.core, None), (office.core, office.erp), (office.site, None), (office.site, hub)]
    for project in projects[1:]:
        ReportFactory(project=project, period=office.period, spent=Decimal(chance.randrange(1000)))
    for _ in range(14):
        project, period = chance.choice(projects), chance.choice(two_months)
        try:
            if chance.random() < 0.7:
                portfolio, programme = chance.choice(spots)
                day = today() - chance.choice((0, 0, 40)) * DAY
                move(project, portfolio, by=by, programme=programme, on=day)
            else:
                amount = measures.Value("spent", chance.randrange(1000))
                measures.record(project.scope_id, period.pk, [amount])
                measures.mark_stale([(project.scope_id, period.pk)])
        except ValidationError:  # it stands there already, or the day lies before its last move
            continue
        if chance.random() < 0.5:
            measures.roll_up_stale()
    measures.roll_up_stale()
    for period in two_months:
        assert measures.verify(period.pk) == []
        kept = dict(MeasureValue.objects.filter(period=period).values_list("pk", "value"))
        measures.rebuild([period.pk])
        assert dict(MeasureValue.objects.filter(period=period).values_list("pk", "value")) == kept


URL = "/projects/APOLLO/placement/"


class TestPage:
    def typed(self, office, **given):
        return {
            "portfolio": office.site.pk,
            "on": today().isoformat(),
            "reason": "組織再編のため",
            "version": office.apollo.version,
        } | given

    def test_the_pmo_moves_it_and_lands_on_the_record(self, office, signed_in):
        client = signed_in(office.cast.pmo)
        page = client.get(URL)
        assert page.status_code == 200 and "所属" in page.text
        answer = client.post(URL, self.typed(office))
        assert answer.status_code == 302 and answer.url == "/projects/APOLLO/"
        assert "拠点整備" in client.get(answer.url).text

    def test_a_planned_move_is_shown_and_taken_back(self, office, signed_in):
        client = signed_in(office.cast.manager)
        client.post(URL, self.typed(office, on=(today() + 9 * DAY).isoformat()))
        assert "拠点整備" in client.get("/projects/APOLLO/").text
        page = client.get(URL)
        assert "この移動を取りやめる" in page.text
        version = Project.objects.get(key="APOLLO").version
        assert client.post(f"{URL}cancellation/", {"version": version}).status_code == 302
        assert placing.planned_move(office.apollo) is None
        again = client.post(f"{URL}cancellation/", {"version": version + 1}, follow=True)
        assert "予定された移動はもうありません" in again.text

    def test_only_portfolios_into_which_one_may_put_projects_are_offered(self, office, signed_in):
        page = signed_in(office.cast.site_pmo).get("/projects/BOREAS/placement/")
        assert f'<option value="{office.core.pk}"' not in page.text
        assert f'<option value="{office.site.pk}"' in page.text

    def test_the_place_of_a_project_is_refused_with_words(self, office, signed_in):
        page = signed_in(office.cast.manager).post(URL, self.typed(office, reason="", on="2026/99/1"))
        assert page.status_code == 422 and "has-error" in page.text
