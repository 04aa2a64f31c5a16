"""Somebody new follows the letter, chooses a password and is in: with a browser's own headers."""

import re
from urllib.parse import urlsplit

from pmo_portal.asks.models import MailMessage
from pmo_portal.setup import actions


def test_an_invited_person_chooses_a_password_and_stands_at_their_desk(window, office):
    ito = actions.create_person(by=office.cast.admin, name_ja="伊藤 涼", email="ito@demo.example")
    actions.invite(ito, by=office.cast.admin)
    address = re.search(r"/invitation/[\w-]+/", MailMessage.objects.filter(person=ito).latest("pk").text)[0]
    page = window(language="en")
    page.goto(address)
    for name in ("password", "again"):
        page.fill(f"[name={name}]", "a long and quiet river")
    page.keyboard.press("Enter")
    page.get_by_text("You are in.").wait_for()
    assert urlsplit(page.url).path == "/"
    assert page.locator("h1").inner_text()
