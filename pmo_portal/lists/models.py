"""Views of lists that somebody gave a name: conditions, order and columns."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.access.models import Role
from pmo_portal.records import Record


class SavedView(Record):
    """The state of a list under a name: one's own, or shared with everybody; a role may find it as its first view."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=80)
    path = models.CharField(_("list"), max_length=200)
    query = models.CharField(_("conditions"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    default_for = models.CharField(_("first view of"), max_length=20, choices=Role.choices, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("path", "default_for"),
                condition=models.Q(archived_at=None) & ~models.Q(default_for=""),
                name="savedview_one_for_a_role",
            ),
            models.CheckConstraint(
                condition=models.Q(default_for="") | models.Q(is_shared=True), name="savedview_default_is_shared"
            ),
        ]
        indexes = [models.Index(fields=("path", "owner"), name="savedview_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("views:view", kwargs={"pk": self.pk})

    @property
    def url(self) -> str:
        """The list as it was saved. `view` says which it began as, and keeps a role's first view from coming back."""
        state = f"{self.query}&" if self.query else ""
        return f"{self.path}?{state}view={self.pk}"
