"""What is asked of a person: by its date, and answered in words."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pmo_portal.asks import actions
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(office):
    return lambda key, due=None: actions.ask(
        "status.help",
        person=office.cast.sponsor,
        by=office.cast.pm,
        about=None,
        key=key,
        due_at=due,
        details={"text": key, "project_key": "APOLLO", "project_ja": "計画", "project_en": "Plan"},
    )


def test_what_has_no_date_stands_under_a_heading_of_its_own_and_last(office, signed_in, ask):
    now = timezone.now()
    ask("undated")
    for key, days in (("far", 20), ("near", 0.01), ("late", -3)):
        ask(key, now + timedelta(days=days))
    client = signed_in(office.cast.sponsor)
    groups = client.get("/").context["groups"]
    assert [(key, [row["ask"].key for row in rows]) for key, _label, rows in groups] == [
        ("late", ["late"]),
        ("soon", ["near"]),
        ("later", ["far"]),
        ("undated", ["undated"]),
    ]
    for language, words in (("en", "Without a due date"), ("ja", "期限のない依頼")):
        client.cookies["django_language"] = language
        assert words in client.get("/").text


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "\u3000\u202e"])
def test_an_answer_has_words(office, signed_in, ask, text):
    item = ask("help")
    client = signed_in(office.cast.sponsor)
    for language, words in (("en", "an answer without words helps nobody"), ("ja", "回答の内容を書いてください")):
        client.cookies["django_language"] = language
        page = client.post(f"/asks/{item.pk}/", {"text": text, "version": item.version})
        assert page.status_code == 422 and words in page.text
    with pytest.raises(ValidationError):
        actions.answer(item, by=office.cast.sponsor, text=text)
    item.refresh_from_db()
    assert item.state == Ask.State.OPEN and not AuditEntry.objects.filter(action="answered").exists()
    client.post(f"/asks/{item.pk}/", {"text": "  来週2人出します。\n以上", "version": item.version})
    item.refresh_from_db()
    assert (item.state, item.answer.replace("\r", "")) == ("done", "来週2人出します。\n以上")
    assert InboxItem.objects.filter(person=office.cast.pm, kind="asks.answered").exists()
