"""What programs can ask the portal for: the API's schema as a page of its own, without foreign scripts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import pgettext_lazy
from drf_spectacular.generators import SchemaGenerator

from pmo_portal import access
from pmo_portal.api.errors import KINDS
from pmo_portal.api.routes import router
from pmo_portal.pages import RoomPage
from pmo_portal.setup.reference import resources

PLACES = {
    "query": pgettext_lazy("parameter", "in the query"),
    "path": pgettext_lazy("parameter", "in the path"),
    "header": pgettext_lazy("parameter", "in the header"),
}


class ApiReference(RoomPage):
    seen_by = access.EVERYONE
    section = "api:docs"
    template_name = "pmo_portal/setup/api_reference.html"
    _schema: dict[str, Any] | None = None

    def title(self) -> str:
        return "API"

    def content(self) -> dict[str, Any]:
        cls = type(self)
        if cls._schema is None:  # the same for everybody, and as long as the process lives
            cls._schema = SchemaGenerator().get_schema(request=None, public=True)
        labels = {
            prefix: getattr(viewset, "title", "") or viewset.model._meta.verbose_name_plural
            for prefix, viewset, _name in router.registry
        }
        shown = resources(cls._schema)
        for resource in shown:
            resource.label = str(labels.get(resource.name, resource.name))
            for parameter in (p for operation in resource.operations for p in operation.parameters):
                parameter["place"] = str(PLACES.get(parameter["in"], parameter["in"]))
        kinds = [(kind, status, title) for kind, (status, title) in KINDS.items()]
        return {"resources": shown, "site": settings.SITE_URL, "kinds": kinds}
