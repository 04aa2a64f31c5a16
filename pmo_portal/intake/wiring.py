"""What intake hangs on the floor: what it tells people when long work has ended."""

from django.utils.translation import gettext as _

from pmo_portal import asks

asks.notice(
    "intake.previewed",
    lambda params: (
        _("The preview of %(file)s is ready: %(count)s rows.") % {"file": params["file"], "count": params["count"]}
    ),
)
asks.notice(
    "intake.applied",
    lambda params: _("%(file)s was applied: %(count)s rows.") % {"file": params["file"], "count": params["count"]},
)
