"""What is typed in the steps of the guided set-up, with the defaults of a Japanese office."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.access.models import Role
from pmo_portal.money import codes
from pmo_portal.pages.fields import DateField
from pmo_portal.periods.models import Cadence, OfficeSettings, Tier
from pmo_portal.periods.queries import office_settings
from pmo_portal.setup.forms import TIME, zone

LONGEST_BREAK = 31  # days
ASKED_ROLES = (Role.ADMINISTRATOR, Role.MANAGER, Role.EXPERT, Role.SPONSOR, Role.AUDITOR)


class OfficeStep(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_ja = forms.CharField(label=gettext_lazy("Name (Japanese)"), max_length=200, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=200, required=False)
    note_ja = forms.CharField(label=gettext_lazy("Subtitle (Japanese)"), max_length=80, required=False)
    note_en = forms.CharField(label=gettext_lazy("Subtitle (English)"), max_length=80, required=False)
    default_language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=OfficeSettings._meta.get_field("default_language").choices or ()
    )
    timezone = forms.CharField(label=gettext_lazy("Time zone"), max_length=40)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].validators.append(zone)
        cast(forms.ChoiceField, self.fields["currency"]).choices = codes.choices(office_settings().currency)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("name_ja") or given.get("name_en")):
            said = _("Write the name in Japanese or in English.")
            raise ValidationError({"name_ja": ValidationError(said, code="required")})
        return given


class CalendarStep(forms.Form):
    """The first month of the fiscal year, and the days on which the whole office rests besides public holidays."""

    fiscal_start_month = forms.TypedChoiceField(
        label=gettext_lazy("First month of the fiscal year"), coerce=int, choices=[(n, str(n)) for n in range(1, 13)]
    )
    new_year_from = DateField(label=gettext_lazy("Year-end rest from"), required=False)
    new_year_until = DateField(label=gettext_lazy("Until, with that day"), required=False)
    summer_from = DateField(label=gettext_lazy("Summer rest from"), required=False)
    summer_until = DateField(
        label=gettext_lazy("Until, with that day"),
        required=False,
        help_text=gettext_lazy("Leave empty what your office does not have; single days can be added later."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("new_year", "summer"):
            self._check(name, given.get(f"{name}_from"), given.get(f"{name}_until"))
        return given

    def _check(self, name: str, first: date | None, last: date | None) -> None:
        if first is None and last is None:
            return
        if first is None or last is None:
            self.add_error(f"{name}_{'from' if first is None else 'until'}", _("Give both days, or none."))
        elif last < first:
            self.add_error(f"{name}_until", _("The last day is before the first."))
        elif (last - first).days >= LONGEST_BREAK:
            self.add_error(f"{name}_until", _("At most %(days)s days at once.") % {"days": LONGEST_BREAK})


class CadenceStep(forms.Form):
    """How often the projects of each tier report, and when."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [c for c in Cadence.choices if c[0] != Cadence.DATED]
        for tier, label in Tier.choices:
            self.fields[f"cadence_{tier}"] = forms.ChoiceField(label=label, choices=choices)
            self.fields[f"days_{tier}"] = forms.IntegerField(
                label=_("%(tier)s: due, working days after the end") % {"tier": tier}, min_value=-10, max_value=30
            )


class RolesStep(forms.Form):
    """Who runs the office: a name and an address for each role; empty lines are left out."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for role in ASKED_ROLES:
            self.fields[f"name_{role}"] = forms.CharField(label=role.label, max_length=120, required=False)
            self.fields[f"email_{role}"] = forms.EmailField(
                label=_("%(role)s: e-mail address") % {"role": role.label}, required=False
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for role in ASKED_ROLES:
            name, email = given.get(f"name_{role}"), given.get(f"email_{role}")
            if bool(name) != bool(email) and f"email_{role}" not in self.errors:
                missing = "email" if name else "name"
                self.add_error(f"{missing}_{role}", _("Give the name and the address."))
        return given


class MailStep(forms.Form):
    digest_at = forms.TimeField(label=gettext_lazy("Digest goes out at"), widget=TIME)
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), widget=TIME)
    quiet_until = forms.TimeField(label=gettext_lazy("Quiet until"), widget=TIME)
    test = forms.BooleanField(label=gettext_lazy("Send me a letter to try it"), required=False, initial=True)


class SeenStep(forms.Form):
    """Nothing to type: the step leads to pages of its own."""
