"""Doing once what arrives several times."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from pmo_portal.api.errors import KeyUsed
from pmo_portal.api.models import KeptAnswer

KEPT_DAYS = 7


@transaction.atomic
def answer_once(person, key: str, digest: str, act: Callable[[], tuple[int, Any]]) -> tuple[int, Any, bool]:
    """Do `act` the first time that this person sends `key`; later give what was answered then.

    `act` gives the status and the answer's data. Returns both, and whether they are from before. Two at once: the second
    waits for the first's transaction, then reads its answer. A refusal is not kept, as it has written nothing: the same
    key may be sent again. Raises KeyUsed where the key came with another request, and what `act` raises.
    """
    kept, is_new = KeptAnswer.objects.get_or_create(person=person, key=key, defaults={"digest": digest})
    if not is_new:
        if kept.digest != digest:
            raise KeyUsed
        return kept.status, json.loads(kept.body), True
    status, told = act()
    kept.status, kept.body = status, JSONRenderer().render(told).decode()
    kept.save(update_fields=["status", "body"])
    return status, told, False


def forget_old_answers() -> int:
    """Delete what no program asks for any more; returns how many."""
    old = KeptAnswer.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    return old.delete()[0]
