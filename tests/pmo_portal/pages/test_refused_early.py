"""A request that is refused before anybody knows who asks still gets its own answer."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/login/", "/", "/healthz-not/"])
def test_another_host_is_a_bad_request_not_a_fault(client, settings, path):
    settings.ALLOWED_HOSTS = ["testserver"]
    answer = client.get(path, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
