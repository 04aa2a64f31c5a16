"""A file that somebody ordered."""

from __future__ import annotations

from types import SimpleNamespace

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.jobs.models import Job


class MadeFile(models.Model):
    """Ordered by one person, made for them by a job, forgotten after a week. `options` are what its kind needs to make it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("ordered by"))
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=300)
    options = models.JSONField(default=dict)
    language = models.CharField(max_length=5)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=200, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    path = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("ordered at"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready at"), null=True)
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("file made")
        verbose_name_plural = _("files made")
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=("by", "-id"), name="madefile_by"),
            models.Index(fields=("expires_at",), name="madefile_expires"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("making:file_record", kwargs={"pk": self.pk})

    @property
    def state(self) -> str:
        """ready, failed or making. A job that was given up or stopped made nothing."""
        if self.ready_at:
            return "ready"
        has_ended = self.job is None or self.job.state in (Job.State.DEAD, Job.State.CANCELLED, Job.State.DONE)
        return "failed" if self.problem or has_ended else "making"

    @property
    def state_words(self) -> str:
        words = {
            "ready": pgettext_lazy("file made", "Ready"),
            "failed": pgettext_lazy("file made", "Not made"),
            "making": pgettext_lazy("file made", "Being made"),
        }
        return str(words[self.state])

    @property
    def why(self) -> str:
        """Why it was not made, as far as that is known."""
        return self.problem or (self.job.error if self.job else "")

    @property
    def is_of(self) -> SimpleNamespace:
        """As whoever serves files asks it."""
        return SimpleNamespace(mime=self.content_type)
