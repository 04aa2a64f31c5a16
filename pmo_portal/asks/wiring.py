"""What the floor itself tells people."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.asks import timing
from pmo_portal.asks.kinds import notice
from pmo_portal.asks.letters import facts_of, shown
from pmo_portal.asks.queries import numbered
from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.localised import pick


def _title(params: dict) -> str:
    found = numbered(params.get("ask"))
    return shown(found)["title"] if found else _("An ask that has gone")


def _who(params: dict) -> str:
    return pick(params.get("who_ja", ""), params.get("who_en", ""))


def reminder(params: dict) -> str:
    return _("Reminder from %(who)s: %(title)s") % {"who": _who(params), "title": _title(params)}


def reminder_lines(params: dict) -> list[str]:
    """By when, why, how long it takes, and the words of whoever reminds."""
    found = numbered(params.get("ask"))
    facts = facts_of(shown(found)) if found else []
    return [*facts, *(line for line in params.get("text", "").splitlines() if line.strip())]


def due(params: dict) -> str:
    """A rung of the ladder; said in the present: an ask that was given more time is not called overdue."""
    found = numbered(params.get("ask"))
    if found is None or found.due_at is None:
        return _("Reminder: %(title)s") % {"title": _title(params)}
    pattern = _("Overdue since %(day)s: %(title)s") if found.due_at < timezone.now() else _("Due %(day)s: %(title)s")
    return pattern % {"day": format_date(timezone.localdate(found.due_at), "full"), "title": _title(params)}


def escalation(params: dict) -> str:
    return _("Overdue with %(who)s: %(title)s") % {"who": _who(params), "title": _title(params)}


def answered(params: dict) -> str:
    pattern = _("%(who)s declined: %(title)s") if params.get("declined") else _("%(who)s has done: %(title)s")
    text = pattern % {"who": _who(params), "title": _title(params)}
    return f"{text} — {params['text']}" if params.get("text") else text


YOUR_WORK = gettext_lazy("It is about what is asked of you.")

notice("asks.due", due, label=gettext_lazy("Reminder before and after a due date"), mandatory=YOUR_WORK)
notice(
    "asks.reminder",
    reminder,
    label=gettext_lazy("Reminder that a person sends"),
    lines=reminder_lines,
    mandatory=YOUR_WORK,
    mail=timing.ONCE,
)
notice(
    "asks.escalation",
    escalation,
    label=gettext_lazy("Something is overdue below you"),
    mandatory=gettext_lazy("Who answers for the work has to hear of it."),
)
notice("asks.answered", answered, label=gettext_lazy("Answer to what you asked for"))
