"""What of campaigns may be changed in Excel: the words, the date and the minutes of those that are still drafts."""

from __future__ import annotations

from typing import Any

from administration.collection import actions
from administration.collection.lists import CampaignList
from administration.collection.models import Campaign
from pmo_portal import editing
from pmo_portal.editing import Editable


@editing.register
class CampaignEditing(editing.Editing):
    key = "campaigns"
    list_class = CampaignList
    url_name = "administration:collection:campaign_list"
    section = "administration:collection"
    seen_by = ("administrator", "manager", "expert")
    fields = (
        Editable("title_ja", "title"),
        Editable("title_en", "title"),
        Editable("due_at", "due"),
    )

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return actions.reword_campaign(record, by=by, version=version, **values)

    def locked(self, record) -> dict[str, str]:
        is_draft = record.state == Campaign.State.DRAFT
        return {} if is_draft else dict.fromkeys((f.key for f in self.fields), "not_in_this_state")

    def check(self, record) -> None:
        actions.check_words(record.title_ja, record.title_en, record.due_at)
