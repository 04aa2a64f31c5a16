"""Windows of a real browser on the test office."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import enumerate as threads_alive

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error, expect

PATIENCE = 90_000  # milliseconds; a machine that is busy with something else makes no page wrong
expect.set_options(timeout=30_000)


@pytest.fixture
def window(transactional_db, live_server, browser) -> Callable:
    """`window(person, language="ja", width=1440, theme="light")`: a page of that person's own browser, signed in.

    Addresses are relative to the portal. What goes wrong on the page's console fails the test at its end.
    """
    contexts, faults = [], []

    def open_window(person=None, *, language: str = "ja", width: int = 1440, theme: str = "light"):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 740 if width < 600 else 900},
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            timezone_id="Asia/Tokyo",
            color_scheme=theme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        cookies = [(settings.LANGUAGE_COOKIE_NAME, language), ("theme", theme)]
        if person is not None:
            client = Client()
            client.force_login(person)
            cookies.append((settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value))
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_window
    for context in contexts:  # before the database is emptied: nobody may still be asking
        for page in context.pages:
            with suppress(Error):
                page.wait_for_load_state("networkidle", timeout=5000)
        context.close()
    for thread in threads_alive():  # and nobody is being answered
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)
    assert not faults
