"""Whatever goes out of the portal as a file of many records is written into the trail, by whom and by which conditions."""

import pytest

from pmo_portal.audit.models import AuditEntry
from tests.factories import CampaignFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("pmo", "/projects/?tier=A&export=csv"),
        ("pmo", "/projects/?export=xlsx"),
        ("pmo", "/projects/status/?export=csv"),
        ("pmo", "/administration/collection/expected/?export=csv"),
        ("manager", "/governance/portfolio/projects/?export=csv"),
        ("manager", "/governance/portfolio/pdf/"),
        ("admin", "/setup/people/?export=xlsx"),
        ("auditor", "/setup/audit/?export=csv"),
    ],
)
def test_a_file_that_went_out_is_told(office, signed_in, who, path):
    person = getattr(office.cast, who)
    assert signed_in(person).get(path).status_code == 200
    entry = AuditEntry.objects.get(action="exported")
    assert entry.actor == person and entry.reason


def test_the_answers_of_a_campaign_too(office, signed_in):
    campaign = CampaignFactory(by=office.cast.pmo, projects=[office.apollo])
    assert signed_in(office.cast.pmo).get(f"{campaign.get_absolute_url()}?export=csv").status_code == 200
    assert AuditEntry.objects.filter(action="exported").count() == 1


def test_a_report_on_paper_too(office, signed_in):
    report = ReportFactory(project=office.apollo, period=office.period)
    assert signed_in(office.cast.pmo).get(f"{report.get_absolute_url()}pdf/").status_code == 200
    entry = AuditEntry.objects.get(action="exported")
    assert entry.actor == office.cast.pmo and str(report) in entry.reason


def test_looking_is_not(office, signed_in):
    signed_in(office.cast.pmo).get("/projects/?tier=A")
    assert not AuditEntry.objects.filter(action="exported").exists()
