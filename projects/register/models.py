"""The register: portfolios, programmes, projects, what they are to cost and when they are to end."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.audit.models import Record
from pmo_portal.custom.models import Customised
from pmo_portal.i18n.localised import Bilingual
from pmo_portal.periods.models import Tier
from pmo_portal.search.models import Searchable

PERSON = settings.AUTH_USER_MODEL


class Confidence(models.TextChoices):
    """Delivery confidence, the 5-point scale (UK DCA), best first."""

    GREEN = "green", _("Highly likely")
    AMBER_GREEN = "amber_green", _("Probable")
    AMBER = "amber", _("Feasible")
    AMBER_RED = "amber_red", _("In doubt")
    RED = "red", _("Unachievable")
    NONE = "none", _("Not rated")


class Light(models.TextChoices):
    GREEN = "green", _("On track")
    AMBER = "amber", _("Watch")
    RED = "red", _("At risk")
    NONE = "none", _("Not reported")


class Portfolio(Bilingual, Record):
    """Projects that are judged together against one another."""

    key = models.CharField(_("key"), max_length=40)
    key_folded = models.CharField(max_length=40, unique=True, editable=False)
    scope = models.OneToOneField("pmo_portal.Scope", models.PROTECT, related_name="portfolio")
    owner = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    description = models.TextField(_("description"), blank=True)
    attribution = models.CharField(_("attribution of the data"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("portfolio")
        verbose_name_plural = _("portfolios")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:register:portfolio_record", kwargs={"key": self.key})


class Programme(Bilingual, Record):
    """Projects that together bring about an outcome."""

    key = models.CharField(_("key"), max_length=40)
    key_folded = models.CharField(max_length=40, unique=True, editable=False)
    scope = models.OneToOneField("pmo_portal.Scope", models.PROTECT, related_name="programme")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="programmes", verbose_name=_("portfolio"))
    owner = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:register:programme_record", kwargs={"key": self.key})


class Project(Customised, Searchable, Bilingual, Record):
    """One project. Where it belongs now stands here; where it belonged when stands in `ProjectPlacement`."""

    class Kind(models.TextChoices):
        SYSTEM = "system", _("Information system")
        PRODUCT = "product", _("Product development")
        FACILITY = "facility", _("Facility and construction")
        ORGANISATION = "organisation", _("Organisation and operations")
        REGULATION = "regulation", _("Regulation and compliance")
        RESEARCH = "research", _("Research")
        OTHER = "other", _("Other")

    class Stage(models.TextChoices):
        CONCEPT = "concept", _("Concept")
        PLANNING = "planning", _("Planning")
        EXECUTION = "execution", _("Execution")
        CLOSING = "closing", _("Closing")
        CLOSED = "closed", _("Closed")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")
        CLOSED = "closed", _("Closed")

    key = models.CharField(_("key"), max_length=40)
    key_folded = models.CharField(max_length=40, unique=True, editable=False)
    source_id = models.CharField(_("number at its source"), max_length=120, blank=True, db_index=True)
    name_folded = models.CharField(max_length=600, editable=False, blank=True)
    kind = models.CharField(_("type"), max_length=12, choices=Kind, default=Kind.OTHER)
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, default=Tier.C)
    scope = models.OneToOneField("pmo_portal.Scope", models.PROTECT, related_name="project")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="projects", verbose_name=_("portfolio"))
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("programme")
    )
    unit = models.ForeignKey(
        "pmo_portal.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("department"),
    )
    department = models.CharField(_("department as written at the source"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    sponsor = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="sponsored_projects", verbose_name=_("sponsor")
    )
    pm = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="led_projects", verbose_name=_("project manager")
    )
    pmo_contact = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="watched_projects", verbose_name=_("PMO contact")
    )
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.CONCEPT)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    description = models.TextField(_("description"), blank=True)
    benefits = models.TextField(_("benefits"), blank=True)
    planned_start_on = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish_on = models.DateField(_("planned finish"), null=True, blank=True)
    forecast_start_on = models.DateField(_("forecast start"), null=True, blank=True)
    forecast_finish_on = models.DateField(_("forecast finish"), null=True, blank=True)
    actual_start_on = models.DateField(_("actual start"), null=True, blank=True)
    actual_finish_on = models.DateField(_("actual finish"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    approved_budget = models.DecimalField(
        _("approved budget"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("The latest revision; changed only by a revision."),
    )
    forecast_cost = models.DecimalField(_("cost at completion"), max_digits=20, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(_("spent"), max_digits=20, decimal_places=2, null=True, blank=True)
    benefit_amount = models.DecimalField(_("benefit in money"), max_digits=20, decimal_places=2, null=True, blank=True)
    confidence = models.CharField(_("delivery confidence"), max_length=12, choices=Confidence, default=Confidence.NONE)
    confidence_rank = models.PositiveSmallIntegerField(default=9, editable=False, help_text="1 worst … 5 best, 9 none")
    overall_light = models.CharField(_("overall"), max_length=5, choices=Light, default=Light.NONE)
    overall_rank = models.PositiveSmallIntegerField(default=9, editable=False, help_text="1 red … 3 green, 9 none")
    cost_variance_percent = models.DecimalField(
        _("cost against approval"), max_digits=12, decimal_places=2, null=True, blank=True, editable=False
    )
    slip_days = models.IntegerField(_("slip"), null=True, blank=True, editable=False)
    reported_period = models.ForeignKey(
        "pmo_portal.ReportingPeriod",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("reported period"),
    )
    unknown = models.JSONField(default=dict, blank=True, help_text=_("Field → why it is not known, as written."))
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
    last_change_at = models.DateTimeField(_("last changed"), auto_now_add=True, db_index=True)
    closing_note = models.TextField(_("closing note"), blank=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("key",)
        constraints = [
            models.CheckConstraint(
                name="project_planned_dates_in_order",
                condition=Q(planned_start_on=None)
                | Q(planned_finish_on=None)
                | Q(planned_finish_on__gte=F("planned_start_on")),
            ),
            models.CheckConstraint(
                name="project_actual_dates_in_order",
                condition=Q(actual_start_on=None)
                | Q(actual_finish_on=None)
                | Q(actual_finish_on__gte=F("actual_start_on")),
            ),
        ]
        indexes = [
            models.Index(fields=("portfolio", "archived_at", "state"), name="project_by_portfolio"),
            models.Index(fields=("pm", "state"), name="project_by_pm"),
            models.Index(fields=("sponsor",), name="project_by_sponsor"),
            # The register's orders. Partial: a condition "is null" would not let an index give the order.
            *(
                models.Index(fields=(*fields, "id"), condition=Q(archived_at=None), name=f"project_by_{name}")
                for name, *fields in (
                    ("key", "key"),
                    ("own_name", "name_folded"),
                    ("confidence", "confidence_rank"),
                    ("light", "overall_rank"),
                    ("cost", "cost_variance_percent"),
                    ("slip", "slip_days"),
                    ("finish", "forecast_finish_on"),
                )
            ),
            models.Index(fields=("portfolio", "name_folded"), name="project_by_name"),
            models.Index(fields=("key",), name="project_by_address"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:register:project_record", kwargs={"key": self.key})

    @property
    def name_within(self) -> str:
        return ""

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.ACTIVE, self.State.PAUSED) and self.archived_at is None

    @property
    def approved_dates(self) -> list[str]:
        """Once work has begun, the planned dates are what it is measured against: they change by approval only."""
        if self.stage not in (self.Stage.EXECUTION, self.Stage.CLOSING):
            return []
        return [name for name in ("planned_start_on", "planned_finish_on") if getattr(self, name) is not None]


class ProjectPlacement(models.Model):
    """From a day to a day the project belonged to this portfolio and programme."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="placements")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="placements")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="placements")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    class Meta:
        ordering = ("starts_on",)
        constraints = [
            models.CheckConstraint(
                name="projectplacement_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=("project",), condition=Q(ends_on=None), name="projectplacement_one_is_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} ⊂ {self.portfolio_id}"


class BudgetRevision(models.Model):
    """An approved budget with its number and reason. Never changed; the next one supersedes it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget_revisions")
    number = models.PositiveSmallIntegerField(_("revision"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    approved_on = models.DateField(_("approved on"))
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        ordering = ("project", "number")
        constraints = [models.UniqueConstraint(fields=("project", "number"), name="budgetrevision_once")]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"


class ProjectMember(Record):
    """Someone working on the project, in a part, from a day to a day."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members", verbose_name=_("project"))
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    part_ja = models.CharField(_("part (Japanese)"), max_length=80, blank=True)
    part_en = models.CharField(_("part (English)"), max_length=80, blank=True)
    share_percent = models.PositiveSmallIntegerField(_("share of time, %"), default=100)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    named_by = ("person", "project")

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team")
        ordering = ("starts_on", "pk")
        indexes = [models.Index(fields=("person", "project"), name="projectmember_person")]

    def __str__(self) -> str:
        return f"{self.person} · {self.project}"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}?tab=team"

    @property
    def name_within(self) -> str:
        return self.person.name

    @property
    def standing(self) -> str:
        """`now`, `coming` or `left`, as of today."""
        today = timezone.localdate()
        if self.starts_on > today:
            return "coming"
        return "left" if self.ends_on is not None and self.ends_on < today else "now"

    @property
    def part(self) -> str:
        from django.utils.translation import get_language

        first, second = (self.part_en, self.part_ja) if get_language() == "en" else (self.part_ja, self.part_en)
        return first or second


