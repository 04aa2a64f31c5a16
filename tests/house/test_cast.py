"""The cast is what it says: the demo office's people, each in their part."""

from governance.demo.cast import OFFICE_PEOPLE
from pmo_portal import access
from projects.register.models import Project


def test_the_cast_is_the_demo_offices(cast):
    for part, ja, en, *_rest in OFFICE_PEOPLE:
        person = getattr(cast, part)
        assert (person.email, person.name_ja, person.name_en) == (f"{part}@demo.example", ja, en)


def test_each_sees_the_projects_of_their_part(office):
    seen = {
        part: set(access.visible(person, Project).values_list("key", flat=True))
        for part, person in office.cast.everybody().items()
    }
    both, apollo, boreas, none = {"APOLLO", "BOREAS"}, {"APOLLO"}, {"BOREAS"}, set()
    assert seen == {
        "pm": apollo,
        "member": apollo,
        "pmo": both,
        "expert": both,
        "manager": both,
        "sponsor": both,
        "auditor": both,
        "admin": none,
        "outsider": boreas,
        "site_pmo": boreas,
        "core_reader": apollo,
        "nobody": none,
        "revoked": none,
        "expired": none,
        "coming": none,
        "substitute": apollo,
        "stood_in": none,
    }


def test_both_projects_are_asked_to_report_in_the_open_month(office):
    from pmo_portal import asks
    from pmo_portal.jobs import drain

    drain()
    assert office.period.state == "open"
    for person in (office.cast.pm, office.cast.outsider):
        assert asks.waiting(person).filter(kind="status.report").count() == 1
