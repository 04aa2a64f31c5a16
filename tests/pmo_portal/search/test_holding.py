"""Words inside names are found by index on either database, and stay found when the record changes."""

from __future__ import annotations

import pytest
from django.db import connection

from pmo_portal.search import indexing
from pmo_portal.search.models import holding
from projects.register import actions
from projects.register.models import Project
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    return sorted(Project.objects.filter(holding(words)).values_list("key", flat=True))


@pytest.fixture
def three():
    ProjectFactory(key="LOG-1", name_ja="物流システム刷新", name_en="Logistics renewal")
    ProjectFactory(key="PORT", name_ja="港湾設備の更新", name_en="Harbour works")
    ProjectFactory(key="ERP_100", name_ja="基幹ｼｽﾃﾑ移行", name_en='Core ERP 100% & more\'s "quotes"')


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("物流", ["LOG-1"]),
        ("システム", ["ERP_100", "LOG-1"]),
        ("ｼｽﾃﾑ 物流", ["LOG-1"]),
        ("港", ["PORT"]),
        ("新", ["LOG-1", "PORT"]),
        ("HARB", ["PORT"]),
        ("er", ["ERP_100"]),
        ("log-1", ["LOG-1"]),
        ("100%", ["ERP_100"]),
        ("%", ["ERP_100"]),
        ("_", ["ERP_100"]),
        ("more's", ["ERP_100"]),
        ('"quotes"', ["ERP_100"]),
        ("流シス", ["LOG-1"]),
        ("シ物", []),
        ("' OR 1=1 --", []),
        ("* & | ! ( :", []),
    ],
)
def test_any_part_of_any_name_in_any_width_and_case(three, words, keys):
    assert found(words) == keys


def test_a_new_name_is_found_and_the_old_one_no_longer(office):
    assert found("基幹") == ["APOLLO"]
    actions.edit_project(office.apollo, by=office.cast.pm, version=None, name_ja="次世代物流")
    assert found("基幹") == []
    assert found("次世代") == ["APOLLO"]


def test_what_goes_is_not_found(three):
    Project.objects.filter(key="PORT").update(search_text="", search_grams="")
    assert found("港") == []


def pieces_of_the_index() -> list[str]:
    """The names of what keeps it: one index, or three triggers."""
    names = {
        "postgresql": "SELECT indexname FROM pg_indexes WHERE indexname = 'projects_project_words'",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'projects_project_words%%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor], [])
        return [name for (name,) in cursor.fetchall()]


def test_laying_the_index_again_changes_nothing(three):
    before = pieces_of_the_index()
    connection.check_constraints()  # what is pending would be in the way of the index
    indexing.lay_all()
    assert before
    assert pieces_of_the_index() == before
    assert found("物流") == ["LOG-1"]


def test_what_a_migration_dropped_comes_back_and_what_was_missed_is_found(three):
    before = pieces_of_the_index()
    connection.check_constraints()
    with connection.cursor() as cursor:
        for name in before:
            cursor.execute(f"DROP {'INDEX' if connection.vendor == 'postgresql' else 'TRIGGER'} {name}")
    ProjectFactory(key="LATE", name_ja="後から来た計画", name_en="Late")
    connection.check_constraints()
    indexing.lay_all()
    assert sorted(pieces_of_the_index()) == sorted(before)
    assert found("後から") == ["LATE"]


def test_the_words_leave_no_trace_in_the_trail(office):
    from pmo_portal.audit.models import AuditEntry

    actions.edit_project(office.apollo, by=office.cast.pm, version=None, name_ja="次世代物流")
    changed = AuditEntry.objects.order_by("-pk")[0].changes
    assert "name_ja" in changed
    assert not {"search_text", "search_grams"} & set(changed)
