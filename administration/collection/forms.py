"""What the PMO types in the collection."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from django import forms
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from administration.collection import queries
from administration.collection.models import Campaign, CampaignQuestion
from pmo_portal.i18n.text import has_japanese, to_halfwidth
from pmo_portal.pages.fields import DateField
from pmo_portal.periods.models import Tier
from pmo_portal.periods.queries import office_moment
from projects.register import queries as register
from projects.register.models import Project

CLOSING = _("If this is hard to do in time, answer this letter or ask for a later date.")
LABELS = {"ja": _("Words in Japanese"), "en": _("Words in English")}


class ReminderForm(forms.Form):
    """To whom, and what is added to the letter in each language that its receivers read."""

    pick = forms.TypedMultipleChoiceField(
        label=_("To whom"), coerce=int, choices=(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, choices: list[tuple[int, str]], languages: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = choices
        self.languages = languages
        for language in languages:
            with translation.override(language):
                usual = str(CLOSING)
            self.fields[f"text_{language}"] = forms.CharField(
                label=LABELS[language],
                widget=forms.Textarea(attrs={"rows": 3, "lang": language}),
                max_length=1000,
                required=False,
                initial=usual,
            )

    def texts(self) -> dict[str, str]:
        """Language → the words that go out."""
        return {language: self.cleaned_data.get(f"text_{language}", "") for language in self.languages}

    def texts_now(self) -> dict[str, str]:
        """The same, as they stand in the form, sent or not."""
        return {language: str(self[f"text_{language}"].value() or "") for language in self.languages}

    @property
    def text_fields(self) -> list:
        return [self[f"text_{language}"] for language in self.languages]


class ExemptionForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class ExtensionForm(forms.Form):
    due_on = DateField(label=_("New due date"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    @property
    def due_at(self) -> datetime:
        return office_moment(self.cleaned_data["due_on"], time(17, 0))


class CallForm(forms.Form):
    text = forms.CharField(label=_("What came of the call"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class CampaignForm(forms.Form):
    """A campaign with up to eight questions; empty ones are left out."""

    QUESTIONS = 8
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title_ja = forms.CharField(label=_("Title (Japanese)"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200, required=False)
    purpose = forms.CharField(
        label=_("What it is for"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )
    due_on = DateField(label=_("Due"))
    minutes = forms.IntegerField(label=_("Expected minutes"), min_value=1, max_value=120, initial=3)
    portfolio = forms.ModelChoiceField(None, label=_("Portfolio"), required=False, empty_label=_("All portfolios"))
    tier = forms.MultipleChoiceField(
        label=_("Tier"), choices=Tier.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    stage = forms.MultipleChoiceField(
        label=_("Stage"),
        choices=[c for c in Project.Stage.choices if c[0] != Project.Stage.CLOSED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    keys = forms.CharField(
        label=_("Only these projects"),
        max_length=4000,
        required=False,
        help_text=_("Keys, separated by commas or blanks; empty: all that match the conditions above."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, viewer, campaign: Campaign | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.campaign = viewer, campaign
        if campaign is not None:
            count = campaign.replies.count()
            self.fields["keys"].help_text = ngettext(
                "It asks %(count)s project. Leave this and the conditions empty to keep it so.",
                "It asks %(count)s projects. Leave this and the conditions empty to keep it so.",
                count,
            ) % {"count": count}
        self.fields["portfolio"].queryset = register.portfolios(viewer)
        for n in range(1, self.QUESTIONS + 1):
            self.fields[f"ja_{n}"] = forms.CharField(
                label=_("Question %(n)s (Japanese)") % {"n": n}, max_length=300, required=False
            )
            self.fields[f"en_{n}"] = forms.CharField(
                label=_("Question %(n)s (English)") % {"n": n}, max_length=300, required=False
            )
            self.fields[f"kind_{n}"] = forms.ChoiceField(
                label=_("Kind of answer"), choices=CampaignQuestion.Kind.choices, required=False
            )
            self.fields[f"choices_{n}"] = forms.CharField(
                label=_("Choices, separated by commas"), max_length=500, required=False
            )
            self.fields[f"required_{n}"] = forms.BooleanField(
                label=_("An answer is needed"), required=False, initial=True
            )

    @staticmethod
    def initial_of(campaign: Campaign) -> dict:
        """What the form starts with for a campaign that is there."""
        found = {
            "version": campaign.version,
            "title_ja": campaign.title_ja,
            "title_en": campaign.title_en,
            "purpose": campaign.purpose,
            "due_on": timezone.localdate(campaign.due_at),
            "minutes": campaign.minutes,
        }
        for q in campaign.questions.all():
            found |= {
                f"ja_{q.number}": q.text_ja,
                f"en_{q.number}": q.text_en,
                f"kind_{q.number}": q.kind,
                f"choices_{q.number}": ", ".join(q.choices),
                f"required_{q.number}": q.is_required,
            }
        return found

    @property
    def head_fields(self) -> list:
        return [self[n] for n in ("title_ja", "title_en", "purpose", "due_on", "minutes")]

    @property
    def audience_fields(self) -> list:
        return [self["portfolio"], self["tier"], self["stage"], self["keys"]]

    @property
    def question_rows(self) -> list[dict]:
        rows = []
        for n in range(1, self.QUESTIONS + 1):
            row = {part: self[f"{part}_{n}"] for part in ("ja", "en", "kind", "choices", "required")}
            row["is_used"] = n == 1 or bool(row["ja"].value() or row["en"].value() or row["choices"].errors)
            rows.append(row | {"number": n})
        return rows

    def questions(self) -> list[dict]:
        found = []
        for n in range(1, self.QUESTIONS + 1):
            given = {part: self.cleaned_data.get(f"{part}_{n}") or "" for part in ("ja", "en", "kind", "choices")}
            ja, en = given["ja"].strip(), given["en"].strip()
            if not (ja or en):
                continue
            if not en and not has_japanese(ja):
                ja, en = "", ja
            found.append(
                {
                    "text_ja": ja,
                    "text_en": en,
                    "kind": given["kind"] or "text",
                    "choices": _parts(given["choices"]) if given["kind"] == "choice" else [],
                    "is_required": bool(self.cleaned_data.get(f"required_{n}")),
                }
            )
        return found

    def projects(self) -> list[Project]:
        """Whom it will be asked of: running projects with a PM that match."""
        given = self.cleaned_data
        if self.campaign is not None and not any(given.get(n) for n in ("portfolio", "tier", "stage", "keys")):
            return queries.projects_asked(self.campaign)
        found = register.projects(self.viewer).filter(state=Project.State.ACTIVE).exclude(pm=None)
        if given.get("portfolio"):
            found = found.filter(portfolio=given["portfolio"])
        if given.get("tier"):
            found = found.filter(tier__in=given["tier"])
        if given.get("stage"):
            found = found.filter(stage__in=given["stage"])
        if given.get("keys"):
            found = found.filter(key_folded__in=self._folded_keys())
        return list(found.order_by("key"))

    def _folded_keys(self) -> list[str]:
        from pmo_portal.i18n.text import fold

        return [fold(key) for key in _parts(self.cleaned_data["keys"].replace("\n", ",").replace(" ", ","))]

    def clean_keys(self) -> str:
        """Every key names a running project of the viewer's with a PM; those that do not are named."""
        keys = self.cleaned_data["keys"]
        self.cleaned_data["keys"] = keys
        wanted = self._folded_keys()
        known = set(
            register.projects(self.viewer)
            .filter(key_folded__in=wanted, state=Project.State.ACTIVE)
            .exclude(pm=None)
            .values_list("key_folded", flat=True)
        )
        unknown = [key for key in wanted if key not in known]
        if unknown:
            raise forms.ValidationError(
                _("No running project with a PM has this key: %(keys)s"), params={"keys": _(", ").join(unknown[:10])}
            )
        return keys

    def clean(self) -> dict:
        given = super().clean()
        for n in range(1, self.QUESTIONS + 1):
            asked = given.get(f"ja_{n}") or given.get(f"en_{n}")
            if given.get(f"kind_{n}") == "choice" and asked and len(_parts(given.get(f"choices_{n}") or "")) < 2:
                self.add_error(f"choices_{n}", _("List at least two choices."))
        return given


