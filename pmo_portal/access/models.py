"""Where things stand in the office (scopes) and who holds which role there (grants)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pmo_portal.records import Record


class Role(models.TextChoices):
    PM = "pm", _("Project manager")
    MEMBER = "member", _("Project member")
    ADMINISTRATOR = "administrator", _("PMO administrator")
    EXPERT = "expert", _("PMO expert")
    MANAGER = "manager", _("PMO manager")
    SPONSOR = "sponsor", _("Sponsor / executive")
    AUDITOR = "auditor", _("Auditor")
    SYSADMIN = "sysadmin", _("System administrator")


class Scope(models.Model):
    """A place in the tree office → portfolio → programme → project. What stands there is known to higher rooms only."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("Office")
        PORTFOLIO = "portfolio", _("Portfolio")
        PROGRAMME = "programme", _("Programme")
        PROJECT = "project", _("Project")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    label = models.CharField(_("label"), max_length=300, blank=True)
    label_en = models.CharField(_("label in English"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        constraints = [
            models.CheckConstraint(
                name="scope_only_the_office_is_root",
                condition=Q(kind="office", parent=None) | (~Q(kind="office") & Q(parent__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=("kind",), name="scope_kind")]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return (self.label_en if get_language() == "en" and self.label_en else self.label) or self.get_kind_display()


class ScopeAncestor(models.Model):
    """Closure of the tree: one row for each scope and each scope above it, itself included (depth 0)."""

    ancestor = models.ForeignKey(Scope, models.CASCADE, related_name="below")
    descendant = models.ForeignKey(Scope, models.CASCADE, related_name="above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("descendant", "ancestor"), name="scopeancestor_once")]
        indexes = [models.Index(fields=("ancestor", "descendant"), name="scopeancestor_down")]

    def __str__(self) -> str:
        return f"{self.ancestor_id} ⊇ {self.descendant_id}"


class FormerPlace(models.Model):
    """Until this day, inclusive, the scope hung below that parent. One row per move; where it hangs now is its `parent`."""

    scope = models.ForeignKey(Scope, models.CASCADE, related_name="former_places")
    parent = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    until = models.DateField(_("until"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=("scope", "until"), name="formerplace_once")]
        indexes = [models.Index(fields=("until",), name="formerplace_until")]

    def __str__(self) -> str:
        return f"{self.parent_id} ⊇ {self.scope_id} – {self.until}"


class Grant(Record):
    """A role that a person holds at a scope, and below it, from a day to a day (both inclusive)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="grants", verbose_name=_("scope"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )

    named_by = ("person", "scope")

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]
        indexes = [models.Index(fields=("person", "starts_on", "ends_on"), name="grant_person_dates")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.scope}"
