"""Who follows which record, who was named where, and how far the trail has been read for it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Watch(models.Model):
    """A person follows a record; of a place (a project, a portfolio) also what happens in it."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="watches")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    scope = models.ForeignKey("pmo_portal.Scope", models.CASCADE, null=True, related_name="+")
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("watched record")
        verbose_name_plural = _("watched records")
        ordering = ("-pk",)
        constraints = [models.UniqueConstraint(fields=("person", "content_type", "object_id"), name="watch_once")]
        indexes = [models.Index(fields=("content_type", "object_id"), name="watch_record")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.content_type_id} {self.object_id}"


class Mention(models.Model):
    """Somebody was named in what was written about a record, and may see it."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="mentions")
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    place = models.CharField(max_length=80, help_text=_("Which text: named in it twice is told once."))
    words = models.CharField(max_length=130)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("person", "content_type", "object_id", "place"), name="mention_once")
        ]
        indexes = [models.Index(fields=("content_type", "object_id"), name="mention_record")]

    def __str__(self) -> str:
        return f"@{self.words}"


class TrailRead(models.Model):
    """How far the chain of the trail has been read for watchers and for those who are named. One row."""

    position = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return str(self.position)
