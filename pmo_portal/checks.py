"""System checks: nothing of the house is open by accident."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core import checks

OURS = ("pmo_portal", "projects", "administration", "expertise", "governance")
# Rows that belong to a declared record and are never fetched by themselves, or are the machine's own.
PARTS = {
    "ScopeAncestor",
    "FormerPlace",
    "OrgUnitPlacement",
    "PersonPlacement",
    "Invitation",
    "ApiToken",
    "LastSeen",
    "Mention",
    "TrailRead",
    "AuditLink",
    "StaleRollup",
    "Reminder",
    "PeriodPicture",
    "PeriodPictureRow",
    "ImportRow",
    "Job",
    "KeptAnswer",
    "PeriodicRun",
    "ProjectPlacement",
    "BudgetRevision",
    "MilestoneForecast",
    "CampaignQuestion",
    "ApprovalComment",
    "ApprovalRouteStep",
    "ApprovalSeat",
    "ApprovalStep",
}


@checks.register()
def every_model_declares_access(app_configs, **kwargs) -> list[checks.Error]:
    from pmo_portal import access

    declared = set(access.declared_models())
    return [
        checks.Error(f"{model.__name__} declares no access", id="pmo.E001", obj=model)
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if model not in declared and model.__name__ not in PARTS
    ]


@checks.register()
def every_view_declares_access(app_configs, **kwargs) -> list[checks.Error]:
    from pmo_portal.routes import fault_of, routes

    faults = ((route, fault_of(route)) for route in routes())
    return [checks.Error(f"{r.dotted} ({r.pattern}) {fault}", id="pmo.E003") for r, fault in faults if fault]


@checks.register(deploy=True)
def production_is_safe(app_configs, **kwargs) -> list[checks.Error]:
    return [] if settings.PRODUCTION or not settings.DEBUG else [checks.Error("DEBUG is on", id="pmo.E002")]
