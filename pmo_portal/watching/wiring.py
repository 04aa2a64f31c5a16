"""What is told of what one watches and of being named, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import asks
from pmo_portal.asks import timing
from pmo_portal.audit.wording import ACTIONS, OF_A_KIND
from pmo_portal.i18n.localised import pick


def _said(params: dict) -> dict[str, str]:
    action = params.get("action", "")
    who = pick(params.get("who_ja", ""), params.get("who_en", ""))
    return {
        "record": pick(params.get("label_ja", ""), params.get("label_en", "")),
        "action": str(OF_A_KIND.get((params.get("kind", ""), action)) or ACTIONS.get(action, action)),
        "who": who or _("The portal"),
    }


def changed(params: dict) -> str:
    count = params.get("count", 1)
    if count == 1:
        return _("%(record)s: %(action)s (%(who)s)") % _said(params)
    pattern = ngettext(
        "%(record)s: %(count)s change, the last one: %(action)s (%(who)s)",
        "%(record)s: %(count)s changes, the last one: %(action)s (%(who)s)",
        count,
    )
    return pattern % {**_said(params), "count": count}


def mentioned(params: dict) -> str:
    return _("%(who)s names you at %(record)s") % _said(params)


asks.notice("watching.changed", changed, label=gettext_lazy("Something you watch changes"), rechecked=True)
asks.notice(
    "watching.mentioned",
    mentioned,
    label=gettext_lazy("Somebody names you with @"),
    lines=lambda params: [params["text"]] if params.get("text") else [],
    mail=timing.ONCE,
    rechecked=True,
)
