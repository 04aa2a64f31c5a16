"""Figures by scope and period, kept on write so that pages need not sum history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeasureValue(models.Model):
    """One figure of one scope in one period.

    `value` is what is shown. Ratios and means also keep numerator and denominator, so that a portfolio's figure is the
    ratio of the sums and not the mean of ratios. Where the value is unknown it is null and `unknown` says why.
    """

    measure = models.CharField(_("measure"), max_length=60)
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, related_name="measure_values")
    period = models.ForeignKey("pmo_portal.ReportingPeriod", models.PROTECT, related_name="measure_values")
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    count = models.PositiveIntegerField(default=0, help_text=_("How many projects stand behind it."))
    unknown = models.CharField(_("why unknown"), max_length=300, blank=True)
    provenance = models.CharField(_("provenance"), max_length=200, blank=True)
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("measure value")
        verbose_name_plural = _("measure values")
        constraints = [models.UniqueConstraint(fields=("scope", "period", "measure"), name="measurevalue_once")]
        indexes = [models.Index(fields=("period", "measure", "scope"), name="measurevalue_period")]

    def __str__(self) -> str:
        return f"{self.measure} {self.scope_id} {self.period_id}"


class StaleRollup(models.Model):
    """A scope and period whose ancestors' figures have to be summed again. Written with the change, eaten by the job."""

    scope = models.ForeignKey("pmo_portal.Scope", models.CASCADE, related_name="+")
    period = models.ForeignKey("pmo_portal.ReportingPeriod", models.CASCADE, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=("period", "scope"), name="stalerollup_place")]

    def __str__(self) -> str:
        return f"{self.scope_id} {self.period_id}"
