"""Search and act: actions first, then records, then figures; never more than the viewer may see."""

import pytest

from pmo_portal import measures, search
from pmo_portal.accounts.actions import look_at
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import ReportingPeriod
from tests.factories import CampaignFactory, MilestoneFactory, ProposalFactory, ReportFactory


def groups(viewer, words: str) -> dict[str, list[str]]:
    return {str(g["label"]): [hit.title for hit in g["hits"]] for g in search.find(viewer, words)}


@pytest.fixture(autouse=True)
def _english(settings):
    from django.utils import translation

    with translation.override("en"):
        yield


def test_what_is_typed_is_read_with_any_width_and_without_trash():
    assert search.cleaned("　ＡＰＯＬＬＯ　\0 x ") == "APOLLO x"
    assert len(search.cleaned("a " * 500).split()) == 5


def test_a_project_is_found_by_key_and_by_either_name(office):
    for words in ("apol", "基幹システム", "erp renewal", "core apollo"):
        assert "Core ERP renewal" in groups(office.cast.manager, words)["Projects"], words


def test_nothing_outside_the_viewers_scope_is_found(office):
    assert "Projects" not in groups(office.cast.pm, "BOREAS")
    assert "Projects" not in groups(office.cast.nobody, "APOLLO")
    assert groups(office.cast.manager, "BOREAS")["Projects"] == ["Logistics integration"]


def test_people_are_found_by_their_reading_in_both_kana(office):
    for words in ("あおき", "アオキ"):
        assert "Ken Aoki" in groups(office.cast.manager, words)["People"], words


def test_projects_are_found_by_who_leads_them(office):
    for words in ("aoki", "アオキ", "青木"):
        assert "Core ERP renewal" in groups(office.cast.manager, words)["Projects by their PM"], words
    assert "Projects by their PM" not in groups(office.cast.nobody, "aoki")


def test_things_to_do_stand_first_and_only_for_those_who_may(office):
    found = groups(office.cast.manager, "new project")
    assert next(iter(found)) == "To do" and found["To do"] == ["New project"]
    assert "To do" not in groups(office.cast.member, "new project")
    assert groups(office.cast.manager, "プロジェクトを")["To do"] == ["New project"]  # called so in the other language


def test_an_open_ask_is_found_by_what_it_is_about(office):
    from pmo_portal.jobs import running

    running.drain()
    assert any("Core ERP renewal" in title for title in groups(office.cast.pm, "report core")["To do"])


def test_rooms_are_found_by_name_in_either_language(office):
    assert groups(office.cast.manager, "ポートフォリオ")["Pages"] == ["Portfolio"]
    assert "Pages" not in groups(office.cast.member, "audit trail")


def test_a_figure_is_found_with_its_period(office, signed_in):
    from projects.register.models import Project

    Project.objects.filter(pk=office.apollo.pk).update(reported_period=office.period)
    assert "Figures" not in groups(office.cast.manager, "APOLLO")  # nothing kept for it yet
    measures.record(
        office.apollo.scope_id, office.period.pk, [measures.Value("forecast_cost", office.apollo.forecast_cost)]
    )
    figures = [
        hit for g in search.find(office.cast.manager, "APOLLO") if str(g["label"]) == "Figures" for hit in g["hits"]
    ]
    assert any("¥480 m" in hit.title for hit in figures)
    assert {hit.note for hit in figures} == {office.period.label}
    assert signed_in(office.cast.manager).get(figures[0].url).status_code == 200


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Core ERP renewal", "erp", "Core <mark>ERP</mark> renewal"),
        ("基幹システム刷新", "基幹 刷新", "<mark>基幹</mark>システム<mark>刷新</mark>"),
        ("<b> & co", "co", "&lt;b&gt; &amp; <mark>co</mark>"),
        ("a+b", "+", "a<mark>+</mark>b"),
        ("Core", "", "Core"),
    ],
)
def test_what_was_looked_for_is_marked_and_nothing_else_is_markup(text, words, marked):
    assert search.marked(text, words) == marked


