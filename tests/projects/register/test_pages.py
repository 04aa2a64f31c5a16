"""The register's pages as the PM, the PMO, the manager and readers meet them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pmo_portal.access.models import Grant
from pmo_portal.measures import figure_url
from projects.register import actions, milestones, team
from projects.register.models import Milestone, Portfolio, Programme, Project, ProjectMember
from projects.status.maintaining import expect_reports
from tests.factories import MilestoneFactory, PersonFactory, ReportFactory

DAY = timedelta(days=1)
RECORD = "/projects/APOLLO/"


def today():
    return timezone.localdate()


def words(page) -> str:
    """What a reader reads: the text without the tags, blanks as one."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def section(page, heading: str) -> str:
    """The words of the section with that heading."""
    found = [s for s in re.findall(r"<section\b.*?</section>", page.text, flags=re.S) if f"<h2>{heading}" in s]
    assert len(found) == 1, f"{len(found)} sections called {heading}"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def section_of_marks(page) -> str:
    """What stands beside the name: light and state."""
    return re.search(r'class="pmo-head-title">(.*?)</div>', page.text, flags=re.S).group(1)


def page_menu(page) -> str:
    """What stands in the record's own menu."""
    found = re.search(r'<details class="pmo-menu">(.*?)</details>', page.text.split("<main")[1], flags=re.S)
    return found.group(1) if found else ""


@pytest.fixture
def pm(office, signed_in):
    return signed_in(office.cast.pm)


@pytest.fixture
def pmo(office, signed_in):
    return signed_in(office.cast.pmo)


@pytest.fixture
def manager(office, signed_in):
    return signed_in(office.cast.manager)


