"""Routes as office data, and requests on their way along them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.audit.models import Record
from pmo_portal.i18n.localised import Bilingual

PERSON = settings.AUTH_USER_MODEL


class Manner(models.TextChoices):
    """What a signature in a step does (see `course.py`)."""

    APPROVE = "approve", _("Approval")
    AGREE = "agree", _("Agreement, with veto")
    CONSULT = "consult", _("Agreement, as an opinion")
    DECIDE = "decide", _("Final decision")
    INFORM = "inform", _("Confirmation")
    AFTER = "after", _("Reading afterwards")


class ApprovalRoute(Bilingual, Record):
    """Who signs for one kind of request, within the bounds given, from a day on. A newer version ends the older one."""

    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind of request"), max_length=60)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    amount_from = models.DecimalField(_("amount from"), max_digits=20, decimal_places=2, null=True, blank=True)
    amount_below = models.DecimalField(_("amount below"), max_digits=20, decimal_places=2, null=True, blank=True)
    unit = models.ForeignKey(
        "pmo_portal.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation unit"),
        help_text=_("Only requests of people in this unit or below."),
    )
    scope = models.ForeignKey(
        "pmo_portal.Scope",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("portfolio, programme or project"),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("approval route")
        verbose_name_plural = _("approval routes")
        ordering = ("kind", "code", "-starts_on")
        constraints = [
            models.UniqueConstraint(fields=("code", "starts_on"), name="approvalroute_version_once"),
            models.CheckConstraint(
                name="approvalroute_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="approvalroute_amounts_in_order",
                condition=Q(amount_from=None) | Q(amount_below=None) | Q(amount_below__gt=F("amount_from")),
            ),
        ]
        indexes = [models.Index(fields=("kind", "starts_on"), name="approvalroute_kind")]

    def __str__(self) -> str:
        return self.name or self.code

    def get_absolute_url(self) -> str:
        return reverse("approvals:route_record", kwargs={"pk": self.pk})


class ApprovalRouteStep(Bilingual, models.Model):
    """One step of a route: who is to sign there, and what the signature does."""

    class Who(models.TextChoices):
        ROLE = "role", _("Whoever holds a role")
        UNIT_HEAD = "unit_head", _("Head of the drafter's unit")
        PEOPLE = "people", _("Named people")
        RECORD = "record", _("Whom the record itself names")

    route = models.ForeignKey(ApprovalRoute, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("Steps at the same position run together."))
    manner = models.CharField(_("manner"), max_length=8, choices=Manner, default=Manner.APPROVE)
    who = models.CharField(_("who"), max_length=9, choices=Who, default=Who.ROLE)
    role = models.CharField(_("role"), max_length=20, blank=True)
    levels_up = models.PositiveSmallIntegerField(
        _("levels up"), default=0, help_text=_("0: the drafter's own unit; 1: the unit above it.")
    )
    people = models.ManyToManyField(PERSON, blank=True, related_name="+", verbose_name=_("people"))
    need = models.PositiveSmallIntegerField(
        _("signatures needed"), default=1, help_text=_("n of those who may sign; 0: all of them.")
    )
    days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)

    class Meta:
        verbose_name = _("step of a route")
        verbose_name_plural = _("steps of a route")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name or str(self.get_manner_display())


class ApprovalRequest(Record):
    """Something put to a route. What is signed is `content`, frozen and hashed at each submission."""

    # Machine fields: what they say stands in the record's own words.
    audit_silent = ("content_type", "object_id", "label_ja", "label_en")

    class State(models.TextChoices):
        RUNNING = "running", _("In approval")
        RETURNED = "returned", _("Sent back")
        APPROVED = "approved", pgettext_lazy("approval", "Approved")
        REJECTED = "rejected", _("Rejected")
        PULLED_BACK = "pulled_back", _("Pulled back")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.PositiveIntegerField(_("number"), unique=True)
    kind = models.CharField(_("kind of request"), max_length=60)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()  # for the portal's own use: asks nobody's rights
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, null=True, related_name="+")
    label_ja = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300)
    drafter = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("drafter"))
    on_behalf_of = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    unit = models.ForeignKey(
        "pmo_portal.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    reason = models.TextField(_("reason"), blank=True)
    needed_by = models.DateField(_("to be decided by"), null=True, blank=True)
    content = models.JSONField(_("content"), default=dict, encoder=DjangoJSONEncoder)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    route = models.ForeignKey(ApprovalRoute, models.PROTECT, related_name="requests", verbose_name=_("route"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.RUNNING)
    submitted_at = models.DateTimeField(_("submitted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "content_type", "object_id"),
                condition=Q(state__in=("running", "returned", "pulled_back")),
                name="approvalrequest_one_is_open",
            )
        ]
        indexes = [
            models.Index(fields=("state", "number"), name="approvalrequest_state"),
            models.Index(fields=("content_type", "object_id"), name="approvalrequest_about"),
            models.Index(fields=("drafter", "state"), name="approvalrequest_drafter"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("approvals:request_record", kwargs={"number": self.number})

    @property
    def code(self) -> str:
        return f"A-{self.number}"

    @property
    def label(self) -> str:
        from pmo_portal.i18n.localised import pick

        return pick(self.label_ja, self.label_en)


class ApprovalStep(models.Model):
    """A step as it was drawn for one round of one request: a later change of route or organisation leaves it as it is."""

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    name_ja = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    manner = models.CharField(max_length=8, choices=Manner)
    need = models.PositiveSmallIntegerField(default=1)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    added_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    escalated = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("round", "position", "pk")
        indexes = [models.Index(fields=("request", "round", "position"), name="approvalstep_drawn")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        from pmo_portal.i18n.localised import pick

        return pick(self.name_ja, self.name_en) or str(self.get_manner_display())


class ApprovalSeat(models.Model):
    """One person's place in a step, and what they did there. Where a substitute signed, both names stand."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        FOR = "for", pgettext_lazy("approval", "Approved")
        AGAINST = "against", pgettext_lazy("signature", "Refused")
        SKIPPED = "skipped", _("Not needed")
        SEEN = "seen", _("Confirmed")

    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="seats")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="approval_seats")
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    why = models.CharField(max_length=12, blank=True)
    turn = models.PositiveSmallIntegerField(
        default=1, help_text=_("Counts up when the request came back to this step.")
    )
    acted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    acted_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text=_("What was seen when it was signed."))
    answer = models.JSONField(
        default=dict, blank=True, help_text=_("What was decided in detail, where the kind asks for more than a yes.")
    )

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("step", "person"), name="approvalseat_once")]
        indexes = [models.Index(fields=("person", "state"), name="approvalseat_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.state}"

    @property
    def is_by_substitute(self) -> bool:
        return self.acted_by_id is not None and self.acted_by_id != self.person_id


class ApprovalComment(models.Model):
    """Something said about a request without deciding it."""

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="comments")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:60]
