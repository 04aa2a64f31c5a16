"""Who owes the office a report, who is excused, and questions asked of many at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.audit.models import Record

PERSON = settings.AUTH_USER_MODEL


class ReportingArrangement(Record):
    """For one project and period: more time, or no report at all, with its reason."""

    class Kind(models.TextChoices):
        EXEMPTION = "exemption", _("Exempt")
        EXTENSION = "extension", _("Extended")

    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="reporting_arrangements", verbose_name=_("project")
    )
    period = models.ForeignKey(
        "pmo_portal.ReportingPeriod", models.PROTECT, related_name="reporting_arrangements", verbose_name=_("period")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    due_at = models.DateTimeField(_("new due date"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("by"))

    named_by = ("project",)

    class Meta:
        verbose_name = _("reporting arrangement")
        verbose_name_plural = _("reporting arrangements")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "period"), condition=Q(archived_at=None), name="reportingarrangement_once"
            ),
            models.CheckConstraint(
                name="reportingarrangement_extension_has_date", condition=~Q(kind="extension") | Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"

    @property
    def name_within(self) -> str:
        return self.get_kind_display()


class Campaign(Record):
    """A set of questions asked of chosen projects by a date."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", pgettext_lazy("period", "Open")
        CLOSED = "closed", pgettext_lazy("period", "Closed")

    title_ja = models.CharField(_("title (Japanese)"), max_length=200, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    purpose = models.TextField(_("what it is for"), blank=True)
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("owner"))
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("due"))
    minutes = models.PositiveSmallIntegerField(_("expected minutes"), default=3)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("administration:collection:campaign_record", kwargs={"pk": self.pk})

    @property
    def title(self) -> str:
        from django.utils.translation import get_language

        first, second = (self.title_en, self.title_ja) if get_language() == "en" else (self.title_ja, self.title_en)
        return first or second


class CampaignQuestion(models.Model):
    """One question of a campaign."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", pgettext_lazy("answer", "Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a list")
        YESNO = "yesno", _("Yes or no")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text_ja = models.CharField(_("question (Japanese)"), max_length=300, blank=True)
    text_en = models.CharField(_("question (English)"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=6, choices=Kind, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(_("required"), default=True)

    class Meta:
        ordering = ("campaign", "number")
        constraints = [models.UniqueConstraint(fields=("campaign", "number"), name="campaignquestion_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        from django.utils.translation import get_language

        first, second = (self.text_en, self.text_ja) if get_language() == "en" else (self.text_ja, self.text_en)
        return first or second


class CampaignReply(Record):
    """One project's answers to a campaign."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ANSWERED = "answered", _("Answered")
        EXCUSED = "excused", _("Excused")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="replies", verbose_name=_("campaign"))
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="campaign_replies", verbose_name=_("project")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    answers = models.JSONField(default=dict, blank=True)
    answered_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    named_by = ("campaign", "project")

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ("campaign", "project")
        constraints = [models.UniqueConstraint(fields=("campaign", "project"), name="campaignreply_once")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.project}"

    @property
    def name_within(self) -> str:
        return self.campaign.title

    def get_absolute_url(self) -> str:
        return reverse("administration:collection:campaign_reply", kwargs={"pk": self.pk})

    @property
    def is_late(self) -> bool:
        """Answered after the campaign's date."""
        return bool(self.answered_at and self.answered_at > self.campaign.due_at)
