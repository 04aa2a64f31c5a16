"""The status report: what the PM declares for one period, draft → submitted → accepted or returned."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pmo_portal.audit.models import Record
from pmo_portal.custom.models import PREFIX, Customised
from pmo_portal.custom.queries import field_of
from projects.register.models import Confidence, Light

PERSON = settings.AUTH_USER_MODEL
DIMENSIONS = ("schedule", "cost", "scope", "resources", "quality", "risk", "overall")


def light_field(label: Any) -> models.CharField:
    return models.CharField(label, max_length=5, choices=Light, default=Light.NONE)


def reason_field() -> models.CharField:
    return models.CharField(_("reason"), max_length=500, blank=True)


def money_field(label: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=20, decimal_places=2, null=True, blank=True)


class StatusReport(Customised, Record):
    """One project's report for one period. Submitted and accepted reports are frozen; a correction is the next revision."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("In")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")

    class Origin(models.TextChoices):
        TYPED = "typed", _("Typed")
        UNCHANGED = "unchanged", _("No change")
        ON_BEHALF = "on_behalf", _("Entered on behalf")
        IMPORTED = "imported", _("Imported")
        API = "api", _("Through the API")

    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="status_reports", verbose_name=_("project")
    )
    period = models.ForeignKey(
        "pmo_portal.ReportingPeriod", models.PROTECT, related_name="status_reports", verbose_name=_("period")
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    is_current = models.BooleanField(
        _("counts for its period"), default=True, help_text=_("The one that counts for its period.")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    origin = models.CharField(_("origin"), max_length=9, choices=Origin, default=Origin.TYPED)
    author = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="status_reports", verbose_name=_("author")
    )
    project_name = models.CharField(_("name at the time"), max_length=600, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True)

    schedule_light, schedule_reason = light_field(_("schedule")), reason_field()
    cost_light, cost_reason = light_field(_("cost")), reason_field()
    scope_light, scope_reason = light_field(_("scope")), reason_field()
    resources_light, resources_reason = light_field(_("resources")), reason_field()
    quality_light, quality_reason = light_field(_("quality")), reason_field()
    risk_light, risk_reason = light_field(_("risk")), reason_field()
    overall_light, overall_reason = light_field(_("overall")), reason_field()
    confidence = models.CharField(_("delivery confidence"), max_length=12, choices=Confidence, default=Confidence.NONE)
    confidence_reason = models.TextField(_("why this confidence"), blank=True)

    start_on = models.DateField(_("start"), null=True, blank=True)
    forecast_finish_on = models.DateField(_("forecast finish"), null=True, blank=True)
    planned_finish_on = models.DateField(_("approved finish at the time"), null=True, blank=True)
    forecast_cost = money_field(_("cost at completion"))
    approved_budget = money_field(_("approved budget at the time"))
    spent = money_field(_("spent"))
    year_budget = money_field(_("budget of the year"))
    year_forecast = money_field(_("forecast of the year"))
    declared_variance_percent = models.DecimalField(
        _("variance as declared, %"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    unknown = models.JSONField(default=dict, blank=True, help_text=_("Field → why it is not known, as written."))

    achieved = models.TextField(_("done this period"), blank=True)
    planned = models.TextField(_("next period"), blank=True)
    help_needed = models.TextField(_("help needed"), blank=True)
    help_from = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("help from")
    )
    help_by = models.DateField(_("help needed by"), null=True, blank=True)
    schedule_note = models.TextField(_("on the schedule"), blank=True)
    cost_note = models.TextField(_("on the cost"), blank=True)
    summary = models.TextField(_("summary"), blank=True)
    suggestions = models.JSONField(default=list, blank=True, help_text=_("Sentences offered and which were taken."))
    milestones = models.JSONField(
        default=list, blank=True, encoder=DjangoJSONEncoder, help_text=_("Milestones as they stood when submitted.")
    )
    details = models.JSONField(default=dict, blank=True, help_text=_("Further columns of an imported sheet."))

    imported_from = models.ForeignKey(
        "pmo_portal.ImportRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("import"),
    )
    imported_row = models.PositiveIntegerField(_("row of the sheet"), null=True, blank=True, editable=False)
    source_digest = models.CharField(_("digest of the row"), max_length=64, blank=True, editable=False)

    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    edited_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("last edited by")
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by")
    )
    decided_at = models.DateTimeField(_("returned or accepted at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("returned or accepted by")
    )
    return_reason = models.TextField(_("PMO's comment"), blank=True)
    seconds_spent = models.PositiveIntegerField(
        _("seconds from opening to submitting"),
        null=True,
        blank=True,
        help_text=_("Time with the form in front; the office's own burden."),
    )
    digest = models.CharField(max_length=64, blank=True, editable=False)

    named_by = ("project", "period")
    keeps_drafts = True

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        ordering = ("-period__starts_on", "-revision")
        constraints = [
            models.UniqueConstraint(fields=("project", "period", "revision"), name="statusreport_revision_once"),
            models.UniqueConstraint(
                fields=("project", "period"), condition=Q(is_current=True), name="statusreport_one_is_current"
            ),
            models.CheckConstraint(
                name="statusreport_submitted_has_time",
                condition=Q(state__in=("draft",)) | Q(submitted_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=("period", "is_current", "state"), name="statusreport_collection"),
            models.Index(fields=("project", "is_current", "period"), name="statusreport_history"),
            models.Index(fields=("submitted_by", "submitted_at"), name="statusreport_burden"),
        ]

    def __str__(self) -> str:
        return gettext("%(period)s report — %(project)s") % {"period": self.period, "project": self.project}

    @classmethod
    def label_of(cls, name: str) -> str:
        """What a field is called. The seven reasons share a name; here each says whose it is."""
        if name.startswith(PREFIX) and (own := field_of(cls, name)) is not None:
            return str(own)
        if name.endswith("_reason") and name.removesuffix("_reason") in DIMENSIONS:
            light = cls._meta.get_field(name.replace("_reason", "_light")).verbose_name
            return gettext("%(dimension)s: reason") % {"dimension": light}
        return str(cls._meta.get_field(name).verbose_name)

    @property
    def name_within(self) -> str:
        return gettext("%(period)s report") % {"period": self.period}

    def get_absolute_url(self) -> str:
        return reverse("projects:status:status_report", kwargs={"key": self.project.key, "period": self.period.key})

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The written parts that are not empty, with their labels."""
        names = ("achieved", "planned", "schedule_note", "cost_note", "summary")
        return [(self._meta.get_field(n).verbose_name, getattr(self, n)) for n in names if getattr(self, n).strip()]

    @property
    def name_then(self) -> str:
        """What the project was called at the time, in the reader's language where it is still called so."""
        project = self.project
        return project.name if self.project_name in ("", project.name_ja, project.name_en) else self.project_name

    @property
    def milestones_shown(self) -> list[dict]:
        """The milestones as they stood, dates as dates, in the reader's language."""
        from pmo_portal.i18n.localised import pick

        def day(text) -> date | None:
            return date.fromisoformat(str(text)[:10]) if text else None

        return [
            {
                "name": f"M-{m['number']:02d} {pick(m['name_ja'], m['name_en'])}",
                "baseline_on": day(m.get("baseline_on")),
                "was_on": day(m.get("was_on")),
                "now_on": day(m.get("reached_on") or m.get("forecast_on")),
                "is_reached": bool(m.get("reached_on")),
                "moved": _days(m.get("was_on"), m.get("reached_on") or m.get("forecast_on")),
            }
            for m in self.milestones
            if "name_ja" in m
        ]

    @property
    def facts_taken(self) -> list[dict]:
        """What the figures said and the PM let stand."""
        return [fact for fact in self.suggestions if fact.get("taken") and fact.get("kind")]

    @property
    def is_unchanged(self) -> bool:
        return self.origin == self.Origin.UNCHANGED

    @property
    def corrects(self) -> bool:
        """Whether it takes up what was in before: it starts with that, and not with last time."""
        return self.revision > 1

    @property
    def is_frozen(self) -> bool:
        return self.state in (self.State.SUBMITTED, self.State.ACCEPTED)


def _days(was: str | None, now: str | None) -> int | None:
    return (date.fromisoformat(str(now)[:10]) - date.fromisoformat(str(was)[:10])).days if was and now else None


class ProjectPeriod(models.Model):
    """The maintained row behind every screen: how one project stood in one period. Rebuilt from the current report."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="project_periods")
    period = models.ForeignKey("pmo_portal.ReportingPeriod", models.PROTECT, related_name="project_periods")
    report = models.ForeignKey(StatusReport, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(
        max_length=10, default="missing", help_text="missing|draft|submitted|returned|accepted|exempt"
    )
    confidence = models.CharField(max_length=12, choices=Confidence, default=Confidence.NONE)
    overall_light = models.CharField(max_length=5, choices=Light, default=Light.NONE)
    computed_light = models.CharField(max_length=5, choices=Light, default=Light.NONE)
    forecast_finish_on = models.DateField(null=True)
    forecast_cost = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    approved_budget = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    spent = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    cost_variance_percent = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    slip_days = models.IntegerField(null=True)
    standing = models.CharField(
        max_length=12, choices=Confidence, default=Confidence.NONE, help_text="the level reported, else carried over"
    )
    standing_before = models.CharField(
        max_length=12, choices=Confidence, default=Confidence.NONE, help_text="where it stood in its period before"
    )
    same_reports = models.PositiveSmallIntegerField(
        default=0, help_text="reports in a row, this one included, that say the same"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "period"), name="projectperiod_once")]
        indexes = [
            models.Index(fields=("period", "confidence"), name="projectperiod_confidence"),
            models.Index(fields=("period", "standing", "standing_before"), name="projectperiod_movement"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.period_id}"
