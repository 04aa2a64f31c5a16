"""The models of the administration tier, re-exported so that Django finds them."""

from administration.collection.models import Campaign, CampaignQuestion, CampaignReply, ReportingArrangement

__all__ = ["Campaign", "CampaignQuestion", "CampaignReply", "ReportingArrangement"]
