"""What the account pages show."""

from __future__ import annotations

import re

from django import template
from django.utils.translation import gettext as _

from pmo_portal.access.models import Role

register = template.Library()
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """Chrome 140, Windows: enough to know one's own machine again."""
    text = user_agent or ""
    name = next((f"{label} {_major(text, mark)}".strip() for mark, label in BROWSERS if f"{mark}/" in text), "")
    system = next((label for mark, label in SYSTEMS if mark in text), "")
    return _(", ").join(part for part in (name, system) if part) or _("unknown")


def _major(text: str, mark: str) -> str:
    found = re.search(rf"{'Version' if mark == 'Safari' else mark}/(\d+)", text)
    return found.group(1) if found else ""


@register.filter
def role_name(role: str) -> str:
    """A role's name in the reader's language."""
    return str(dict(Role.choices).get(role, role))