def test_the_page_and_its_fragment(office, signed_in):
    client = signed_in(office.cast.manager)
    page = client.get("/search/", {"q": "APOLLO"})
    assert page.status_code == 200 and "<mark>APOLLO</mark>" in page.text and "<html" in page.text
    fragment = client.get("/search/", {"q": "APOLLO"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.text and "<mark>APOLLO</mark>" in fragment.text
    assert "<script>" not in client.get("/search/", {"q": "<script>"}).text


HOSTILE = [
    "' OR 1=1 --",
    '" OR *',
    "NEAR(a b)",
    "%",
    "_",
    "%%%",
    "\\",
    "基幹' UNION SELECT",
    "a" * 5000,
    "\x00",
    "(",
    "name_ja:x*",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_query_language_is_only_words(office, signed_in, words):
    """Neither an error nor more than what is called so; an outsider learns nothing of what they may not see."""
    answer = signed_in(office.cast.outsider).get("/search/", {"q": words})
    assert answer.status_code in (200, 400)
    shown = answer.text.partition("<main")[2]
    assert "APOLLO" not in shown and office.apollo.name_ja not in shown


# ---- to do something with what is called so


@pytest.mark.parametrize("words", ["report status APOLLO", "APOLLO report", "進捗を報告 基幹", "基幹 報告"])
def test_the_report_that_is_owed_is_opened_by_its_action_and_the_project(office, words):
    found = {
        hit.title: hit.url for g in search.find(office.cast.pm, words) for hit in g["hits"] if g["label"] == "To do"
    }
    assert found["Report status: Core ERP renewal"] == f"/projects/APOLLO/status/{office.period.key}/edit/"


def test_an_action_is_offered_to_those_who_may_alone_and_where_it_can_be_done(office):
    def offered(viewer) -> list[str]:
        found = groups(viewer, "report status APOLLO").get("To do", [])
        return [title for title in found if title.startswith("Report status")]

    assert offered(office.cast.pmo) and not offered(office.cast.member) and not offered(office.cast.outsider)
    periods.close_period(office.period, by=office.cast.pmo)
    ReportingPeriod.objects.update(state="frozen")
    assert not offered(office.cast.pmo)


@pytest.mark.parametrize("words", ["report", "APOLLO", "r APOLLO", "xyz APOLLO"])
def test_an_action_needs_its_name_and_a_record(office, words):
    assert not [t for t in groups(office.cast.pm, words).get("To do", []) if t.startswith("Report status:")]


# ---- everything that the viewer may see


def test_records_of_every_room_are_found_by_number_code_and_name(office):
    proposal = ProposalFactory(project=office.apollo)
    request = ApprovalRequest.objects.get(object_id=proposal.pk)
    ReportFactory(project=office.apollo, period=office.period)
    CampaignFactory(by=office.cast.pmo, projects=[office.apollo])
    MilestoneFactory(project=office.apollo, name_ja="性能試験", name_en="Load test")
    manager = office.cast.manager
    assert groups(manager, proposal.code)["Continue or stop"] == ["Core ERP renewal: Continue"]
    assert groups(manager, request.code.lower())["Approvals"] == [request.label]
    assert groups(manager, "staffing")["Campaigns"] == ["Staffing check"]
    assert groups(manager, "apollo 性能")["Milestones"] == ["Load test"]
    assert groups(manager, office.period.key)["Reporting periods"] == [office.period.label]
    assert len(groups(manager, f"APOLLO {office.period.key}")["Status reports"]) == 1
    assert groups(manager, "earned value")["Terms"] == ["Earned value"]


def test_none_of_them_is_found_by_who_may_not_see_it(office):
    proposal = ProposalFactory(project=office.apollo)
    request = ApprovalRequest.objects.get(object_id=proposal.pk)
    ReportFactory(project=office.apollo, period=office.period)
    for words in (proposal.code, request.code, office.period.key, f"APOLLO {office.period.key}", "apollo 性能"):
        assert set(groups(office.cast.nobody, words)) <= {"Pages", "Terms", "To do"}, words
    assert "Continue or stop" not in groups(office.cast.outsider, proposal.code)


def test_what_was_looked_at_last_stands_first_when_nothing_is_typed(office):
    manager = office.cast.manager
    look_at(manager, f"project:{office.boreas.pk}")
    assert groups(manager, "")["Projects"][0] == "Logistics integration"
    look_at(manager, f"project:{office.apollo.pk}")
    assert groups(manager, "")["Projects"][:2] == ["Core ERP renewal", "Logistics integration"]
