"""Fields that the office adds to status reports: filled in, carried on, frozen, told, summed."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pypdf import PdfReader

from pmo_portal import jobs, measures
from pmo_portal.access.tree import office as root
from pmo_portal.custom import actions as custom
from pmo_portal.custom.models import CustomField
from pmo_portal.jobs.models import Job
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods import actions as periods
from projects.register import actions as register
from projects.status import actions, queries
from projects.status.document import report_pdf
from projects.status.models import StatusReport
from tests.factories import GREEN, PeriodFactory, ReportFactory
from tests.projects.status.test_actions import faults_of

pytestmark = pytest.mark.django_db
MOOD = [{"key": "good", "ja": "良好", "en": "Good"}, {"key": "poor", "ja": "不満", "en": "Poor"}]


@pytest.fixture
def add(office):
    """`add("hours", "number")`: a field of status reports."""

    def make(key: str, kind: str = "text", of: str = "projects.statusreport", **given) -> CustomField:
        names = {"name_ja": f"項目{key}", "name_en": key.capitalize()}
        return custom.create_field(by=office.cast.admin, of=of, key=key, kind=kind, **(names | given))

    return make


def told(office, *, project=None, period=None, **given) -> StatusReport:
    return ReportFactory(project=project or office.apollo, period=period or office.period, **given)


def figure(key, scope, period) -> MeasureValue | None:
    return MeasureValue.objects.filter(measure=key, scope=scope, period=period).first()


def test_a_report_says_them_and_the_next_one_starts_with_them(office, add):
    add("mood", "choice", options=MOOD)
    add("hours", "number", default="10")
    first = told(office, custom_mood="good", custom_hours=Decimal("12.5"))
    assert (first.custom_mood, first.custom_hours) == ("good", Decimal("12.5"))
    later = PeriodFactory(day=office.period.ends_on + timedelta(days=1))
    draft = actions.prefilled(office.apollo, later, office.cast.pm)
    assert draft.custom == {"mood": "good", "hours": 12.5}
    assert actions.prefilled(office.boreas, office.period, office.cast.pm).custom == {"hours": 10}


def test_what_is_needed_is_asked_for_when_it_is_handed_in(office, add):
    add("mood", "choice", options=MOOD, required_in=["submitted"])
    report = ReportFactory(project=office.apollo, period=office.period, submitted=False, **GREEN)
    assert set(faults_of(lambda: actions.submit_report(report, by=office.cast.pm, version=None))) == {"custom_mood"}
    done = actions.submit_report(report, by=office.cast.pm, version=None, custom_mood="poor")
    assert (done.state, done.custom) == ("submitted", {"mood": "poor"})


def test_the_page_asks_keeps_and_shows_them(office, add, signed_in):
    add("mood", "choice", options=MOOD)
    client = signed_in(office.cast.pm)
    address = reverse("projects:status:status_form", args=("APOLLO", office.period.key))
    form = client.get(address).context["form"]
    assert "custom_mood" in form.fields
    draft = reverse("projects:status:status_draft", args=("APOLLO", office.period.key))
    answer = client.post(draft, {"version": form["version"].value(), "custom_mood": "poor", "forecast_cost": "1"})
    assert answer.json()["state"] == "saved"
    report = StatusReport.objects.get(project=office.apollo, period=office.period)
    assert report.custom == {"mood": "poor"}
    wrong = client.post(draft, {"version": report.version, "custom_mood": "furious", "achieved": "Kept."})
    assert set(wrong.json()["faults"]) == {"custom_mood"}
    report.refresh_from_db()
    assert (report.custom, report.achieved) == ({"mood": "poor"}, "Kept.")
    ReportFactory(project=office.boreas, period=office.period, custom_mood="good")
    page = signed_in(office.cast.pmo).get(reverse("projects:status:status_report", args=("BOREAS", office.period.key)))
    assert ">Mood</dt>" in page.content.decode() or ">項目mood</dt>" in page.content.decode()


def test_the_list_has_them_as_columns_and_conditions(office, add, signed_in):
    add("mood", "choice", options=MOOD)
    told(office, custom_mood="poor")
    ReportFactory(project=office.boreas, period=office.period, custom_mood="good")
    page = signed_in(office.cast.pmo).get(reverse("projects:status:status_list"), {"custom_mood": "poor"})
    assert [row.record.project.key for row in page.context["listing"].rows] == ["APOLLO"]


def test_numbers_and_amounts_are_measures_that_roll_up(office, add, signed_in):
    add("hours", "number")
    add("extra", "money")
    add("note", "text")
    add("secret", "number", seen_by=["manager"])
    given = {"custom_hours": 40, "custom_extra": 2_000_000, "custom_note": "x"}
    told(office, **given)
    told(office, project=office.boreas, custom_hours=Decimal("2.5"))
    measures.roll_up_stale()
    hours = figure("custom_hours", root(), office.period)
    assert (hours.value, hours.count) == (Decimal("42.5"), 2)
    assert figure("custom_extra", office.apollo.scope, office.period).value == 2_000_000
    assert not MeasureValue.objects.filter(measure__in=("custom_note", "custom_secret")).exists()
    page = signed_in(office.cast.manager).get(measures.figure_url("custom_hours", root().pk, office.period.key))
    assert "42.5" in page.content.decode()


def test_the_numbers_of_a_project_are_measures_of_the_periods_it_reported_in(office, add, signed_in):
    add("outsourced", "money", of="projects.project")
    register.edit_project(office.apollo, by=office.cast.pmo, version=None, custom_outsourced=3_000_000)
    assert figure("project_outsourced", office.apollo.scope, office.period) is None
    told(office)
    measures.roll_up_stale()
    assert figure("project_outsourced", root(), office.period).value == 3_000_000
    page = signed_in(office.cast.manager).get(measures.figure_url("project_outsourced", root().pk, office.period.key))
    assert page.status_code == 200
    assert measures.find("project_nothing") is None and measures.find("custom_outsourced") is None


def test_a_draft_gives_no_figure_and_a_correction_replaces_it(office, add):
    add("hours", "number")
    report = ReportFactory(project=office.apollo, period=office.period, submitted=False, custom_hours=7, **GREEN)
    assert figure("custom_hours", office.apollo.scope, office.period) is None
    actions.submit_report(report, by=office.cast.pm, version=None)
    assert figure("custom_hours", office.apollo.scope, office.period).value == 7
    actions.return_report(report, by=office.cast.pmo, version=None, reason="Count again.")
    actions.submit_report(report, by=office.cast.pm, version=None, custom_hours=None)
    assert figure("custom_hours", office.apollo.scope, office.period) is None


def test_figures_come_and_go_with_the_type_of_the_field(office, add):
    field = add("hours", "text")
    report = told(office, custom_hours="12")
    proved = report.digest
    custom.edit_field(field, by=office.cast.admin, kind="number")
    assert Job.objects.filter(name="projects.status.keep_own_figures", state="queued").exists()
    jobs.drain(strict=True)
    assert figure("custom_hours", office.apollo.scope, office.period).value == 12
    report.refresh_from_db()
    assert report.digest == actions.digest_of(report) != proved
    custom.remove_field(field, by=office.cast.admin, reason="Counted elsewhere.")
    jobs.drain(strict=True)
    assert figure("custom_hours", office.apollo.scope, office.period) is None


def test_who_does_not_see_a_field_neither_writes_nor_loses_it(office, add):
    add("secret", "number", seen_by=["administrator"])
    report = ReportFactory(project=office.apollo, period=office.period, submitted=False)
    with pytest.raises(ValidationError) as refused:
        actions.save_draft(report, by=office.cast.pm, version=report.version, custom_secret=1)
    assert set(refused.value.message_dict) == {"custom_secret"}
    report.refresh_from_db()
    actions.save_draft(report, by=office.cast.pmo, version=report.version, custom_secret=1)
    report.refresh_from_db()
    actions.save_draft(report, by=office.cast.pm, version=report.version, achieved="Done.")
    report.refresh_from_db()
    assert (report.custom, report.achieved) == ({"secret": 1}, "Done.")


def test_the_api_reads_and_writes_them(office, add, program_of):
    add("mood", "choice", options=MOOD)
    given = {"project": "APOLLO", "period": office.period.key, "custom": {"mood": "poor"}}
    made = program_of(office.cast.pm).post("/api/v1/status-reports/", given, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["custom"] == {"mood": "poor"}


def test_what_changed_in_them_is_told_on_the_page_and_on_paper(office, add, signed_in):
    add("mood", "choice", options=MOOD)
    add("hours", "number")
    add("secret", "text", seen_by=["administrator"])
    before = PeriodFactory(day=office.period.starts_on - timedelta(days=1))
    periods.open_period(before, by=office.cast.pmo)
    told(office, period=before, custom_mood="good", custom_hours=40)
    report = told(office, custom_mood="poor", custom_hours=Decimal("40.25"))
    lines = {
        line["name"]: (line["was"], line["now"])
        for line in queries.difference(report, queries.report_before(office.apollo, office.period))
    }
    assert lines["custom_hours"] == ("40", "40.25")
    address = reverse("projects:status:status_report", args=("APOLLO", office.period.key))
    page = signed_in(office.cast.pm, HTTP_ACCEPT_LANGUAGE="en").get(address).content.decode()
    assert "40.25" in page and "custom_" not in page
    paper = PdfReader(io.BytesIO(report_pdf(report, office.cast.pm)))
    words = "".join(p.extract_text() for p in paper.pages)
    assert "40.25" in words
