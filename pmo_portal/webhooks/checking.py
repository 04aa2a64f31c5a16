"""Whether anything may be sent to an address, said to who types it."""

from django.conf import settings
from django.core.exceptions import ValidationError

from pmo_portal.webhooks.addresses import Refused, read
from pmo_portal.webhooks.wording import FAULTS


def check_address(url: str) -> None:
    """Raises ValidationError where nothing may be sent to the address, whoever reads it there."""
    try:
        read(url, settings.WEBHOOK_HOSTS)
    except Refused as refused:
        raise ValidationError({"url": ValidationError(FAULTS[refused.code], code=refused.code)}) from None
