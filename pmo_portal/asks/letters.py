"""Writing letters: in the reader's language, plain and HTML, outside their quiet hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from email.utils import formataddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pmo_portal.asks import ending
from pmo_portal.asks.bounces import does_bounce
from pmo_portal.asks.kinds import kinds, notices
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.asks.outbox import queue_letter
from pmo_portal.asks.queries import readers_of
from pmo_portal.i18n.dates import format_moment
from pmo_portal.periods.queries import company_days, office_settings, works_on

MOST_DAYS_OFF = 31  # in a row; whoever is away for longer finds the letter in the inbox


def absolute(url: str) -> str:
    return f"{settings.SITE_URL}{url}" if url.startswith("/") else url


def text_of(item: InboxItem) -> str:
    """What an inbox item says, in the active language."""
    told = notices.get(item.kind)
    return str(told.text(item.params)) if told else item.kind


def lines_of(item: InboxItem) -> list[str]:
    """What stands below it in a letter."""
    told = notices.get(item.kind)
    return [str(line) for line in told.lines(item.params)] if told else []


def facts_of(row: dict) -> list[str]:
    """By when, why, and about how long it takes: what a letter about an ask (`shown`) says, in the active language."""
    lines = []
    if row["due_at"]:
        moment = format_moment(row["due_at"])
        days = (timezone.localdate() - timezone.localdate(row["due_at"])).days
        if not row["is_late"]:
            lines.append(_("Due %(moment)s.") % {"moment": moment})
        elif days:
            late = ngettext(
                "It was due %(moment)s, %(count)s day ago.", "It was due %(moment)s, %(count)s days ago.", days
            )
            lines.append(late % {"moment": moment, "count": days})
        else:
            lines.append(_("It was due %(moment)s.") % {"moment": moment})
    if row["why"]:
        lines.append(row["why"])
    lines.append(_("It takes about %(n)s min.") % {"n": row["minutes"]})
    return lines


def reader_of(ask: Ask):
    """Who reads what is sent about an ask today: the person, or the first who stands in for them."""
    return next(iter(readers_of(ask)), ask.person)


def preview_reminder(ask: Ask, by, text: str) -> dict:
    """The letter that reminding by hand would send: to the person or who stands in for them, in the receiver's language
    and clock."""
    person = reader_of(ask)
    params = {"ask": ask.pk, "who_ja": by.name_ja, "who_en": by.name_en, "text": text}
    told = notices["asks.reminder"]
    with translation.override(person.language), timezone.override(ZoneInfo(person.timezone)):
        return {
            "person": person,
            "language": person.language,
            "greeting": person.name,
            "subject": str(told.text(params)),
            "lines": [str(line) for line in told.lines(params)],
            "verb": shown(ask)["verb"],
            "after": good_moment(person, timezone.now()),
        }


def shown(ask: Ask) -> dict:
    """An ask as pages and letters show it, in the active language."""
    kind = kinds[ask.kind]
    return {
        "ask": ask,
        "title": str(kind.title(ask)),
        "why": str(kind.why(ask)),
        "url": kind.url(ask),
        "verb": str(kind.verb or pgettext("verb", "Open")),
        "minutes": ask.minutes,
        "due_at": ask.due_at,
        "is_late": bool(ask.due_at and ask.due_at < timezone.now()),
    }


def good_moment(person, moment: datetime, days_off: dict[date, str] | None = None) -> datetime:
    """`moment`, or the first one after it that lies on a working day of the person's calendar outside their quiet hours."""
    office, zone = office_settings(), ZoneInfo(person.timezone)
    start = person.quiet_from if person.quiet_from is not None else office.quiet_from
    end = person.quiet_until if person.quiet_until is not None else office.quiet_until
    local = moment.astimezone(zone)
    if in_quiet(local.time(), start, end):
        day = local.date() + timedelta(days=1 if start > end and local.time() >= start else 0)
        local = datetime.combine(day, end, tzinfo=zone)
    day, days_off = local.date(), company_days() if days_off is None else days_off
    for _day in range(MOST_DAYS_OFF):
        if works_on(person, day, days_off):
            break
        day += timedelta(days=1)
    return (
        local if day == local.date() else datetime.combine(day, end if start != end else office.digest_at, tzinfo=zone)
    )


