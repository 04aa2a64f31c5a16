"""Campaigns and the answers to them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import (
    Count,
    Q,
    QuerySet,
)
from django.utils.translation import gettext as _

from administration.collection.models import Campaign, CampaignReply
from pmo_portal import access
from pmo_portal.access.tree import office, widest
from pmo_portal.accounts.queries import name_order
from pmo_portal.asks.models import Ask
from pmo_portal.i18n.numbers import group
from projects.register.models import Project


def campaigns(viewer) -> QuerySet[Campaign]:
    return access.visible(viewer, Campaign).filter(archived_at=None).select_related("owner")


def running_campaigns(viewer, most: int = 5) -> list[Campaign]:
    """Open campaigns with how many have answered, the next due first. One query."""
    return list(with_answers(campaigns(viewer)).filter(state=Campaign.State.OPEN).order_by("due_at")[:most])


def with_answers(found: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Adds how many replies are waited for and how many are in."""
    return found.annotate(
        waiting=Count("replies", filter=Q(replies__state=CampaignReply.State.WAITING)),
        answered=Count("replies", filter=Q(replies__state=CampaignReply.State.ANSWERED)),
    )


def replies_of(campaign: Campaign) -> QuerySet[CampaignReply]:
    return campaign.replies.select_related("project__pm", "project__scope", "answered_by", "campaign")


def waiting_asks(viewer, campaign: Campaign, ids: list[int] | None = None) -> list[tuple[CampaignReply, Ask]]:
    """Replies that are still waited for, with the ask each is waited for by."""
    waiting = access.visible(viewer, CampaignReply).filter(campaign=campaign, state=CampaignReply.State.WAITING)
    if ids is not None:
        waiting = waiting.filter(pk__in=ids[:500])
    replies = {f"campaign:{r.pk}": r for r in waiting.select_related("project__pm", "project__scope")[:500]}
    asks = Ask.objects.filter(key__in=replies, state=Ask.State.OPEN).select_related("person", "scope")
    return [(replies[a.key], a) for a in asks.order_by(*name_order("person"), "pk")]


def told_answer(question, value) -> str:
    """An answer as people read it."""
    if value in (None, ""):
        return ""
    if question.kind == question.Kind.YESNO:
        return _("Yes") if value == "yes" else _("No")
    if question.kind == question.Kind.NUMBER:
        from decimal import Decimal

        number = Decimal(str(value))
        return group(number, max(0, -number.normalize().as_tuple().exponent))
    return str(value)


def reply_states(viewer, campaign: Campaign) -> dict[str, int]:
    """How many replies stand in each state, of those the viewer may see. One query."""
    seen = access.visible(viewer, CampaignReply).filter(campaign=campaign)
    counts = dict(seen.values_list("state").annotate(n=Count("pk")).order_by())
    return {state: counts.get(state, 0) for state in CampaignReply.State.values}


def summary(viewer, campaign: Campaign) -> list[dict]:
    """What the answers come to, question by question: counts of choices and yes or no, sum and span of numbers, span
    of dates, how many wrote something. One query over the answers."""
    seen = access.visible(viewer, CampaignReply).filter(campaign=campaign, state=CampaignReply.State.ANSWERED)
    answers = list(seen.values_list("answers", flat=True)[:5000])
    return [
        told_summary(q, [a[str(q.number)] for a in answers if a.get(str(q.number))]) for q in campaign.questions.all()
    ]


def told_summary(question, values: list[str]) -> dict:
    """One question's answers in a line: `counts` with shares to draw, or `words`."""
    from decimal import Decimal

    from pmo_portal.i18n.dates import format_date

    kind, found = question.Kind, {"question": question, "count": len(values), "counts": [], "words": ""}
    if question.kind in (kind.CHOICE, kind.YESNO):
        options = question.choices if question.kind == kind.CHOICE else ["yes", "no"]
        counted_values = Counter(values)
        found["counts"] = [
            {
                "label": told_answer(question, option),
                "count": counted_values[option],
                "share": round(counted_values[option] * 100 / len(values), 1) if values else 0,
            }
            for option in options
        ]
    elif values and question.kind == kind.NUMBER:
        numbers = sorted(Decimal(v) for v in values)
        found["words"] = _("sum %(sum)s, from %(low)s to %(high)s") % {
            "sum": told_answer(question, sum(numbers)),
            "low": told_answer(question, numbers[0]),
            "high": told_answer(question, numbers[-1]),
        }
    elif values and question.kind == kind.DATE:
        days = sorted(datetime.fromisoformat(v).date() for v in values)
        found["words"] = _("from %(low)s to %(high)s") % {
            "low": format_date(days[0], "plain"),
            "high": format_date(days[-1], "plain"),
        }
    return found


def projects_asked(campaign: Campaign) -> list[Project]:
    """The projects of a draft, as they were chosen."""
    return list(Project.objects.filter(campaign_replies__campaign=campaign).order_by("key"))


def campaign_place(viewer):
    """Where a campaign of this person's own stands: the office, else the place of their role; None: nowhere."""
    roles, held = ("administrator", "manager", "expert"), access.reach(viewer)
    if held.everywhere(roles):
        return office()
    return widest(held.scopes_of(roles))
