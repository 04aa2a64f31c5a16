"""How people are told: by which way and when, as they or the office have chosen; what is mandatory comes."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal import asks, jobs
from pmo_portal.asks import choosing, digests, queries, timing
from pmo_portal.asks.kinds import notices
from pmo_portal.asks.models import InboxItem, MailMessage, NoticeChoice, NoticeDefault
from pmo_portal.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ladder")]
FREE, MUST = "approvals.moved", "status.returned"
TOLD = {"label_ja": "予算", "label_en": "Budget", "what": "approved"}


def tell(person, key="told", kind=FREE) -> InboxItem | None:
    asks.notify(person, key=key, kind=kind, params=TOLD, url="/approvals/1/")
    jobs.drain(strict=True)
    return InboxItem.objects.filter(person=person, key=key).first()


def digest(day=25) -> int:
    return digests.write_all(datetime.combine(date(2037, 11, day), time(9), tzinfo=ZoneInfo("Asia/Tokyo")))


def item_letters(item) -> int:
    return MailMessage.objects.filter(key=f"item:{item.pk}").count()


def test_every_kind_says_what_it_is_and_has_a_lawful_standard():
    for told in notices.values():
        assert str(told.label) and told.in_app != timing.OFF
        for channel in timing.CHANNELS:
            assert told.standard[channel] in told.offered(channel), told.key
        assert told.key.startswith("test.") or not told.mandatory or str(told.mandatory).endswith((".", "。"))


def test_as_delivered_it_comes_by_a_letter_of_its_own_and_stands_in_the_inbox(cast):
    item = tell(cast.pm)
    assert item_letters(item) == 1 and list(queries.unread(cast.pm)) == [item]
    assert digest() == 0


def test_once_a_day_it_waits_for_the_digest(cast):
    choosing.choose(cast.pm, {FREE: {"mail": "digest"}})
    item = tell(cast.pm)
    assert item_letters(item) == 0
    assert digest() == 1 and digest() == 0 and digest(26) == 0


def test_turned_off_by_mail_it_stands_in_the_inbox_alone(cast):
    choosing.choose(cast.pm, {FREE: {"mail": "off"}})
    item = tell(cast.pm)
    assert item_letters(item) == 0 and digest() == 0
    assert list(queries.inbox(cast.pm)) == [item]


def test_turned_off_in_the_portal_it_comes_by_mail_alone(cast):
    choosing.choose(cast.pm, {FREE: {"in_app": "off"}})
    item = tell(cast.pm)
    assert item_letters(item) == 1
    assert not queries.inbox(cast.pm) and not queries.unread(cast.pm)


def test_once_a_day_in_the_portal_it_is_seen_from_the_digests_hour_on(cast):
    choosing.choose(cast.pm, {FREE: {"in_app": "digest"}})
    item = tell(cast.pm)
    assert item.counts_from > timezone.now()
    assert not queries.inbox(cast.pm) and not queries.unread(cast.pm)
    InboxItem.objects.update(counts_from=timezone.now())
    assert list(queries.unread(cast.pm)) == [item]


def test_everything_off_it_is_told_by_no_way_and_only_once(cast):
    choosing.choose(cast.pm, {FREE: dict.fromkeys(timing.CHANNELS, "off")})
    tell(cast.pm)
    choosing.choose(cast.pm, {FREE: dict.fromkeys(timing.CHANNELS, "once")})
    item = tell(cast.pm)
    assert item_letters(item) == 0 and not queries.inbox(cast.pm), "told under this key already: not a second time"


# ---- what is mandatory


@pytest.mark.parametrize("way", timing.MUST)
def test_what_is_mandatory_cannot_be_turned_off(cast, way):
    with pytest.raises(ValidationError, match="オフにできません"):
        choosing.choose(cast.pm, {MUST: {way: "off"}})
    choosing.choose(cast.pm, {MUST: {way: "digest"}})
    assert choosing.timings_of(cast.pm, MUST)[way] == "digest"


def test_what_has_become_mandatory_comes_however_it_was_set_before(cast):
    NoticeChoice.objects.create(person=cast.pm, kind=MUST, mail="off", in_app="off")
    assert choosing.timings_of(cast.pm, MUST) == {"in_app": "once", "mail": "once", "chat": "off"}


def test_turning_off_by_letter_leaves_what_is_mandatory(cast):
    assert choosing.turn_off(cast.pm, [FREE, MUST, "gone.kind"]) == [FREE]
    assert choosing.turn_off(cast.pm, [FREE]) == [FREE], "twice is once"
    assert choosing.timings_of(cast.pm, FREE)["mail"] == "off"
    assert choosing.timings_of(cast.pm, MUST)["mail"] == "once"


# ---- the office's choice


def test_the_offices_choice_holds_for_whoever_has_not_chosen(cast):
    choosing.choose_for_office({FREE: {"mail": "off", "chat": "once"}}, by=cast.pmo)
    choosing.choose(cast.pm, {FREE: {"mail": "once"}})
    assert choosing.timings_of(cast.member, FREE) == {"in_app": "once", "mail": "off", "chat": "once"}
    assert choosing.timings_of(cast.pm, FREE) == {"in_app": "once", "mail": "once", "chat": "once"}
    choosing.choose(cast.pm, {FREE: {"mail": ""}})
    assert choosing.timings_of(cast.pm, FREE)["mail"] == "off"


def test_only_who_runs_the_office_chooses_for_it_and_it_is_written_down(cast):
    for person in (cast.pm, cast.manager, cast.auditor):
        with pytest.raises(PermissionDenied):
            choosing.choose_for_office({FREE: {"mail": "off"}}, by=person)
    choosing.choose_for_office({FREE: {"mail": "off"}}, by=cast.pmo)
    choosing.choose_for_office({FREE: {"mail": "digest"}}, by=cast.admin)
    entry = AuditEntry.objects.filter(content_type__model="noticedefault").latest("pk")
    assert entry.changes == {"mail": ["off", "digest"]} and entry.actor == cast.admin


# ---- the pages


def page_of(client, path="/profile/notifications/") -> str:
    client.cookies["django_language"] = "ja"
    return client.get(path).text


def fields_of(client, path) -> dict[str, str]:
    """What a browser would send back unchanged."""
    form = client.get(path).context["form"]
    given = {}
    for name, field in form.fields.items():
        given[name] = given[form.add_initial_prefix(name)] = field.initial or ""
    return given


def test_the_profile_offers_at_once_once_a_day_and_off_but_for_the_mandatory(cast, client):
    client.force_login(cast.pm)
    text = page_of(client)
    assert "自分の申請の状況" in text and "オフにできません" in text and "再提出の依頼のためです" in text
    form = client.get("/profile/notifications/").context["form"]
    assert [value for value, _word in form.fields[f"mail:{FREE}"].choices] == ["", "once", "digest", "off"]
    assert [value for value, _word in form.fields[f"mail:{MUST}"].choices] == ["", "once", "digest"]


def test_what_is_chosen_on_the_page_holds(cast, client):
    client.force_login(cast.pm)
    path = "/profile/notifications/"
    answer = client.post(path, fields_of(client, path) | {f"mail:{FREE}": "off", f"in_app:{FREE}": "digest"})
    assert answer.status_code == 302
    assert choosing.timings_of(cast.pm, FREE) == {"in_app": "digest", "mail": "off", "chat": "off"}
    assert NoticeChoice.objects.count() == 1, "what was not touched is not written"
    assert not NoticeChoice.objects.exclude(person=cast.pm)


def test_a_forged_off_for_what_is_mandatory_is_refused(cast, client):
    client.force_login(cast.pm)
    path = "/profile/notifications/"
    assert client.post(path, fields_of(client, path) | {f"mail:{MUST}": "off"}).status_code == 422
    assert not NoticeChoice.objects.exists()


def test_two_who_set_the_office_at_once_change_only_what_they_touched(cast, signed_in):
    path = "/setup/office/notices/"
    first, second = signed_in(cast.pmo), signed_in(cast.admin)
    opened = fields_of(second, path)
    first.post(path, fields_of(first, path) | {f"mail:{FREE}": "off"})
    second.post(path, opened | {f"in_app:{FREE}": "digest"})
    assert NoticeDefault.objects.get().chosen() == {"in_app": "digest", "mail": "off", "chat": ""}


def test_the_offices_page_is_read_by_who_runs_it_and_written_by_administrators(cast, client):
    for person, seen, written in (
        (cast.pm, 403, 403),
        (cast.auditor, 200, 403),
        (cast.manager, 200, 403),
        (cast.pmo, 200, 302),
    ):
        client.force_login(person)
        assert client.get("/setup/office/notices/").status_code == seen
        assert client.post("/setup/office/notices/", {}).status_code == written
