"""A key for programs may read only, or read and write; its owner and the system administrator take it out of force."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

from pmo_portal.accounts.models import ApiToken
from pmo_portal.accounts.tokens import create_api_token, hashed
from pmo_portal.audit.models import AuditEntry
from projects.register.models import Project

pytestmark = pytest.mark.django_db
BODY = json.dumps({"name_en": "Renamed"})


def program(person, scope: str) -> Client:
    return Client(headers={"Authorization": f"Token {create_api_token(person, 'sheet', scope=scope)}"})


def rename(client) -> int:
    version = client.get("/api/v1/projects/APOLLO/")["ETag"]
    given = {"content_type": "application/json", "headers": {"If-Match": version}}
    return client.patch("/api/v1/projects/APOLLO/", BODY, **given)


def test_a_key_that_may_only_read_changes_nothing(office):
    client = program(office.cast.pm, "read")
    assert client.get("/api/v1/projects/APOLLO/").status_code == 200
    answer = rename(client)
    assert answer.status_code == 403 and answer.json()["detail"] == "このキーは閲覧専用です。"
    assert Project.objects.get(key="APOLLO").name_en != "Renamed"
    assert rename(program(office.cast.pm, "write")).status_code == 200


def test_a_key_in_the_address_is_no_key(office):
    """Addresses are written into logs and histories."""
    key = create_api_token(office.cast.pm, "sheet")
    for name in ("token", "key", "api_key", "access_token", "Authorization"):
        assert Client().get("/api/v1/projects/", {name: key}).status_code in (400, 401), name
    assert ApiToken.objects.get(label="sheet").last_used_at is None


def test_the_page_makes_one_that_reads_unless_told_otherwise_and_shows_it_once(office, signed_in):
    client = signed_in(office.cast.pm)
    form = client.get("/profile/tokens/").text
    assert '<option value="read" selected>' in form
    page = client.post("/profile/tokens/", {"label": "表計算", "scope": "read", "days": "30"}).text
    token = ApiToken.objects.get(person=office.cast.pm)
    key = page.split('class="pmo-key">')[1].split("<")[0]
    assert token.scope == "read" and token.key_hash == hashed(key) and key not in client.get("/profile/tokens/").text


def test_the_command_makes_either(office, capsys):
    call_command("create_token", office.cast.pm.email, "--read-only")
    call_command("create_token", office.cast.pm.email)
    assert list(ApiToken.objects.order_by("pk").values_list("scope", flat=True)) == ["read", "write"]


def test_the_system_administrator_takes_a_key_out_of_force_and_others_do_not(office, signed_in):
    client = program(office.cast.pm, "write")
    token, person = ApiToken.objects.get(), office.cast.pm
    address = f"/setup/people/{person.pk}/tokens/{token.pk}/end/"
    assert signed_in(office.cast.manager).post(address).status_code == 403
    admin = signed_in(office.cast.admin)
    assert address in admin.get(f"/setup/people/{person.pk}/").text
    assert admin.post(f"/setup/people/{office.cast.member.pk}/tokens/{token.pk}/end/").status_code == 404
    assert admin.post(address).status_code == 302
    assert client.get("/api/v1/projects/").status_code == 401
    assert AuditEntry.objects.get(action="token_revoked").actor == office.cast.admin
