"""Signing, sending back, routes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal import access
from pmo_portal.access.models import Role, Scope
from pmo_portal.approvals.lists import kind_choices
from pmo_portal.approvals.models import ApprovalRouteStep, Manner
from pmo_portal.money import codes
from pmo_portal.pages.fields import DateField, MoneyField, PersonField, UnitField
from pmo_portal.periods.queries import office_settings


class SignForm(forms.Form):
    """What the signer saw goes along: its version and its digest."""

    comment = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, must_say_why: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].widget.attrs["autofocus"] = True
        if must_say_why:
            self.fields["comment"].required = True
            self.fields["comment"].label = _("Reason")


class RefusalForm(SignForm):
    comment = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class SendBackForm(forms.Form):
    comment = forms.CharField(
        label=_("What has to be mended"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    to_position = forms.TypedChoiceField(label=_("Back to"), required=False, coerce=int, empty_value=None)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, steps=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].widget.attrs["autofocus"] = True
        self.fields["to_position"].choices = [
            ("", _("The drafter")),
            *((s.position, str(s)) for s in steps),
        ]


class AddStepForm(forms.Form):
    person = PersonField(label=_("Who else"), of="account")
    manner = forms.ChoiceField(
        label=_("What the signature does"),
        choices=[(m.value, m.label) for m in (Manner.CONSULT, Manner.AGREE, Manner.APPROVE, Manner.INFORM)],
        initial=Manner.CONSULT,
        widget=forms.RadioSelect,
    )
    after = forms.BooleanField(label=_("After my signature"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput)


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 2}), max_length=4000)


class PullBackForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ResubmitForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    version = forms.IntegerField(widget=forms.HiddenInput)


def resubmit_form(mending: type[forms.Form] | None) -> type[forms.Form]:
    """What may be mended before a request goes again: what its kind names, and the reason."""
    return ResubmitForm if mending is None else type("MendingForm", (ResubmitForm, mending), {})


class EndRouteForm(forms.Form):
    ends_on = DateField(
        label=_("Last day"), required=False, help_text=_("Empty: it goes on until another version follows.")
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class TrialForm(forms.Form):
    """What a route is chosen by."""

    kind = forms.ChoiceField(label=_("Kind of request"))
    drafter = PersonField(label=_("Drafter"), of="account")
    amount = MoneyField(label=_("Amount"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    scope = forms.ModelChoiceField(None, label=_("Portfolio or programme"), required=False)
    day = DateField(label=_("Submitted on"))

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()
        self.fields["currency"].choices = codes.choices(office_settings().currency, "")
        self.fields["scope"].queryset = places_for(viewer)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or office_settings().currency


def places_for(viewer):
    """The portfolios and programmes for which a route may hold alone."""
    wide = access.visible(viewer, Scope).filter(kind__in=(Scope.Kind.PORTFOLIO, Scope.Kind.PROGRAMME))
    return wide.order_by("label")


WHOLE = _("In whole units of the currency; 百万, 億 and m are understood.")


class RouteForm(forms.Form):
    """A route with up to eight steps; the empty rows are left out."""

    STEPS = 8
    kind = forms.ChoiceField(label=_("Kind of request"))
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    starts_on = DateField(label=_("In force from"))
    amount_from = MoneyField(label=_("Amount from"), required=False, help_text=WHOLE)
    amount_below = MoneyField(label=_("Amount below"), required=False, help_text=WHOLE)
    currency = forms.ChoiceField(label=_("Currency"))
    unit = UnitField(label=_("Only for this unit and below"), required=False)
    scope = forms.ModelChoiceField(None, label=_("Only for this portfolio or programme"), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False)

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()
        self.fields["currency"].choices = codes.choices(office_settings().currency, self.initial.get("currency", ""))
        self.fields["scope"].queryset = places_for(viewer)
        for n in range(1, self.STEPS + 1):
            self._add_step(n)

    def _add_step(self, n: int) -> None:
        add = self.fields.__setitem__
        add(f"position_{n}", forms.IntegerField(label=_("Position"), min_value=1, max_value=99, required=False))
        add(f"name_ja_{n}", forms.CharField(label=_("Name (Japanese)"), max_length=120, required=False))
        english = forms.TextInput(attrs={"lang": "en"})
        add(f"name_en_{n}", forms.CharField(label=_("Name (English)"), max_length=120, required=False, widget=english))
        add(
            f"manner_{n}",
            forms.ChoiceField(label=_("What the signature does"), choices=[("", "–"), *Manner.choices], required=False),
        )
        who = [("", "–"), *((f"role:{key}", label) for key, label in Role.choices)]
        who += [("unit_head:0", _("Head of the drafter's unit")), ("unit_head:1", _("Head one level up"))]
        who += [("unit_head:2", _("Head two levels up")), ("record", _("Whom the record itself names"))]
        who += [("people", _("A named person"))]
        add(f"who_{n}", forms.ChoiceField(label=_("Who"), choices=who, required=False))
        add(f"person_{n}", PersonField(label=_("Named person"), required=False, of="account"))
        add(
            f"need_{n}",
            forms.IntegerField(label=_("Signatures needed"), min_value=0, max_value=20, required=False, initial=1),
        )
        add(f"days_{n}", forms.IntegerField(label=_("Working days"), min_value=1, max_value=60, required=False))

    PARTS = ("position", "name_ja", "name_en", "manner", "who", "person", "need", "days")

    @property
    def step_rows(self) -> list[tuple[list, bool]]:
        """The fields of each step, and whether the row stands open: the first three, and those with something in them."""
        rows = [[self[f"{part}_{n}"] for part in self.PARTS] for n in range(1, self.STEPS + 1)]
        return [(row, n <= 3 or any(f.errors or self._says(f.name) for f in row)) for n, row in enumerate(rows, 1)]

    def _says(self, name: str) -> bool:
        """Whether something stands in a field of a step. One signature is what an empty row offers."""
        value = str(self[name].value() or "").strip()
        return bool(value) and not (name.startswith("need_") and value == "1")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("name_ja") and not given.get("name_en"):
            self.add_error("name_ja", _("Give a name in at least one language."))
        low, high = given.get("amount_from"), given.get("amount_below")
        if low is not None and high is not None and high <= low:
            self.add_error("amount_below", _("This lies below the amount from which the route begins."))
        for n in range(1, self.STEPS + 1):
            self._clean_step(n, given)
        return given

    def _clean_step(self, n: int, given: dict[str, Any]) -> None:
        """A row is empty or a whole step: what was begun is not left out in silence."""
        who, person = given.get(f"who_{n}"), given.get(f"person_{n}")
        if any(self._says(f"{part}_{n}") for part in self.PARTS):
            for part in ("manner", "who"):
                if not given.get(f"{part}_{n}") and f"{part}_{n}" not in self.errors:
                    words = _("Step %(n)s needs both: who signs, and what it does. Or clear the whole row.")
                    self.add_error(f"{part}_{n}", words % {"n": n})
        if who == "people" and not person and f"person_{n}" not in self.errors:
            self.add_error(f"person_{n}", _("Name the person of step %(n)s.") % {"n": n})
        if who and who != "people" and person:
            words = _("Step %(n)s is signed by somebody else. Choose “A named person”, or clear the name.")
            self.add_error(f"person_{n}", words % {"n": n})

    def steps(self) -> list[dict[str, Any]]:
        given, rows = self.cleaned_data, []
        for n in range(1, self.STEPS + 1):
            if not given.get(f"manner_{n}"):
                continue
            who, _dots, of = given[f"who_{n}"].partition(":")
            rows.append(
                {
                    "row": n,
                    "position": given.get(f"position_{n}") or n,
                    "name_ja": given.get(f"name_ja_{n}") or "",
                    "name_en": given.get(f"name_en_{n}") or "",
                    "manner": given[f"manner_{n}"],
                    "who": who,
                    "role": of if who == ApprovalRouteStep.Who.ROLE else "",
                    "levels_up": int(of) if who == ApprovalRouteStep.Who.UNIT_HEAD else 0,
                    "people": [given[f"person_{n}"]] if who == ApprovalRouteStep.Who.PEOPLE else [],
                    "need": given.get(f"need_{n}") if given.get(f"need_{n}") is not None else 1,
                    "days": given.get(f"days_{n}"),
                }
            )
        return rows

    @classmethod
    def initial_of(cls, route) -> dict[str, Any]:
        """What an existing route stands in the form as."""
        fields = ("kind", "name_ja", "name_en", "amount_from", "amount_below", "currency", "unit", "scope", "note")
        given = {name: getattr(route, name) for name in fields}
        for n, step in enumerate(route.steps.prefetch_related("people")[: cls.STEPS], 1):
            of = {"role": step.role, "unit_head": str(step.levels_up)}.get(step.who)
            given |= {
                f"position_{n}": step.position,
                f"name_ja_{n}": step.name_ja,
                f"name_en_{n}": step.name_en,
                f"manner_{n}": step.manner,
                f"who_{n}": f"{step.who}:{of}" if of else step.who,
                f"person_{n}": step.people.first(),
                f"need_{n}": step.need,
                f"days_{n}": step.days,
            }
        return given