class TestRecord:
    def test_it_says_where_the_project_stands(self, office, pm):
        ReportFactory(
            project=office.apollo,
            period=office.period,
            overall_light="amber",
            overall_reason="遅れ",
            confidence="amber_green",
        )
        page = pm.get(RECORD)
        told = words(page)
        assert "基幹システム刷新" in told and "次期ERP" in told
        for person in (office.cast.pm, office.cast.sponsor, office.cast.pmo):
            assert person.name in told
        assert "完了見込" in told and "承認額" in told and "+3.2%" in told
        assert "注意" in told and "やや高い" in told

    @pytest.mark.parametrize("measure", ["slip_days", "forecast_cost", "approved_budget", "spent"])
    def test_its_figures_lead_to_their_formula_and_report(self, office, pm, measure):
        ReportFactory(project=office.apollo, period=office.period)
        address = figure_url(measure, office.apollo.scope_id, office.period.key)
        assert f'href="{address}"' in pm.get(RECORD).text
        figure = pm.get(address)
        assert "計算式" in figure.text and f"{RECORD}status/{office.period.key}/" in figure.text

    def test_a_milestones_move_is_what_it_is_less_what_it_was_and_the_baseline_is_named(self, office, pm):
        milestone = Milestone.objects.get(project=office.apollo)
        for days in (10, 27):
            milestones.move_milestone(milestone, by=office.cast.pm, forecast_on=milestone.baseline_on + days * DAY)
        milestone.refresh_from_db()
        assert (milestone.last_move, milestone.moved) == (17, 27)
        for tab in ("overview", "milestones"):
            assert "+17日 基準 +27日" in words(pm.get(f"{RECORD}?tab={tab}"))

    def test_what_changed_since_one_last_looked_starts_anew_when_marked_as_seen(self, office, pm):
        actions.edit_project(office.apollo, by=office.cast.pmo, version=None, category="会計")
        assert "会計" in section(pm.get(RECORD), "最近変わったこと")
        assert pm.post(f"{RECORD}seen/").status_code == 302
        assert "会計" not in section(pm.get(RECORD), "前回から変わったこと")
        milestone = Milestone.objects.get(project=office.apollo)
        milestones.move_milestone(milestone, by=office.cast.pm, forecast_on=milestone.forecast_on + 14 * DAY)
        assert "M-01 本番稼働" in section(pm.get(RECORD), "前回から変わったこと")

    def test_the_strip_has_a_cell_for_each_period(self, office, pm):
        ReportFactory(project=office.apollo, period=office.period, confidence="amber")
        strip = section(pm.get(RECORD), "達成の確度")
        assert office.period.label in strip

    def test_the_next_milestones_the_nearest_first_and_not_those_done_or_dropped(self, office, pm):
        near = MilestoneFactory(project=office.apollo, name_ja="受入試験", baseline_on=today() + 3 * DAY)
        done = MilestoneFactory(project=office.apollo, name_ja="設計完了", baseline_on=today() - 3 * DAY)
        dropped = MilestoneFactory(project=office.apollo, name_ja="旧帳票", baseline_on=today() + 2 * DAY)
        milestones.reach_milestone(done, by=office.cast.pm, actual_on=today())
        milestones.drop_milestone(dropped, by=office.cast.pm, reason="不要")
        told = section(pm.get(RECORD), "マイルストーン")
        assert told.index(near.name_ja) < told.index("本番稼働")
        assert "設計完了" not in told and "旧帳票" not in told

    def test_the_team_of_today_with_its_parts(self, office, pm):
        gone, coming = PersonFactory(name_ja="去年の人"), PersonFactory(name_ja="来月の人")
        team.add_member(
            office.apollo, by=office.cast.pm, person=gone, starts_on=today() - 9 * DAY, ends_on=today() - DAY
        )
        team.add_member(office.apollo, by=office.cast.pm, person=coming, starts_on=today() + DAY)
        told = section(pm.get(RECORD), "チーム")
        assert office.cast.member.name in told and "試験" in told
        assert gone.name not in told and coming.name not in told

    def test_what_is_asked_of_it_and_of_whom(self, office, pm):
        expect_reports(office.period)
        told = section(pm.get(RECORD), "このプロジェクトへの依頼")
        assert office.period.label in told and office.cast.pm.name in told

    def test_history_tells_who_did_what_from_what_to_what_and_why(self, office, pm):
        actions.edit_project(office.apollo, by=office.cast.pmo, version=None, category="会計", reason="分類の見直し")
        told = words(pm.get(f"{RECORD}?tab=history"))
        assert "会計" in told and "分類の見直し" in told and office.cast.pmo.name in told

    def test_readers_get_no_buttons_and_outsiders_nothing(self, office, signed_in):
        reader = signed_in(office.cast.member).get(RECORD)
        assert reader.status_code == 200 and "/edit/" not in reader.text and "/closure/" not in reader.text
        assert signed_in(office.cast.outsider).get(RECORD).status_code == 404

    @pytest.mark.parametrize("tab", ["overview", "milestones", "team", "reports", "history", "nonsense"])
    def test_each_tab_opens_in_both_languages(self, office, pm, tab):
        for language in ("ja", "en"):
            pm.cookies["django_language"] = language
            assert pm.get(f"{RECORD}?tab={tab}").status_code == 200


