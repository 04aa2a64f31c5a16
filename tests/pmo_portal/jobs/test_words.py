"""Work is shown to people in their language; its technical name stands aside."""

import re

import pytest
from django.utils.translation import override

from pmo_portal import jobs
from pmo_portal.i18n.text import has_japanese
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.jobs.registry import known, told

pytestmark = pytest.mark.django_db
HOUSE = ("pmo_portal.", "projects.", "administration.", "expertise.", "governance.")


def of_the_house() -> list[str]:
    return [name for name in known if name.startswith(HOUSE)]


def test_every_job_of_the_house_has_a_label_in_both_languages():
    for name in of_the_house():
        with override("en"):
            assert jobs.label_of(name) != name, f"@jobs.job(label=…) is missing at {name}"
        with override("ja"):
            assert has_japanese(jobs.label_of(name)), name


def test_every_periodic_task_puts_its_result_into_words():
    for name in jobs.periodics:
        jobs.submit(name)
    jobs.drain(strict=True)
    for name in jobs.periodics:
        job = Job.objects.filter(name=name).latest("pk")
        with override("ja"):
            assert job.said and "{" not in job.said, name


def test_a_result_of_an_earlier_version_is_passed_over():
    assert told("pmo_portal.asks.send_mail", {"what was counted then": 3}) == ""
    assert told("nobody.knows", {"n": 1}) == ""


def test_the_page_of_periodic_tasks_names_them_for_people(office, client):
    client.force_login(office.cast.admin)
    client.cookies["django_language"] = "ja"
    jobs.tick()
    jobs.drain(strict=True)
    page = client.get("/setup/work/").text
    for run in PeriodicRun.objects.filter(name__in=jobs.periodics):
        assert jobs.label_of(run.name) in page
    outside_code = re.sub(r"<code.*?</code>", "", page, flags=re.DOTALL)
    assert not re.search(r"pmo_portal\.\w+\.\w+", outside_code)


def test_running_work_is_named_for_the_person_who_started_it(office, client):
    jobs.submit("administration.collection.ask_campaign", 0, by=office.cast.pmo)
    client.force_login(office.cast.pmo)
    client.cookies["django_language"] = "ja"
    page = client.get("/work/").text
    assert "ask_campaign" not in page and jobs.label_of("administration.collection.ask_campaign") in page
