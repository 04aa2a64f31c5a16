"""Widgets drawn in Python look to the letter as Django draws them."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe

from pmo_portal.pages.widgets import Drawn

NASTY = "A&B <\"'> 五 ①"
CHOICES = [("a", "Alpha"), ("b", NASTY), ("", "–")]
WIDGETS = [
    (forms.TextInput({"maxlength": 40, "required": True, "disabled": False, "title": NASTY}), NASTY),
    (forms.TextInput(), None),
    (forms.TextInput(), mark_safe("<b>safe</b>")),
    (forms.HiddenInput(), 12345),
    (forms.NumberInput({"min": 0}), 1234.5),
    (forms.EmailInput(), "a@b.example"),
    (forms.PasswordInput(render_value=True), NASTY),
    (forms.DateInput(), "2026-11-25"),
    (forms.TimeInput({"type": "time"}), "17:00"),
    (forms.Textarea({"rows": 3}), f"\n{NASTY}\n"),
    (forms.Textarea(), None),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    (forms.RadioSelect(choices=CHOICES), "b"),
    (forms.CheckboxSelectMultiple(choices=CHOICES), ["a", "b"]),
    (forms.Select(choices=CHOICES), "b"),
    (forms.MultipleHiddenInput(), ["x", NASTY]),
]


@pytest.mark.parametrize(
    ("widget", "value"), WIDGETS, ids=[f"{type(w).__name__}-{i}" for i, (w, _v) in enumerate(WIDGETS)]
)
@pytest.mark.parametrize("attrs", [{}, {"id": "id_x", "aria-describedby": "help"}])
def test_a_widget_is_drawn_as_django_draws_it(widget, value, attrs):
    drawn, expected = (widget.render("x", value, attrs, renderer=r) for r in (Drawn(), DjangoTemplates()))
    assert re.sub(r"\n\s*", "", drawn) == re.sub(r"\n\s*", "", expected)


def test_one_choice_by_itself_is_too():
    widget = forms.RadioSelect(choices=CHOICES)
    for given in widget.subwidgets("x", "a", {"id": "id_x"}):
        context = {"widget": {**given, "wrap_label": False}}
        drawn, expected = (r.render(given["template_name"], context) for r in (Drawn(), DjangoTemplates()))
        assert drawn == expected.strip()


@pytest.mark.parametrize(("language", "words"), [("ja", "未選択"), ("en", "Not chosen")])
def test_nothing_chosen_is_said_in_words(language, words):
    field = forms.Select(choices=[*BLANK_CHOICE_DASH, ("a", "Alpha")])
    with translation.override(language):
        drawn = field.render("x", None, renderer=Drawn())
    assert f'<option value="" selected>{words}</option>' in drawn and "---" not in drawn


def test_groups_and_several_choices_are_drawn_as_django_draws_them():
    grouped = [("G<1>", [("1", "One"), ("2", NASTY)]), ("", "–"), (3, "Three")]
    for widget, value in ((forms.Select(choices=grouped), 3), (forms.SelectMultiple(choices=grouped), ["2", 3])):
        drawn, expected = (widget.render("x", value, renderer=r) for r in (Drawn(), DjangoTemplates()))
        assert re.sub(r"\n\s*", "", drawn) == re.sub(r"\n\s*", "", expected)
