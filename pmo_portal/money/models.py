"""Dated exchange rates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pmo_portal.audit.models import Record


class ExchangeRate(Record):
    """From this day on, one unit of `currency` is worth `rate` units of the office's currency."""

    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("from"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("currency", "-starts_on")
        constraints = [
            models.UniqueConstraint(fields=("currency", "starts_on"), name="exchangerate_once_a_day"),
            models.CheckConstraint(name="exchangerate_positive", condition=Q(rate__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} ({self.starts_on})"
