"""Fields that the office adds to projects: declared, filled in, listed, searched by, kept from who may not see them."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pmo_portal import audit, jobs
from pmo_portal.audit.models import AuditEntry
from pmo_portal.custom import actions
from pmo_portal.custom.models import CustomField
from pmo_portal.editing.people import called
from pmo_portal.intake import actions as intake
from pmo_portal.intake.models import ImportRun
from projects.register import actions as register
from projects.register.models import Project
from tests.pmo_portal.editing.test_workbook import sent_in, taken_out, verdicts

pytestmark = pytest.mark.django_db
OF = "projects.project"
RISK = [{"key": "high", "ja": "高", "en": "High"}, {"key": "low", "ja": "低", "en": "Low"}]


@pytest.fixture
def add(office):
    """`add("risk", kind="choice", options=RISK)`: a field of projects."""

    def make(key: str, kind: str = "text", **given) -> CustomField:
        names = {"name_ja": f"項目{key}", "name_en": key.capitalize()}
        return actions.create_field(by=office.cast.admin, of=OF, key=key, kind=kind, **(names | given))

    return make


def say(office, project=None, **given) -> Project:
    project = project or office.apollo
    return register.edit_project(project, by=office.cast.pmo, version=None, **given)


SAID = {
    "text": ("契約2026-07", "契約2026-07"),
    "number": (Decimal("12.5"), Decimal("12.5")),
    "money": (Decimal("1234567890.12"), Decimal("1234567890.12")),
    "link": ("https://example.test/a?b=1", "https://example.test/a?b=1"),
    "yesno": (False, False),
    "choice": ("high", "high"),
    "choices": (["low", "high"], ["high", "low"]),
}


@pytest.mark.parametrize("kind", SAID)
def test_each_kind_is_kept_and_read_again(office, add, kind):
    add("risk", kind, options=RISK if kind.startswith("choice") else [])
    given, read = SAID[kind]
    say(office, custom_risk=given)
    assert Project.objects.get(pk=office.apollo.pk).custom_risk == read
    say(office, custom_risk=None)
    assert Project.objects.get(pk=office.apollo.pk).custom == {}


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("number", Decimal("NaN"), "not_a_number"),
        ("number", Decimal(10) ** 30, "too_big"),
        ("number", Decimal("1.00001"), "places"),
        ("date", "1850-01-01", "date_range"),
        ("date", "tomorrow", "no_date"),
        ("choice", "medium", "no_choice"),
        ("choices", ["high", "x"], "no_choice"),
        ("link", "javascript:alert(1)", "no_link"),
        ("yesno", "perhaps", "no_yesno"),
        ("person", 999999, "no_person"),
        ("text", "x" * 2001, "too_long"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_written(office, add, kind, value, code):
    add("risk", kind, options=RISK if kind.startswith("choice") else [])
    with pytest.raises(ValidationError) as refused:
        say(office, custom_risk=value, name_en="Changed")
    assert refused.value.error_dict["custom_risk"][0].code == code
    assert Project.objects.get(pk=office.apollo.pk).name_en != "Changed"


def test_only_the_system_administrator_declares(office):
    with pytest.raises(PermissionDenied):
        actions.create_field(by=office.cast.pmo, of=OF, key="risk", name_en="Risk")


@pytest.mark.parametrize("key", ["", "Ｒisk!", "1risk", "a" * 31])
def test_a_key_that_is_none_is_refused(add, key):
    with pytest.raises(ValidationError) as refused:
        add(key)
    assert "key" in refused.value.error_dict


def test_a_key_is_there_once(add):
    add("risk")
    with pytest.raises(ValidationError):
        add("risk")


def test_it_is_needed_in_the_states_that_say_so(office, add, signed_in):
    add("risk", required_in=[office.apollo.stage])
    client = signed_in(office.cast.pmo)
    page = client.get("/projects/APOLLO/edit/")
    answer = client.post("/projects/APOLLO/edit/", form_of(page))
    assert answer.status_code == 422 and "has-error" in answer.text.split('id="field-custom_risk"')[0][-60:]
    say(office, custom_risk="済")
    other = next(s for s in Project.Stage.values if s not in (office.apollo.stage, "closed"))
    say(office, stage=other, custom_risk=None)


def form_of(page) -> dict:
    form = page.context["form"]
    return {n: form[n].value() if form[n].value() is not None else "" for n in form.fields}


def test_a_new_project_starts_with_the_default(office, add, signed_in):
    add("risk", "choice", options=RISK, default="low")
    made = register.create_project(
        by=office.cast.pmo, portfolio=office.apollo.portfolio, key="NEW1", name_en="New", custom_risk=None
    )
    assert made.custom_risk == "low"


def test_form_and_record_show_it_in_both_languages(office, add, signed_in):
    add("risk", "choice", options=RISK, help_ja="影響の大きさ", help_en="How much it hurts")
    client = signed_in(office.cast.pmo)
    page = client.get("/projects/APOLLO/edit/")
    assert "項目risk" in page.text and "影響の大きさ" in page.text and "この組織の項目" in page.text
    given = form_of(page) | {"custom_risk": "high"}
    assert client.post("/projects/APOLLO/edit/", given).status_code == 302
    assert "高" in client.get("/projects/APOLLO/").text.split("この組織の項目")[1][:400]
    client.cookies["django_language"] = "en"
    assert "High" in client.get("/projects/APOLLO/").text.split("Of this office")[1][:400]


def test_the_list_shows_sorts_and_filters_by_it(office, add, signed_in):
    add("risk", "choice", options=RISK, in_list=True)
    add("points", "number")
    add("tags", "choices", options=RISK)
    add("ready", "yesno")
    add("note")
    add("go", "date")
    say(
        office,
        custom_risk="high",
        custom_points=Decimal(9),
        custom_tags=["low"],
        custom_ready=True,
        custom_note="急ぎの件",
        custom_go="2026-12-01",
    )
    say(office, office.boreas, custom_risk="low", custom_points=Decimal(10), custom_ready=False, custom_go="2027-01-10")
    client = signed_in(office.cast.pmo)
    assert "項目risk" in client.get("/projects/").text

    def keys(query: str) -> list[str]:
        found = client.get(f"/projects/?{query}").context["listing"]
        assert not found.problems
        return [row.record.key for row in found.rows]

    assert keys("custom_risk=high") == ["APOLLO"]
    assert keys("custom_risk=high&custom_risk=low&sort=custom_points") == [
        "APOLLO",
        "BOREAS",
    ]  # 9 before 10: as numbers
    assert keys("custom_points=9.5..") == ["BOREAS"]
    assert keys("custom_tags=low") == ["APOLLO"]
    assert keys("custom_ready=yes") == ["APOLLO"] and keys("custom_ready=no") == ["BOREAS"]
    assert keys("custom_note=急ぎ") == ["APOLLO"]
    assert keys("custom_go=2027-01-01..") == ["BOREAS"]
    assert keys("sort=-custom_go") == ["BOREAS", "APOLLO"]


def test_who_is_named_can_be_asked_for(office, add, signed_in):
    add("lead", "person")
    say(office, custom_lead=office.cast.member)
    pmo = signed_in(office.cast.pmo)

    def asked(person):
        return pmo.get(f"/projects/?custom_lead={person.pk}").context["listing"]

    lead = next(f for f in asked(office.cast.member).list.filters if f.key == "custom_lead")
    assert lead.choices(office.cast.pmo) == [(str(office.cast.member.pk), str(office.cast.member))]
    found = asked(office.cast.member)
    assert [row.record.key for row in found.rows] == ["APOLLO"] and not found.problems
    assert asked(office.cast.pmo).problems, "this person stands nowhere"


def test_files_hold_it(office, add, signed_in):
    add("lead", "person", in_list=True)
    add("points", "number", in_list=True)
    say(office, custom_lead=office.cast.member, custom_points=Decimal("2.5"))
    answer = signed_in(office.cast.pmo).get("/projects/?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(r for r in rows if "項目lead" in r)
    apollo = next(r for r in rows if "APOLLO" in r)
    assert apollo[head.index("項目lead")] == office.cast.member.name
    assert apollo[head.index("項目points")] == 2.5


def test_who_may_not_see_it_meets_it_nowhere(office, add, signed_in, program_of):
    add("secret", seen_by=["pm"], in_list=True)
    register.edit_project(office.apollo, by=office.cast.pm, version=None, custom_secret="売却を検討")
    pmo = signed_in(office.cast.pmo)
    for address in ("/projects/", "/projects/APOLLO/", "/projects/APOLLO/edit/", "/projects/APOLLO/?tab=history"):
        assert "売却を検討" not in pmo.get(address).text
    listing = pmo.get("/projects/?custom_secret=売却").context["listing"]
    assert listing.count == 2 and len(listing.problems) == 1  # no such condition, and it is said
    assert "secret" not in program_of(office.cast.pmo).get("/api/v1/projects/APOLLO/").json()["custom"]
    with pytest.raises(ValidationError):
        say(office, custom_secret="x")
    pm = signed_in(office.cast.pm)
    assert "売却を検討" in pm.get("/projects/").text
    assert "売却を検討" in pm.get("/projects/APOLLO/?tab=history").text
    assert "売却を検討" in signed_in(office.cast.auditor).get("/projects/APOLLO/").text


def test_the_trail_tells_each_field_by_its_name(office, add, signed_in):
    add("risk", "choice", options=RISK)
    add("note")
    say(office, custom_risk="high", custom_note="一")
    say(office, custom_note="二")
    entry = AuditEntry.objects.filter(action="changed").order_by("-id").first()
    assert {n: c for n, c in entry.changes.items() if n != "last_change_at"} == {"custom_note": ["一", "二"]}
    page = signed_in(office.cast.pmo).get("/projects/APOLLO/?tab=history").text
    assert "項目risk" in page and "高" in page


def test_the_api_reads_and_writes_it(office, add, program_of):
    add("risk", "choice", options=RISK)
    add("lead", "person")
    add("points", "number")
    program = program_of(office.cast.pmo)
    given = {"custom": {"risk": "high", "lead": office.cast.member.email, "points": "2.5"}}
    answer = program.patch("/api/v1/projects/APOLLO/", given, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["custom"] == given["custom"]
    answer = program.patch("/api/v1/projects/APOLLO/", {"custom": {"points": None}}, content_type="application/json")
    assert answer.json()["custom"] == given["custom"] | {"points": None}
    assert len(program.get("/api/v1/projects/?custom_risk=high").json()["results"]) == 1
    for wrong in (
        {"custom": {"nothing": 1}},
        {"custom": {"risk": "x"}},
        {"custom": [1]},
        {"custom": {"lead": "no@one"}},
    ):
        assert program.patch("/api/v1/projects/APOLLO/", wrong, content_type="application/json").status_code == 400


# ---- changing a declaration


def test_a_change_of_type_shows_what_would_be_lost_and_keeps_the_rest(office, add, signed_in):
    field = add("points")
    say(office, custom_points="1,200")
    say(office, office.boreas, custom_points="約30")
    client = signed_in(office.cast.admin)
    at = f"/setup/office/fields/{field.pk}/edit/"
    given = form_of(client.get(at)) | {"kind": "number"}
    refused = client.post(at, given)
    assert refused.status_code == 422 and "約30" in refused.text and 'name="accept_loss"' in refused.text
    assert CustomField.objects.get(pk=field.pk).kind == "text"
    assert client.post(at, given | {"accept_loss": "on"}).status_code == 302
    assert Project.objects.get(key="APOLLO").custom_points == Decimal(1200)
    boreas = Project.objects.get(key="BOREAS")
    entry = AuditEntry.objects.filter(object_id=boreas.pk, content_type__model="project").order_by("id").last()
    assert boreas.custom == {} and entry.changes == {"custom_points": ["約30", None]}


def test_who_makes_a_field_needed_is_told_first_what_will_ask_for_it(office, add, signed_in):
    register.edit_project(office.boreas, by=office.cast.pmo, version=None, stage="planning")
    client = signed_in(office.cast.admin)
    new = {"of": OF, "key": "risk", "kind": "text", "name_ja": "危険", "name_en": "Risk", "required_in": ["execution"]}
    refused = client.post("/setup/office/fields/new/", new)
    assert refused.status_code == 422 and office.apollo.name_ja in refused.text and 'name="accept_gaps"' in refused.text
    assert not CustomField.objects.exists()
    assert client.post("/setup/office/fields/new/", new | {"accept_gaps": "on"}).status_code == 302
    field = CustomField.objects.get()
    at = f"/setup/office/fields/{field.pk}/edit/"
    given = form_of(client.get(at)) | {"required_in": ["execution", "planning"]}
    refused = client.post(at, given)
    assert refused.status_code == 422 and office.boreas.name_ja in refused.text
    assert office.apollo.name_ja not in refused.text  # it asked already
    say(office, custom_risk="high")
    say(office, office.boreas, custom_risk="low")
    assert client.post(at, given).status_code == 302


def test_the_trail_tells_in_words_what_became_needed_and_who_sees_it(office, add):
    field = add("risk", "choice", options=RISK)
    actions.edit_field(field, by=office.cast.admin, required_in=["execution"], seen_by=["manager"], options=RISK[:1])
    told = audit.told(audit.history(office.cast.admin, field)[:1])[0].changes
    assert sorted((c.was, c.now) for c in told if c.was) == [("高、低", "高")]
    assert {c.now for c in told if not c.was} == {"実行", "PMOマネージャー"}


def test_a_choice_that_goes_asks_first_and_one_renamed_stays(office, add):
    field = add("risk", "choice", options=RISK)
    say(office, custom_risk="low")
    renamed = actions.options_of("高 | High\n小 | Low", field.options)
    assert [o["key"] for o in renamed] == ["high", "low"]
    actions.edit_field(field, by=office.cast.admin, options=renamed)
    assert Project.objects.get(key="APOLLO").custom_risk == "low"
    with pytest.raises(ValidationError) as refused:
        actions.edit_field(field, by=office.cast.admin, options=actions.options_of("高 | High", renamed))
    assert refused.value.code == "loss"


def test_removal_says_what_goes_out_of_sight_and_restoration_brings_it_back(office, add, signed_in):
    field = add("note", in_list=True)
    say(office, custom_note="契約書は法務")
    client = signed_in(office.cast.admin)
    at = f"/setup/office/fields/{field.pk}/"
    page = client.get(f"{at}removal/")
    assert "契約書は法務" in page.text
    client.post(f"{at}removal/", form_of(page) | {"reason": "使わない"})
    assert "契約書は法務" not in signed_in(office.cast.pmo).get("/projects/").text
    client.post(f"{at}restoration/")
    assert "契約書は法務" in signed_in(office.cast.pmo).get("/projects/").text


def test_two_at_once_meet_as_on_any_field(office, add, signed_in):
    add("note")
    client = signed_in(office.cast.pmo)
    opened = form_of(client.get("/projects/APOLLO/edit/"))
    say(office, custom_note="先に")
    answer = client.post("/projects/APOLLO/edit/", opened | {"custom_note": "後から"})
    assert answer.status_code == 409 and "先に" in answer.text and "後から" in answer.text


# ---- Excel


def test_excel_takes_it_out_and_brings_it_back(office, add, signed_in):
    add("risk", "choice", options=RISK, in_list=True)
    add("points", "number", in_list=True)
    add("lead", "person", in_list=True)
    add("tags", "choices", options=RISK, in_list=True)
    add("secret", in_list=True, seen_by=["pm"])
    say(office, custom_tags=["low"])
    client = signed_in(office.cast.pmo)
    book = taken_out(client, "")
    assert "項目secret" not in book.heads and book.cell("APOLLO", "項目tags").value == "低"
    book.cell("APOLLO", "項目risk").value = "高"
    book.cell("APOLLO", "項目points").value = 3.25
    book.cell("APOLLO", "項目lead").value = called(office.cast.member)
    book.cell("APOLLO", "項目tags").value = "Low，高"
    run = sent_in(client, book)
    assert verdicts(run) == {"changed": 1, "unchanged": 1}
    intake.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    apollo = Project.objects.get(key="APOLLO")
    assert apollo.custom == {"risk": "high", "points": 3.25, "lead": office.cast.member.pk, "tags": ["high", "low"]}
    run.refresh_from_db()
    intake.undo_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    assert Project.objects.get(key="APOLLO").custom == {"tags": ["low"]}


def test_several_choices_in_a_cell_are_left_taken_back_and_refused_by_name(office, add, signed_in):
    add("tags", "choices", options=RISK, in_list=True)
    say(office, custom_tags=["low", "high"])
    client = signed_in(office.cast.pmo)
    book = taken_out(client, "")
    assert book.cell("APOLLO", "項目tags").value == "高、低"
    assert verdicts(sent_in(client, book)) == {"unchanged": 2}
    book.cell("APOLLO", "項目tags").value = "高、中"
    assert verdicts(sent_in(client, book, "a.xlsx")) == {"refused": 1, "unchanged": 1}
    book.cell("APOLLO", "項目tags").value = None
    run = sent_in(client, book, "b.xlsx")
    intake.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    assert Project.objects.get(key="APOLLO").custom == {}


def test_a_row_that_lacks_what_is_needed_is_refused_by_its_name(office, add, signed_in):
    add("risk", required_in=["execution"])
    client = signed_in(office.cast.pmo)
    book = taken_out(client, "")
    head = next(h for h in book.heads if h.startswith("名前"))
    book.cell("APOLLO", head).value = "基幹刷新"
    run = sent_in(client, book)
    assert verdicts(run)["refused"] == 1
    assert "項目risk" in str([row.notes for row in run.rows.all()])


def test_what_only_some_see_stays_out_of_the_workbook_and_of_what_becomes_of_it(office, add, signed_in):
    """Its preview and its file are there for others: whoever looks after imports."""
    add("secret", in_list=True, seen_by=["administrator"])
    say(office, custom_secret="OLD-42")
    client = signed_in(office.cast.pmo)
    book = taken_out(client, "")
    assert "項目secret" not in book.heads and "OLD-42" not in str([[c.value for c in row] for row in book.sheet])
    assert "OLD-42" in client.get("/projects/?export=csv").getvalue().decode()  # a file for oneself has it
    run = sent_in(client, book)
    assert "OLD-42" not in signed_in(office.cast.manager).get(f"/imports/{run.pk}/").text
    assert "custom_secret" not in client.get(f"/lists/projects/many/?pick={office.apollo.pk}").text


def test_many_rows_are_given_several_choices_at_once(office, add, signed_in):
    add("tags", "choices", options=RISK)
    client = signed_in(office.cast.pmo)
    pks = [str(p.pk) for p in Project.objects.filter(key__in=("APOLLO", "BOREAS"))]
    answer = client.post("/lists/projects/many/", {"pick": pks, "custom_tags": ["low", "high"]})
    assert answer.status_code == 302, answer.text
    jobs.drain(strict=True)
    run = ImportRun.objects.order_by("pk").last()
    intake.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    assert {tuple(p.custom["tags"]) for p in Project.objects.filter(pk__in=pks)} == {("high", "low")}


def test_a_cell_that_says_no_choice_is_refused_with_its_row(office, add, signed_in):
    add("risk", "choice", options=RISK, in_list=True)
    client = signed_in(office.cast.pmo)
    book = taken_out(client, "")
    book.cell("APOLLO", "項目risk").value = "中"
    assert verdicts(sent_in(client, book)) == {"refused": 1, "unchanged": 1}


def test_a_change_of_many_is_taken_back_to_a_record_that_was_incomplete(office, add, signed_in):
    add("ringi", required_in=["execution"])
    client = signed_in(office.cast.pmo)
    Project.objects.filter(pk=office.apollo.pk).update(stage="execution")
    answer = client.post("/lists/projects/many/", {"pick": [str(office.apollo.pk)], "stage": "planning"})
    assert answer.status_code == 302
    jobs.drain(strict=True)
    run = ImportRun.objects.order_by("pk").last()
    intake.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    run.refresh_from_db()
    intake.undo_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    assert Project.objects.get(pk=office.apollo.pk).stage == "execution"