class TestCreateAndEdit:
    def typed(self, office, **given) -> dict:
        return {
            "key": "P-9",
            "portfolio": office.core.pk,
            "programme": office.erp.pk,
            "name_ja": "新規計画",
            "kind": "system",
            "tier": "B",
            "stage": "planning",
            "currency": "JPY",
            "planned_start_on": "2027/4/1",
            "planned_finish_on": "2028/3/31",
            "forecast_start_on": "2027/5/10",
            "benefit_amount": "1.2億",
            "approved_budget": "480百万",
        } | given

    def test_created_and_shown(self, office, manager):
        answer = manager.post("/projects/new/", self.typed(office))
        assert answer.status_code == 302 and answer.url == "/projects/P-9/"
        project = Project.objects.get(key="P-9")
        assert (project.benefit_amount, project.forecast_start_on.isoformat()) == (120_000_000, "2027-05-10")
        page = words(manager.get(answer.url))
        assert "新規計画" in page and "効果額" in page

    def test_the_dates_of_an_approved_plan_are_shown_and_led_to_their_request(self, office, pm):
        page = pm.get(f"{RECORD}edit/")
        field = re.search(
            r'<div class="pmo-field" id="field-planned_finish_on">.*?</div>', page.text, flags=re.S
        ).group()
        assert "disabled" in field and f"{RECORD}planned-dates/" in field

    def test_a_currency_is_one_that_is_in_use_and_the_offices_stands_first(self, office, manager):
        page = manager.get("/projects/new/").text
        assert re.search(r'<select name="currency".*?<option value="(\w+)"', page, flags=re.S).group(1) == "JPY"
        made = {"key": "COMET", "name_ja": "決済基盤", "portfolio": office.core.pk, "kind": "system", "tier": "B"}
        refused = manager.post("/projects/new/", made | {"stage": "concept", "currency": "ZZZ"})
        assert refused.status_code == 422 and not Project.objects.filter(key="COMET").exists()

    def test_edited_in_place_with_the_new_fields(self, office, manager, pm):
        page = pm.get(f"{RECORD}edit/")
        assert 'name="forecast_start_on"' in page.text and 'name="benefit_amount"' in page.text
        assert 'name="portfolio"' not in page.text and 'name="approved_budget"' not in page.text

    def test_refused_with_the_words_at_the_field_and_nothing_typed_is_lost(self, office, manager):
        page = manager.post("/projects/new/", self.typed(office, name_ja="", category="会計", forecast_cost="たくさん"))
        assert page.status_code == 422
        assert 'value="会計"' in page.text and "たくさん" in page.text and 'id="id_forecast_cost_error"' in page.text
        assert not Project.objects.filter(key="P-9").exists()

    def test_sent_twice_there_is_one(self, office, manager):
        manager.post("/projects/new/", self.typed(office))
        again = manager.post("/projects/new/", self.typed(office))
        assert again.status_code == 422 and Project.objects.filter(key="P-9").count() == 1

    def test_nobody_adds_to_a_portfolio_they_do_not_run(self, office, signed_in):
        answer = signed_in(office.cast.site_pmo).post("/projects/new/", self.typed(office))
        assert answer.status_code in (403, 422) and not Project.objects.filter(key="P-9").exists()


class TestCloseArchiveAndBack:
    def version(self) -> int:
        return Project.objects.get(key="APOLLO").version

    def test_closed_on_its_page(self, office, pm):
        answer = pm.post(
            f"{RECORD}closure/",
            {"finished_on": today().isoformat(), "note": "稼働した。", "version": self.version()},
        )
        assert answer.status_code == 302
        page = pm.get(answer.url)
        assert "完了" in section_of_marks(page)
        assert f"{RECORD}edit/" not in page.text and f"{RECORD}closure/" not in page.text

    @pytest.mark.parametrize(
        ("part", "button"),
        [
            ("budget", "申請する"),
            ("planned-dates", "申請する"),
            ("archive", "保管する"),
            ("closure", "完了にする"),
            ("handover", "引き継ぐ"),
            ("placement", "移す"),
        ],
    )
    def test_each_button_says_what_it_does(self, manager, part, button):
        page = manager.get(f"{RECORD}{part}/").text
        found = re.search(r"<button[^>]*data-submit>(.*?) <kbd>", page).group(1)
        assert found == button

    def test_closed_it_has_no_empty_menu(self, office, pm, pmo):
        assert "pmo-menu-box" in pmo.get(RECORD).text
        actions.close_project(office.apollo, by=office.cast.pm, note="稼働した。", finished_on=today())
        assert page_menu(pmo.get(RECORD)) == page_menu(pm.get(RECORD)) == ""

    def test_closed_by_mistake_a_manager_takes_it_up_again(self, office, manager):
        actions.close_project(office.apollo, by=office.cast.pm, note="稼働した。", finished_on=today())
        assert f"{RECORD}reopening/" in page_menu(manager.get(RECORD))
        given = {"stage": "execution", "reason": "誤って完了にした", "version": self.version()}
        assert manager.post(f"{RECORD}reopening/", given).status_code == 302
        page = manager.get(RECORD)
        assert f"{RECORD}edit/" not in page.text and f"{RECORD}closure/" in page.text  # a manager's menu, as before
        assert f"{RECORD}reopening/" not in page.text

    def test_a_finish_to_come_is_refused_at_its_field(self, office, pm):
        to_come = {"finished_on": "2199-12-31", "note": "稼働した。", "version": self.version()}
        page = pm.post(f"{RECORD}closure/", to_come)
        assert page.status_code == 422 and "終了日は今日までの日付にしてください。" in page.text

    def test_archived_found_by_the_filter_and_brought_back(self, office, manager):
        answer = manager.post(f"{RECORD}archive/", {"reason": "二重登録", "version": self.version()})
        assert answer.status_code == 302
        assert "基幹システム刷新を保管しました。" in manager.get(answer.url).text
        assert "基幹システム刷新" not in manager.get("/projects/").text
        assert "基幹システム刷新" in manager.get("/projects/?archived=1").text
        page = manager.get(RECORD)
        assert "保管済み" in words(page) and f"{RECORD}restoration/" in page.text
        empty = manager.post(f"{RECORD}restoration/", {"reason": "", "version": self.version()})
        assert empty.status_code == 422
        assert (
            manager.post(f"{RECORD}restoration/", {"reason": "取り違え", "version": self.version()}).status_code == 302
        )
        assert "基幹システム刷新" in manager.get("/projects/").text


