"""The collection's jobs."""

from django.utils.translation import gettext_lazy as _

from administration.collection import actions
from administration.collection.models import Campaign
from pmo_portal import jobs


@jobs.job(label=_("Ask the questions of a campaign"))
def ask_campaign(campaign_id: int) -> dict:
    """Ask the PMs of an opened campaign."""
    campaign = Campaign.objects.select_related("owner").get(pk=campaign_id)
    return {"asked": actions.ask_replies(campaign) if campaign.state == Campaign.State.OPEN else 0}
