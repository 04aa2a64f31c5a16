"""Files of records: what hangs on a record, and each version of its bytes."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal.audit.models import Record
from pmo_portal.files.kinds import KINDS, Kind, said_size

PERSON = settings.AUTH_USER_MODEL
SHA256 = 64


class Attachment(Record):
    """A file of a record, through its versions. `name` is the newest one's, until somebody gives another."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()
    name = models.CharField(_("name"), max_length=200)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("attached by"))

    class Meta:
        verbose_name = pgettext_lazy("attached", "file")
        verbose_name_plural = pgettext_lazy("attached", "files")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("content_type", "object_id"), name="attachment_about")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:file_record", kwargs={"pk": self.pk})

    @property
    def newest(self) -> FileVersion:
        """The newest version, from what was read along with the attachment where it was."""
        return max(self.versions.all(), key=lambda version: version.number)


class FileVersion(models.Model):
    """One state of a file's bytes. Never changes, but for its preview."""

    class Preview(models.TextChoices):
        NONE = "none", pgettext_lazy("preview", "None")
        WAITING = "waiting", pgettext_lazy("preview", "Being drawn")
        READY = "ready", pgettext_lazy("preview", "Ready")
        FAILED = "failed", pgettext_lazy("preview", "Could not be drawn")

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="versions", verbose_name=_("file"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=SHA256)
    path = models.CharField(max_length=120, unique=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    preview = models.CharField(_("pictures of the pages"), max_length=8, choices=Preview, default=Preview.NONE)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)  # drawn ones
    pages_in_all = models.PositiveIntegerField(_("pages in all"), default=0)
    problem = models.CharField(max_length=20, blank=True)  # why it could not be drawn: see drawing.py

    class Meta:
        verbose_name = _("version of a file")
        verbose_name_plural = _("versions of files")
        ordering = ("attachment", "-number")
        constraints = [models.UniqueConstraint(fields=("attachment", "number"), name="fileversion_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def is_of(self) -> Kind:
        return KINDS[self.kind]

    @property
    def said_size(self) -> str:
        number, unit = said_size(self.size)
        return f"{number:g} {unit}"

    @property
    def url(self) -> str:
        return reverse("files:content", kwargs={"pk": self.attachment_id, "number": self.number})

    @property
    def page_urls(self) -> list[str]:
        return [
            reverse("files:preview", kwargs={"pk": self.attachment_id, "number": self.number, "page": page})
            for page in range(1, self.pages + 1)
        ]
