"""What came in from sheets: remembered mappings, and each import with what it did."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.audit.models import Record

EDITING = "edit:"  # begins the target of a workbook that went out of a list to be changed


class ImportProfile(Record):
    """How sheets of one source are read: layout, columns, units, date order, value maps. Data, not code."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    target = models.CharField(_("what comes in"), max_length=60)
    definition = models.JSONField(_("definition"), default=dict, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_shipped = models.BooleanField(_("comes with the portal"), default=False)

    class Meta:
        verbose_name = _("import profile")
        verbose_name_plural = _("import profiles")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:profile", kwargs={"pk": self.pk})


class ImportRun(Record):
    """One file on its way in: uploaded, mapped, previewed, applied, perhaps undone."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        READING = "reading", _("Being read")
        PREVIEWED = "previewed", _("Preview ready")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Undone")
        REFUSED = "refused", _("Refused")
        DISCARDED = "discarded", _("Discarded")

    target = models.CharField(_("what comes in"), max_length=60)
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, related_name="+")
    profile = models.ForeignKey(
        ImportProfile, models.SET_NULL, null=True, blank=True, related_name="runs", verbose_name=_("profile")
    )
    definition = models.JSONField(default=dict, blank=True, help_text=_("The mapping as used in this run."))
    period = models.ForeignKey(
        "pmo_portal.ReportingPeriod", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("period")
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    file_path = models.CharField(max_length=300, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)
    file_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    facts = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder, help_text=_("Encoding, layout, header row …")
    )
    counts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    answers = models.JSONField(
        default=dict, blank=True, help_text=_("What a person decided on doubtful rows and cells.")
    )
    result = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    message = models.TextField(_("message"), blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("target", "state"), name="importrun_state")]

    audit_silent = ("facts", "counts", "result", "answers", "message", "file_path")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:record", kwargs={"pk": self.pk})

    @property
    def number(self) -> str:
        """How people call it: J-318."""
        return f"J-{self.pk}"


class ImportRow(models.Model):
    """One record of the sheet as the preview judged it.

    `cells`: column number → what `queries.CellView` shows, empty parts left out. After applying, `made` and `before` are the
    row's part of the journal: what it brought into being, and what it changed, as it was.
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Same")
        AMBIGUOUS = "ambiguous", _("To confirm")
        REFUSED = "refused", _("Refused")
        LEFT_OUT = "left_out", _("Left out")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    label = models.CharField(max_length=300, blank=True)
    on = models.DateField(_("as of"), null=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    cells = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    matched_id = models.PositiveBigIntegerField(null=True)
    candidates = models.JSONField(default=list)
    proposed_id = models.PositiveBigIntegerField(null=True, help_text=_("The candidate that leaves no doubt."))
    notes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text=_("What undoing puts back."))
    made = models.JSONField(default=dict, help_text=_("Records that this row made."))

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("run", "number"), name="importrow_once")]
        indexes = [models.Index(fields=("run", "verdict", "number"), name="importrow_verdict")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number} {self.verdict}"
