"""Durable work: what is to run, who has it, how it went."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pmo_portal.jobs.registry import label_of, told


class Job(models.Model):
    """One piece of work. The row is the queue; Celery only wakes a worker to look at it.

    Whoever runs it holds it by `lease` until `lease_until` and renews that while at it. `key` names what must not wait
    twice; `woken_at` is when a worker was last told of it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        DEAD = "dead", _("Given up")

    name = models.CharField(_("job"), max_length=120)
    args = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField(_("not before"))
    woken_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    cancel_requested = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs")
    created_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("piece of work")
        verbose_name_plural = _("work")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("key",), condition=Q(state="queued") & ~Q(key=""), name="job_key_is_queued_once"
            )
        ]
        indexes = [
            models.Index(fields=("state", "run_after"), name="job_due"),
            models.Index(fields=("key", "state"), name="job_key", condition=~Q(key="")),
            models.Index(fields=("requested_by", "-id"), name="job_requested_by"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def label(self) -> str:
        """What it does, in the active language."""
        return label_of(self.name)

    @property
    def said(self) -> str:
        """What came of it, in the active language."""
        return told(self.name, self.result)

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class PeriodicRun(models.Model):
    """One periodic task: when it last ran, how long, how it ended. The slot makes a tick happen once."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        OK = "ok", _("Done")
        FAILED = "failed", _("Failed")

    name = models.CharField(_("task"), max_length=120, unique=True)
    slot = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(_("last run"), null=True)
    seconds = models.FloatField(_("duration"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True, choices=Outcome)
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("periodic task")
        verbose_name_plural = _("periodic tasks")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return label_of(self.name)

    @property
    def said(self) -> str:
        """What came of the last run, in the active language."""
        return told(self.name, self.result)
