"""Widgets drawn in Python. A page of a form has some seventy, and Django renders a template with two more inside for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

DASHES = BLANK_CHOICE_DASH[0][1]


def attributes(given: dict[str, Any]) -> SafeString:
    """As Django's own template writes them: false is left out, true is the name alone."""
    parts = (
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in given.items()
        if value is not False
    )
    return mark_safe("".join(parts))  # noqa: S308  values are escaped, names are the code's own


def line(widget: dict[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else attributes({"value": widget["value"]})
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, attributes(widget["attrs"])
    )


def choice(widget: dict[str, Any]) -> SafeString:
    """One of several radio buttons or boxes, within its label where the page has none of its own."""
    if not widget.get("wrap_label"):
        return line(widget)
    name = widget["attrs"].get("id")
    return format_html(
        "<label{}>{} {}</label>", attributes({"for": name}) if name else "", line(widget), widget["label"]
    )


def text(widget: dict[str, Any]) -> SafeString:
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>', widget["name"], attributes(widget["attrs"]), widget["value"] or ""
    )


def option(widget: dict[str, Any]) -> SafeString:
    label = _("Not chosen") if widget["label"] == DASHES else widget["label"]
    given = {"value": "" if widget["value"] is None else widget["value"], **widget["attrs"]}
    return format_html("<option{}>{}</option>", attributes(given), label)


def select(widget: dict[str, Any]) -> SafeString:
    """A list to choose from. Django's dashes for nothing chosen are said in words: eyes skip them, screen readers spell them."""
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        attributes(widget["attrs"]),
        mark_safe("".join(_group(name, options) for name, options, _index in widget["optgroups"])),  # noqa: S308  as above
    )


def _group(name: str | None, options: list[dict[str, Any]]) -> SafeString:
    within = mark_safe("".join(option(one) for one in options))  # noqa: S308  as above
    return format_html('<optgroup label="{}">{}</optgroup>', name, within) if name else within


DRAWN: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    **dict.fromkeys(("text", "hidden", "number", "email", "password", "date", "time", "checkbox", "input"), line),
    "radio_option": choice,
    "checkbox_option": choice,
    "input_option": choice,
    "select": select,
    "textarea": text,
}


class Drawn(DjangoTemplates):
    """The plain widgets in Python, the others by their template."""

    def render(self, template_name: str, context: dict[str, Any], request=None) -> str:
        name = template_name.removeprefix("django/forms/widgets/").removesuffix(".html")
        draw = DRAWN.get(name) if "/" not in name else None
        return draw(context["widget"]) if draw else super().render(template_name, context, request)
