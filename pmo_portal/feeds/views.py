"""The calendar at the address that only its owner knows."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmo_portal.accounts.models import ApiToken
from pmo_portal.accounts.tokens import token_of
from pmo_portal.feeds.calendar import written
from pmo_portal.feeds.sources import entries, sources
from pmo_portal.pages.base import Page
from pmo_portal.periods.queries import office_settings

BACK, AHEAD = timedelta(days=90), timedelta(days=550)


class CalendarFeed(Page):
    """`only=asks,milestones` leaves the other sources out."""

    public = "the address holds a key of its owner's, which they and the administrator end; it opens nothing else"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args, key: str, **kwargs) -> HttpResponse:
        token = token_of(key)
        if token is None or token.scope != ApiToken.Scope.CALENDAR:
            raise Http404
        only = [part for part in request.GET.get("only", "").split(",") if part]
        if set(only) - set(sources):
            raise Http404
        content = self._written(token.person, only)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers=headers)
        headers["Content-Disposition"] = 'inline; filename="pmo.ics"'
        return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)

    head = get

    @staticmethod
    def _written(person, only: list[str]) -> bytes:
        today = timezone.localdate()
        with translation.override(person.language), timezone.override(ZoneInfo(person.timezone)):
            found = entries(person, today - BACK, today + AHEAD, only)
            name = _("%(office)s: PMO") % {"office": office_settings().name}
            return written(found, name=name, site=settings.SITE_URL, language=person.language)
