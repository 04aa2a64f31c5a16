"""How one is told, as a table to choose from: a row for each kind of notice, a column for each way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pmo_portal.asks import timing
from pmo_portal.asks.choosing import Chosen
from pmo_portal.asks.kinds import Notice, notices
from pmo_portal.asks.models import Timing

WAYS = {
    timing.IN_APP: pgettext_lazy("way of telling", "In the portal"),
    timing.MAIL: pgettext_lazy("way of telling", "Mail"),
    timing.CHAT: pgettext_lazy("way of telling", "Chat"),
}
WORDS = dict(Timing.choices)


@dataclass(frozen=True)
class Row:
    """One kind of notice with its places to choose."""

    told: Notice
    cells: list[tuple[str, BoundField, str]]  # the way's name, its field, what is chosen in words


class NoticesForm(forms.Form):
    """`chosen` is what is set now, `before` what holds where nothing is; `as_before` names it ("At once (as the office)").

    Each field carries what it was when the page was opened: of two people who choose at the same time, each changes only
    what they touched.
    """

    def __init__(self, *args, chosen: Chosen, before: Chosen, as_before: str, ways=timing.CHANNELS, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.ways = tuple(ways)
        for kind, told in notices.items():
            for way in self.ways:
                set_now = chosen.get(kind, {}).get(way, "")
                offered = told.offered(way)
                first = ("", as_before % {"when": WORDS[before[kind][way]]})
                self.fields[f"{way}:{kind}"] = forms.ChoiceField(
                    label=_("%(kind)s: %(way)s") % {"kind": told.label, "way": WAYS[way]},
                    choices=[first, *((when, WORDS[when]) for when in offered)],
                    initial=set_now if set_now in offered else "",
                    required=False,
                    show_hidden_initial=True,
                )

    @property
    def way_names(self) -> list:
        return [WAYS[way] for way in self.ways]

    def rows(self) -> Iterator[Row]:
        for kind, told in notices.items():
            fields = [(WAYS[way], self[f"{way}:{kind}"]) for way in self.ways]
            yield Row(told, [(name, field, dict(field.field.choices)[field.initial]) for name, field in fields])

    def touched(self) -> Chosen:
        """Kind → way → when, of what was chosen anew."""
        found: dict[str, dict[str, str]] = {}
        for name in self.changed_data:
            way, _colon, kind = name.partition(":")
            found.setdefault(kind, {})[way] = self.cleaned_data[name]
        return found


AS_OFFICE = gettext_lazy("%(when)s (as the office)")
AS_STANDARD = gettext_lazy("%(when)s (standard)")