class Milestone(Bilingual, Record):
    """A date that matters. Its forecasts over time stand in `MilestoneForecast` (was → is)."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        REACHED = "reached", _("Reached")
        DROPPED = "dropped", _("Dropped")

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name=_("project"))
    number = models.PositiveSmallIntegerField(_("number"))
    owner = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    baseline_on = models.DateField(_("baseline"), null=True, blank=True)
    forecast_on = models.DateField(_("forecast"), null=True, blank=True)
    previous_on = models.DateField(_("forecast before"), null=True, blank=True, editable=False)
    actual_on = models.DateField(_("reached on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ("project", "number")
        constraints = [
            models.UniqueConstraint(fields=("project", "number"), name="milestone_number_once"),
            models.CheckConstraint(
                name="milestone_reached_has_date",
                condition=~Q(state="reached") | Q(actual_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=("state", "forecast_on"), name="milestone_open_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#milestone-{self.number}"

    @property
    def code(self) -> str:
        return f"M-{self.number:02d}"

    @property
    def forecast_name(self) -> str:
        """Its field on the status form."""
        return f"m{self.number}"

    @property
    def reached_name(self) -> str:
        return f"r{self.number}"

    @property
    def moved(self) -> int | None:
        """Days after its baseline that it was reached or is expected; negative: earlier."""
        now = self.actual_on or self.forecast_on
        return (now - self.baseline_on).days if now and self.baseline_on else None

    @property
    def last_move(self) -> int | None:
        """Days by which its forecast moved last: is − was. None where it never did or is not expected any more."""
        if self.state != self.State.OPEN or not self.forecast_on or not self.previous_on:
            return None
        return (self.forecast_on - self.previous_on).days or None


class MilestoneForecast(models.Model):
    """What was forecast for the milestone as of a date."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="forecasts")
    as_of = models.DateField(_("as of"))
    forecast_on = models.DateField(_("forecast"))
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("as_of",)
        constraints = [models.UniqueConstraint(fields=("milestone", "as_of"), name="milestoneforecast_once")]

    def __str__(self) -> str:
        return f"{self.milestone_id}@{self.as_of}: {self.forecast_on}"
