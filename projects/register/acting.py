"""What can be done with a project, for the search: the rooms that write about projects say it in one line."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from pmo_portal import access, search
from projects.register import queries


def act(key: str, label: Any, permit: str, url_name: str, icon: str = "edit") -> None:
    """ "edit ORION": offered of open projects to those who hold the permit; the page is named by the project's key."""

    def where(viewer, project) -> str:
        may = project.is_open and access.may(viewer, permit, project)
        return reverse(url_name, args=(project.key,)) if may else ""

    search.action(key, label=label, find=queries.called, url=where, icon=icon)
