"""Signing: what is asked once more, the receipt, and what somebody reads who comes too late."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation

from pmo_portal import access
from pmo_portal.api import errors
from pmo_portal.approvals import actions
from pmo_portal.i18n.dates import format_date, format_moment_in_full
from projects.register import approving

pytestmark = pytest.mark.django_db

DOORS = ("signature", "refusal", "sending_back", "step_new")


@pytest.fixture
def request_of(office):
    return approving.request_budget(
        office.apollo, by=office.cast.pm, amount=Decimal(60_000_000), reason="More interfaces"
    )


@pytest.fixture
def speaking(signed_in):
    """`speaking("en", person)`: signed in, reading the portal in that language."""

    def sign_in(language, person):
        translation.activate(language)
        client = signed_in(person)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return sign_in


def url(request, name="request_record") -> str:
    return reverse(f"approvals:{name}", kwargs={"number": request.number})


def signing(request, comment="") -> dict:
    return {"version": request.version, "digest": request.digest, "comment": comment}


def heading(page) -> str:
    return re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.S).group(1).strip()


def test_the_key_leads_to_the_form_and_signs_nothing(office, signed_in, request_of):
    page = signed_in(office.cast.pmo).get(url(request_of)).text
    assert re.search(rf'<a [^>]*href="{url(request_of, "signature")}" data-key="A"', page)
    assert f'action="{url(request_of, "signature")}"' not in page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_form_is_called_by_what_it_does(office, speaking, request_of, language):
    client = speaking(language, office.cast.pmo)
    found = [heading(client.get(url(request_of, door))) for door in DOORS]
    assert len(set(found)) == len(DOORS) and all(request_of.code in one for one in found)
    assert found[0].startswith({"ja": "承認", "en": "Approve"}[language])
    assert f"<title>{found[1]}" in client.get(url(request_of, "refusal")).text


@pytest.mark.parametrize(
    ("door", "words"),
    [
        ("signature", {"ja": "承認しました", "en": "You approved"}),
        ("refusal", {"ja": "否認しました", "en": "You rejected"}),
        ("sending_back", {"ja": "差戻しました", "en": "You sent back"}),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_whoever_signs_gets_a_receipt(office, speaking, request_of, door, words, language):
    told = speaking(language, office.cast.pmo).post(url(request_of, door), signing(request_of, "…"), follow=True)
    receipt = re.search(r'class="pmo-toast">.*?<span>(.*?)</span>', told.text, re.S).group(1)
    assert words[language] in receipt and request_of.code in receipt
    assert format_date(timezone.localdate()) in receipt


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "あなたは%sに押印済みです"), ("en", "You signed this already on %s")]
)
def test_signing_twice_is_told_and_not_refused(office, speaking, request_of, language, words):
    client, sent = speaking(language, office.cast.pmo), signing(request_of)
    assert client.post(url(request_of, "signature"), sent).status_code == 302
    seat = next(s for s in actions.steps_of(request_of)[0].seats.all() if s.acted_at)
    for told in (
        client.post(url(request_of, "signature"), sent),
        *(client.get(url(request_of, door)) for door in DOORS),
    ):
        assert told.status_code == 409
        assert words % format_moment_in_full(seat.acted_at) in told.text
        assert f'href="{url(request_of)}"' in told.text


def test_of_two_who_may_sign_the_second_reads_who_was_first(office, speaking, route_of, submit):
    route_of((1, "approve", [office.cast.manager, office.cast.sponsor]))
    request = submit()
    seen = signing(request)
    actions.approve(request, by=office.cast.manager)
    told = speaking("en", office.cast.sponsor).post(url(request, "signature"), seen)
    assert told.status_code == 409
    assert f"Already signed by {office.cast.manager.name_en} on" in told.text
    with pytest.raises(access.Settled):
        actions.approve(request, by=office.cast.sponsor, comment="me too")


def test_ticked_in_a_second_window_it_is_told_as_well(office, speaking, request_of):
    client, ticked = speaking("en", office.cast.pmo), [f"{request_of.pk}:{request_of.version}"]
    first = client.post(reverse("approvals:waiting"), {"request": ticked}, follow=True)
    assert "You approved 1 request on" in first.text
    second = client.post(reverse("approvals:waiting"), {"request": [*ticked, "x:1", "9" * 30]}, follow=True)
    assert "You signed this already on" in second.text and "Tick the requests" not in second.text


def test_what_came_back_says_that_it_is_not_in_approval(office, speaking, request_of):
    client = speaking("en", office.cast.pmo)
    actions.pull_back(request_of, by=office.cast.pm)
    told = client.get(url(request_of, "signature"))
    assert told.status_code == 409 and "not in approval any more" in told.text


def test_who_had_no_place_in_it_is_still_refused(office, signed_in, request_of):
    actions.approve(request_of, by=office.cast.pmo)
    for person in (office.cast.pm, office.cast.auditor):
        assert signed_in(person).get(url(request_of, "signature")).status_code == 403
    with pytest.raises(PermissionDenied) as refused:
        actions.approve(request_of, by=office.cast.auditor)
    assert not isinstance(refused.value, access.Settled)


def test_a_program_reads_409_and_who_it_was():
    told = errors.answer(access.Settled("Already signed by X on …"), {})
    assert (told.status_code, told.data["detail"]) == (409, "Already signed by X on …")
    assert told.data["type"].endswith("#settled")
