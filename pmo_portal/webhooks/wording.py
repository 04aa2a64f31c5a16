"""Why a message did not arrive, in words."""

from django.utils.translation import gettext_lazy as _

FAULTS = {
    "scheme": _("Only https:// addresses are told."),
    "nonsense": _("This is no address of a program: https://host/path, without a user's name."),
    "private": _(
        "This address lies in a private network, which is refused. The system administrator can allow its host."
    ),
    "unknown_host": _("There is no host of this name."),
    "slow": _("No answer within 10 seconds."),
    "unreachable": _("The connection failed."),
    "tls": _("Its certificate cannot be trusted."),
    "redirected": _("It leads elsewhere; redirects are not followed."),
    "status": _("It answered that it does not take the message."),
}
