"""A mapping that somebody saved is found by the heads of the next file, and it is said that it was."""

from __future__ import annotations

import pytest

from pmo_portal import jobs
from pmo_portal.intake import actions, queries, suiting
from tests.projects.status.importing.sheets import csv_bytes

ROWS = [["Ding", "Betrag 2026", "Wer", "Bemerkung"], ["Apollo", "12", "DfT", "x"], ["Boreas", "13", "MoJ", "y"]]


@pytest.mark.parametrize(
    ("heads", "suits"),
    [
        (["Ding", "Betrag 2027", "Wer", "Bemerkung"], True),
        (["Wer", "Ding", "Betrag（千円）", "Bemerkung", "Neu"], True),
        (["Ding", "Betrag"], False),
        (["Ding"], False),
        (["Name", "Budget", "Department"], False),
        ([], False),
    ],
)
def test_most_names_of_both_have_to_be_the_same(heads, suits):
    offered = [("other", {"columns": [{"field": "name", "heads": ["Name"]}]}), ("ours", {"seen_heads": ROWS[0]})]
    assert (suiting.best(heads, offered) == "ours") is suits


def test_a_profile_of_before_is_known_by_the_names_of_its_columns():
    old = {"columns": [{"field": "name", "heads": ["Ding", "name"]}, {"field": "budget", "heads": ["Betrag"]}]}
    assert suiting.likeness(["Betrag", "Ding"], old) == 1


@pytest.fixture
def profile(receive, office):
    run = receive(ROWS, on=None, profile=None)
    actions.set_mapping(run, by=office.cast.pmo, columns={0: "name", 1: "approved_budget", 2: "department"})
    jobs.drain(strict=True)
    run.refresh_from_db()
    actions.set_column(run, by=office.cast.pmo, column=1, unit="thousand")
    jobs.drain(strict=True)
    run.refresh_from_db()
    profile = actions.save_profile(run, by=office.cast.pmo, name="Dinge")
    actions.discard(run, by=office.cast.pmo)
    return profile


NEXT = [["Ding", "Betrag 2027", "Wer", "Bemerkung"], ["Castor", "7", "MOD", ""]]


def budget(run):
    return next((c.value for row in queries.rows(run) for c in row.cells if c.field == "approved_budget"), None)


@pytest.mark.django_db
def test_the_next_file_is_read_by_it_and_says_so(profile, receive, office, client, settings):
    run = receive(NEXT, on=None, profile=None)
    assert (run.profile, budget(run)) == (profile, 7000)
    client.force_login(office.cast.pmo)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    address = run.get_absolute_url()
    assert "Its columns are those of the profile “Dinge”, so it is read by that." in client.get(address).text
    client.post(f"{address}profile/choice/", {"version": run.version})
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert run.profile is None and budget(run) is None
    assert "Its columns are those of" not in client.get(address).text
    client.post(f"{address}profile/choice/", {"profile": profile.pk})
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert budget(run) == 7000
    assert "Columns are read by the profile “Dinge”." in client.get(address).text


@pytest.mark.django_db
def test_what_somebody_chose_is_kept_and_what_is_out_of_use_is_not_found(profile, receive, office):
    assert receive(NEXT, on=None, profile="projects").profile.name == "projects"
    actions.archive_profile(profile, by=office.cast.pmo, reason="old")
    assert receive(NEXT, on=None, profile=None).profile is None


@pytest.mark.django_db
def test_a_profile_for_something_else_is_refused(profile, receive, office):
    run = receive(csv_bytes(NEXT), on=None, profile=None)
    profile.target = "other"
    with pytest.raises(actions.ValidationError):
        actions.set_profile(run, by=office.cast.pmo, profile=profile)
