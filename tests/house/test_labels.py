"""The trail names fields and records in the reader's language, so every one of them must have a name in it."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from pmo_portal import audit
from pmo_portal.audit.changing import SILENT
from pmo_portal.audit.wording import MACHINE
from pmo_portal.i18n.text import has_japanese
from pmo_portal.records import Record
from tests.factories import ReportFactory

OWN_NAMES = {"PM"}
RECORDS = [model for model in apps.get_models() if issubclass(model, Record)]


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_field_that_the_trail_may_name_has_a_japanese_name(model):
    unseen = SILENT | MACHINE | set(getattr(model, "audit_silent", ()))
    told = [f for f in model._meta.concrete_fields if f.name not in unseen and not isinstance(f, models.JSONField)]
    with translation.override("ja"):
        nameless = [f.name for f in told if not has_japanese(str(f.verbose_name)) and f.verbose_name not in OWN_NAMES]
        assert not nameless
        assert has_japanese(str(model._meta.verbose_name))


def test_what_was_done_is_told_in_the_readers_language_whoever_wrote_it_down(office, signed_in):
    """Written down by a Japanese PM, read by an English reader."""
    with translation.override("ja"):
        report = ReportFactory(project=office.apollo, period=office.period)
    entries = list(audit.history(office.cast.pm, report))
    with translation.override("en"):
        told = audit.told(entries)[0]
        assert told.label.endswith("report — Core ERP renewal")
        assert told.within.endswith("report") and not has_japanese(told.within)
    assert has_japanese(entries[0].object_label)


def test_names_are_read_with_as_many_queries_for_many_entries_as_for_few(office):
    few = list(audit.history(office.cast.pm, ReportFactory(project=office.apollo, period=office.period)))
    other = list(audit.history(office.cast.pmo, ReportFactory(project=office.boreas, period=office.period)))

    def queries_of(entries) -> int:
        with CaptureQueriesContext(connection) as seen:
            audit.told(entries)
        return len(seen)

    assert queries_of(few) == queries_of([*few, *other, *few]) <= 4
