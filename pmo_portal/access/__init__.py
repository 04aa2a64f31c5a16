"""Who sees which records and who may do what: declared once per model, asked by every way out.

from pmo_portal import access

@access.register
class RiskAccess(access.Access):
    model = Risk
    scope = "project__scope"
    seen_by = ("pm", "member", "administrator", "auditor")
    mine = ("owner",)
    can = {"close": owns | access.roles("administrator")}
"""

from pmo_portal.access.declarations import (
    EVERYONE,
    Access,
    Settled,
    access_of,
    declared_models,
    may,
    register,
    require,
    visible,
)
from pmo_portal.access.predicates import always, never, predicate, roles
from pmo_portal.access.reach import Reach, acts_for, forget, holds, reach

__all__ = [
    "EVERYONE",
    "Access",
    "Reach",
    "Settled",
    "access_of",
    "acts_for",
    "always",
    "declared_models",
    "forget",
    "holds",
    "may",
    "never",
    "predicate",
    "reach",
    "register",
    "require",
    "roles",
    "visible",
]
