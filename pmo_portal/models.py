"""The floor's models, re-exported so that Django finds them."""

from pmo_portal.access.models import FormerPlace, Grant, Scope, ScopeAncestor
from pmo_portal.accounts.models import (
    ApiToken,
    Invitation,
    LastSeen,
    OrgUnit,
    OrgUnitPlacement,
    Person,
    PersonPlacement,
    Substitute,
)
from pmo_portal.api.models import KeptAnswer
from pmo_portal.approvals.models import (
    ApprovalComment,
    ApprovalRequest,
    ApprovalRoute,
    ApprovalRouteStep,
    ApprovalSeat,
    ApprovalStep,
)
from pmo_portal.asks.models import Ask, InboxItem, LadderStep, MailMessage, Reminder
from pmo_portal.audit.models import AuditEntry, AuditLink
from pmo_portal.custom.models import CustomField
from pmo_portal.intake.models import ImportProfile, ImportRow, ImportRun
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.lists.models import SavedView
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.money.models import ExchangeRate
from pmo_portal.periods.models import (
    CadenceRule,
    CompanyDay,
    OfficeSettings,
    PeriodPicture,
    PeriodPictureRow,
    ReportingPeriod,
)

__all__ = [
    "ApiToken",
    "ApprovalComment",
    "ApprovalRequest",
    "ApprovalRoute",
    "ApprovalRouteStep",
    "ApprovalSeat",
    "ApprovalStep",
    "Ask",
    "AuditEntry",
    "AuditLink",
    "CadenceRule",
    "CompanyDay",
    "CustomField",
    "ExchangeRate",
    "FormerPlace",
    "Grant",
    "ImportProfile",
    "ImportRow",
    "ImportRun",
    "InboxItem",
    "Invitation",
    "Job",
    "KeptAnswer",
    "LadderStep",
    "LastSeen",
    "MailMessage",
    "MeasureValue",
    "OfficeSettings",
    "OrgUnit",
    "OrgUnitPlacement",
    "PeriodPicture",
    "PeriodPictureRow",
    "PeriodicRun",
    "Person",
    "PersonPlacement",
    "Reminder",
    "ReportingPeriod",
    "SavedView",
    "Scope",
    "ScopeAncestor",
    "StaleRollup",
    "Substitute",
]
