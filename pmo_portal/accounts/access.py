"""Who sees people and units: everybody knows who is there; only the administrator changes it."""

from pmo_portal import access
from pmo_portal.accounts.models import ApiToken, OrgUnit, Person, Substitute


@access.predicate
def is_self(viewer, person):
    return person is not None and person.pk == viewer.pk


@access.predicate
def is_somebody_else(viewer, person):
    return person is not None and person.pk != viewer.pk


@access.predicate
def is_absent_person(viewer, substitute):
    return substitute is not None and substitute.person_id == viewer.pk


@access.register
class PersonAccess(access.Access):
    model = Person
    seen_by = access.EVERYONE
    can = {
        "edit": access.roles("sysadmin"),
        "invite": access.roles("sysadmin"),
        "see_as": access.roles("sysadmin") & is_somebody_else,
        "end_tokens": access.roles("sysadmin"),
        "see_grants": access.roles("sysadmin", "auditor", "manager", "administrator") | is_self,
        "name_substitute": access.roles("sysadmin", "administrator") | is_self,
    }


@access.register
class OrgUnitAccess(access.Access):
    model = OrgUnit
    seen_by = access.EVERYONE
    can = {"edit": access.roles("sysadmin")}


@access.register
class SubstituteAccess(access.Access):
    model = Substitute
    seen_by = ("administrator", "manager", "sysadmin", "auditor")
    mine = ("person", "substitute")
    can = {"end": access.roles("sysadmin", "administrator") | is_absent_person}


@access.register
class ApiTokenAccess(access.Access):
    """A key is its owner's; that an administrator may end it stands with the person."""

    model = ApiToken
    mine = ("person",)
