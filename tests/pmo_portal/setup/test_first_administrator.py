"""An empty office: its first page makes the first administrator, once, and then is gone."""

import pytest
from django.core.exceptions import ValidationError

from pmo_portal.access.models import Grant
from pmo_portal.accounts.models import Person
from pmo_portal.asks.models import LadderStep
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods.models import CadenceRule, OfficeSettings
from pmo_portal.setup import actions

pytestmark = pytest.mark.django_db
GIVEN = {
    "office_name": "あおば製作所",
    "name": "原 明",
    "email": "Hara@demo.example",
    "password": "a right long password",
    "again": "a right long password",
    "runs_pmo": "on",
}


@pytest.mark.parametrize("path", ["/", "/projects/", "/login/"])
def test_every_way_in_leads_to_the_first_page(client, path):
    assert client.get(path, follow=True).redirect_chain[-1][0] == "/first/"


def test_the_first_page_makes_the_office_and_signs_in(client):
    answer = client.post("/first/", GIVEN)
    assert answer.status_code == 302 and answer["Location"] == "/setup/guide/"
    hara = Person.objects.get()
    assert hara.email == "hara@demo.example" and client.session["_auth_user_id"] == str(hara.pk)
    assert set(Grant.objects.values_list("role", flat=True)) == {"sysadmin", "administrator", "manager"}
    assert OfficeSettings.objects.get().name_ja == "あおば製作所"
    assert CadenceRule.objects.exists() and LadderStep.objects.exists()
    assert client.get("/setup/people/").status_code == 200
    assert AuditEntry.objects.filter(action="granted").count() == 3


def test_afterwards_it_is_gone(client):
    client.post("/first/", GIVEN)
    client.logout()
    again = client.post("/first/", {**GIVEN, "email": "thief@demo.example"})
    assert again.status_code == 404 and Person.objects.count() == 1
    with pytest.raises(ValidationError):
        actions.first_administrator(office_name="X", name="T", email="t@demo.example", password=GIVEN["password"])


@pytest.mark.parametrize(
    "wrong",
    [{"password": "short", "again": "short"}, {"again": "something else"}, {"email": "no address"}, {"name": ""}],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client, wrong):
    page = client.post("/first/", {**GIVEN, **wrong})
    assert (page.status_code == 422 and "pmo-error" in page.text) or "pmo-summary" in page.text
    assert not Person.objects.exists()


def test_an_administrator_who_does_not_run_the_pmo_holds_one_role(client):
    client.post("/first/", {**GIVEN, "runs_pmo": ""})
    assert list(Grant.objects.values_list("role", flat=True)) == ["sysadmin"]