class TestHandOver:
    def test_the_former_pm_without_another_role_is_led_home(self, office, signed_in):
        client = signed_in(office.cast.outsider)
        new = office.cast.pm
        answer = client.post("/projects/BOREAS/handover/", {"new_pm": new.pk, "version": office.boreas.version})
        assert answer.status_code == 302 and answer.url == "/"
        assert client.get("/projects/BOREAS/").status_code == 404
        assert signed_in(new).get("/projects/BOREAS/").status_code == 200

    def test_meant_to_stay_they_land_on_the_record(self, office, signed_in):
        client = signed_in(office.cast.outsider)
        typed = {"new_pm": office.cast.pm.pk, "version": office.boreas.version, "keep_role": "on"}
        answer = client.post("/projects/BOREAS/handover/", typed)
        assert answer.url == "/projects/BOREAS/" and client.get(answer.url).status_code == 200


class TestTeam:
    def test_joins_changes_and_leaves(self, office, pm, signed_in):
        person = PersonFactory()
        assert signed_in(person).get(RECORD).status_code == 404
        typed = {"person": person.pk, "part_ja": "データ移行", "share_percent": 80, "starts_on": today().isoformat()}
        answer = pm.post(f"{RECORD}team/", typed)
        assert answer.status_code == 302 and answer.url == f"{RECORD}?tab=team"
        assert "データ移行" in pm.get(answer.url).text
        assert signed_in(person).get(RECORD).status_code == 200
        member = ProjectMember.objects.get(person=person)
        page = pm.get(f"{RECORD}team/{member.pk}/")
        assert page.status_code == 200 and 'value="データ移行"' in page.text
        changed = {k: v for k, v in typed.items() if k != "person"} | {"part_ja": "教育", "version": member.version}
        assert pm.post(f"{RECORD}team/{member.pk}/", changed).status_code == 302
        ending = {"last_on": (today() - DAY).isoformat(), "version": member.version + 1, "reason": "異動"}
        assert pm.post(f"{RECORD}team/{member.pk}/end/", ending).status_code == 302
        assert "教育" not in pm.get(f"{RECORD}?tab=team").text
        assert signed_in(person).get(RECORD).status_code == 404

    def test_refused_at_the_field(self, office, pm):
        typed = {"person": PersonFactory().pk, "share_percent": 130, "starts_on": today().isoformat()}
        page = pm.post(f"{RECORD}team/", typed)
        assert page.status_code == 422 and 'id="id_share_percent_error"' in page.text

    def test_readers_see_the_team_without_forms(self, office, signed_in):
        page = signed_in(office.cast.member).get(f"{RECORD}?tab=team")
        assert office.cast.member.name in page.text and f'action="{RECORD}team/"' not in page.text

    def test_a_member_of_another_project_is_not_reached_through_this_one(self, office, pm, manager):
        other = team.add_member(office.boreas, by=office.cast.outsider, person=PersonFactory())
        assert pm.get(f"{RECORD}team/{other.pk}/").status_code == 404
        assert manager.get(f"{RECORD}team/{other.pk}/").status_code == 404
        assert Grant.objects.filter(person=other.person, role="member").count() == 1


