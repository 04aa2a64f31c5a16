"""Custom fields as data, and the record that carries their values."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.access.models import Role
from pmo_portal.custom import values
from pmo_portal.i18n.localised import Bilingual, pick
from pmo_portal.records import Record

PREFIX = "custom_"


class CustomField(Bilingual, Record):
    """One field of one sort of record. `options`: [{"key", "ja", "en"}] of a choice."""

    class Kind(models.TextChoices):
        TEXT = values.TEXT, pgettext_lazy("custom field", "Text")
        NUMBER = values.NUMBER, pgettext_lazy("answer", "Number")
        MONEY = values.MONEY, _("Money")
        DATE = values.DATE, _("Date")
        CHOICE = values.CHOICE, _("Choice")
        CHOICES = values.CHOICES, _("Multiple choice")
        PERSON = values.PERSON, _("Person")
        LINK = values.LINK, pgettext_lazy("custom field", "Link")
        YESNO = values.YESNO, pgettext_lazy("custom field", "Yes or no")

    of = models.CharField(pgettext_lazy("custom field", "Stands in"), max_length=60)
    key = models.CharField(_("name for programs"), max_length=30)
    kind = models.CharField(_("type"), max_length=8, choices=Kind, default=Kind.TEXT)
    options = models.JSONField(_("choices"), default=list, blank=True)
    help_ja = models.CharField(_("help (Japanese)"), max_length=300, blank=True)
    help_en = models.CharField(_("help (English)"), max_length=300, blank=True)
    required_in = models.JSONField(_("required in"), default=list, blank=True)
    seen_by = models.JSONField(_("seen by"), default=list, blank=True)
    default = models.JSONField(_("default"), null=True, blank=True)
    in_list = models.BooleanField(_("a column of the list from the start"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    @classmethod
    def words_of(cls, name: str, item: Any) -> str:
        """What stands in one of the lists, for the trail."""
        if isinstance(item, dict):
            return pick(item.get("ja", ""), item.get("en", ""))
        if name == "seen_by":
            return str(dict(Role.choices).get(item, item))
        from pmo_portal.custom.registry import carriers

        states = {str(key): label for carrier in carriers.values() for key, label in carrier.states}
        return str(states.get(item, item))

    class Meta:
        ordering = ("of", "position", "pk")
        constraints = [models.UniqueConstraint(fields=("of", "key"), name="one_custom_field_of_a_key")]
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")

    def __str__(self) -> str:
        return self.name or self.key

    def get_absolute_url(self) -> str:
        return reverse("setup:custom_field", kwargs={"pk": self.pk})

    @property
    def attribute(self) -> str:
        """Under which name records, forms, lists and the trail know it."""
        return PREFIX + self.key

    @property
    def help(self) -> str:
        return pick(self.help_ja, self.help_en)

    @property
    def choices(self) -> dict[str, str]:
        """Key → words, in the reader's language."""
        return {option["key"]: pick(option["ja"], option["en"]) for option in self.options}

    def read(self, record: Customised) -> Any:
        return values.read(self.kind, (record.custom or {}).get(self.key))


class Customised(models.Model):
    """A record with custom fields: `record.custom_<key>` reads one."""

    custom = models.JSONField(_("custom fields"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith(PREFIX):
            from pmo_portal.custom.queries import field_of

            if (found := field_of(type(self), name)) is not None:
                return found.read(self)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
