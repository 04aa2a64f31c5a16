"""Who is told of what, and what was told when."""

from __future__ import annotations

import base64
import secrets

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.audit.models import AuditEntry, Record

PERSON = settings.AUTH_USER_MODEL


def new_secret() -> str:
    """As the Standard Webhooks libraries take it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


class Webhook(Record):
    """An address that is told what happens to the records that its owner may see; or a chat, of the office or a person's
    own. To know a chat's address is to be able to write there: a person's own is shown to them alone."""

    class Shape(models.TextChoices):
        PROGRAM = "program", _("A program (signed)")
        SLACK = "slack", _("Slack, Mattermost")
        TEAMS = "teams", "Microsoft Teams"

    label = models.CharField(_("what for"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    shape = models.CharField(_("who reads it"), max_length=7, choices=Shape, default=Shape.PROGRAM)
    is_personal = models.BooleanField(default=False, editable=False)
    kinds = models.JSONField(_("told of"), default=list, blank=True)  # keys of kinds.py; for a channel also late:…
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("on whose behalf"))
    secret = models.CharField(max_length=80, default=new_secret, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    cursor = models.PositiveBigIntegerField(default=0, editable=False)  # position of the last link looked at
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)

    @classmethod
    def words_of(cls, name: str, item: str) -> str:
        from pmo_portal.webhooks.kinds import kinds

        return kinds[item].label if item in kinds else item

    audit_silent: tuple[str, ...] = ("secret", "cursor", "failing_since", "is_personal")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.is_personal:
            self.audit_silent = (*type(self).audit_silent, "url")

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("label", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("owner",),
                condition=models.Q(is_personal=True, archived_at=None),
                name="webhook_one_chat_of_ones_own",
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("desk:chat") if self.is_personal else reverse("setup:webhook", kwargs={"pk": self.pk})


class WebhookDelivery(models.Model):
    """One message: it keeps its name and its words however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "Waiting")
        DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
        GIVEN_UP = "given_up", pgettext_lazy("message", "Given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    entry = models.ForeignKey(AuditEntry, models.PROTECT, null=True, related_name="+")  # none: a trial
    key = models.CharField(max_length=160, blank=True)  # what is told once, where it is no entry of the trail
    event = models.CharField(_("event"), max_length=80)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    next_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    fault = models.CharField(max_length=20, blank=True)  # see sending.py

    class Meta:
        verbose_name = _("message to a webhook")
        verbose_name_plural = _("messages to webhooks")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("webhook", "entry"), name="webhookdelivery_once"),
            models.UniqueConstraint(
                fields=("webhook", "key"), condition=~models.Q(key=""), name="webhookdelivery_once_by_key"
            ),
        ]
        indexes = [models.Index(fields=("webhook", "state", "next_at"), name="webhookdelivery_due")]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