class TestMilestones:
    URL = f"{RECORD}milestones/1/"

    def test_edited_moved_and_dropped(self, office, pm):
        milestone = Milestone.objects.get(project=office.apollo)
        typed = {"name_ja": "稼働判定", "baseline_on": milestone.baseline_on.isoformat(), "version": milestone.version}
        assert pm.post(f"{self.URL}edit/", typed).status_code == 302
        page = pm.get(f"{RECORD}?tab=milestones")
        assert "稼働判定" in page.text and f"{self.URL}dropped/" in page.text
        later = (milestone.forecast_on + 7 * DAY).isoformat()
        assert pm.post(self.URL, {"forecast_on": later, "version": milestone.version + 1}).status_code == 302
        assert "+7" in words(pm.get(f"{RECORD}?tab=milestones"))
        refused = pm.post(f"{self.URL}dropped/", {"reason": " ", "version": milestone.version + 2})
        assert refused.status_code == 422
        dropped = pm.post(f"{self.URL}dropped/", {"reason": "範囲外", "version": milestone.version + 2})
        assert dropped.status_code == 302
        page = pm.get(f"{RECORD}?tab=milestones")
        assert "取りやめ" in words(page) and f"{self.URL}dropped/" not in page.text
        assert "範囲外" in words(pm.get(f"{RECORD}?tab=history"))

    def test_a_baseline_moves_with_a_reason_only(self, office, pm):
        milestone = Milestone.objects.get(project=office.apollo)
        typed = {
            "name_ja": "本番稼働",
            "baseline_on": (milestone.baseline_on + DAY).isoformat(),
            "version": milestone.version,
        }
        page = pm.post(f"{self.URL}edit/", typed)
        assert page.status_code == 422 and 'id="id_reason_error"' in page.text
        assert pm.post(f"{self.URL}edit/", typed | {"reason": "契約変更"}).status_code == 302


class TestPortfoliosAndProgrammes:
    def test_a_programme_is_made_edited_and_listed(self, office, manager):
        typed = {"portfolio": office.site.pk, "key": "HUB", "name_ja": "拠点再編"}
        answer = manager.post("/projects/programmes/new/", typed)
        assert answer.status_code == 302 and answer.url == "/projects/programmes/HUB/"
        made = Programme.objects.get(key="HUB")
        assert made.portfolio == office.site and "拠点整備" in words(manager.get(answer.url))
        edited = {"key": "HUB", "name_ja": "拠点再編2", "owner": office.cast.sponsor.pk, "version": made.version}
        assert manager.post("/projects/programmes/HUB/edit/", edited).status_code == 302
        page = words(manager.get("/projects/programmes/"))
        assert "拠点再編2" in page and office.cast.sponsor.name in page

    def test_the_list_counts_running_projects_that_the_reader_sees(self, office, manager):
        row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*次期ERP.*?</tr>", manager.get("/projects/programmes/").text, re.S)
        assert row and ">1<" in row.group()

    def test_a_portfolio_is_edited_and_says_whose_it_is(self, office, manager):
        page = manager.get("/projects/portfolios/SITE/")
        assert "/projects/portfolios/SITE/edit/" in page.text
        typed = {"key": "SITE", "name_ja": "拠点", "owner": office.cast.sponsor.pk, "version": office.site.version}
        assert manager.post("/projects/portfolios/SITE/edit/", typed).status_code == 302
        assert Portfolio.objects.get(key="SITE").owner == office.cast.sponsor

    def test_two_who_edit_a_portfolio_meet_side_by_side(self, office, manager, pmo):
        typed = {"key": "SITE", "name_ja": "拠点", "version": office.site.version}
        assert manager.post("/projects/portfolios/SITE/edit/", typed).status_code == 302
        assert pmo.post("/projects/portfolios/SITE/edit/", typed | {"name_ja": "支社"}).status_code == 409

    def test_readers_and_strangers(self, office, signed_in):
        reader = signed_in(office.cast.core_reader)
        assert reader.get("/projects/programmes/ERP/").status_code == 200
        assert reader.get("/projects/programmes/ERP/edit/").status_code == 403
        assert reader.get("/projects/programmes/new/").status_code == 403
        stranger = signed_in(office.cast.site_pmo)
        assert stranger.get("/projects/programmes/ERP/edit/").status_code == 404
        assert "次期ERP" not in stranger.get("/projects/programmes/").text


