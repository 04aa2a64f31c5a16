"""The auditor's pages: filtered, exported, checked; each entry leads to its record; nobody sees outside their scope."""

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal import audit, jobs
from pmo_portal.access.tree import add_scope, office
from pmo_portal.accounts.models import Person
from pmo_portal.audit.models import AuditEntry
from pmo_portal.jobs.models import Job
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db


def rows(client, **asked) -> str:
    return client.get("/setup/audit/", asked).text.split('id="rows"')[1]


@pytest.fixture
def changes(aoki, hara):
    with audit.change(aoki, "changed", by=hara, reason="a wedding") as current:
        current.name_ja = "青木 新"
    audit.log(hara, "exported", by=aoki)
    return AuditEntry.objects.order_by("pk")


def test_the_list_is_filtered_by_act_kind_days_and_words(client, goto, changes):
    client.force_login(goto)
    assert "a wedding" in rows(client) and "Hara" in rows(client)
    assert "a wedding" not in rows(client, action="exported")
    kind = ContentType.objects.get_for_model(Person).pk
    assert "a wedding" in rows(client, kind=kind, reasoned="1", q="wedding")
    assert "a wedding" not in rows(client, q="funeral")
    tomorrow, yesterday = (timezone.localdate() + timedelta(days=n) for n in (1, -1))
    assert "a wedding" in rows(client, at_from=str(yesterday), at_to=str(timezone.localdate()))
    assert "a wedding" not in rows(client, at_from=str(tomorrow))


def test_records_are_found_by_key_and_by_either_name(client, office):
    audit.log(office.apollo, "exported", by=office.cast.pmo, reason="ours")
    audit.log(office.boreas, "exported", by=office.cast.pmo, reason="theirs")
    client.force_login(office.cast.auditor)
    for words in (office.apollo.key, office.apollo.name_ja, office.apollo.name_en):
        found = rows(client, q=words)
        assert "ours" in found and "theirs" not in found


def test_a_day_is_the_readers_day(client, goto, aoki):
    with freeze_time("2026-06-01 22:30:00"):  # 2 June, 7:30 in Tokyo
        audit.log(aoki, "exported", by=aoki, reason="in the morning")
    client.force_login(goto)
    assert "in the morning" in rows(client, at_from="2026-06-02", at_to="2026-06-02")
    assert "in the morning" not in rows(client, at_from="2026-06-01", at_to="2026-06-01")


@pytest.mark.parametrize(
    "asked", [{"at_from": "yesterday"}, {"kind": "999999"}, {"action": "'; --"}, {"page": "-1"}, {"sort": "-x"}]
)
def test_nonsense_in_the_address_is_no_error(client, goto, changes, asked):
    client.force_login(goto)
    assert client.get("/setup/audit/", asked).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_exported_as_it_is_filtered(client, goto, changes, kind):
    client.force_login(goto)
    answer = client.get("/setup/audit/", {"export": kind, "action": "exported"})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    assert len(content) > 50
    if kind == "csv":
        assert b"a wedding" not in content and "Hara" in content.decode("utf-8-sig")


def test_acts_noted_under_any_name_are_listed_read_and_exported_whole(client, goto, aoki, hara):
    """A name may be that of a relation back to the record, or of a field that exists no more."""
    audit.log(aoki, "answered", by=hara, changes={"grants": [None, {"2": "match"}], "shoe_size": [41, 42]})
    audit.log(aoki, "exported", by=hara, reason="the last line")
    client.force_login(goto)
    assert "the last line" in rows(client)
    for entry in AuditEntry.objects.all():
        assert client.get(f"/setup/audit/{entry.pk}/").status_code == 200
    content = b"".join(client.get("/setup/audit/", {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert len(content.strip().splitlines()) == 1 + AuditEntry.objects.count()


def test_an_entry_is_read_field_by_field_and_leads_to_its_record(client, goto, changes):
    client.force_login(goto)
    page = client.get(f"/setup/audit/{changes[0].pk}/").text
    assert "青木 新" in page and "a wedding" in page and f"/setup/people/{changes[0].object_id}/" in page


def test_the_chain_is_checked_as_a_job_and_the_page_tells_the_outcome(client, goto, changes):
    client.force_login(goto)
    assert client.post("/setup/audit/check/").status_code == 302
    assert Job.objects.get(name="pmo_portal.audit.check_chain").requested_by == goto
    jobs.drain()
    page = client.get("/setup/audit/").text
    assert Job.objects.get(name="pmo_portal.audit.check_chain").result["count"] == 0
    assert 'class="is-good"' in page


def test_a_manager_of_one_portfolio_reads_that_portfolio_only(client, aoki, hara):
    mine, other = add_scope("portfolio", office(), "Mine"), add_scope("portfolio", office(), "Other")
    endo = make("Endo", "manager", scope=mine)
    for scope, words in ((mine, "inside"), (other, "outside"), (None, "the office itself")):
        audit.entry_for(aoki, "changed", by=hara, changes={}, reason=words, scope_id=scope.pk if scope else None).save()
    client.force_login(endo)
    found = rows(client)
    assert "inside" in found and "outside" not in found and "the office itself" not in found
    hidden = AuditEntry.objects.get(reason="outside")
    assert client.get(f"/setup/audit/{hidden.pk}/").status_code == 404


def test_names_with_markup_are_shown_as_text(client, goto, hara):
    nasty = make("Nasty")
    with audit.change(nasty, "changed", by=hara, reason="<script>alert(1)</script>") as current:
        current.name_en = '<img src=x onerror="alert(1)">'
    client.force_login(goto)
    entry = AuditEntry.objects.latest("pk")
    for path in ("/setup/audit/", f"/setup/audit/{entry.pk}/", f"/setup/people/{nasty.pk}/"):
        page = client.get(path).text
        assert not re.search(r"<script>alert|<img src=x", page)
