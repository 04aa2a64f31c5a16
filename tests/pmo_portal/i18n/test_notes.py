"""What the portal writes into records itself is kept once and told in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from pmo_portal.i18n import notes
from projects.register.actions import FIRST_APPROVAL
from projects.status.importing.actions import FROM_ROW


@pytest.mark.parametrize(("language", "words"), [("ja", "最初の承認"), ("en", "First approval")])
def test_a_note_is_told_to_its_reader(language, words):
    with translation.override(language):
        assert notes.told(FIRST_APPROVAL) == words


def test_what_stands_in_a_note_comes_along():
    kept = FROM_ROW % {"file": "予算, row 2.xlsx", "row": "3, 4"}
    with translation.override("ja"):
        told = notes.told(kept)
    assert "予算, row 2.xlsx" in told and "3, 4" in told and told != kept


@pytest.mark.parametrize("typed", ["", "Because of the customer", "100% (done)s", "最初の承認"])
def test_a_persons_own_words_stay(typed):
    with translation.override("ja"):
        assert notes.told(typed) == typed
