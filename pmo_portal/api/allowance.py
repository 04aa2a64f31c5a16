"""How often a program may ask: so many requests a minute for each key (or person), told with every answer, 429 beyond.

Counted in the cache: over all processes where Redis is, in each process by itself where it is not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from pmo_portal.accounts.models import ApiToken

WINDOW = 60  # seconds


@dataclass(frozen=True)
class Left:
    limit: int
    remaining: int
    reset: int  # seconds until the next minute begins

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class Allowance(BaseThrottle):
    def allow_request(self, request, view) -> bool:
        limit = settings.API_PER_MINUTE
        if not limit:
            return True
        now = int(time.time())
        used = _count(f"api:{_who(request)}:{now // WINDOW}")
        request.allowance = self.left = Left(limit, max(0, limit - used), WINDOW - now % WINDOW)
        return used <= limit

    def wait(self) -> float:
        return self.left.reset


def _who(request) -> str:
    token = request.auth
    return f"token{token.pk}" if isinstance(token, ApiToken) else f"person{request.user.pk}"


def _count(name: str) -> int:
    """One more; how many they are now."""
    cache.add(name, 0, WINDOW * 2)
    try:
        return cache.incr(name)
    except ValueError:  # it ran out between the two
        cache.set(name, 1, WINDOW * 2)
        return 1
