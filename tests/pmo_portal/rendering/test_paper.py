"""The office's paper: who lays it out, what stands on it, and what a logo may be."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pypdf import PdfReader

from pmo_portal import audit, jobs
from pmo_portal.rendering import queries, sample
from pmo_portal.rendering.actions import save_paper
from pmo_portal.rendering.paper import paper_now
from tests.pmo_portal.files import samples

pytestmark = pytest.mark.django_db
LAID = {
    "accent": "#0B6B4F",
    "mark_ja": "社外秘",
    "mark_en": "Confidential",
    "footer_ja": "経営企画部",
    "footer_en": "Planning",
}


def lay(office, **given):
    return save_paper(by=office.cast.admin, version=queries.office_paper().version, **(LAID | given))


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_what_is_laid_out_stands_on_every_page_in_the_readers_language(office):
    paper = lay(office)
    with translation.override("ja"):
        assert (paper_now().mark, paper_now().footer, paper_now().accent) == ("社外秘", "経営企画部", "#0B6B4F")
        assert "社外秘" in PdfReader(io.BytesIO(sample.pdf())).pages[0].extract_text()
    with translation.override("en"):
        assert (paper_now().mark, paper_now().footer) == ("Confidential", "Planning")
    said = audit.history(office.cast.admin, paper).first()
    assert said.action == "changed" and said.changes["mark_ja"] == ["", "社外秘"]


def test_the_logo_is_a_file_and_is_printed_as_it_was_drawn_anew(office):
    lay(office, logo=upload(samples.picture(size=(400, 100))))
    assert paper_now().logo == b"", "not before it has been drawn apart"
    jobs.drain()
    drawn = Image.open(io.BytesIO(paper_now().logo))
    assert drawn.format == "PNG" and drawn.size == (400, 100)
    assert len(PdfReader(io.BytesIO(sample.pdf())).pages[0].images) == 1
    lay(office, logo=upload(samples.picture(size=(300, 90))))
    assert queries.logo_of(queries.office_paper()).number == 2, "the next version of the same file"
    lay(office, without_logo=True)
    assert paper_now().logo == b"" and len(PdfReader(io.BytesIO(sample.pdf())).pages[0].images) == 0


@pytest.mark.parametrize("content", [samples.pdf(1), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b""])
def test_what_is_no_picture_is_no_logo(office, content):
    with pytest.raises(ValidationError) as refused:
        lay(office, logo=upload(content))
    assert "logo" in refused.value.message_dict
    assert queries.office_paper().logo is None and queries.office_paper().accent == "#1F3A8A"


@pytest.mark.parametrize("colour", ["#FFFF00", "red", "#12345", "#12345G", '#000000"; #read("x")'])
def test_a_colour_is_one_and_can_be_seen(office, colour):
    with pytest.raises(ValidationError):
        lay(office, accent=colour)
    assert queries.office_paper().accent == "#1F3A8A"


def test_the_page_is_read_by_those_who_run_the_office_and_written_by_the_administrator(office, signed_in):
    url, given = reverse("setup:paper"), LAID | {"version": queries.office_paper().version}
    assert signed_in(office.cast.pm).get(url).status_code == 403
    reader = signed_in(office.cast.pmo)
    assert "見本のPDF" in reader.get(url).content.decode()
    assert reader.post(url, given).status_code == 403
    writer = signed_in(office.cast.admin)
    refused = writer.post(url, given | {"accent": "#FFFFAA"})
    assert refused.status_code == 422 and "薄すぎて見えません" in refused.content.decode()
    assert writer.post(url, given).status_code == 302
    assert queries.office_paper().mark == "社外秘"


def test_the_page_shows_a_picture_and_the_sample(office, signed_in):
    reader = signed_in(office.cast.pmo)
    picture = reader.get(reverse("setup:paper_picture"))
    assert Image.open(io.BytesIO(picture.content)).format == "WEBP"
    assert reader.get(reverse("setup:paper_sample")).content.startswith(b"%PDF-")
    assert signed_in(office.cast.member).get(reverse("setup:paper_sample")).status_code == 403
