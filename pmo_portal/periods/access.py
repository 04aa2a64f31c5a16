"""Everybody sees the calendar; the PMO runs the periods."""

from pmo_portal import access
from pmo_portal.periods.models import CadenceRule, CompanyDay, OfficeSettings, ReportingPeriod


@access.register
class OfficeSettingsAccess(access.Access):
    model = OfficeSettings
    seen_by = access.EVERYONE
    can = {"edit": access.roles("sysadmin")}


@access.register
class CompanyDayAccess(access.Access):
    model = CompanyDay
    seen_by = access.EVERYONE
    can = {"edit": access.roles("sysadmin")}


@access.register
class CadenceRuleAccess(access.Access):
    model = CadenceRule
    seen_by = access.EVERYONE
    can = {"edit": access.roles("sysadmin")}


@access.register
class ReportingPeriodAccess(access.Access):
    model = ReportingPeriod
    seen_by = access.EVERYONE
    can = {
        "open": access.roles("administrator", "manager"),
        "move_due": access.roles("administrator", "manager"),
        "close": access.roles("administrator", "manager"),
        "freeze": access.roles("administrator", "manager"),
        "reopen": access.roles("manager"),
    }
