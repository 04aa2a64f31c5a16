"""The REST API's base: the pages' queries and actions again, under the same access."""

from pmo_portal.api.fields import ReferenceField
from pmo_portal.api.routes import route
from pmo_portal.api.views import ResourceViewSet

__all__ = ["ReferenceField", "ResourceViewSet", "route"]
