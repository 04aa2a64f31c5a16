"""Figures of the office's own: the numbers and amounts among the custom fields of a report, rolled up like any other.
Only those that everybody sees; the others stay with the report."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal import jobs
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.queries import every, field_of, fields_of
from pmo_portal.measures import Measure, Value
from pmo_portal.measures.showing import OTHER_CURRENCY
from pmo_portal.periods.queries import office_settings
from projects.status.measures import reports_behind
from projects.status.models import ProjectPeriod, StatusReport

SUMMED = (CustomField.Kind.NUMBER, CustomField.Kind.MONEY)


def _is_measure(field: CustomField) -> bool:
    return field.archived_at is None and field.kind in SUMMED and not field.seen_by


def measure_of(key: str) -> Measure | None:
    """The measure `custom_<key>`; None where no such field is summed."""
    field = field_of(StatusReport, key) if key.startswith("custom_") else None
    if field is None or not _is_measure(field):
        return None
    is_money = field.kind == CustomField.Kind.MONEY
    return Measure(
        key,
        str(field),
        "money" if is_money else "",
        _("sum of what the reports say"),
        _("Status reports"),
        places=0 if is_money else 2,
        records=reports_behind,
    )


def keys() -> list[str]:
    """Every key that may have been kept, also of fields that are no measure any more."""
    return [field.attribute for field in every().get(StatusReport._meta.label_lower, [])]


def figures(row: ProjectPeriod) -> list[Value]:
    """What the report behind a row says in these fields; nothing of a draft. Amounts in another currency than the
    office's stay out of the sum, named as such."""
    report = row.report
    if report is None or report.state == StatusReport.State.DRAFT or not report.custom:
        return []
    own = row.project.currency == office_settings().currency
    found = []
    for field in filter(_is_measure, fields_of(StatusReport)):
        value = field.read(report)
        if value is not None:
            is_summed = own or field.kind == CustomField.Kind.NUMBER
            unknown = "" if is_summed else f"{OTHER_CURRENCY}{row.project.currency}"
            found.append(Value(field.attribute, value if is_summed else None, 1, unknown=unknown))
    return found


def follow(field: CustomField) -> None:
    """A field came, went, or holds something else now: its figures are kept anew by a job."""
    jobs.submit("projects.status.keep_own_figures", field.pk, key=f"own_figures:{field.pk}")
