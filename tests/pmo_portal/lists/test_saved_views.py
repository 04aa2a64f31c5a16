"""Views of lists under a name: private, shared, the first one of a role; by their address for everybody who may see the list."""

import pytest

from pmo_portal.lists.models import SavedView

pytestmark = pytest.mark.django_db
AT = "/projects/?overall=red&sort=-slip&cols=key,name,slip"


@pytest.fixture
def client(office, signed_in):
    return signed_in(office.cast.pmo)


def keep(client, at: str = AT, **given):
    return client.post("/views/new/", {"name": "要注意", **given}, QUERY_STRING=f"at={at.replace('&', '%26')}")


def test_a_view_is_kept_opened_and_removed(client, office):
    assert keep(client).status_code == 302
    view = SavedView.objects.get()
    assert (view.owner, view.path, view.is_shared) == (office.cast.pmo, "/projects/", False)
    answer = client.get(f"/views/{view.pk}/")
    assert answer["Location"] == f"/projects/?overall=red&sort=-slip&cols=key%2Cname%2Cslip&view={view.pk}"
    assert client.get(answer["Location"]).status_code == 200
    assert "要注意" in client.get("/views/", {"at": AT}, headers={"HX-Request": "true"}).text
    asked = client.get(f"/views/{view.pk}/removal/")
    assert asked.status_code == 200 and view.name in asked.text, "it asks once before it goes"
    client.post(f"/views/{view.pk}/removal/", {"version": view.version})
    assert "要注意" not in client.get("/views/", {"at": AT}, headers={"HX-Request": "true"}).text


def test_the_same_name_again_brings_it_up_to_date(client):
    keep(client)
    keep(client, at="/projects/?tier=A&page=3&pick=1&view=7")
    view = SavedView.objects.get()
    assert view.query == "tier=A" and view.version == 2


def test_ones_own_is_nobody_elses_and_a_shared_one_everybodys(client, office, signed_in):
    keep(client)
    other = signed_in(office.cast.pm)
    view = SavedView.objects.get()
    assert other.get(f"/views/{view.pk}/").status_code == 404
    keep(client, is_shared="on")
    assert other.get(f"/views/{view.pk}/").status_code == 302
    assert other.post(f"/views/{view.pk}/removal/").status_code == 403


def test_a_role_begins_with_its_view_and_can_leave_it(client, office, signed_in):
    keep(client, default_for="pm")
    view = SavedView.objects.get()
    assert view.is_shared
    pm = signed_in(office.cast.pm)
    assert pm.get("/projects/")["Location"] == view.url
    page = pm.get(view.url)
    assert (
        page.status_code == 200 and f"/projects/?sort=-slip&amp;cols=key%2Cname%2Cslip&amp;view={view.pk}" in page.text
    )
    assert pm.get("/projects/?view=0").status_code == 200
    assert client.get("/projects/").status_code == 200  # another role's


def test_a_role_has_one_first_view_of_a_list(client):
    keep(client, default_for="pm")
    keep(client, name="別のビュー", default_for="pm")
    assert list(SavedView.objects.order_by("pk").values_list("default_for", flat=True)) == ["", "pm"]


def test_only_the_pmo_says_with_which_a_role_begins(office, signed_in):
    pm = signed_in(office.cast.pm)
    assert "default_for" not in pm.get("/views/new/", {"at": AT}).text
    keep(pm, default_for="member")
    assert SavedView.objects.get().default_for == ""


@pytest.mark.parametrize(
    "at", ["/profile/", "https://elsewhere.example/projects/", "//elsewhere.example/", "", "/nothing/"]
)
def test_only_lists_of_the_portal_are_kept(client, at):
    answer = keep(client, at=at)
    assert answer.status_code == 422 and not SavedView.objects.exists()
