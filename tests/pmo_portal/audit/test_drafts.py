"""A record that keeps drafts: what is typed is kept and counted, and told in the trail once it is handed in."""

import pytest

from pmo_portal import audit
from pmo_portal.audit.models import AuditEntry
from projects.status import actions
from tests.factories import GREEN


@pytest.fixture
def draft(office):
    return actions.open_report(office.apollo, office.period, by=office.cast.pm)


def entries_of(report) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(content_type__model="statusreport", object_id=report.pk).order_by("id"))


def test_a_kept_draft_counts_as_a_version_and_writes_no_entry(draft, cast):
    actions.save_draft(draft, by=cast.pm, version=1, achieved="設計")
    assert draft.version == 2
    assert [e.action for e in entries_of(draft)] == ["begun"]


def test_a_draft_without_a_change_is_no_new_version(draft, cast):
    actions.save_draft(draft, by=cast.pm, version=1, achieved="設計")
    actions.save_draft(draft, by=cast.pm, version=2, achieved="設計")
    assert draft.version == 2


def test_handing_in_tells_everything_since_the_last_entry(draft, cast):
    actions.save_draft(draft, by=cast.pm, version=1, achieved="設計", quality_light="amber", quality_reason="試験待ち")
    actions.save_draft(draft, by=cast.pm, version=2, achieved="設計を終えた")
    actions.submit_report(draft, by=cast.pm, version=3, **{k: v for k, v in GREEN.items() if k != "achieved"})
    said = entries_of(draft)[-1].changes
    assert said["achieved"] == ["", "設計を終えた"] or said["achieved"] == [None, "設計を終えた"]
    assert said["state"] == ["draft", "submitted"]
    assert said["quality_reason"][1] == "試験待ち"


def test_a_draft_saved_over_a_newer_one_is_refused(draft, cast):
    actions.save_draft(draft, by=cast.pm, version=1, achieved="一つ目")
    with pytest.raises(audit.Conflict):
        actions.save_draft(draft, by=cast.pm, version=1, achieved="二つ目")
