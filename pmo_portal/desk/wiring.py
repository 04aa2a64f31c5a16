"""My desk's place in the menu, and what the palette finds without any room: asks, things to do, pages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal import search
from pmo_portal.asks.letters import shown
from pmo_portal.asks.queries import waiting
from pmo_portal.i18n import glossary
from pmo_portal.i18n.localised import pick
from pmo_portal.i18n.text import fold
from pmo_portal.pages import menu

ASKS_LOOKED_THROUGH = 60

menu.add(
    tier="desk",
    key="desk:desk",
    label=_("My desk"),
    icon="layout-list",
    url_name="desk:desk",
    order=0,
    go="D",
    phone=True,
    count=waiting,
)


def find_to_do(viewer, words: str) -> list[search.Hit]:
    """The viewer's open asks whose title or verb has the words (without words the first three), then commands."""
    wanted = [fold(word) for word in words.split()]
    asks = []
    for ask in waiting(viewer)[: ASKS_LOOKED_THROUGH if words else 3]:
        row = shown(ask)
        said = fold(f"{row['verb']} {row['title']}")
        if all(word in said for word in wanted):
            asks.append(search.Hit(row["title"], row["url"], row["verb"], "clipboard-check"))
    return asks[:5] + search.find_commands(viewer, words) + search.find_actions(viewer, words)[:4]


def find_pages(viewer, words: str) -> list[search.Hit]:
    """Rooms of the navigation, and the person's own pages."""
    if not words:
        return []
    own = [(_("Inbox"), "bell", "desk:inbox"), (_("Profile and sign-in"), "user", "desk:profile")]
    own += [(_("How you are told"), "bell", "desk:notices"), (_("What you watch"), "eye", "watching:list")]
    own += [(_("Running work"), "clock", "desk:work"), (_("Glossary"), "book", "desk:glossary")]
    rooms = [(entry.label, entry.icon, entry.url_name) for entry in menu.entries(viewer)]
    return [
        search.Hit(str(label), reverse(url_name), icon=icon)
        for label, icon, url_name in rooms + own
        if search.is_called(label, words)
    ]


search.source("to_do", label=_("To do"), find=find_to_do, order=0)
search.source("pages", label=_("Pages"), find=find_pages, order=90)


def find_terms(viewer, words: str) -> list[search.Hit]:
    """Terms of the glossary by their name in either language."""
    if len(words) < 2:
        return []
    wanted = fold(words)
    named = [t for t in glossary.terms() if wanted in fold(t.english) or wanted in fold(t.japanese)]
    address = reverse("desk:glossary")
    return [
        search.Hit(pick(t.japanese, t.english), f"{address}#{t.anchor}", pick(t.english, t.japanese), "book")
        for t in named[:4]
    ]


search.source("terms", label=_("Terms"), find=find_terms, order=95)
