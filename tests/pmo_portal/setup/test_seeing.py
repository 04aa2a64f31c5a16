"""Seeing the portal as somebody else: their pages and nothing of one's own, reading only, told and written down."""

from datetime import timedelta

import pytest
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal.accounts.models import LastSeen, Person
from pmo_portal.asks.inbox import notify
from pmo_portal.asks.models import InboxItem
from pmo_portal.audit.models import AuditEntry
from pmo_portal.setup import actions
from tests.factories import ReportFactory

pytestmark = pytest.mark.django_db
BANNER = "pmo-seeing"


@pytest.fixture
def admin(office, signed_in):
    client = signed_in(office.cast.admin)
    return client


def begin(client, person, reason="the list is empty for them"):
    return client.post(f"/setup/people/{person.pk}/seeing/", {"reason": reason})


def test_their_pages_come_and_not_ones_own(office, admin):
    pm = office.cast.pm
    assert admin.get("/projects/APOLLO/").status_code in (403, 404)
    assert begin(admin, pm).status_code == 302
    page = admin.get("/projects/APOLLO/")
    assert page.status_code == 200 and BANNER in page.text and pm.name in page.text
    assert admin.get("/setup/people/new/").status_code == 403
    admin.post("/setup/seeing/end/")
    assert admin.get("/projects/APOLLO/").status_code in (403, 404)
    assert BANNER not in admin.get("/").text


def test_nothing_is_written_in_their_name(office, admin):
    pm = office.cast.pm
    draft = ReportFactory(project=office.apollo, period=office.period, submitted=False)
    notify(pm, key="x", kind="asks.answered", params={})
    begin(admin, pm)
    before = LastSeen.objects.filter(person=pm).count()
    for address in ("/", "/inbox/", draft.get_absolute_url(), "/projects/APOLLO/"):
        assert admin.get(address).status_code == 200, address
    assert InboxItem.objects.get(key="x").read_at is None
    assert LastSeen.objects.filter(person=pm).count() == before
    refused = admin.post("/inbox/read/")
    assert refused.status_code == 403 and pm.name in refused.text
    assert admin.post(f"/setup/people/{pm.pk}/edit/", {"name_ja": "別人"}).status_code == 403
    assert Person.objects.get(pk=pm.pk).name == pm.name


def test_what_is_theirs_alone_and_files_stay_closed(office, admin):
    begin(admin, office.cast.pm)
    for address in ("/profile/", "/profile/tokens/", "/2fa/", "/sessions/", "/password/change/"):
        assert admin.get(address).status_code == 403, address
    exported = AuditEntry.objects.filter(action="exported").count()
    answer = admin.get("/projects/?export=csv")
    assert answer.status_code == 403 and "Content-Disposition" not in answer
    assert AuditEntry.objects.filter(action="exported").count() == exported


def test_they_are_told_and_every_page_stands_in_the_trail(office, admin):
    pm, me = office.cast.pm, office.cast.admin
    begin(admin, pm, reason="their call")
    admin.get("/projects/?q=apollo")
    admin.post("/setup/seeing/end/")
    told = InboxItem.objects.get(person=pm, kind="seen_as")
    assert told.params["reason"] == "their call"
    said = AuditEntry.objects.filter(object_id=pm.pk, actor=me).order_by("pk").values_list("action", "reason")
    assert list(said) == [("seen_as", "their call"), ("looked_as", "/projects/?q=apollo"), ("seen_as_ended", "")]


def test_it_needs_a_reason_the_right_and_somebody_else(office, admin, signed_in):
    pm, me = office.cast.pm, office.cast.admin
    assert begin(admin, pm, reason=" ").status_code == 422
    assert begin(admin, me).status_code == 403
    assert begin(signed_in(office.cast.manager), pm).status_code == 403
    assert BANNER not in admin.get("/").text


def test_it_is_over_after_half_an_hour_and_when_the_right_is_gone(office, admin):
    pm = office.cast.pm
    begin(admin, pm)
    with freeze_time(timezone.now() + timedelta(minutes=31)):
        assert BANNER not in admin.get("/").text
    assert AuditEntry.objects.filter(action="seen_as_ended").exists()
    begin(admin, pm)
    assert BANNER in admin.get("/").text
    other = Person.objects.create(email="other@demo.example", name_ja="他", name_en="Other")
    from pmo_portal.access.models import Grant
    from pmo_portal.access.tree import office as top

    Grant.objects.create(person=other, role="sysadmin", scope=top(), starts_on=timezone.localdate())
    Grant.objects.filter(person=office.cast.admin).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert BANNER not in admin.get("/").text


def test_signing_out_signs_the_administrator_out(office, admin):
    begin(admin, office.cast.pm)
    admin.post("/logout/")
    assert "_auth_user_id" not in admin.session


def test_who_is_gone_is_not_seen(office, admin):
    actions.deactivate(office.cast.pm, by=office.cast.admin, reason="left")
    assert begin(admin, office.cast.pm).status_code == 422
