"""The models of the projects tier, re-exported so that Django finds them."""

from projects.register.models import (
    BudgetRevision,
    Milestone,
    MilestoneForecast,
    Portfolio,
    Programme,
    Project,
    ProjectMember,
    ProjectPlacement,
)
from projects.status.models import ProjectPeriod, StatusReport

__all__ = [
    "BudgetRevision",
    "Milestone",
    "MilestoneForecast",
    "Portfolio",
    "Programme",
    "Project",
    "ProjectMember",
    "ProjectPeriod",
    "ProjectPlacement",
    "StatusReport",
]
