"""From a figure to what it is made of: one click to its formula and parts, one more to the report behind a part."""

import pytest
from django.test import Client

from pmo_portal import measures
from tests.factories import ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(office):
    """Both projects have reported, and the figures are rolled up."""
    ReportFactory(project=office.apollo, period=office.period, by=office.cast.pm, forecast_cost=480_000_000)
    ReportFactory(project=office.boreas, period=office.period, by=office.cast.outsider)
    measures.roll_up_stale()
    return office


def page(person, address, language="en") -> str:
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    client.cookies["django_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def address(office, scope, measure="cost_variance") -> str:
    return measures.figure_url(measure, scope.pk, office.period.key)


def test_a_figure_leads_to_its_formula_its_parts_and_their_reports(reported):
    seen = page(reported.cast.manager, address(reported, reported.core.scope.parent))
    assert "(cost at completion − approved budget) ÷ approved budget × 100" in seen
    assert address(reported, reported.core.scope) in seen, "a portfolio's part is a figure of its own"
    seen = page(reported.cast.manager, address(reported, reported.core.scope))
    assert address(reported, reported.erp.scope) in seen
    seen = page(reported.cast.manager, address(reported, reported.erp.scope))
    report = f"/projects/APOLLO/status/{reported.period.key}/"
    assert f'href="{report}"' in seen, "a project's part leads to the report"
    assert page(reported.cast.manager, report)


def test_a_projects_own_figure_names_the_report_it_was_taken_from(reported):
    seen = page(reported.cast.pm, address(reported, reported.apollo.scope))
    assert f'href="/projects/APOLLO/status/{reported.period.key}/"' in seen


def test_numerator_and_denominator_are_amounts_in_the_readers_unit(reported):
    seen = page(reported.cast.manager, address(reported, reported.apollo.scope), "ja")
    assert "15百万円" in seen and "465百万円" in seen and "3.2%" in seen


def test_a_figure_outside_the_readers_scope_is_404(reported, client):
    """Who sees a sum sees every part of it, as roles reach downwards; the sums above stay closed."""
    client.force_login(reported.cast.core_reader)
    assert client.get(address(reported, reported.core.scope)).status_code == 200
    for scope in (reported.core.scope.parent, reported.site.scope, reported.boreas.scope):
        assert client.get(address(reported, scope)).status_code == 404


def test_an_unknown_figure_says_why(office):
    foreign = ProjectFactory(portfolio=office.core, pm=office.cast.pm, currency="USD")
    ReportFactory(project=foreign, period=office.period, by=office.cast.pm, forecast_cost=5_000)
    measures.roll_up_stale()
    seen = page(office.cast.manager, address(office, foreign.scope, "forecast_cost"), "ja")
    assert "USD建てのため合計に含めず" in seen


def test_a_figure_that_does_not_exist_is_404(reported, client):
    client.force_login(reported.cast.manager)
    known = address(reported, reported.core.scope)
    assert client.get(known.replace("cost_variance", "no_such_measure")).status_code == 404
    assert client.get(known.replace(str(reported.core.scope.pk), "9" * 30)).status_code == 404
    assert client.get(known.replace(reported.period.key, "1999-01")).status_code == 404
