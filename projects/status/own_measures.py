"""Figures of the office's own: the numbers and amounts among the custom fields of reports and projects, rolled up like
any other. Only those that everybody sees; the others stay with their record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal import jobs
from pmo_portal.custom.models import PREFIX, CustomField, Customised
from pmo_portal.custom.queries import every, field_of, fields_of
from pmo_portal.measures import Measure, Value
from pmo_portal.measures.showing import OTHER_CURRENCY
from pmo_portal.periods.queries import office_settings
from projects.register.models import Project
from projects.status.models import ProjectPeriod, StatusReport
from projects.status.queries import reports_behind

SUMMED = (CustomField.Kind.NUMBER, CustomField.Kind.MONEY)
CARRIERS: dict[str, type[Customised]] = {PREFIX: StatusReport, "project_": Project}  # what a measure's key begins with


def _is_measure(field: CustomField) -> bool:
    return field.archived_at is None and field.kind in SUMMED and not field.seen_by


def measure_of(key: str) -> Measure | None:
    """The measure `custom_<key>` of a report's field, `project_<key>` of a project's; None where none is summed."""
    for prefix, model in CARRIERS.items():
        field = field_of(model, PREFIX + key.removeprefix(prefix)) if key.startswith(prefix) else None
        if field is not None and _is_measure(field):
            return _measure(key, field, model)
    return None


def _measure(key: str, field: CustomField, model: type[Customised]) -> Measure:
    is_report, is_money = model is StatusReport, field.kind == CustomField.Kind.MONEY
    return Measure(
        key,
        str(field),
        "money" if is_money else "",
        _("sum of what the reports say") if is_report else _("sum of what the projects said when they reported"),
        _("Status reports") if is_report else _("Register"),
        places=0 if is_money else 2,
        records=reports_behind,
    )


def keys() -> list[str]:
    """Every key that may have been kept, also of fields that are no measure any more."""
    return [
        prefix + field.key for prefix, model in CARRIERS.items() for field in every().get(model._meta.label_lower, [])
    ]


def figures(row: ProjectPeriod) -> list[Value]:
    """What the report behind a row, and its project, say in these fields; nothing while it is a draft. Amounts in another
    currency than the office's stay out of the sum, named as such."""
    report = row.report
    if report is None or report.state == StatusReport.State.DRAFT:
        return []
    is_own = row.project.currency == office_settings().currency
    found = []
    for (prefix, model), record in zip(CARRIERS.items(), (report, row.project), strict=True):
        for field in filter(_is_measure, fields_of(model) if record.custom else ()):
            value = field.read(record)
            if value is not None:
                is_summed = is_own or field.kind == CustomField.Kind.NUMBER
                unknown = "" if is_summed else f"{OTHER_CURRENCY}{row.project.currency}"
                found.append(Value(prefix + field.key, value if is_summed else None, 1, unknown=unknown))
    return found


def follow(field: CustomField) -> None:
    """A field came, went, or holds something else now: its figures are kept anew by a job."""
    jobs.submit("projects.status.keep_own_figures", field.pk, key=f"own_figures:{field.pk}")
