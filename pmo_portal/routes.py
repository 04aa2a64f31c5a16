"""Every address of the portal as the resolver has it, and whether its view says who may come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

# Views that are not ours, and why they need no declaration of ours: module or dotted name → reason.
FOREIGN = {
    "allauth.account.views": "one's own sign-in, password and sign-out; allauth asks who it is",
    "allauth.mfa": "one's own second factors; allauth asks who it is",
    "allauth.usersessions.views": "one's own sessions; allauth asks who it is",
    "drf_spectacular.views": "the API's description; the settings say that one signs in for it",
}


@dataclass(frozen=True)
class Route:
    """One address: its pattern, its full name, the class or function behind it, and what each method calls."""

    pattern: str
    name: str
    view: Any
    methods: dict[str, str]  # "GET" → "list"; pages call their method itself

    @property
    def dotted(self) -> str:
        return f"{self.view.__module__}.{self.view.__name__}"

    @property
    def is_foreign(self) -> bool:
        return any(self.dotted.startswith(f"{prefix}.") for prefix in FOREIGN)

    @property
    def is_api(self) -> bool:
        return hasattr(self.view, "get_extra_actions")


def routes() -> list[Route]:
    """All of them, in the order in which they are matched."""
    return list(_below(get_resolver(), "/", ""))


def _below(resolver, before: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if not isinstance(pattern, URLPattern):
            yield from _below(pattern, path, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", pattern.callback)
        yield Route(path, f"{namespace}{pattern.name or ''}", view, _methods(pattern.callback, view))


def _methods(callback, view) -> dict[str, str]:
    if hasattr(callback, "actions"):
        return {method.upper(): called for method, called in callback.actions.items() if method != "head"}
    allowed = getattr(view, "http_method_names", ("get",))
    return {m.upper(): m for m in ("get", "post", "put", "patch", "delete") if m in allowed and hasattr(view, m)} or {
        "GET": "",
        "POST": "",
    }


def fault_of(route: Route) -> str:
    """Why the view does not say who may come; "" where it does."""
    from pmo_portal import access
    from pmo_portal.api import AnswerViewSet, ResourceViewSet
    from pmo_portal.api.permissions import Declared
    from pmo_portal.pages import ListPage, Page

    view, declared = route.view, access.declared_models()
    if getattr(view, "public", "") or route.is_foreign:
        return ""
    if not isinstance(view, type):
        return "is a function without `public`"
    if issubclass(view, AnswerViewSet):
        return "" if view.seen_by and Declared in view.permission_classes else "does not say who may ask"
    if issubclass(view, ResourceViewSet):
        if getattr(view, "model", None) not in declared:
            return "has no model with an access declaration"
        return "" if Declared in view.permission_classes else "lets in whom `Declared` would not"
    if not issubclass(view, Page):
        return "is no page of the portal"
    model = view.model or (view.list_class.model if issubclass(view, ListPage) else None)
    if model is not None and model not in declared:
        return f"shows {model.__name__}, which declares no access"
    if model is not None and view.lookup:
        known = ("view", *access.access_of(model).can)
        asked = [permit for permit in (view.permit, view.permit_to_write) if permit and permit not in known]
        return f"asks for {asked[0]!r}, which {model.__name__} does not declare" if asked else ""
    return "" if view.seen_by or issubclass(view, ListPage) else "does not say who may see it"
