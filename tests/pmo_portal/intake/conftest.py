import pytest


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """What comes in is kept in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "files"
