"""A frozen period is shown as it was frozen; a re-opened one as it stands; each offers the other."""

from decimal import Decimal

import pytest
from django.urls import reverse

from pmo_portal.periods import actions as periods
from projects.status import actions as status
from projects.status.models import StatusReport
from tests.factories import ReportFactory

pytestmark = pytest.mark.django_db
SCREEN = reverse("governance:portfolio:screen")


@pytest.fixture
def frozen(told):
    """The current month, frozen with APOLLO red at +20%."""
    report = StatusReport.objects.get(project=told.apollo, period=told.period)
    status.accept_report(report, by=told.cast.pmo)
    period = periods.close_period(told.period, by=told.cast.pmo)
    told.period = periods.freeze_period(period, by=told.cast.pmo)
    return told


@pytest.fixture
def corrected(frozen):
    """Re-opened; APOLLO's report corrected to amber at +2%, LUNA's left."""
    frozen.period = periods.reopen_period(frozen.period, by=frozen.cast.manager, reason="為替の誤り")
    ReportFactory(project=frozen.apollo, period=frozen.period, confidence="amber", forecast_cost=Decimal(474_300_000))
    return frozen


def see(office, signed_in, query=""):
    client = signed_in(office.cast.manager)
    client.cookies["django_language"] = "en"
    answer = client.get(f"{SCREEN}?period={office.period.key}{query}")
    assert answer.status_code == 200
    return answer


def level_of(answer, key="APOLLO"):
    row = next(row for row in answer.context["heat"] if row.project.key == key)
    return row.project.level, row.project.cost_percent, row.cells[-1].level


def test_a_frozen_period_says_when_it_was_frozen_and_offers_how_it_stands(frozen, signed_in):
    page = see(frozen, signed_in)
    assert "Shown as it was frozen on" in page.text and "picture=now" in page.text
    assert level_of(page) == ("red", Decimal("20.00"), "red")
    assert page.context["sight"].differing == {}


def test_a_reopened_period_shows_what_it_is_now_and_offers_what_it_was(corrected, signed_in):
    now = see(corrected, signed_in)
    assert "Shown as it stands now." in now.text and "為替の誤り" in now.text and "picture=1" in now.text
    assert level_of(now) == ("amber", Decimal("2.00"), "amber")
    then = see(corrected, signed_in, "&picture=1")
    assert level_of(then) == ("red", Decimal("20.00"), "red")
    assert "1 project has changed since." in then.text
    assert next((m.key, m.now) for m in then.context["movers"]) == ("APOLLO", "red")
    for page, red, amber in ((now, 0, 3), (then, 1, 2)):
        levels = {level.key: level.count for level in page.context["levels"]}
        assert (levels["red"], levels["amber"]) == (red, amber)
    # APOLLO, BOREAS, LUNA as told; while the month is open again, OPAL with what it told before
    assert then.context["sums"]["forecast"] == 558_000_000 + 2 * 98_000_000
    assert now.context["sums"]["forecast"] == 474_300_000 + 3 * 98_000_000


def test_frozen_again_the_later_picture_is_the_usual_one(corrected, signed_in):
    period = periods.close_period(corrected.period, by=corrected.cast.pmo)
    corrected.period = periods.freeze_period(period, by=corrected.cast.pmo)
    assert level_of(see(corrected, signed_in))[0] == "amber"
    assert level_of(see(corrected, signed_in, "&picture=1"))[0] == "red"
    assert see(corrected, signed_in, "&picture=9").context["sight"].picture.number == 2


def test_what_was_not_in_the_picture_is_not_shown_in_it(frozen, signed_in):
    """OPAL owed its report when the month was frozen, and handed it in after the re-opening."""
    frozen.period = periods.reopen_period(frozen.period, by=frozen.cast.manager, reason="遅れた報告")
    ReportFactory(project=frozen.others["OPAL"], period=frozen.period, confidence="red")
    assert level_of(see(frozen, signed_in), "OPAL")[0] == "red"
    then = see(frozen, signed_in, "&picture=1")
    assert {level.key: level.count for level in then.context["levels"]}["red"] == 1
    assert then.context["reported"] == 4


def test_an_earlier_month_corrected_does_not_move_what_a_later_picture_shows(frozen, before, signed_in):
    """APOLLO stood at amber before; corrected to red it has not moved, yet the picture keeps its fall."""
    report = StatusReport.objects.get(project=frozen.apollo, period=before)
    status.return_report(report, by=frozen.cast.pmo, reason="確度を確かめてください。")
    ReportFactory(project=frozen.apollo, period=before, confidence="red")
    moved = {level.key: [m.key for m in level.moved_in] for level in see(frozen, signed_in).context["levels"]}
    assert moved["red"] == ["APOLLO"]
    now = {
        level.key: [m.key for m in level.moved_in] for level in see(frozen, signed_in, "&picture=now").context["levels"]
    }
    assert now["red"] == []


def test_an_amount_corrected_since_leaves_the_sums_of_the_picture_as_they_were(frozen, signed_in):
    """Same level, another cost: APOLLO's sum and order of the picture stay, those of now follow."""
    before = see(frozen, signed_in).context["sums"]["forecast"]
    frozen.period = periods.reopen_period(frozen.period, by=frozen.cast.manager, reason="転記の誤り")
    ReportFactory(
        project=frozen.apollo,
        period=frozen.period,
        confidence="red",
        confidence_reason="転記の誤り。",
        forecast_cost=Decimal(9_999_000_000),
    )
    frozen.period = periods.freeze_period(periods.close_period(frozen.period, by=frozen.cast.pmo), by=frozen.cast.pmo)
    then = see(frozen, signed_in, "&picture=1")
    assert then.context["sums"]["forecast"] == before
    assert frozen.apollo.pk in then.context["sight"].differing
    assert see(frozen, signed_in).context["sums"]["forecast"] != before


def test_a_frozen_period_keeps_the_names_it_was_frozen_with(frozen, signed_in):
    apollo, was = frozen.apollo, (frozen.apollo.name_en, frozen.apollo.pm)
    type(apollo).objects.filter(pk=apollo.pk).update(name_en="Renamed since", pm=frozen.cast.outsider)
    page = see(frozen, signed_in)
    shown = next(row.project for row in page.context["heat"] if row.project.key == "APOLLO")
    assert (shown.name_en, shown.pm) == was
    assert "Renamed since" not in page.text and was[0] in page.text
    assert "Renamed since" in see(frozen, signed_in, "&picture=now").text
