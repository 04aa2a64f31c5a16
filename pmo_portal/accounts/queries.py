"""Reading people's own things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from pmo_portal.accounts.models import ApiToken, OrgUnit, OrgUnitPlacement, Person, Substitute
from pmo_portal.accounts.tree import from_the_top
from pmo_portal.i18n.localised import english_order, reads_english
from pmo_portal.i18n.text import to_hiragana, to_katakana

R = TypeVar("R", bound=Model)


def office_is_empty() -> bool:
    """Whether nobody is there yet, so that the first page makes the first administrator."""
    return not Person.objects.exists()


def themselves(viewer) -> Person:
    """The viewer's own record: what a request carries is a stand-in that is no model to the trail."""
    return Person.objects.get(pk=viewer.pk)


def people_in_use() -> QuerySet[Person]:
    """Everybody who can be named in a form: a name is known to all, only those who have gone from the books are not."""
    return Person.objects.filter(archived_at=None)


def people_who_sign_in() -> QuerySet[Person]:
    """Those whom an ask reaches: they have a desk, and an address that letters go to."""
    return people_in_use().filter(is_active=True).exclude(email=None)


def people_with_account() -> QuerySet[Person]:
    """Those who can sign in today, as `Person.has_account` says."""
    no_password = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return people_who_sign_in().exclude(no_password, last_login=None)


CHOOSABLE: dict[str, Callable[[], QuerySet[Person]]] = {
    "all": people_in_use,
    "reached": people_who_sign_in,
    "account": people_with_account,
}


def choosable(of: str, but: Iterable[int] = ()) -> QuerySet[Person]:
    """Those whom a list to choose from offers, as the reader looks for a name."""
    return CHOOSABLE[of]().exclude(pk__in=but).order_by(*name_order())


def name_order(path: str = "") -> list:
    """How a reader looks for a name: in Japanese by its reading, in English as it is written."""
    before = f"{path}__" if path else ""
    if not reads_english():
        return [f"{before}kana", f"{before}name_ja", f"{before}pk"]
    return [english_order(before).asc(), f"{before}pk"]


def with_people(record: R, *names: str) -> R:
    """The record with its people under `names` at hand, read by one query: to join the same table once for each of them
    takes the database longer to plan than all the rest."""
    wanted = {pk for pk in (getattr(record, f"{name}_id") for name in names) if pk}
    found = Person.objects.in_bulk(wanted) if wanted else {}
    for name in names:
        setattr(record, name, found.get(getattr(record, f"{name}_id")))
    return record


def units_in_use() -> QuerySet[OrgUnit]:
    return OrgUnit.objects.filter(archived_at=None)


INDENT = "\u2003"  # one for each level; a list to choose from would swallow ordinary blanks


def units_as_tree() -> list[tuple[OrgUnit, str]]:
    """The units in use as they hang today, each with its name indented. Two queries."""
    today = timezone.localdate()
    held = OrgUnitPlacement.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    units = {unit.pk: unit for unit in units_in_use().order_by("code")}
    drawn = from_the_top(dict(held.values_list("unit_id", "parent_id")), units)
    return [(units[pk], f"{INDENT * depth}{units[pk].name}") for pk, depth in drawn]


def address_is_taken(email: str, person: Person | None) -> bool:
    """Whether somebody else than `person` has this address."""
    others = Person.objects.exclude(pk=person.pk) if person else Person.objects.all()
    return others.filter(email=email).exists()


def people_like(words: str, of: str = "all", but: Iterable[int] = (), most: int = 20) -> list[Person]:
    """The people to choose from while somebody types."""
    return list(choosable(of, but).filter(named(words))[:most])


def named(words: str) -> Q:
    """The condition that each word is part of a person's name, reading (in either kana) or address."""
    asked = Q()
    for word in words.split()[:5]:
        asked &= (
            Q(name_ja__icontains=word)
            | Q(name_en__icontains=word)
            | Q(kana__icontains=to_hiragana(word))
            | Q(kana__icontains=to_katakana(word))
            | Q(email__icontains=word)
        )
    return asked


def called(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those whom `text` names: as `Person.call_name` writes them, by address, or by the whole name."""
    name, _mark, number = text.rpartition("#")
    if name and number.isascii() and number.isdigit() and len(number) < 15:
        return people.filter(pk=int(number))
    _name, mark, rest = text.rpartition("<")
    address = (rest.rstrip("> ") if mark else text).strip().lower()
    if "@" in address:
        return people.filter(email=address)
    return people.filter(Q(name_ja=text) | Q(name_en__iexact=text))


def own_tokens(person: Person) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(person=person, revoked_at=None).order_by("-pk")


def substitutions(person: Person) -> dict[str, Any]:
    """Who stands in for a person and for whom they stand in: what runs or comes, and the last ones that are over."""
    today = timezone.localdate()
    live = Substitute.objects.filter(archived_at=None, ends_on__gte=today).select_related("person", "substitute")
    over = Substitute.objects.filter(person=person, archived_at=None, ends_on__lt=today).select_related("substitute")
    return {
        "mine": list(live.filter(person=person).order_by("starts_on")),
        "others": list(live.filter(substitute=person).order_by("starts_on")),
        "over": list(over.order_by("-ends_on")[:5]),
        "today": today,
    }
