"""The office itself, its calendar, and the reporting periods."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.audit.models import Record
from pmo_portal.i18n.localised import Bilingual


class OfficeSettings(Bilingual, Record):
    """The office's own data: one row."""

    note_ja = models.CharField(_("subtitle (Japanese)"), max_length=80, blank=True)
    note_en = models.CharField(_("subtitle (English)"), max_length=80, blank=True)
    fiscal_start_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=4, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Tokyo")
    default_language = models.CharField(
        _("language"), max_length=5, choices=[("ja", "日本語"), ("en", "English")], default="ja"
    )
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    digest_at = models.TimeField(_("digest goes out at"), default=time(8, 30))
    quiet_from = models.TimeField(_("quiet from"), default=time(20, 0))
    quiet_until = models.TimeField(_("quiet until"), default=time(7, 0))
    freeze_after_days = models.PositiveSmallIntegerField(
        _("working days from closing to freezing"),
        default=6,
        help_text=_(
            "Late reports are still taken until then. Longer than the last step of the reminders, or nobody above is told."
        ),
    )

    class Meta:
        verbose_name = _("office settings")
        verbose_name_plural = _("office settings")

    def __str__(self) -> str:
        return self.name


class CompanyDay(Record):
    """A day on which the office differs from the public calendar."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Company holiday")
        WORKDAY = "workday", _("Working day")

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    label = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("company day")
        verbose_name_plural = _("company days")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.label or self.get_kind_display()}"


class Cadence(models.TextChoices):
    WEEKLY = "weekly", _("Weekly")
    FORTNIGHTLY = "fortnightly", _("Fortnightly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    DATED = "dated", _("At given dates")
    NONE = "none", _("No reporting")


class Tier(models.TextChoices):
    """How closely a project is watched; its reporting cadence follows from it."""

    A = "A", _("A: strategic")
    B = "B", _("B: important")
    C = "C", _("C: standard")
    D = "D", _("D: light")


class CadenceRule(Record):
    """From a day on, projects of this tier report in this cadence, due some working days after the period's end."""

    tier = models.CharField(_("tier"), max_length=1, choices=Tier)
    cadence = models.CharField(_("cadence"), max_length=12, choices=Cadence)
    due_working_days = models.SmallIntegerField(
        _("due, working days after the end"), default=3, help_text=_("Negative: before the end of the period.")
    )
    due_time = models.TimeField(_("due at"), default=time(17, 0))
    starts_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("reporting cadence")
        verbose_name_plural = _("reporting cadences")
        ordering = ("tier", "starts_on")
        constraints = [models.UniqueConstraint(fields=("tier", "starts_on"), name="cadencerule_once_a_day")]

    @property
    def days_before(self) -> int:
        """How many working days before the period's end it is due, where it is due before."""
        return -self.due_working_days

    def __str__(self) -> str:
        return f"{self.get_tier_display()} → {self.get_cadence_display()}"


class ReportingPeriod(Record):
    """A span of days that is reported on: planned, opened for reports, closed to the PMs, then frozen."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("period", "Planned")
        OPEN = "open", pgettext_lazy("period", "Open")
        CLOSED = "closed", pgettext_lazy("period", "Closed")
        FROZEN = "frozen", pgettext_lazy("period", "Frozen")

    cadence = models.CharField(_("cadence"), max_length=12, choices=Cadence)
    key = models.CharField(_("period"), max_length=16, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    opens_on = models.DateField(_("opens on"))
    due_at = models.DateTimeField(_("due"))
    due_is_set = models.BooleanField(_("due date set by hand"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ("-starts_on", "cadence")
        constraints = [
            models.UniqueConstraint(fields=("cadence", "starts_on"), name="reportingperiod_once"),
            models.CheckConstraint(
                name="reportingperiod_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="reportingperiod_frozen_has_time", condition=Q(frozen_at=None) | Q(closed_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=("cadence", "state", "starts_on"), name="reportingperiod_open")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("setup:period_record", kwargs={"key": self.key})

    @property
    def label(self) -> str:
        """The period's name in the active language: 2026年11月 / Nov 2026."""
        from pmo_portal.periods.cadences import label

        return label(self.cadence, self.starts_on, self.ends_on, key=self.key)

    @property
    def tick(self) -> str:
        """The period at the axis of a chart: 11 / Nov for a month, 11/23 / 23/11 for what begins within one."""
        from pmo_portal.periods.cadences import tick

        return tick(self.cadence, self.starts_on)

    @property
    def takes_reports(self) -> bool:
        """From its opening until it is frozen: closed only means that what comes now is late."""
        return self.state in (self.State.OPEN, self.State.CLOSED)


class PeriodPicture(models.Model):
    """What the office looked like when the period was frozen. A re-opening leaves it and adds the next one."""

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="pictures")
    number = models.PositiveSmallIntegerField(_("picture"))
    frozen_at = models.DateTimeField(_("frozen at"))
    reopened_at = models.DateTimeField(_("re-opened at"), null=True, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason for re-opening"), blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("period", "number")
        constraints = [models.UniqueConstraint(fields=("period", "number"), name="periodpicture_once")]

    def __str__(self) -> str:
        return f"{self.period} #{self.number}"


class PeriodPictureRow(models.Model):
    """One scope's figures and lights in a picture, as they were."""

    picture = models.ForeignKey(PeriodPicture, models.CASCADE, related_name="rows")
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("picture", "scope"), name="periodpicturerow_once")]

    def __str__(self) -> str:
        return f"{self.picture_id}/{self.scope_id}"
