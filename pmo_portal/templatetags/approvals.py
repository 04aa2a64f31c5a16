"""The name-and-date stamp (電子印), as a picture only, and the names of roles."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from pmo_portal.access.models import Role

register = template.Library()
# What stands in the stamp's upper part: one short word.
STAMPED = {
    "draft": pgettext_lazy("stamp", "Drafted"),
    "approve": pgettext_lazy("stamp", "Approved"),
    "agree": pgettext_lazy("stamp", "Agreed"),
    "consult": pgettext_lazy("stamp", "Consulted"),
    "decide": pgettext_lazy("stamp", "Decided"),
    "inform": pgettext_lazy("stamp", "Noted"),
    "after": pgettext_lazy("stamp", "Read"),
}


@register.simple_tag
def stamp(person, at: datetime | None, manner: str) -> SafeString:
    """Circle with two rules: what was done, yy.mm.dd, the family name. The words beside it say the same to a screen reader."""
    if person is None or at is None:
        return format_html('<span class="{}" aria-hidden="true"></span>', "ring")
    name = person.family_name[:6]
    day = timezone.localtime(at)
    word = str(STAMPED[manner])
    size = 13 if len(name) <= 2 else 11 if len(name) <= 3 else 8
    return format_html(
        '<svg class="pmo-stamp" viewBox="0 0 60 60" role="img" aria-label="{}">'
        '<circle cx="30" cy="30" r="28"/><path d="M4.2 22.5h51.6M4.2 38h51.6"/>'
        '<text x="30" y="17.5" font-size="{}">{}</text><text x="30" y="34" font-size="10.5">{}</text>'
        '<text x="30" y="50" font-size="{}">{}</text></svg>',
        _("Stamp: %(step)s, %(name)s, %(day)s") % {"step": word, "name": person.name, "day": day.strftime("%Y-%m-%d")},
        9 if len(word) <= 2 else 7,
        word,
        day.strftime("%y.%m.%d"),
        size,
        name,
    )


@register.simple_tag
def role_name(role: str) -> str:
    return str(dict(Role.choices).get(role, role))
