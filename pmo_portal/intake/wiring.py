"""What intake hangs on the floor: its place in the menu, and what it tells people when long work has ended."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import asks, search
from pmo_portal.api import route
from pmo_portal.intake import editing, queries  # noqa: F401  editing declares itself
from pmo_portal.intake.api import ImportProfileViewSet, ImportViewSet
from pmo_portal.intake.models import ImportRun
from pmo_portal.pages import menu

menu.add(
    tier="administration",
    key="imports:list",
    label=gettext_lazy("Imports"),
    icon="upload",
    url_name="imports:list",
    order=30,
    seen_by=("administrator", "manager", "auditor"),
    count=lambda viewer: queries.runs(viewer).filter(state=ImportRun.State.PREVIEWED, by=viewer.pk),
)

asks.notice(
    "intake.previewed",
    lambda params: (
        _("The preview of %(file)s is ready: %(count)s rows.") % {"file": params["file"], "count": params["count"]}
    ),
    label=gettext_lazy("The preview of an import is ready"),
)
asks.notice(
    "intake.applied",
    lambda params: _("%(file)s was applied: %(count)s rows.") % {"file": params["file"], "count": params["count"]},
    label=gettext_lazy("An import was applied"),
)

route("imports", ImportViewSet, "imports")
route("import-profiles", ImportProfileViewSet, "import-profiles")


def find_runs(viewer, words: str) -> list[search.Hit]:
    """By number, "J-3", or by the name of the file."""
    found = search.numbered(queries.runs(viewer), words, "J", "file_name", number="pk")
    return [
        search.Hit(r.file_name, queries.address_of(r), r.get_state_display(), "upload", f"J-{r.pk}") for r in found[:4]
    ]


search.source("imports", label=gettext_lazy("Imports"), find=find_runs, order=55)
