"""What making hangs on the floor: the word when a file is ready."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import asks

asks.notice(
    "making.ready",
    lambda params: _("“%(title)s” is ready") % params,
    label=gettext_lazy("Files made for you"),
)
