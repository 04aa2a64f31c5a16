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
from pmo_portal.asks.models import (
    AddressBounce,
    Ask,
    InboxItem,
    LadderStep,
    MailMessage,
    NoticeChoice,
    NoticeDefault,
    Reminder,
)
from pmo_portal.audit.models import AuditEntry, AuditLink
from pmo_portal.custom.models import CustomField
from pmo_portal.files.models import Attachment, FileVersion
from pmo_portal.intake.models import ImportProfile, ImportRow, ImportRun
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.lists.models import SavedView
from pmo_portal.making.models import MadeFile
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
from pmo_portal.rendering.models import OfficePaper
from pmo_portal.watching.models import Mention, TrailRead, Watch
from pmo_portal.webhooks.models import Webhook, WebhookDelivery

__all__ = [
    "AddressBounce",
    "ApiToken",
    "ApprovalComment",
    "ApprovalRequest",
    "ApprovalRoute",
    "ApprovalRouteStep",
    "ApprovalSeat",
    "ApprovalStep",
    "Ask",
    "Attachment",
    "AuditEntry",
    "AuditLink",
    "CadenceRule",
    "CompanyDay",
    "CustomField",
    "ExchangeRate",
    "FileVersion",
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
    "MadeFile",
    "MailMessage",
    "MeasureValue",
    "Mention",
    "NoticeChoice",
    "NoticeDefault",
    "OfficePaper",
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
    "TrailRead",
    "Watch",
    "Webhook",
    "WebhookDelivery",
]