def in_quiet(clock: time, start: time, end: time) -> bool:
    """Whether a time lies in a span that may pass midnight."""
    return start <= clock < end if start <= end else clock >= start or clock < end


def write(
    person,
    template: str,
    context: dict,
    *,
    subject: str,
    key: str,
    not_before: datetime | None = None,
    headers: dict[str, str] | None = None,
) -> bool:
    """Render and queue one letter; False when it was written before, the person has no address, or letters come back."""
    if not person.is_reached or does_bounce(person.email):
        return False
    context = {"person": person, "office": office_settings(), "site": settings.SITE_URL, **context}
    letter = queue_letter(
        address=person.email,
        person=person,
        subject=subject,
        key=key,
        not_before=not_before,
        headers=headers,
        text=render_to_string(f"mail/{template}.txt", context),
        html=render_to_string(f"mail/{template}.html", context),
    )
    return letter is not None


def letter_for_item(item: InboxItem) -> bool:
    """One item at once, at a good moment for its reader."""
    person = item.person
    with translation.override(person.language), timezone.override(ZoneInfo(person.timezone)):
        text = text_of(item)
        return write(
            person,
            "notice",
            {
                "text": text,
                "lines": lines_of(item),
                "url": absolute(item.url or "/inbox/"),
                "answers_to": answers_to(item),
                "ending": ending.address_of(person, [item.kind]),
            },
            subject=text,
            key=f"item:{item.pk}",
            not_before=good_moment(person, timezone.now()),
            headers=headers_of(item),
        )


def answers_to(item: InboxItem):
    """Who asks, or did what is told, where an answer reaches them and is not one's own."""
    return item.by if item.by and item.by.is_reached and item.by_id != item.person_id else None


def headers_of(item: InboxItem) -> dict[str, str]:
    """How a letter of its own is answered, which letters it belongs to, how its kind is ended."""
    found = ending.headers_of(item.person, [item.kind])
    if other := answers_to(item):
        found["Reply-To"] = formataddr((other.name, other.email))
    if item.content_type_id:
        kind = item.content_type
        thread = f"<{kind.app_label}.{kind.model}.{item.object_id}@{urlsplit(settings.SITE_URL).hostname}>"
        found |= {"In-Reply-To": thread, "References": thread}
    return found


def digest_key(person, day: date) -> str:
    return f"digest:{person.pk}:{day}"


def write_digest(person, day: date, asks: list[Ask], items: list[InboxItem]) -> bool:
    """The day's one letter: what is asked, what is new."""
    with translation.override(person.language), timezone.override(ZoneInfo(person.timezone)):
        rows = [shown(a) for a in asks]
        for row in rows:
            row["absolute"] = absolute(row["url"])
            row["for_other"] = row["ask"].person if row["ask"].person_id != person.pk else None
        news = [{"text": text_of(i), "url": absolute(i.url or "/inbox/")} for i in items]
        late = sum(row["is_late"] for row in rows)
        if rows:
            subject = ngettext(
                "%(count)s ask waiting, %(late)s overdue", "%(count)s asks waiting, %(late)s overdue", len(rows)
            ) % {"count": len(rows), "late": late}
        else:
            subject = ngettext("%(count)s new thing for you", "%(count)s new things for you", len(news)) % {
                "count": len(news)
            }
        kinds_told = [item.kind for item in items]
        context = {"rows": rows, "news": news, "day": day, "ending": ending.address_of(person, kinds_told)}
        headers = ending.headers_of(person, kinds_told)
        return write(person, "digest", context, subject=subject, key=digest_key(person, day), headers=headers)
