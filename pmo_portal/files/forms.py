"""What people give when they attach a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MEGABYTE = 1024 * 1024
MOST_AT_ONCE = 20


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """One or more files: a list of uploads. Whether each may come in, the action says."""

    widget = SeveralFilesInput(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("At most %(count)s files at once.") % {"count": MOST_AT_ONCE}, code="many")
        return given


class _WithLimit(forms.Form):
    def limit(self) -> int:
        return settings.UPLOAD_LIMIT

    def limit_words(self) -> str:
        """For the browser, which says it before anything is sent."""
        said = _("This file has %(size)s MB; at most %(limit)s MB are taken.")
        return said % {"size": "{size}", "limit": self.limit() // MEGABYTE}


class AttachForm(_WithLimit):
    file = SeveralFiles(
        label=gettext_lazy("Files"), error_messages={"required": gettext_lazy("Choose a file, or drop one here.")}
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("What it is, if the name does not say so."),
    )


class VersionForm(_WithLimit):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # told apart by the action, in its words
        max_length=None,
        error_messages={"required": gettext_lazy("Choose a file, or drop one here.")},
    )
    note = forms.CharField(label=gettext_lazy("What changed"), max_length=300, required=False)


class NameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class RestorationForm(forms.Form):
    """A press of a button."""
