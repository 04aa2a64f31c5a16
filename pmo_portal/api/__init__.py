"""The REST API's base: the pages' queries and actions again, under the same access."""

from pmo_portal.api.bulk import BulkMixin
from pmo_portal.api.fields import (
    AmountField,
    ClockField,
    DayField,
    KindField,
    NothingSerializer,
    ReferenceField,
    ResourceSerializer,
    shown,
)
from pmo_portal.api.routes import route
from pmo_portal.api.rows import rows_of
from pmo_portal.api.views import AnswerViewSet, ResourceViewSet

__all__ = [
    "AmountField",
    "AnswerViewSet",
    "BulkMixin",
    "ClockField",
    "DayField",
    "KindField",
    "NothingSerializer",
    "ReferenceField",
    "ResourceSerializer",
    "ResourceViewSet",
    "route",
    "rows_of",
    "shown",
]
