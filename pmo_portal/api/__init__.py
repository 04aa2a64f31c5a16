"""The REST API's base: the pages' queries and actions again, under the same access."""

from pmo_portal.api.fields import AmountField, DayField, NothingSerializer, ReferenceField, ResourceSerializer
from pmo_portal.api.routes import route
from pmo_portal.api.views import ResourceViewSet

__all__ = [
    "AmountField",
    "DayField",
    "NothingSerializer",
    "ReferenceField",
    "ResourceSerializer",
    "ResourceViewSet",
    "route",
]
