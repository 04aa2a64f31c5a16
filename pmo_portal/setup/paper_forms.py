"""What is typed about the paper of documents."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from pmo_portal.rendering.models import OfficePaper


class PaperForm(forms.ModelForm):
    groups = (
        (gettext_lazy("Logo and colour"), ("logo", "without_logo", "accent")),
        (gettext_lazy("Mark of confidentiality"), ("mark_ja", "mark_en")),
        (gettext_lazy("Foot"), ("footer_ja", "footer_en")),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,  # the action says so in its words
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG or WebP; stands at the head of each page, 8 mm high."),
    )
    without_logo = forms.BooleanField(label=gettext_lazy("Print the office's name instead of the logo"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = OfficePaper
        fields = ("accent", "mark_ja", "mark_en", "footer_ja", "footer_en")
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args, initial=None, **kwargs) -> None:
        super().__init__(*args, instance=None, initial=initial, **kwargs)

    @property
    def field_groups(self):
        """Fields under their headings, in the order in which one thinks of them."""
        return [(label, [self[name] for name in names]) for label, names in self.groups]
