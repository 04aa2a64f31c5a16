"""Watching records and being named: told once, of what others do, within what one may see when it is told."""

from decimal import Decimal

import pytest
from django.utils import timezone

from pmo_portal import audit, jobs
from pmo_portal.access.models import Grant
from pmo_portal.approvals import actions as approvals
from pmo_portal.asks import digests, queries
from pmo_portal.asks.letters import text_of
from pmo_portal.asks.models import InboxItem, MailMessage
from pmo_portal.watching import actions
from pmo_portal.watching.models import Mention, TrailRead, Watch
from projects.register import actions as register
from projects.register import approving
from tests.factories import ReportFactory

pytestmark = pytest.mark.django_db


def change(office, by, category) -> None:
    register.edit_project(office.apollo, by=by, version=None, category=category)


def read() -> int:
    audit.seal()
    told = 0
    while True:
        entries, found = actions.read_trail()
        told += found
        if not entries:
            return told


@pytest.fixture
def office(office):
    read()  # from here on
    return office


def items(person, kind="watching.changed"):
    return list(InboxItem.objects.filter(person=person, kind=kind).order_by("pk"))


# ---- watching


def test_a_watcher_is_told_once_of_what_others_do(office):
    cast = office.cast
    actions.watch(office.apollo, by=cast.member)
    actions.watch(office.apollo, by=cast.member)
    change(office, cast.pmo, "基幹")
    assert read() == 1 and read() == 0
    (item,) = items(cast.member)
    assert item.url == office.apollo.get_absolute_url() and item.by == cast.pmo
    assert office.apollo.name_ja in text_of(item) and cast.pmo.name_ja in text_of(item)


def test_nobody_is_told_of_what_they_do_themselves_nor_of_what_was_before(office):
    change(office, office.cast.pmo, "前")
    actions.watch(office.apollo, by=office.cast.pmo)
    change(office, office.cast.pmo, "後")
    read()
    assert items(office.cast.pmo) == []


def test_a_crash_before_the_end_tells_nothing_and_then_everything_once(office, monkeypatch):
    actions.watch(office.apollo, by=office.cast.member)
    change(office, office.cast.pmo, "基幹")
    audit.seal()
    where = TrailRead.objects.get().position

    class Killed(BaseException):
        pass

    def killed(entries):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_tell_named", killed)
        with pytest.raises(Killed):
            actions.read_trail()
    assert items(office.cast.member) == [] and TrailRead.objects.get().position == where
    read()
    assert len(items(office.cast.member)) == 1


def test_several_changes_at_a_stretch_are_one_line(office):
    actions.watch(office.apollo, by=office.cast.member)
    for number in range(5):
        change(office, office.cast.pmo, f"区分{number}")
    read()
    (item,) = items(office.cast.member)
    assert "5" in text_of(item)


def test_who_watches_a_project_hears_what_happens_in_it(office):
    actions.watch(office.apollo, by=office.cast.pmo)
    actions.watch(office.boreas, by=office.cast.pmo)
    ReportFactory(project=office.apollo, period=office.period, by=office.cast.pm)
    read()
    assert len({item.object_id for item in items(office.cast.pmo)}) == 1


def test_who_has_lost_the_record_is_told_nothing(office):
    cast = office.cast
    actions.watch(office.apollo, by=cast.core_reader)
    Grant.objects.filter(person=cast.core_reader).update(archived_at=timezone.now())
    change(office, cast.pmo, "基幹")
    read()
    assert items(cast.core_reader) == []


def test_who_loses_it_before_the_letter_goes_gets_no_letter(office):
    cast = office.cast
    actions.watch(office.apollo, by=cast.core_reader)
    change(office, cast.pmo, "基幹")
    read()
    (item,) = items(cast.core_reader)
    Grant.objects.filter(person=cast.core_reader).update(archived_at=timezone.now())
    item = InboxItem.objects.select_related("person", "content_type").get(pk=item.pk)
    assert not queries.may_still_see(item)
    digests.write_all(digests.timezone.now() + timezone.timedelta(days=7, hours=12))
    assert not MailMessage.objects.filter(person=cast.core_reader, text__contains=office.apollo.name_ja).exists()


