"""A worker killed with -9 between the mail server's yes and its own note of it: what was told is told at most twice on the
wire and once to the reader, as the Message-ID is the same; nothing else goes twice, nothing is lost."""

import os
import signal
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.pmo_portal.asks.post_office import PostOffice
from tests.pmo_portal.jobs.offices import Office, own_office, wait_until

pytestmark = pytest.mark.slow
QUEUE = """
from django.db import transaction
from pmo_portal.asks import outbox
with transaction.atomic():
    for name in ("first", "second", "third"):
        outbox.queue_letter(address=f"{name}@aoba.example", subject=name, text=name, key=name)
"""
STATES = """
from pmo_portal.asks.models import MailMessage
print(*MailMessage.objects.order_by("pk").values_list("state", flat=True))
"""
# The lease of a letter is longer than a test; that it is kept is held by test_outbox.
TIME_PASSES = """
from datetime import timedelta
from django.utils import timezone
from pmo_portal import jobs
from pmo_portal.asks.models import MailMessage
jobs.reclaim()
MailMessage.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
"""


@dataclass
class DeadlyPostOffice(PostOffice):
    """Says yes to the second letter, and its sender does not live to write that down."""

    office: Office | None = None

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.letters) == 2:
            worker = self.office.workers[-1]
            os.killpg(worker.pid, signal.SIGSTOP)
            await server.push(answer)
            os.killpg(worker.pid, signal.SIGKILL)
        return answer


def test_only_the_letter_whose_yes_was_not_noted_goes_again_and_under_the_same_id(tmp_path):
    with own_office(tmp_path) as office:
        post_office = DeadlyPostOffice(office=office)
        office.env |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(post_office.port)}
        post_office.open()
        try:
            office.python(QUEUE)
            office.start()
            wait_until(lambda: office.workers[0].poll() is not None)
            assert office.python(STATES) == "sent sending queued"
            office.python(TIME_PASSES)
            office.start()
            wait_until(lambda: office.python(STATES) == "sent sent sent")
        finally:
            post_office.close()
    assert Counter(letter["Subject"] for letter in post_office.letters) == {"first": 1, "second": 2, "third": 1}
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 3
