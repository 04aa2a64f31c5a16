"""The trend of completeness and timeliness: from kept figures to lines whose title says what came of them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from administration.collection import queries
from administration.collection.charts import trend_chart
from pmo_portal.access.tree import office as office_scope
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod
from tests.factories import PeriodFactory

pytestmark = pytest.mark.django_db
SHARES = ((60, 50), (80, 70), (100, 90))  # complete, in time; the oldest first


def keep(scope, period, measure: str, value: int) -> None:
    MeasureValue.objects.update_or_create(
        scope=scope,
        period=period,
        measure=measure,
        defaults={"value": Decimal(value), "computed_at": timezone.now()},
    )


@pytest.fixture
def history(office):
    """Three frozen months before the open one, which stands at half."""
    months, day = [], office.period.starts_on
    for _share in SHARES:
        months.insert(0, PeriodFactory(day=day - timedelta(days=10)))
        day = months[0].starts_on
    ReportingPeriod.objects.filter(pk__in=[m.pk for m in months]).update(state="frozen")
    MeasureValue.objects.filter(scope=office_scope()).delete()
    for period, shares in zip([*months, office.period], [*SHARES, (50, 50)], strict=True):
        for measure, value in zip(("completeness", "timeliness"), shares, strict=True):
            keep(office_scope(), period, measure, value)
    return months


def trend_of(viewer, period):
    return queries.trend(viewer, queries.histories_of([period]).until(period, 12))


def test_the_trend_goes_through_the_periods_and_says_which_still_runs(office, history):
    trend = trend_of(office.cast.pmo, office.period)
    assert [t["period"] for t in trend] == [*history, office.period]
    assert [t["completeness"] for t in trend] == [60, 80, 100, 50]
    assert [t["is_running"] for t in trend] == [False, False, False, True]


def test_the_title_speaks_of_what_is_over_and_the_last_step_is_dashed(office, history):
    chart = trend_chart(trend_of(office.cast.pmo, office.period))
    assert chart.title == "期限内の提出 50% → 90%（今回は途中経過 50%）"
    complete, in_time = chart.series
    assert complete.values == [60, 80, 100, 50] and in_time.values == [50, 70, 90, 50]
    assert (chart.minimum, chart.maximum, len(chart.labels)) == (0, 100, 4)


def test_one_period_is_no_trend(office):
    assert trend_chart(trend_of(office.cast.pmo, office.period)) is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_dashboard_draws_it_with_its_table(office, history, signed_in, language):
    client = signed_in(office.cast.pmo)
    client.cookies["django_language"] = language
    page = client.get("/administration/collection/").text
    assert {"ja": "期限内の提出 50% → 90%", "en": "In time: 50% → 90%, so far this time 50%"}[language] in page
    assert history[0].label in page.split('id="breakdown"')[1]


def test_who_runs_one_portfolio_sees_its_own_trend(office, history):
    keep(office.site.scope, office.period, "completeness", 25)
    assert [t["completeness"] for t in trend_of(office.cast.site_pmo, office.period)][-1] == 25