def test_the_button_stands_on_every_kind_of_record(office, signed_in):
    cast = office.cast
    report = ReportFactory(project=office.apollo, period=office.period, by=cast.pm)
    request = approving.request_budget(
        office.apollo, by=cast.pm, amount=Decimal(500_000_000), reason="接続先が増えた。"
    )
    browser = signed_in(cast.manager)
    for record in (office.apollo, office.core, office.erp, report, request, office.period):
        page = browser.get(record.get_absolute_url(), headers={"Accept-Language": "ja"}).text
        kind = f"/watching/{record._meta.label_lower}/{record.pk}/"
        assert f'action="{kind}"' in page, record
        assert browser.post(kind, {"on": "1"}).status_code == 302
        assert 'aria-pressed="true"' in browser.get(record.get_absolute_url()).text
    page = browser.get("/watching/").text
    assert office.apollo.get_absolute_url() in page and report.get_absolute_url() in page
    browser.post(f"/watching/projects.project/{office.apollo.pk}/", {"back": "1"})
    assert Watch.objects.filter(person=cast.manager).count() == 5


def test_what_one_may_not_see_or_what_is_no_record_is_not_watched(office, signed_in):
    browser = signed_in(office.cast.outsider)
    for path in (
        f"/watching/projects.project/{office.apollo.pk}/",
        f"/watching/pmo_portal.person/{office.cast.pm.pk}/",
        "/watching/pmo_portal.job/1/",
        "/watching/no.such/1/",
        "/watching/x/1/",
        f"/watching/projects.project/{2**70}/",
    ):
        assert browser.post(path, {"on": "1"}).status_code == 404
        assert browser.get(f"{path}people/?q=a").status_code == 404
    assert not Watch.objects.exists()


def test_the_pm_is_offered_their_projects(office, signed_in):
    browser = signed_in(office.cast.pm)
    page = browser.get("/watching/").context["suggested"]
    assert [row["record"] for row in page] == [office.apollo]
    browser.post(f"/watching/projects.project/{office.apollo.pk}/", {"on": "1", "back": "1"})
    assert browser.get("/watching/").context["suggested"] == []


# ---- being named


@pytest.fixture
def request_(office):
    return approving.request_budget(
        office.apollo, by=office.cast.pm, amount=Decimal(500_000_000), reason="接続先が増えた。"
    )


def test_who_is_named_in_a_comment_is_told_once_and_linked(office, request_, signed_in):
    cast = office.cast
    approvals.comment(request_, by=cast.pm, text=f"@{cast.manager.name_ja}さん、内訳です。<b>")
    read()
    (item,) = items(cast.manager, "watching.mentioned")
    assert item.url == request_.get_absolute_url() and item.by == cast.pm
    jobs.drain(strict=True)
    assert "内訳です" in MailMessage.objects.get(key=f"item:{item.pk}").text
    page = signed_in(cast.pm).get(request_.get_absolute_url()).text
    link = f'<a class="pmo-mention" href="/setup/people/{cast.manager.pk}/">@{cast.manager.name_ja}</a>さん、内訳です。&lt;b&gt;'
    assert link in page
    assert read() == 0


def test_who_may_not_see_it_is_not_named(office, request_):
    cast = office.cast
    approvals.comment(request_, by=cast.pm, text=f"@{cast.outsider.name_ja} @{cast.pm.name_ja} どうですか")
    read()
    assert not items(cast.outsider, "watching.mentioned"), "outside their scope"
    assert not items(cast.pm, "watching.mentioned"), "nobody names themselves"
    assert not Mention.objects.filter(person=cast.outsider).exists()


def test_the_picker_offers_those_who_may_see_it(office, request_, signed_in):
    cast = office.cast
    browser = signed_in(cast.pm)
    path = f"/watching/pmo_portal.approvalrequest/{request_.pk}/people/"

    def offered(words):
        return [row["insert"] for row in browser.get(path, {"q": words}).json()["people"]]

    assert offered(cast.manager.name_ja[:2]) == [cast.manager.name_ja]
    assert offered(cast.outsider.name_ja) == [] and offered("") == [] and offered("\0") == []
    page = browser.get(request_.get_absolute_url()).text
    assert f'data-mention="{path}"' in page


def test_a_report_names_people_too(office):
    from projects.status import actions as status

    cast = office.cast
    report = ReportFactory(project=office.apollo, period=office.period, by=cast.pm)
    status.return_report(report, by=cast.pmo, reason=f"@{cast.manager.name_ja} も見てください", version=report.version)
    read()
    assert len(items(cast.manager, "watching.mentioned")) == 1
