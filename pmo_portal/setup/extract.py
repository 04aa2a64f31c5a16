"""An extract of the audit trail: the entries that the conditions leave, with the head of the chain and what checking it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal.audit import chain
from pmo_portal.audit.wording import told
from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering import declaring
from pmo_portal.rendering.paper import paper_now
from pmo_portal.rendering.pdf import render
from pmo_portal.rendering.xlsx import Workbook
from pmo_portal.setup import queries
from pmo_portal.setup.lists import AuditList
from pmo_portal.setup.wording import was_is

READERS = ("auditor", "manager", "sysadmin")
MOST = {"pdf": 5_000, "xlsx": 100_000}
SECONDS = 300
LONGEST = 600  # signs of a cell on paper; the workbook has them all


class ExtractList(AuditList):
    """The entries in full: every field from what to what."""

    def __init__(self, viewer, params: QueryDict, last: int) -> None:
        super().__init__(viewer, params)
        self.last = last

    def base(self):
        """Up to the head of the chain: what is written while the extract is made stands in the next one."""
        return super().base().filter(pk__lte=self.last)

    def prepare(self, records: list) -> list:
        self.say(records, told(records, viewer=self.viewer))
        links = queries.links_of(records)
        for entry in records:
            entry.place, entry.sealed = links.get(entry.pk, (None, ""))
        return records

    @staticmethod
    def summary_of(said) -> str:
        return "; ".join(was_is(change) for change in said.told_changes)


@dataclass(frozen=True)
class Extract:
    """The list, how many stand in it, the head of the chain (`length`, `head`), what is wrong with it."""

    viewer: Any
    listing: ExtractList
    count: int
    length: int
    head: str
    wrong: list[str]
    progress: declaring.Progress

    def entries(self) -> Iterator[Any]:
        """One after the other, with what the list says of each and its link, saying how far it is."""
        done = 0
        for block in self.listing.blocks():
            yield from block
            done += len(block)
            self.progress(done, self.count, _("Entries are read"))

    @property
    def statement(self) -> str:
        if self.wrong:
            words = ngettext(
                "The chain of %(length)s entries was checked: %(n)s fault.",
                "The chain of %(length)s entries was checked: %(n)s faults.",
                len(self.wrong),
            )
            return words % {"length": numbers.exact(self.length), "n": len(self.wrong)}
        return _(
            "The whole chain of %(length)s entries was checked: each entry is as it was written, none is missing, none was "
            "put in between. Whoever has the hash above can tell later whether the trail up to here is still the same."
        ) % {"length": numbers.exact(self.length)}

    def facts(self) -> list[tuple[str, Any]]:
        return [
            (_("Office"), office_settings().name),
            (_("Conditions"), self.listing.said() or _("none: the whole trail that the reader may see")),
            (_("Entries"), self.count),
            (_("Made"), f"{_moment(timezone.now())}　{self.viewer.name}"),
            (_("Entries in the chain"), self.length),
            (_("Hash at the head of the chain (SHA-256)"), self.head),
        ]


def about(wanted: declaring.Wanted) -> declaring.About:
    listing = AuditList(wanted.viewer, wanted.conditions)
    count = listing.queryset.order_by()[: MOST["xlsx"] + 1].count()
    lines = [
        (_("Conditions"), listing.said() or _("none: the whole trail that the reader may see")),
        (_("Entries"), numbers.exact(min(count, MOST["xlsx"]))),
    ]
    hindrance, forms = "", tuple(MOST)
    if count > MOST["xlsx"]:
        hindrance = _("An extract holds at most %(most)s entries. Narrow the trail, for example by days.") % {
            "most": numbers.exact(MOST["xlsx"])
        }
    elif count > MOST["pdf"]:
        forms = ("xlsx",)
        lines.append(("PDF", _("up to %(most)s entries") % {"most": numbers.exact(MOST["pdf"])}))
    return declaring.About(str(LABEL), tuple(lines), hindrance, forms)


def gather(wanted: declaring.Wanted) -> Extract:
    """Take what is new into the chain, walk the whole of it, then look at what is asked for."""
    wanted.progress(0, 0, _("The chain is checked"))
    chain.seal()
    wrong = chain.verify(lambda done: wanted.progress(done, 0, _("The chain is checked")))
    last = queries.head_of_chain()
    listing = ExtractList(wanted.viewer, wanted.conditions, last.entry_id if last else 0)
    count = listing.queryset.order_by().count()
    length, head = (last.position, last.hash) if last else (0, chain.START)
    return Extract(wanted.viewer, listing, count, length, head, wrong, wanted.progress)


def as_pdf(wanted: declaring.Wanted) -> bytes:
    extract = gather(wanted)
    rows = [[_cut(said) for said in _row(entry)] for entry in extract.entries()]
    wanted.progress(extract.count, extract.count, _("The document is being set"))
    return render(
        "extract",
        {
            "title": str(LABEL),
            "foot": _("Chain %(length)s: %(head)s") % {"length": extract.length, "head": extract.head[:16]},
            "facts": [[label, str(value)] for label, value in extract.facts()],
            "statement": extract.statement,
            "wrong": extract.wrong[:50],
            "head": [label for label, _kind, _width in _heads()[:8]],
            "rows": rows,
            "none": _("No entry matches these conditions."),
        },
        seconds=SECONDS,
    )


def as_xlsx(wanted: declaring.Wanted) -> Any:
    extract = gather(wanted)
    workbook = Workbook(str(LABEL), paper_now())
    lines = [*extract.facts(), (_("Check"), extract.statement), *((_("Fault"), one) for one in extract.wrong[:200])]
    workbook.facts(_("Overview"), str(LABEL), lines)
    rows = ([*_row(e)[:7], e.place, e.sealed, e.digest, e.request_id] for e in extract.entries())
    workbook.table(_("Entries"), _heads(), rows)
    return workbook.content()


def _heads() -> list[tuple[str, str, float]]:
    return [
        (_("No."), "whole", 10),
        (_("At"), "", 20),
        (_("Who"), "", 22),
        (_("Record"), "", 36),
        (_("Act"), "", 18),
        (_("What changed"), "", 60),
        (_("Reason"), "", 40),
        (_("Place in the chain"), "whole", 12),
        (_("Hash of the link"), "", 66),
        (_("Digest of the entry"), "", 66),
        (_("Number of the request"), "", 36),
    ]


def _row(entry: Any) -> list[Any]:
    about = f"{entry.label}（{entry.kind_word}）"
    place = f"{entry.place} {entry.sealed[:10]}" if entry.place else "–"
    return [entry.pk, _moment(entry.at), entry.who, about, entry.word, entry.summary, entry.why, place]


def _moment(moment) -> str:
    """To the second, in the reader's zone, named."""
    local = timezone.localtime(moment)
    return f"{format_date(local.date(), 'plain')} {local:%H:%M:%S} {local:%Z}"


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


LABEL = gettext_lazy("Extract of the audit trail")


def declare() -> None:
    declaring.kind(
        "audit-extract",
        label=LABEL,
        note=gettext_lazy(
            "The entries that the conditions of the list leave, field by field, with the head of the hash chain and what "
            "checking the whole chain found."
        ),
        seen_by=READERS,
        about=about,
        makers={"pdf": as_pdf, "xlsx": as_xlsx},
        back=reverse_lazy("setup:audit"),
    )
