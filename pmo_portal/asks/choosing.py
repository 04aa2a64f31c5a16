"""How people are told: what the office has chosen, what each person has, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.asks import timing
from pmo_portal.asks.kinds import notices
from pmo_portal.asks.models import NoticeChoice, NoticeDefault

Chosen = Mapping[str, Mapping[str, str]]  # kind → way → when


def timings_of(person, kind: str) -> dict[str, str]:
    """Way → when `person` is told of things of this kind."""
    told = notices.get(kind)
    own = NoticeChoice.objects.filter(person_id=person.pk, kind=kind).first()
    office = NoticeDefault.objects.filter(kind=kind).first()
    chosen = [row.chosen() for row in (own, office) if row]
    if told is None:  # a kind of a room that has gone: it stays where one can read it
        return {timing.IN_APP: timing.ONCE, timing.MAIL: timing.OFF, timing.CHAT: timing.OFF}
    return timing.resolve(told.standard, *chosen, mandatory=bool(told.mandatory))


def own_choices(person) -> dict[str, dict[str, str]]:
    return {row.kind: row.chosen() for row in NoticeChoice.objects.filter(person_id=person.pk)}


def office_choices() -> dict[str, dict[str, str]]:
    return {row.kind: row.chosen() for row in NoticeDefault.objects.all()}


def in_force(office: Chosen) -> dict[str, dict[str, str]]:
    """What holds for whoever has not chosen themselves."""
    return {
        key: timing.resolve(told.standard, office.get(key, {}), mandatory=bool(told.mandatory))
        for key, told in notices.items()
    }


@transaction.atomic
def choose(person, chosen: Chosen) -> int:
    """What a person sets for themselves; ways and kinds that are not named stay. Returns how many kinds changed."""
    return sum(_set(NoticeChoice, kind, given, by=person, person_id=person.pk) for kind, given in chosen.items())


@transaction.atomic
def choose_for_office(chosen: Chosen, *, by) -> int:
    """What holds for everybody who has not chosen. Returns how many kinds changed."""
    access.require(by, "edit", NoticeDefault())
    return sum(_set(NoticeDefault, kind, given, by=by) for kind, given in chosen.items())


@transaction.atomic
def turn_off(person, kinds, channel: str = timing.MAIL) -> list[str]:
    """No more of these kinds by this way; of what is mandatory nothing changes. Returns the kinds that are off now."""
    wanted = [k for k in kinds if k in notices and timing.OFF in notices[k].offered(channel)]
    choose(person, {kind: {channel: timing.OFF} for kind in wanted})
    return wanted


def _set(model, kind: str, given: Mapping[str, str], *, by, **whose) -> bool:
    _require_offered(kind, given)
    row = model.objects.select_for_update().filter(kind=kind, **whose).first()
    if row is None:
        if any(given.values()):
            audit.create(model(kind=kind, **whose, **given), by=by)
        return any(given.values())
    if all(getattr(row, channel) == when for channel, when in given.items()):
        return False
    with audit.change(row, "changed", by=by) as current:
        for channel, when in given.items():
            setattr(current, channel, when)
    return True


def _require_offered(kind: str, given: Mapping[str, str]) -> None:
    if kind not in notices:
        raise ValidationError(_("There is no such kind of notice."), code="unknown")
    for channel, when in given.items():
        if when and when not in notices[kind].offered(channel):
            said = _("“%(kind)s” cannot be turned off. %(why)s")
            told = {"kind": notices[kind].label, "why": notices[kind].mandatory}
            raise ValidationError(said % told, code="mandatory")
