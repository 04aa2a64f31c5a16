"""What is measured, beside what of the floor, and at most how many times that (../shared facts: the goals)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from pmo_portal.accounts.models import Person
from pmo_portal.accounts.tokens import create_api_token
from projects.register.models import Portfolio, Project


@dataclass(frozen=True)
class Task:
    name: str
    path: str
    floor: str
    limit: float
    who: str = "manager"


def tasks(project: Project, period: str) -> list[Task]:
    key = project.key
    return [
        Task("desk", "/", "page", 5),
        Task("desk of a PM", "/", "page", 5, "pm"),
        Task("project list", "/projects/", "page", 4),
        Task("list, filtered", "/projects/?overall=red&tier=A", "page", 4),
        Task("list, sorted by a measure", "/projects/?sort=-cost", "page", 4),
        Task("list, searched", "/projects/?q=%E7%89%A9%E6%B5%81", "page", 4),
        Task("list, reader of 1 %", "/projects/", "page", 4, "member"),
        Task("project record", f"/projects/{key}/", "page", 4),
        Task("status form", f"/projects/{key}/status/{period}/edit/", "page", 4, "pm"),
        Task("collection dashboard", "/administration/collection/", "page", 5, "pmo"),
        Task("portfolio screen", "/governance/portfolio/", "page", 5),
        Task("search, rare", "/search/?q=G-00777", "page", 4),
        Task("search, common", "/search/?q=%E3%82%B7%E3%82%B9%E3%83%86%E3%83%A0", "page", 4),
        Task("status form, POST (draft)", f"/projects/{key}/status/{period}/draft/", "post", 8, "pm"),
        Task("API, list of 100", "/api/v1/projects/?page_size=100", "api", 8, "token"),
        Task("API, create", "/api/v1/projects/", "api", 8, "token-create"),
        Task("export of all as CSV", "/projects/?export=csv", "csv", 8),
    ]


def cookie_of(email: str) -> str:
    """A session as signing in makes it."""
    person = Person.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def token_of(email: str) -> str:
    return create_api_token(Person.objects.get(email=email), "bench")


def first_portfolio() -> str:
    return Portfolio.objects.order_by("pk").values_list("key", flat=True)[0]
