"""The report on paper: what it says, in the reader's language, on as many pages as it needs."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from pypdf import PdfReader

from pmo_portal.i18n.dates import format_date
from pmo_portal.periods import actions as periods
from projects.register.models import Milestone
from projects.status import actions
from projects.status.document import report_pdf
from tests.factories import GREEN, MilestoneFactory, PeriodFactory, ReportFactory

pytestmark = pytest.mark.django_db
LONG = "移行の手順を一つずつ確かめた。\n" * 60


@pytest.fixture
def report(office):
    """Cost is watched, the finish slipped, a milestone moved by a week and help is asked for."""
    milestone = Milestone.objects.get(project=office.apollo)
    moved = (milestone.forecast_on + timedelta(days=7)).isoformat()
    return ReportFactory(
        project=office.apollo,
        period=office.period,
        cost_light="amber",
        cost_reason="単価が上がった。",
        forecast_finish_on=date(2037, 3, 24),
        forecast_cost=Decimal("123000000"),
        achieved="設計を終えた。\n次に試験へ進む。",
        help_needed="検証環境を5日間",
        help_from=office.cast.member,
        milestones=[{"number": milestone.number, "forecast_on": moved, "reached_on": None}],
    )


def pages_of(report, viewer, language: str) -> list[str]:
    """What each page says; blanks do not count, as typesetting moves them."""
    with translation.override(language):
        found = PdfReader(io.BytesIO(report_pdf(report, viewer))).pages
    return [re.sub(r"\s+", "", page.extract_text()) for page in found]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_says_what_the_report_says(report, office, language):
    (text,) = pages_of(report, office.cast.pmo, language)
    said = {
        "ja": ("基幹システム刷新", "▲注意", "●順調", "2037/3/24", "123百万円", "+7日", "数字が示す変化", "1/1"),
        "en": ("CoreERPrenewal", "▲Watch", "●Ontrack", "24Mar2037", "¥123m", "+7d", "Whatthefiguressay", "1/1"),
    }[language]
    for words in (
        *said,
        "単価が上がった。",
        "設計を終えた。",
        "次に試験へ進む。",
        "検証環境を5日間",
        report.digest[:12],
    ):
        assert words in text
    with translation.override(language):
        assert office.cast.member.name.replace(" ", "") in text
        assert re.sub(r"\s+", "", format_date(timezone.localdate(report.submitted_at), "plain")) in text


def test_a_milestone_that_was_reached_is_said_to_be(office):
    milestone = MilestoneFactory(project=office.apollo, name_ja="切替判定")
    today = office.period.starts_on.isoformat()
    report = ReportFactory(
        project=office.apollo,
        period=office.period,
        milestones=[{"number": milestone.number, "forecast_on": None, "reached_on": today}],
    )
    (text,) = pages_of(report, office.cast.pmo, "ja")
    assert "切替判定" in text and "達成" in text


def test_a_long_report_goes_on_over_pages_that_name_it(office):
    report = ReportFactory(project=office.apollo, period=office.period, achieved=LONG)
    pages = pages_of(report, office.cast.pmo, "ja")
    assert len(pages) > 1 and sum(page.count("移行の手順を一つずつ確かめた。") for page in pages) == 60
    for number, page in enumerate(pages, 1):
        assert "基幹システム刷新" in page and f"{number}/{len(pages)}" in page


def test_a_draft_on_paper_is_not_called_frozen(office):
    draft = ReportFactory(project=office.apollo, period=office.period, submitted=False, **GREEN)
    (text,) = pages_of(draft, office.cast.pm, "ja")
    assert "凍結" not in text and "–" in text
    report = actions.submit_report(draft, by=office.cast.pm, version=draft.version)
    assert "凍結" in pages_of(report, office.cast.pm, "ja")[0]


def test_it_says_what_differs_from_last_time_and_the_light_that_was_computed(office, cast):
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    periods.open_period(month, by=cast.pmo)
    finish = office.apollo.planned_finish_on
    ReportFactory(project=office.apollo, period=month, forecast_finish_on=finish, cost_reason="1週間遅れ。")
    late = finish + timedelta(days=60)
    report = ReportFactory(
        project=office.apollo, period=office.period, forecast_finish_on=late, cost_reason="2週間遅れ。"
    )
    text = "".join(pages_of(report, cast.pmo, "ja"))
    assert "変わった項目" in text and f"{format_date(finish, 'plain')}→{format_date(late, 'plain')}" in text
    assert "〔−1〕〔＋2〕週間遅れ。" in text
    assert "計算" in text and "■危険" in text, "schedule is declared on track, sixty days late"
