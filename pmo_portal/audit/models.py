"""The trail of what was done to business records."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from pmo_portal.records import Record

__all__ = ["AuditEntry", "AuditLink", "Record"]


class AuditEntry(models.Model):
    """One business change: who did what to which record, field by field. Written once, never changed (triggers refuse)."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    action = models.CharField(_("action"), max_length=60)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    object_label = models.CharField(_("record"), max_length=300, blank=True)
    object_version = models.PositiveIntegerField(_("version"), default=1)
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, null=True, related_name="+")
    changes = models.JSONField(_("changes"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("content_type", "object_id", "id"), name="auditentry_object"),
            models.Index(fields=("scope", "id"), name="auditentry_scope"),
            models.Index(fields=("actor", "id"), name="auditentry_actor"),
            models.Index(fields=("at",), name="auditentry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_label}"

    def content(self) -> str:
        """The text that `digest` is taken of: every field that says what happened, in a fixed order."""
        return json.dumps(
            [
                self.at.astimezone(UTC).isoformat(),  # one instant, one text, whatever zone it came in
                self.actor_id,
                self.on_behalf_of_id,
                self.action,
                self.content_type_id,
                self.object_id,
                self.object_label,
                self.object_version,
                self.scope_id,
                self.changes,
                self.reason,
                self.request_id,
            ],
            ensure_ascii=False,
            sort_keys=True,
            cls=DjangoJSONEncoder,
        )

    def compute_digest(self) -> str:
        return hashlib.sha256(self.content().encode()).hexdigest()


class AuditLink(models.Model):
    """The chain over the entries: each link's hash covers the one before it and the digest of its entry.

    Links are laid by a job shortly after the entries, so that a long import does not hold up everybody's writes.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"

    @staticmethod
    def chain(previous_hash: str, position: int, digest: str) -> str:
        return hashlib.sha256(f"{previous_hash}|{position}|{digest}".encode()).hexdigest()