def _parts(text: str) -> list[str]:
    """The parts of a list that people separate by commas of either width."""
    found = [part.strip() for part in to_halfwidth(text).replace("、", ",").split(",")]
    return list(dict.fromkeys(part for part in found if part))


class ReopenForm(forms.Form):
    due_on = DateField(label=_("New due date"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def due_at(self) -> datetime:
        return office_moment(self.cleaned_data["due_on"], time(17, 0))


class ExcuseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class NumberField(forms.DecimalField):
    """A number as people write it: grouped, or in full width."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "max_digits": _("This number is too large to be one."),
        "max_whole_digits": _("This number is too large to be one."),
        "max_decimal_places": _("Write at most %(max)s places after the decimal point."),
    }

    def to_python(self, value):
        if isinstance(value, str):
            value = to_halfwidth(value).replace(",", "").replace("−", "-").strip()
        return super().to_python(value)


class ReplyForm(forms.Form):
    """A campaign's questions as a form."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, campaign: Campaign, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(campaign.questions.all())
        for q in self.questions:
            self.fields[f"q{q.number}"] = self._field(q)

    @staticmethod
    def _field(q: CampaignQuestion) -> forms.Field:
        common = {"label": q.text, "required": q.is_required}
        if q.kind == q.Kind.NUMBER:
            return NumberField(max_digits=18, decimal_places=4, **common)
        if q.kind == q.Kind.DATE:
            return DateField(**common)
        if q.kind == q.Kind.CHOICE:
            return forms.ChoiceField(choices=[(c, c) for c in q.choices], widget=forms.RadioSelect, **common)
        if q.kind == q.Kind.YESNO:
            return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect, **common)
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, **common)

    def answers(self) -> dict[str, str]:
        found = {}
        for q in self.questions:
            value = self.cleaned_data.get(f"q{q.number}")
            if value not in (None, ""):
                found[str(q.number)] = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return found
