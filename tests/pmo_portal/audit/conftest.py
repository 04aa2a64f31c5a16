from tests.pmo_portal.setup.conftest import aoki, chiba, endo, goto, hara  # noqa: F401