class TestReceipts:
    """Each act says on the page that follows what happened to what."""

    @staticmethod
    def told(client, address, **given) -> list[str]:
        client.cookies["django_language"] = "en"
        page = client.post(address, given, follow=True)
        assert page.status_code == 200, page.context["form"].errors
        return [str(said) for said in page.context["messages"]]

    def version(self, office) -> int:
        office.apollo.refresh_from_db()
        return office.apollo.version

    def test_of_a_projects_life(self, office, manager):
        new = {"key": "COMET", "name_en": "Payments", "portfolio": office.core.pk, "kind": "system", "tier": "C",
               "stage": "concept", "currency": "JPY"}  # fmt: skip
        assert self.told(manager, "/projects/new/", **new) == ["Payments is in the register."]
        name, day = office.apollo.name_en, (today() + 9 * DAY).isoformat()
        for door, given, said in (
            ("handover", {"new_pm": office.cast.member.pk}, f"handed over to {office.cast.member.name_en}."),
            ("placement", {"portfolio": office.site.pk, "on": day}, "belongs to Sites from"),
            ("placement/cancellation", {}, "the planned move is cancelled."),
            ("closure", {"finished_on": today().isoformat(), "note": "x"}, "is closed."),
            ("reopening", {"stage": "execution"}, "runs again."),
            ("archive", {}, "is in the archive."),
            ("restoration", {}, "is back from the archive."),
        ):
            given = {"reason": "x", "version": self.version(office), **given}
            (receipt,) = self.told(manager, f"{RECORD}{door}/", **given)
            assert receipt.startswith(name) and said in receipt

    def test_of_its_parts(self, office, pm):
        name, person = office.apollo.name_en, office.cast.expert
        added = self.told(pm, f"{RECORD}team/", person=person.pk, share_percent=50, starts_on=today().isoformat())
        assert added == [f"{person.name_en} is added to the team of {name}."]
        made = ProjectMember.objects.get(project=office.apollo, person=person)
        gone = {"version": made.version, "last_on": today().isoformat()}
        (receipt,) = self.told(pm, f"{RECORD}team/{made.pk}/end/", **gone)
        assert receipt.startswith(f"{person.name_en} leaves the team of {name} on ")
        milestone = Milestone.objects.get(project=office.apollo)
        for door, given, said in (
            ("", {"forecast_on": (today() + 40 * DAY).isoformat()}, f"of {name} is now expected on"),
            ("dropped/", {}, f"of {name} is dropped."),
            ("reopening/", {}, f"of {name} is aimed at again."),
            ("reached/", {"actual_on": today().isoformat()}, f"of {name} was reached on"),
        ):
            milestone.refresh_from_db()
            given = {"reason": "x", "version": milestone.version, **given}
            (receipt,) = self.told(pm, f"{RECORD}milestones/{milestone.number}/{door}", **given)
            assert said in receipt

    def test_of_portfolios_and_programmes(self, office, manager):
        made = self.told(manager, "/projects/portfolios/new/", key="LAB", name_en="Laboratories")
        assert made == ["Laboratories is in the register."]
        given = {"key": "LIMS", "name_en": "Lab systems", "portfolio": office.core.pk}
        assert self.told(manager, "/projects/programmes/new/", **given) == ["Lab systems is in the register."]
        office.site.refresh_from_db()
        given = {"key": "SITE", "name_en": "All sites", "version": office.site.version}
        assert self.told(manager, "/projects/portfolios/SITE/edit/", **given) == ["All sites is saved."]


def test_who_may_not_reopen_reads_who_may(office, pm, manager):
    actions.close_project(office.apollo, by=office.cast.manager, note="済", finished_on=today())
    assert "再開はPMOマネージャーができます。" in pm.get(RECORD).text
    assert "PMOマネージャーができます" not in manager.get(RECORD).text
    actions.archive_project(office.apollo, by=office.cast.manager, reason="x")
    assert "戻すことはPMOマネージャーができます。" in pm.get(RECORD).text
