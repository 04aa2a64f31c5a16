"""What people type into the set-up pages."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.access.models import Role
from pmo_portal.accounts.forms import NoFields, SubstituteForm
from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.accounts.queries import address_is_taken
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import LadderStep
from pmo_portal.editing.forms import WorkbookForm
from pmo_portal.money import codes
from pmo_portal.pages.fields import DateField, PersonField, UnitField
from pmo_portal.periods.models import Cadence, CadenceRule, CompanyDay, OfficeSettings
from pmo_portal.periods.queries import office_settings

__all__ = ["NoFields", "SubstituteForm"]
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def unit_field(**given) -> UnitField:
    return UnitField(required=False, **given)


def zone(value: str) -> None:
    """Raise ValidationError where no time zone has this name."""
    if value not in available_timezones():
        raise ValidationError(_("There is no time zone of this name. Example: Asia/Tokyo."), code="zone")


class PersonForm(forms.ModelForm):
    """Who somebody is. Where they belong and what they may do have their own pages, as both are dated."""

    groups = (
        (gettext_lazy("Name"), ("name_ja", "kana", "name_en")),
        (
            gettext_lazy("Employment and unit"),
            ("employment_type", "employer", "job_title", "unit", "unit_from", "phone_extension", "joined_on"),
        ),
        (gettext_lazy("Sign-in"), ("email", "language", "timezone", "calendar")),
    )
    unit = unit_field(label=gettext_lazy("Organisation unit"))
    unit_from = DateField(label=gettext_lazy("In this unit from"), required=False)
    joined_on = DateField(label=gettext_lazy("Joined on"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Person
        fields = (
            "name_ja",
            "kana",
            "name_en",
            "email",
            "employment_type",
            "employer",
            "job_title",
            "phone_extension",
            "joined_on",
            "language",
            "timezone",
            "calendar",
        )
        help_texts = {"email": gettext_lazy("Without an address they are known, but never sign in.")}

    def __init__(self, *args, person: Person | None = None, initial=None, **kwargs) -> None:
        super().__init__(*args, instance=None, initial=initial, **kwargs)
        self.person = person
        self.fields["timezone"].validators.append(zone)
        if person is not None:
            del self.fields["unit"], self.fields["unit_from"]

    @property
    def field_groups(self) -> list:
        return [(label, [self[n] for n in names if n in self.fields]) for label, names in self.groups]

    def _post_clean(self) -> None:
        """No model instance is filled here: the action writes, and says what is wrong."""

    def clean_email(self) -> str | None:
        email = (self.cleaned_data.get("email") or "").strip().lower() or None
        if email and address_is_taken(email, self.person):
            raise ValidationError(_("Someone else has this address."), code="unique")
        return email


class MoveForm(forms.Form):
    unit = unit_field(label=gettext_lazy("Organisation unit"))
    on = DateField(
        label=gettext_lazy("From"), help_text=gettext_lazy("A coming day may be given; the move happens by itself.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class OrganisationFileForm(WorkbookForm):
    """A sheet of the organisation, in whatever form the personnel department has it."""

    file = forms.FileField(
        label=gettext_lazy("The sheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,  # told apart by the action, in its words
        error_messages={"required": gettext_lazy("Choose a file, or drop one here.")},
    )


class SeeingForm(forms.Form):
    """Why somebody's pages are looked at."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For example: the project list is empty for them, says their call of today."),
    )


