"""The go/no-go screen through the browser's door: its figures, who sees whose, conditions, drill, comparison, paper."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override
from pypdf import PdfReader

from governance.investment import actions
from governance.investment.routing import request_of
from pmo_portal import measures
from pmo_portal.access.tree import office as root
from pmo_portal.approvals import actions as approvals
from pmo_portal.i18n.dates import format_date
from pmo_portal.measures import roll_up_stale
from pmo_portal.periods import actions as periods
from projects.status.maintaining import expect_reports
from projects.status.models import ProjectPeriod
from tests.factories import PeriodFactory, ProjectFactory, ProposalFactory, ReportFactory

pytestmark = pytest.mark.django_db
SCREEN = reverse("governance:portfolio:screen")
LIST = reverse("governance:portfolio:standing_list")


@pytest.fixture
def seen(told, signed_in):
    """`seen(query, by="manager")`: the screen in English, and what stands on it."""

    def see(query="", by="manager", page=SCREEN):
        client = signed_in(getattr(told.cast, by))
        client.cookies["django_language"] = "en"
        answer = client.get(page + query)
        assert answer.status_code == 200
        return answer

    return see


def counts(answer) -> dict[str, tuple[int, int]]:
    return {level.key: (level.count, level.change) for level in answer.context["levels"] if level.count or level.change}


def keys(answer) -> list[str]:
    return [row.project.key for row in answer.context["heat"]]


# ---- the figures


def test_counts_by_confidence_with_their_movement(seen):
    assert counts(seen()) == {
        "green": (1, 1),  # BOREAS came
        "amber_green": (1, 1),  # NOVA came
        "amber": (2, -2),  # LUNA stays, OPAL is carried over; APOLLO and BOREAS went
        "red": (1, 1),  # APOLLO came
        "none": (0, -1),  # NOVA was not rated
    }


def test_who_moved_is_named_and_linked(seen, told):
    page = seen()
    levels = {level.key: level for level in page.context["levels"]}
    assert [m.key for m in levels["red"].moved_in] == ["APOLLO"]
    assert {m.key for m in levels["amber"].moved_out} == {"APOLLO", "BOREAS"}
    assert f'<a href="{told.apollo.get_absolute_url()}">Core ERP renewal</a>' in page.text


def test_the_title_counts_what_needs_action(seen, told):
    assert seen().context["title"] == "1 of 5 projects needs action"
    ProposalFactory(project=told.others["LUNA"], course="pause")
    page = seen()
    assert page.context["title"] == "2 of 5 projects need action"
    assert keys(page)[:2] == ["APOLLO", "LUNA"]  # what needs action first, the worst of it first
    assert "Pause" in page.text


def test_what_was_sent_back_does_not_wait_for_a_decision(seen, told):
    proposal = ProposalFactory(project=told.others["LUNA"], course="pause")
    approvals.send_back(request_of(proposal), by=told.cast.manager, comment="Which permit?")
    page = seen()
    assert page.context["title"] == "1 of 5 projects needs action"
    assert not page.context["proposals"] and "Waiting for a decision" not in page.text


def test_what_is_decided_leaves_and_what_is_at_risk_says_so_until_it_is_reported_on_again(seen, told):
    groups = lambda page: {row.project.key: row.group for row in page.context["heat"]}  # noqa: E731
    page = seen()
    assert groups(page)["APOLLO"] == "needs" and "At risk: confidence, cost" in page.text
    for project, course in ((told.apollo, "continue"), (told.others["LUNA"], "continue")):
        actions.decide(ProposalFactory(project=project, course=course), by=told.cast.manager, course=course, reason="x")
    page = seen()
    assert page.context["title"] == "0 of 5 projects need action"
    assert groups(page)["APOLLO"] == "decided" and groups(page)["LUNA"] == "watch"
    assert keys(page)[0] == "APOLLO" and "Decided, still at risk" in page.text
    assert f'title="{format_date(timezone.localdate(), "short")}"><span class="quiet">Decided: Continue' in page.text
    report = told.apollo.status_reports.latest("submitted_at")
    report.submitted_at = timezone.now()
    report.save()
    assert groups(seen())["APOLLO"] == "needs"


@pytest.mark.parametrize(("cost", "group"), [(110, "To watch"), (113, "Needs a decision")])
def test_figures_that_compute_to_at_risk_need_a_decision_whatever_the_confidence(seen, told, cost, group):
    project = ProjectFactory(key="PLM", portfolio=told.core, approved_budget=Decimal(100))
    ReportFactory(project=project, period=told.period, confidence="amber_green", forecast_cost=Decimal(cost))
    page = seen()
    row = next(row for row in page.context["heat"] if row.project.key == "PLM")
    assert row.needs_action is (group == "Needs a decision")
    assert "more than 10% over the approval or more than 30 days late" in page.text


def test_reported_and_owed_reports_are_counted(seen):
    page = seen()
    assert (page.context["reported"], page.context["total"]) == (4, 5)


def test_cost_and_time_against_approval(seen, told):
    row = {row.project.key: row for row in seen().context["heat"]}["APOLLO"]
    assert row.project.cost_percent == Decimal("20.00")  # 558 against 465 million
    assert row.project.days == 0
    page = seen()
    assert "+20.0%" in page.text
    drawn = next(r for r in page.context["costs"] if r.project.key == "APOLLO").bar
    assert (drawn.within, drawn.over) == (100, 20)


def test_a_figure_that_is_undefined_says_why(seen):
    assert "no approved budget" in seen().text
    assert "1 without an approved budget" in seen().text


def test_sums_are_of_the_projects_whose_approval_and_forecast_are_known(seen):
    sums = seen().context["sums"]
    assert sums["approved"] == 465_000_000 + 3 * 100_000_000
    assert sums["forecast"] == 558_000_000 + 3 * 98_000_000
    assert sums["percent"] == Decimal("11.37")
    assert (sums["counted"], sums["no_approval"]) == (4, 1)


@pytest.mark.parametrize("measure", ["approved_budget", "forecast_cost", "spent"])
@pytest.mark.parametrize("query", ["", "?tier=B"])
def test_every_sum_leads_to_its_formula_and_its_records(seen, told, query, measure):
    roll_up_stale()
    page = seen(query)
    address = measures.figure_url(measure, root().pk, told.period.key)
    assert f'href="{address}"' in page.text
    with override("en"):
        assert str(measures.measures[measure].formula) in seen(page=address).text
    if query:
        assert page.text.count(f"{LIST}{query}") >= 3


def test_movers_fall_first_and_say_why(seen):
    page = seen()
    assert [(m.key, m.fall) for m in page.context["movers"]] == [("APOLLO", 2), ("BOREAS", -2)]
    assert "設備の納入が遅れる。" in page.text


def test_of_the_first_period_nothing_has_moved(seen, before):
    page = seen(f"?period={before.key}")
    assert {level.key: level.count for level in page.context["levels"]}["amber"] == 4
    assert not page.context["moved_count"] and not any(level.came or level.went for level in page.context["levels"])
    assert "There is no earlier period to compare with." in page.text and "no movement" not in page.text


def test_a_mover_says_what_the_period_moved_of_its_finish(seen, told, before):
    rows = ProjectPeriod.objects.filter(project=told.apollo)
    rows.filter(period=before).update(slip_days=42)
    rows.filter(period=told.period).update(slip_days=70)
    assert next(m for m in seen().context["movers"] if m.key == "APOLLO").slip_change == 28


def test_the_heat_table_tells_what_was_reported_carried_over_or_not_yet_running(seen):
    rows = {row.project.key: row.cells for row in seen().context["heat"]}
    assert [(c.kind, c.level) for c in rows["APOLLO"]] == [("reported", "amber"), ("reported", "red")]
    assert [c.kind for c in rows["NOVA"]] == ["blank", "reported"]
    assert seen().text.count("not yet running") >= 1


def test_a_report_that_is_owed_shows_what_it_was_before(seen, told):
    expect_reports(told.period)
    rows = {row.project.key: row.cells for row in seen().context["heat"]}
    assert [(c.kind, c.level) for c in rows["OPAL"]] == [("reported", "amber"), ("missing", "amber")]
    assert "not reported, was Feasible" in seen().text


def test_quarterly_projects_stand_beside_monthly_ones(seen, told):
    quarter = PeriodFactory(cadence="quarterly", day=told.period.starts_on - timedelta(days=100))
    periods.open_period(quarter, by=told.cast.pmo)
    light = ProjectFactory(key="TERRA", tier="D", portfolio=told.core)
    ReportFactory(project=light, period=quarter, confidence="amber_red")
    page = seen(f"?period={told.period.key}")
    assert counts(page)["amber_red"] == (1, 0)  # it stands where its quarter left it
    cells = next(row.cells for row in page.context["heat"] if row.project.key == "TERRA")
    assert {c.kind for c in cells} <= {"between", "reported", "blank"} and cells[-1].kind == "between"


def test_a_day_that_a_sheet_told_of_stands_beside_the_months_before_it(seen, told):
    day = periods.ensure_period("dated", told.period.ends_on + timedelta(days=1), state="open")
    ReportFactory(project=told.others["LUNA"], period=day, confidence="red")
    page = seen(f"?period={day.key}")
    assert counts(page)["red"] == (2, 1)
    assert "What a sheet told of 1 project on" in page.text and "have reported" not in page.text
    assert [p.cadence for p in page.context["sight"].columns] == ["monthly", "monthly", "dated"]
    cells = {row.project.key: [c.kind for c in row.cells] for row in page.context["heat"]}
    assert (cells["LUNA"][-1], cells["APOLLO"][-2:]) == ("reported", ["reported", "between"])
    groups = dict(page.context["periods"])
    assert groups["Days that a sheet told of"] == [day] and day not in groups["Monthly"]


def test_the_bubble_names_what_is_ill_and_has_its_table(seen):
    chart = seen().context["chart"]
    assert [(p.label, p.y, p.named, p.level) for p in chart.points if p.named] == [
        ("Core ERP renewal", 20.0, True, "red")
    ]
    assert chart.title == "Low confidence and over cost: 1"
    assert ["Core ERP renewal", "Unachievable", "20.0%"] in chart.rows()


def test_an_accepted_status_is_on_the_screen_at_the_next_look(seen, told, signed_in):
    """Through the doors of those who report and accept; the rows are kept in their transactions, the sum by its job."""
    opal = told.others["OPAL"]
    ReportFactory(project=opal, period=told.period, confidence="red", submitted=False)
    assert counts(seen())["red"] == (1, 1)  # a draft tells nothing yet
    report = ReportFactory(project=opal, period=told.period, confidence="red")
    address = reverse("projects:status:status_acceptance", args=(opal.key, told.period.key))
    assert signed_in(told.cast.pmo).post(address, {"version": report.version}).status_code == 302
    page = seen()
    assert counts(page)["red"] == (2, 2) and page.context["reported"] == 5
    assert keys(page)[:2] == ["APOLLO", "OPAL"]
    roll_up_stale()
    page = seen()
    shown = {row["label"]: (row["value"], row["kept"].value, row["kept"].count) for row in page.context["sum_rows"]}
    told_last, reported, count = shown["Approved budget"]
    assert (told_last, count) == (reported, 4)  # NOVA has none
    told_last, reported, count = shown["Cost at completion"]
    assert (reported - told_last, count) == (5_000_000, 5)  # NOVA's, which has no approval to compare with
    assert page.context["kept_place"] == "" and "Reported in" in page.text
    assert seen("?tier=B").context["kept_place"] == str(root())


# ---- who sees whose


def test_a_reader_of_one_portfolio_sees_and_counts_only_that(seen, told):
    page = seen(by="core_reader")
    assert page.context["total"] == 4 and "BOREAS" not in keys(page)
    assert "green" not in counts(page)
    assert "Logistics integration" not in page.text and told.boreas.get_absolute_url() not in page.text
    assert page.context["sums"]["approved"] == 465_000_000 + 2 * 100_000_000
    assert "Projects outside your scope are not counted." in page.text
    assert "1 project" not in page.context["title"]


def test_what_one_may_not_see_cannot_be_asked_for(seen):
    page = seen("?portfolio=SITE", by="core_reader")
    assert "SITE" not in [key for key, _label in next(c for c in page.context["listing"].chips)["choices"]]
    assert page.context["problems" if "problems" in page.context else "listing"] and "BOREAS" not in page.text
    assert "BOREAS" not in seen("?moved=rose", by="core_reader", page=LIST).text
    assert "BOREAS" not in seen("?export=csv", by="core_reader", page=LIST).getvalue().decode()


@pytest.mark.parametrize("part", ["pm", "member", "nobody", "revoked"])
def test_the_screen_is_for_those_who_judge(told, signed_in, part):
    client = signed_in(getattr(told.cast, part))
    for name in ("screen", "standing_list", "comparison", "pdf"):
        assert client.get(reverse(f"governance:portfolio:{name}")).status_code == 403


# ---- conditions


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("portfolio=SITE", {"BOREAS"}),
        ("programme=ERP", {"APOLLO"}),
        ("tier=B", {"LUNA", "OPAL"}),
        ("tier=B&tier=C", {"LUNA", "OPAL", "NOVA"}),
        ("kind=facility", {"LUNA"}),
        ("stage=planning", {"OPAL"}),
        ("confidence=red", {"APOLLO"}),
        ("confidence=amber&tier=B&stage=planning", {"OPAL"}),
        ("cost=far", {"APOLLO"}),
        ("cost=within", {"BOREAS", "LUNA", "OPAL"}),
        ("cost=unknown", {"NOVA"}),
        ("moved=fell", {"APOLLO"}),
        ("moved=rose", {"BOREAS"}),
        ("moved=rated", {"NOVA"}),
        ("moved=same", {"LUNA", "OPAL"}),
        ("size=large", {"APOLLO"}),
        ("size=unknown", {"NOVA"}),
        ("needs=1", {"APOLLO"}),
        ("state=paused", set()),
        ("q=NOVA", {"NOVA"}),
    ],
)
def test_each_condition_leaves_its_projects_on_the_screen_and_in_its_list(seen, query, expected):
    page = seen(f"?{query}")
    assert page.context["total"] == len(expected)
    assert set(keys(page)) == expected if expected else "Nothing matches these conditions." in page.text
    rows = list(csv.DictReader(io.StringIO(seen(f"?{query}&export=csv", page=LIST).getvalue().decode("utf-8-sig"))))
    assert {row["Key"] for row in rows} == expected


@pytest.mark.parametrize("query", ["", "?tier=B", "?moved=same"])
def test_the_rows_of_the_screen_stand_in_the_order_of_the_list_behind_it(seen, query):
    rows = csv.DictReader(io.StringIO(seen(f"{query or '?'}&export=csv", page=LIST).getvalue().decode("utf-8-sig")))
    assert keys(seen(query)) == [row["Key"] for row in rows]


def test_people_are_chosen_by_name(seen, told):
    page = seen(f"?pm={told.cast.pm.pk}")
    assert keys(page) == ["APOLLO"]
    chip = next(c for c in page.context["listing"].chips if c["key"] == "pm")
    assert chip["words"] == told.cast.pm.name_en


def test_every_figure_follows_the_conditions(seen):
    page = seen("?tier=B")
    assert counts(page) == {"amber": (2, 0)}
    assert page.context["movers"] == [] and page.context["sums"]["approved"] == 200_000_000
    assert [p.label for p in page.context["chart"].points] == ["Plan LUNA", "Plan OPAL"]
    assert page.context["reported"] == 1


def test_a_chip_is_removed_and_the_other_stays(seen):
    chips = {c["key"]: c for c in seen("?tier=B&stage=planning").context["listing"].chips}
    assert chips["tier"]["remove_url"] == f"{SCREEN}?stage=planning"


def test_a_value_that_makes_no_sense_filters_nothing_and_says_so(seen):
    page = seen("?tier=Q")
    assert page.context["total"] == 5 and "“Tier”: “Q” was left out; choose from: A" in page.text


def test_a_span_is_read_as_people_write_it_and_only_what_cannot_be_read_is_named(seen):
    page = seen("?slip=３０..abc")
    assert "“Slip in days”: “abc” was left out; a number is expected, such as 30." in page.text
    assert page.context["total"] == 5
    assert (
        seen("?slip_from=－１&slip_to=１,０００").context["total"] > 0 and "was left out" not in seen("?slip=０..").text
    )


def test_the_drill_keeps_what_narrows_the_screen(seen):
    level = next(level for level in seen("?tier=B").context["levels"] if level.key == "amber")
    assert level.url == f"{LIST}?tier=B&confidence=amber"
    page = seen(level.url.removeprefix(LIST), page=LIST)
    assert [row.record.key for row in page.context["listing"].rows] == ["LUNA", "OPAL"]
    assert f'href="{SCREEN}?tier=B&amp;confidence=amber"' in page.text


# ---- two periods, a presentation, paper


def compared_keys(page) -> list[str]:
    return [row.project.key for row in page.context["rows"]]


def test_two_periods_are_compared_within_the_conditions(seen, before, told):
    comparison = reverse("governance:portfolio:comparison")
    page = seen(page=comparison)
    assert all(f'<option value="{p.key}" selected>' in page.text for p in (told.period, before))
    assert compared_keys(page) == ["APOLLO", "BOREAS"]
    label = {p: format_date(p.starts_on, "month", "en") for p in (before, told.period)}
    assert f"From {label[before]} to {label[told.period]}, 2 projects changed." in page.text
    assert "2 projects reported in only one of the two." in page.text  # NOVA and OPAL
    assert compared_keys(seen("?portfolio=SITE", page=comparison)) == ["BOREAS"]
    assert "Nothing differs" in seen("?stage=closing", page=comparison).text
    assert "BOREAS" not in seen(page=comparison, by="core_reader").text


def test_the_comparison_is_a_file_too_with_both_figures_and_within_the_conditions(seen, told):
    comparison = reverse("governance:portfolio:comparison")

    def rows(query: str, by: str = "manager") -> list[list[str]]:
        text = seen(query, by=by, page=comparison).content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline="")))

    heads, apollo, boreas = rows("?export=csv")
    assert heads[:2] == ["Key", "Project"] and heads[-1] == "Currency" and len(heads) == len(apollo) == 9
    assert (apollo[0], apollo[2:4], apollo[7]) == ("APOLLO", ["Feasible", "Unachievable"], "558000000.00")
    assert boreas[2:4] == ["Feasible", "Highly likely"]
    assert [row[0] for row in rows("?export=csv&portfolio=SITE")[1:]] == ["BOREAS"]
    assert "BOREAS" not in [row[0] for row in rows("?export=csv", by="core_reader")]
    assert "export=xlsx" in seen(page=comparison).text


def test_a_level_is_carried_over_in_the_comparison_as_on_the_screen(seen, told):
    expect_reports(told.period)  # OPAL owes its report and keeps its level
    page = seen(page=reverse("governance:portfolio:comparison"))
    assert "OPAL" not in compared_keys(page) and "Not rated" not in [row.now for row in page.context["rows"]]


def test_an_amount_that_reads_the_same_has_not_changed(seen, told, before):
    ReportFactory(
        project=ProjectFactory(key="SAME", portfolio=told.core),
        period=before,
        confidence="green",
        forecast_cost=Decimal(119_100_000),
    )
    same = told.core.projects.get(key="SAME")
    ReportFactory(project=same, period=told.period, confidence="green", forecast_cost=Decimal(119_200_000))
    comparison = reverse("governance:portfolio:comparison")
    assert compared_keys(seen(page=comparison)) == ["APOLLO", "BOREAS"]
    told.cast.manager.money_unit = "thousand"
    told.cast.manager.save(update_fields=["money_unit"])
    page = seen(page=comparison)
    assert compared_keys(page) == ["APOLLO", "BOREAS", "SAME"]
    row = page.context["rows"][2]
    assert (row.cost_was, row.cost) == (Decimal(119_100_000), Decimal(119_200_000))


def test_the_first_period_of_all_has_none_to_be_compared_with(office, signed_in):
    ReportFactory(project=office.apollo, period=office.period)
    client = signed_in(office.cast.manager)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("governance:portfolio:comparison"))
    assert page.status_code == 200 and "There is no period before this one to compare with." in page.text


def test_in_japanese_a_span_reads_from_one_month_to_another(told, before, signed_in):
    page = signed_in(told.cast.manager).get(reverse("governance:portfolio:comparison")).text
    spans = [format_date(p.starts_on, "month", "ja") for p in (before, told.period)]
    assert f"{spans[0]}から{spans[1]}までに変わったのは2件です。" in page


def test_the_presentation_has_no_chrome_and_keeps_the_conditions(seen):
    page = seen("?tier=B&present=1")
    assert page.templates[0].name == "governance/portfolio/presentation.html"
    assert "pmo-nav" not in page.text and "pmo-filterbar" not in page.text
    assert page.context["leave_url"] == f"{SCREEN}?tier=B" and "Plan LUNA" in page.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pdf_has_the_figures_on_landscape_pages(told, signed_in, language):
    ProposalFactory(project=told.apollo, course="pause", reason="納入業者を替える。")
    client = signed_in(told.cast.manager)
    client.cookies["django_language"] = language
    answer = client.get(f"{reverse('governance:portfolio:pdf')}?portfolio=CORE")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert all(page.mediabox.width > page.mediabox.height for page in pages)
    text = "\n".join(page.extract_text() for page in pages)
    assert "+20.0%" in text and f"1 / {len(pages)}" in text
    assert ("Core ERP renewal" if language == "en" else "基幹システム刷新") in text
    assert ("no approved budget" if language == "en" else "承認額がありません") in text
    assert ("Logistics integration" if language == "en" else "物流システム統合") not in text
    assert ("Portfolio: " if language == "en" else "ポートフォリオ: ") in text


def test_an_office_without_reports_says_what_comes_here(cast, signed_in):
    for name in ("screen", "standing_list", "comparison"):
        assert signed_in(cast.manager).get(reverse(f"governance:portfolio:{name}")).status_code == 200
    assert signed_in(cast.manager).get(reverse("governance:portfolio:pdf")).status_code == 404


def test_projects_in_another_currency_can_be_looked_up(told, seen):
    type(told.boreas).objects.filter(pk=told.boreas.pk).update(currency="USD")
    page = seen()
    assert page.context["sums"]["elsewhere"] == 1
    url = page.context["elsewhere_url"]
    assert escape(url) in page.text
    rows = seen(page=url).text
    assert told.boreas.name_en in rows and told.apollo.name_en not in rows
