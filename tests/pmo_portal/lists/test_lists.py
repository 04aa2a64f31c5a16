"""The state of a list is its address: conditions, order, columns, pages; nonsense in it never breaks the page."""

import re
from decimal import Decimal

import pytest

from projects.register.models import Project
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
HOSTILE = [
    "'; DROP TABLE x; --",
    "%00",
    "\0",
    "a" * 20_000,
    "-" * 500,
    "NaN..Infinity",
    "1e999..",
    "..-1e999",
    "9" * 400,
    "2026-13-45..2026-02-30",
    "0000-00-00",
    "..",
    "١٢٣",
    "１２３",
    "\u202eevil",
    "😀",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%s%s%n",
    "\ud800",
]
PAGES = ["/projects/", "/projects/status/", "/setup/people/", "/setup/periods/", "/setup/audit/", "/setup/work/jobs/"]


def keys(page) -> list[str]:
    pattern = (
        r'data-pick aria-label="[^"]*"></td><td class="[^"]*">(?:<span class="new"[^>]*></span>)?<a [^>]*>([^<]+)<'
    )
    return [key.strip() for key in re.findall(pattern, page.text)]


@pytest.mark.parametrize("path", PAGES)
def test_nonsense_in_the_address_never_breaks_a_list(office, signed_in, path):
    client = signed_in(office.cast.admin if "jobs" in path else office.cast.manager)
    names = set(re.findall(r'name="([a-z_]+)"', client.get(path).text)) | {"sort", "page", "cols", "pick"}
    for value in HOSTILE:
        sent = dict.fromkeys(names - {"col", "export"}, value.encode("utf-8", "surrogatepass"))
        page = client.get(path, sent)
        assert page.status_code == 200, (path, value[:40])
        assert "<script>alert(1)" not in page.text
        assert list(client.get(path, sent | {"export": "csv"}).streaming_content)


@pytest.mark.parametrize("name", ["export", "col", "cols", "sort", "page", "pick", "slip", "slip_from", "finish_to"])
def test_nonsense_in_one_parameter_never_breaks_a_list(office, signed_in, name):
    client = signed_in(office.cast.pmo)
    for value in HOSTILE:
        answer = client.get("/projects/", {name: value.encode("utf-8", "surrogatepass")})
        assert answer.status_code in (200, 302), value[:40]


def test_a_value_that_is_none_is_left_out_and_said(office, signed_in):
    page = signed_in(office.cast.pmo).get("/projects/", {"slip": "soon", "stage": "execution"})
    assert "soon" in page.text.split('role="alert"')[1] and keys(page) == ["APOLLO", "BOREAS"]


def test_a_condition_that_is_asked_or_not_takes_no_other_word_for_yes(office, signed_in):
    """`mine=0` once meant yes."""
    client = signed_in(office.cast.pmo)
    assert client.get("/api/v1/projects/?over=0").json()["errors"].keys() == {"over"}
    assert (
        client.get("/api/v1/projects/?over=1").status_code == client.get("/api/v1/projects/?over=").status_code == 200
    )
    page = client.get("/projects/", {"over": "0"})
    assert keys(page) == ["APOLLO", "BOREAS"] and 'role="alert"' in page.text


def test_conditions_order_and_columns_stand_in_the_address_together(office, signed_in):
    client = signed_in(office.cast.pmo)
    page = client.get("/projects/", {"stage": "execution", "sort": "-approved", "cols": "key,name,approved", "q": "o"})
    assert keys(page) == ["APOLLO", "BOREAS"]
    heads = re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', page.text)
    assert len(heads) == 3 and all(
        "cols=key%2Cname%2Capproved" in h and "stage=execution" in h and "q=o" in h for h in heads
    )
    form = page.text.split('role="search"')[1].split("</form>")[0]
    assert 'name="sort" value="-approved"' in form and 'name="cols" value="key,name,approved"' in form
    assert 'name="stage" value="execution" data-send checked' in form


def test_a_list_sorts_both_ways_and_the_unknown_comes_last(office, signed_in):
    ProjectFactory(key="CETUS", portfolio=office.core, approved_budget=None, forecast_cost=None)
    Project.objects.filter(key="BOREAS").update(approved_budget=Decimal(1))
    client = signed_in(office.cast.pmo)
    assert keys(client.get("/projects/", {"sort": "approved"})) == ["BOREAS", "APOLLO", "CETUS"]
    page = client.get("/projects/", {"sort": "-approved"})
    assert keys(page) == ["APOLLO", "BOREAS", "CETUS"] and 'aria-sort="descending"' in page.text
    assert keys(client.get("/projects/", {"sort": "password"})) == ["APOLLO", "BOREAS", "CETUS"]


def test_the_ticked_columns_get_a_short_address_and_the_title_stays(office, signed_in):
    client = signed_in(office.cast.pmo)
    answer = client.get("/projects/", {"col": ["finish", "sponsor"], "stage": "execution"})
    assert answer.status_code == 302 and answer["Location"] == "/projects/?stage=execution&cols=name%2Cfinish%2Csponsor"
    page = client.get(answer["Location"])
    assert re.findall(r'<th scope="col"[^>]*><a [^>]*>([^<]+)<', page.text) == ["名前", "完了見込", "スポンサー"]
    usual = re.findall(r'name="col" value="(\w+)" checked', client.get("/projects/").text)
    assert client.get("/projects/", {"col": usual})["Location"] == "/projects/"


def test_pages_are_cut_and_the_way_on_keeps_the_state(office, signed_in):
    for _ in range(55):
        ProjectFactory(portfolio=office.core, pm=office.cast.pm)
    client = signed_in(office.cast.pmo)
    page = client.get("/projects/", {"tier": "A"})
    assert len(keys(page)) == 50 and "1–50 / 57" in page.text
    way_on = re.search(r'class="pmo-pager">.*?href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert way_on == "/projects/?tier=A&page=2"
    rest = client.get(way_on)
    assert len(keys(rest)) == 7 and not set(keys(rest)) & set(keys(page))
    assert len(keys(client.get("/projects/", {"page": "999"}))) == 50


def test_an_amount_in_another_currency_says_so(office, signed_in):
    Project.objects.filter(key="BOREAS").update(currency="GBP", approved_budget=Decimal(5_400_000))
    page = signed_in(office.cast.pmo).get("/projects/", {"cols": "name,approved"})
    assert "5.4百万ポンド" in page.text and "承認額</a> <small>百万円</small>" in page.text


def test_a_fragment_is_the_rows_alone(office, signed_in):
    page = signed_in(office.cast.pmo).get("/projects/", headers={"HX-Request": "true"})
    assert "<html" not in page.text and 'id="rows"' in page.text and page["Vary"].count("HX-Request")
