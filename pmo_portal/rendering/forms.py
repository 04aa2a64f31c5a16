"""In which form a document is wanted."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

WORDS = {
    "pdf": gettext_lazy("PDF, to print and to send"),
    "pptx": gettext_lazy("PowerPoint, charts and tables can be edited"),
    "xlsx": gettext_lazy("Excel, the figures"),
}


class FormatForm(forms.Form):
    form = forms.ChoiceField(label=gettext_lazy("Form"), widget=forms.RadioSelect)

    def __init__(self, *args, formats=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(f, words) for f, words in WORDS.items() if f in formats]
