import pytest


@pytest.fixture(autouse=True)
def kept_in(settings, tmp_path):
    """A folder of its own for each test's files."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT
