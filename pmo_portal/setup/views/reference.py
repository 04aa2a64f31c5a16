"""What programs can ask the portal for: the API's schema as a page of its own, without foreign scripts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from pmo_portal import access
from pmo_portal.pages import RoomPage
from pmo_portal.setup.reference import resources


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
        return {"resources": resources(cls._schema), "site": settings.SITE_URL}
