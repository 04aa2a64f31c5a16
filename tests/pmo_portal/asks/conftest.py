import pytest
from django.utils.translation import get_language

from pmo_portal.accounts.models import Substitute
from pmo_portal.asks.kinds import Kind, kinds
from pmo_portal.setup.defaults import install_defaults
from tests.factories import LONG_AGO
from tests.pmo_portal.asks.post_office import PostOffice


@pytest.fixture
def post_office(settings):
    """Open, and where the portal sends its letters."""
    made = PostOffice().open()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 5
    yield made
    made.close()


@pytest.fixture
def errand(monkeypatch):
    """A kind of ask that a room registers: bilingual, refusable."""
    made = Kind(
        "test.errand",
        label="Errand",
        title=lambda ask: f"資料{ask.object_id or ''}を送る" if get_language() == "ja" else "Send the papers",
        url=lambda ask: f"/asks/{ask.pk}/",
        why=lambda ask: "会議のため" if get_language() == "ja" else "For the meeting",
        may_decline=True,
        minutes=3,
    )
    monkeypatch.setitem(kinds, made.key, made)
    return made.key


@pytest.fixture
def ladder(cast):
    """The ladder an office starts with: −3, −1, 0, +2 remind, +4 tells the PMO administrator. Nobody is away."""
    install_defaults(LONG_AGO)
    Substitute.objects.all().delete()
