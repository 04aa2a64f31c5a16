"""Approval, one mechanism for everything that needs somebody's word: routes by kind and amount, steps, stamps, history.

A room registers a kind and submits; when the route is through, its `approved` is called in the same transaction:

approvals.kind("register.budget", label=_("Budget revision"), lines=…, approved=…)
approvals.actions.submit("register.budget", about=project, by=person, content={…}, amount=…, reason="…")
"""

from pmo_portal.approvals.kinds import FirstRoute, Kind, Line, kind, kinds

__all__ = ["FirstRoute", "Kind", "Line", "kind", "kinds"]
