"""Whether a project goes on: proposed with a reason, decided on frozen evidence, conditions chased to closure."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.audit.models import Record

PERSON = settings.AUTH_USER_MODEL


CAME_BACK = ("returned", "pulled_back")  # with its author, to be mended
UNDER_WAY = ("proposed", *CAME_BACK)
CARRYING = ("conditional", "pause")  # courses that carry conditions: one must, a pause may


class ContinuationProposal(Record):
    """Continue, continue with conditions, pause or stop: the proposal and, once taken, the decision."""

    class Course(models.TextChoices):
        CONTINUE = "continue", _("Continue")
        CONDITIONAL = "conditional", _("Continue with conditions")
        PAUSE = "pause", _("Pause")
        STOP = "stop", _("Stop")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RETURNED = "returned", _("Sent back")
        PULLED_BACK = "pulled_back", _("Pulled back")
        DECIDED = "decided", _("Decided")
        REJECTED = "rejected", _("Turned down")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.PositiveIntegerField(_("number"), unique=True)
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="continuation_proposals", verbose_name=_("project")
    )
    period = models.ForeignKey(
        "pmo_portal.ReportingPeriod", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("period")
    )
    course = models.CharField(_("proposal"), max_length=11, choices=Course)
    reason = models.TextField(_("reason"))
    conditions_text = models.TextField(_("conditions proposed"), blank=True)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decide_by = models.DateField(_("to be decided by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.PROPOSED)
    decided_course = models.CharField(_("decision"), max_length=11, choices=Course, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    evidence = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder, help_text=_("What the decision rests on.")
    )
    evidence_digest = models.CharField(max_length=64, blank=True)

    named_by = ("project",)

    class Meta:
        verbose_name = _("continue/stop proposal")
        verbose_name_plural = _("continue/stop proposals")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=("project",),
                condition=Q(state__in=UNDER_WAY),
                name="continuationproposal_one_is_open",
            ),
            models.CheckConstraint(
                name="continuationproposal_decided_is_whole",
                condition=~Q(state="decided")
                | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False) & ~Q(decided_course="")),
            ),
        ]
        indexes = [models.Index(fields=("state", "decide_by"), name="continuationproposal_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("governance:investment:proposal_record", kwargs={"number": self.number})

    @property
    def code(self) -> str:
        return f"D-{self.number}"

    @property
    def came_back(self) -> bool:
        return self.state in CAME_BACK

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def name_within(self) -> str:
        return f"{self.code} {self.get_course_display()}"


class DecisionCondition(Record):
    """What has to be done for the project to go on; an ask to its owner until it is met."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        MET = "met", _("Met")
        WAIVED = "waived", _("Waived")

    proposal = models.ForeignKey(
        ContinuationProposal, models.CASCADE, related_name="conditions", verbose_name=_("proposal")
    )
    text = models.CharField(_("condition"), max_length=500)
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.OPEN)
    outcome = models.TextField(_("what came of it"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return self.text
