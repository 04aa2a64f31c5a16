"""The models of the governance tier, re-exported so that Django finds them."""

from governance.investment.models import ContinuationProposal, DecisionCondition

__all__ = ["ContinuationProposal", "DecisionCondition"]
