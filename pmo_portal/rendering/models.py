"""The office's paper."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pmo_portal.files.models import Attachment
from pmo_portal.i18n.localised import pick
from pmo_portal.records import Record
from pmo_portal.rendering.colours import ACCENT, require_readable


class OfficePaper(Record):
    """What stands on every page of every document: one row. The logo is a file of it."""

    accent = models.CharField(
        _("colour of lines and marks"),
        max_length=7,
        default=ACCENT,
        validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}\Z", _("A colour as #1F3A8A.")), require_readable],
    )
    mark_ja = models.CharField(
        _("mark of confidentiality (Japanese)"),
        max_length=12,
        blank=True,
        help_text=_("For example 社外秘 or 関係者限り."),
    )
    mark_en = models.CharField(
        _("mark of confidentiality (English)"), max_length=24, blank=True, help_text=_("For example Confidential.")
    )
    footer_ja = models.CharField(_("line at the foot (Japanese)"), max_length=80, blank=True)
    footer_en = models.CharField(_("line at the foot (English)"), max_length=80, blank=True)
    logo = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )

    class Meta:
        verbose_name = _("paper of documents")
        verbose_name_plural = _("papers of documents")

    def __str__(self) -> str:
        return gettext("Paper of documents")

    def get_absolute_url(self) -> str:
        return reverse("setup:paper")

    @property
    def mark(self) -> str:
        return pick(self.mark_ja, self.mark_en)

    @property
    def footer(self) -> str:
        return pick(self.footer_ja, self.footer_en)
