"""The register's step of the guided set-up: the first portfolio, and the projects from a sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.setup.guide import step
from projects.register import actions, queries


class FirstPortfolioForm(forms.Form):
    key = forms.CharField(
        label=gettext_lazy("Key of the portfolio"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Short and lasting: it stands in every address."),
    )
    name_ja = forms.CharField(label=gettext_lazy("Name (Japanese)"), max_length=300, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if any(given.values()) and not given.get("key"):
            raise ValidationError({"key": ValidationError(_("A portfolio needs a key."), code="required")})
        return given


def initial() -> dict[str, Any]:
    """One portfolio for the whole office, where there is none yet."""
    if queries.portfolios_there():
        return {}
    return {"key": "PF", "name_ja": "全社プロジェクト", "name_en": "All projects"}


def facts() -> list[tuple[str, str, str]]:
    """Without addresses: who sets the office up need not be one who reads its portfolios."""
    return [(_("Portfolio"), f"{p.key} {p.name}", "") for p in queries.portfolios_there()]


def make_portfolio(by, given: dict[str, Any]) -> None:
    if given.get("key"):
        actions.create_portfolio(by=by, **given)


step(
    "projects",
    label=gettext_lazy("First portfolio and projects"),
    lead=gettext_lazy(
        "Projects stand in portfolios. Make the first one, then bring the list in that you keep in Excel."
    ),
    order=70,
    form_class=FirstPortfolioForm,
    initial=initial,
    act=make_portfolio,
    facts=facts,
    needs=("administrator", "manager"),
    ways=(
        (gettext_lazy("Projects from Excel"), "imports:new", "upload"),
        (gettext_lazy("New project"), "projects:register:project_new", "plus"),
    ),
)