class GrantForm(forms.Form):
    """A role, where, and from when to when. `places` groups what can be chosen."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    scope = forms.ModelChoiceField(
        None, label=gettext_lazy("Where"), help_text=gettext_lazy("There and for all below.")
    )
    starts_on = DateField(label=gettext_lazy("From"))
    ends_on = DateField(
        label=gettext_lazy("Until, with that day"), required=False, help_text=gettext_lazy("Empty: until it is ended.")
    )

    def __init__(self, *args, scopes, places, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = scopes
        self.fields["scope"].choices = [("", "—"), *((label, rows) for label, rows in places if rows)]


class GrantEndForm(forms.Form):
    on = DateField(label=gettext_lazy("Holds no more from"), initial=timezone.localdate)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class UnitForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=30, help_text=gettext_lazy("Full-width and case do not count.")
    )
    name_ja = forms.CharField(label=gettext_lazy("Name (Japanese)"), max_length=200, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=200, required=False)
    head = PersonField(label=gettext_lazy("Head"), required=False)
    parent = unit_field(label=gettext_lazy("Hangs below"), help_text=gettext_lazy("Empty: at the top."))
    on = DateField(label=gettext_lazy("From"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, unit: OrgUnit | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if unit is not None:
            del self.fields["parent"], self.fields["on"]


class UnitMoveForm(forms.Form):
    parent = unit_field(label=gettext_lazy("Hangs below"), help_text=gettext_lazy("Empty: at the top."))
    on = DateField(
        label=gettext_lazy("From"), help_text=gettext_lazy("A coming day may be given; the move happens by itself.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)


class OfficeForm(forms.ModelForm):
    groups = (
        (gettext_lazy("Office"), ("name_ja", "name_en", "note_ja", "note_en")),
        (gettext_lazy("Language, time, money"), ("default_language", "timezone", "currency", "fiscal_start_month")),
        (gettext_lazy("Letters"), ("digest_at", "quiet_from", "quiet_until")),
        (gettext_lazy("Reporting periods"), ("freeze_after_days",)),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))

    class Meta:
        model = OfficeSettings
        fields = (
            "name_ja",
            "name_en",
            "note_ja",
            "note_en",
            "default_language",
            "timezone",
            "fiscal_start_month",
            "digest_at",
            "quiet_from",
            "quiet_until",
            "freeze_after_days",
        )
        widgets = {"digest_at": TIME, "quiet_from": TIME, "quiet_until": TIME}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].validators.append(zone)
        self.fields["currency"].choices = codes.choices(office_settings().currency)
        self.fields["freeze_after_days"].max_value = 30

    @property
    def field_groups(self) -> list:
        return [(label, [self[n] for n in names]) for label, names in self.groups]

    def clean_name_ja(self) -> str:
        name = self.cleaned_data["name_ja"].strip()
        if not name and not self.data.get("name_en", "").strip():
            raise ValidationError(_("Write the name in Japanese or in English."), code="required")
        return name

    def _post_clean(self) -> None:
        """The action writes."""


class CompanyDayForm(forms.Form):
    day = DateField(label=gettext_lazy("Day"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CompanyDay.Kind.choices)
    label = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)


class CadenceForm(forms.Form):
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), choices=CadenceRule._meta.get_field("tier").choices)
    cadence = forms.ChoiceField(
        label=gettext_lazy("Cadence"), choices=[c for c in Cadence.choices if c[0] != Cadence.DATED]
    )
    due_working_days = forms.IntegerField(
        label=gettext_lazy("Due, working days after the end"),
        min_value=-10,
        max_value=30,
        initial=3,
        help_text=gettext_lazy("Negative: before the end of the period."),
    )
    due_time = forms.TimeField(label=gettext_lazy("Due at"), widget=TIME, initial="17:00")
    starts_on = DateField(label=gettext_lazy("From"))


class DueForm(forms.Form):
    due_at = forms.SplitDateTimeField(
        label=gettext_lazy("Due"),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": gettext_lazy("Day")},
            time_attrs={"type": "time", "aria-label": gettext_lazy("Time of day")},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class StateForm(forms.Form):
    """A change of state that needs no words."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class StepForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("For asks of kind"), required=False)
    offset_days = forms.IntegerField(
        label=gettext_lazy("Working days from the due date"),
        min_value=-60,
        max_value=60,
        help_text=gettext_lazy("Negative: before. 0: on the day."),
    )
    act = forms.ChoiceField(label=gettext_lazy("What is done"), choices=LadderStep.Act.choices)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[("", "—"), *Role.choices],
        help_text=gettext_lazy("Who is told above; the nearest holder in the tree of scopes."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All asks")), *sorted((k, str(v.label)) for k, v in kinds.items())]
