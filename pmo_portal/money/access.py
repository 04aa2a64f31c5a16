"""Rates are no secret."""

from pmo_portal import access
from pmo_portal.money.models import ExchangeRate


@access.register
class ExchangeRateAccess(access.Access):
    model = ExchangeRate
    seen_by = access.EVERYONE
    can = {"edit": access.roles("sysadmin")}
