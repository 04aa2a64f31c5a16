"""Where a form leads that was sent without a sign-in, or with a key of an earlier one."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import path

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


def led(answer) -> str:
    return answer.headers.get("HX-Redirect") or answer.headers["Location"]


@pytest.mark.parametrize(
    ("address", "referer", "lands"),
    [
        ("/projects/APOLLO/edit/", f"{HERE}/projects/APOLLO/edit/", "/projects/APOLLO/edit/"),
        ("/approvals/7/comments/", f"{HERE}/approvals/7/", "/approvals/7/"),
        ("/projects/APOLLO/team/", f"{HERE}/projects/APOLLO/?tab=team", "/projects/APOLLO/%3Ftab%3Dteam"),
        ("/projects/APOLLO/edit/", "", "/projects/APOLLO/edit/"),
        ("/projects/APOLLO/edit/", "https://evil.example/projects/", "/projects/APOLLO/edit/"),
        ("/projects/APOLLO/edit/", f"{HERE}//evil.example/", "/projects/APOLLO/edit/"),
        ("/projects/APOLLO/edit/", "javascript:alert(1)", "/projects/APOLLO/edit/"),
        ("/inbox/read/", "", "/"),  # takes only what is sent
        ("/inbox/read/", f"{HERE}/inbox/read/", "/"),
        ("/inbox/read/", f"{HERE}/no/such/page/", "/"),
    ],
)
def test_a_form_sent_without_a_sign_in_leads_back_to_its_page(client, office, address, referer, lands):
    answer = client.post(address, {"name": "…"}, headers={"Referer": referer} if referer else {})
    assert led(answer) == f"/login/?next={lands}&unsent=1"


def test_a_page_that_is_only_opened_leads_back_to_itself(client, office):
    answer = client.get("/projects/?q=x", headers={"Referer": f"{HERE}/inbox/"})
    assert led(answer) == "/login/?next=/projects/%3Fq%3Dx"


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}])
def test_what_a_script_asks_for_sends_the_whole_page_to_sign_in(client, office, headers):
    answer = client.get("/search/?q=x", headers={**headers, "Referer": f"{HERE}/projects/APOLLO/edit/"})
    assert answer.status_code == 401 and not answer.content
    assert led(answer) == "/login/?next=/projects/APOLLO/edit/"


def test_htmx_names_the_page_itself(client, office):
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HERE}/imports/4/?show=bad"}
    assert led(client.get("/imports/4/?part=progress", headers=headers)) == "/login/?next=/imports/4/%3Fshow%3Dbad"


@pytest.mark.parametrize(
    ("language", "says", "back"),
    [("ja", "送信されませんでした", "フォームに戻る"), ("en", "not sent", "Back to the form")],
)
def test_a_form_with_an_old_key_says_what_to_do_and_leads_back(office, language, says, back):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.cast.pm)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.post("/approvals/7/comments/", {"text": "…"}, headers={"Referer": f"{HERE}/approvals/7/"})
    assert page.status_code == 403 and says in page.text
    assert re.search(rf'href="/approvals/7/">{back}</a>', page.text)
    assert 'data-unsent="refused"' in page.text


def test_a_page_that_was_only_opened_says_nothing_of_what_was_sent_before(client, office):
    client.force_login(office.cast.pm)
    assert 'data-unsent=""' in client.get("/no/such/page/").text


# ---- the page of a fault


def breaks(request):
    raise RuntimeError("boom")


breaks.public = "a test's own"  # type: ignore[attr-defined]
handler500 = "pmo_portal.pages.errors.broken"
urlpatterns = [path("breaks/", breaks)]


@override_settings(ROOT_URLCONF=__name__)
def test_what_the_page_of_a_fault_loads_is_there_and_it_keeps_what_was_sent(client):
    client.raise_request_exception = False
    page = client.post("/breaks/")
    assert page.status_code == 500 and 'data-unsent="broken"' in page.text
    loaded = re.findall(r'(?:src|<link[^>]*href)="/static/([^"]+)"', page.text)
    assert {"app.css", "app.js", "favicon.svg"} <= set(loaded)
    assert [name for name in loaded if not finders.find(name)] == []
    assert 'rel="icon"' in page.text  # without one the browser asks for /favicon.ico, which is not there
    assert 'data-unsent=""' in client.get("/breaks/").text


def test_it_is_one_file_without_words_of_its_own_language():
    text = Path(settings.BASE_DIR, "templates", "500.html").read_text()
    assert "{% load" not in text and "{% translate" not in text  # it must stand when everything else has fallen
