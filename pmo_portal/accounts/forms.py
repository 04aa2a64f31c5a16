"""What people type to come in, and into their own pages."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.accounts.models import ApiToken
from pmo_portal.pages.fields import DateField, PersonField


class NewPassword(forms.Form):
    """Twice the same, and good enough (the action asks the validators)."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Password, once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(str(text) for text in password_validators_help_texts()[1:2])

    def clean(self) -> dict:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            raise ValidationError({"again": ValidationError(_("The two passwords differ."), code="differ")})
        return given


class FirstAdministratorForm(NewPassword):
    office_name = forms.CharField(label=gettext_lazy("Name of the office"), max_length=120)
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    runs_pmo = forms.BooleanField(
        label=gettext_lazy("I also run the PMO (administrator and manager roles)"), required=False, initial=True
    )
    field_order = ("office_name", "name", "email", "password", "again", "runs_pmo")


class TokenForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("What for"), max_length=80)
    scope = forms.ChoiceField(
        label=gettext_lazy("What it may"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        help_text=gettext_lazy("Never more than you may yourself."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends after"),
        coerce=int,
        initial="90",
        choices=[
            ("30", gettext_lazy("30 days")),
            ("90", gettext_lazy("90 days")),
            ("365", gettext_lazy("1 year")),
            ("730", gettext_lazy("2 years")),
        ],
    )


class SubstituteForm(forms.Form):
    substitute = PersonField(label=gettext_lazy("Who stands in"), of="account")
    starts_on = DateField(label=gettext_lazy("From"))
    ends_on = DateField(label=gettext_lazy("Until, with that day"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class AddKeyForm(AddWebAuthnForm):
    """A key is a passkey unless somebody says otherwise: that is what they came for."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        alone = self.fields["passwordless"]
        alone.label, alone.initial = _("A passkey: it signs in alone, without a password"), True
        alone.help_text = _(
            "The device then asks for a fingerprint, a face or a PIN. Otherwise the key is asked for after the password."
        )


class NoFields(forms.Form):
    """A button and nothing else."""
