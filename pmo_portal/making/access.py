"""Whoever ordered a file sees it, nobody else: it holds what they may see."""

from pmo_portal import access
from pmo_portal.making.models import MadeFile


@access.predicate
def ordered_it(viewer, made):
    return made is not None and made.by_id == viewer.pk


@access.register
class MadeFileAccess(access.Access):
    model = MadeFile
    mine = ("by",)
    can = {"remove": ordered_it}
