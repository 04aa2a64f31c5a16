"""People, whether they sign in or not; the units they belong to; who stands in for whom; keys they carry."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.i18n.countries import CALENDARS
from pmo_portal.i18n.localised import Bilingual, pick
from pmo_portal.records import Record


class PersonManager(BaseUserManager["Person"]):
    """Makes people who can sign in; addresses are compared without case."""

    def create_user(self, email: str | None = None, password: str | None = None, **fields) -> Person:
        person = self.model(email=(email or "").strip().lower() or None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields) -> Person:
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email: str) -> Person:
        return self.get(email=(email or "").strip().lower())


class Person(AbstractBaseUser, Bilingual, Record):
    """One human, once. Without an e-mail address or a password they are known but do not sign in."""

    class Employment(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        DISPATCHED = "dispatched", _("Dispatched worker")
        CONTRACTOR = "contractor", _("Contractor's staff")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class MoneyUnit(models.TextChoices):
        PLAIN = "plain", _("1")
        THOUSAND = "thousand", _("Thousands (千円, k)")
        MILLION = "million", _("Millions (百万円, M)")
        OKU = "oku", _("Hundred millions (億円)")

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    kana = models.CharField(_("kana"), max_length=120, blank=True)
    employment_type = models.CharField(
        _("employment type"), max_length=12, choices=Employment, default=Employment.EMPLOYEE
    )
    employer = models.CharField(_("employer"), max_length=120, blank=True, help_text=_("For staff of other companies."))
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    phone_extension = models.CharField(_("extension"), max_length=20, blank=True)
    unit = models.ForeignKey(
        "pmo_portal.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation unit"),
    )
    language = models.CharField(
        _("language"), max_length=5, choices=[("ja", "日本語"), ("en", "English")], default="ja"
    )
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Tokyo")
    calendar = models.CharField(
        _("holidays of"),
        max_length=2,
        choices=CALENDARS,
        blank=True,
        help_text=_("Reminders come on working days of this calendar."),
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    money_unit = models.CharField(_("unit of money"), max_length=10, choices=MoneyUnit, default=MoneyUnit.MILLION)
    shortcuts_on = models.BooleanField(_("single-letter keys"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    is_staff = False
    is_superuser = False

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("kana", "name_ja", "pk")
        indexes = [models.Index(fields=("kana", "name_ja"), name="person_order")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("setup:person_record", kwargs={"pk": self.pk})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    @property
    def is_reached(self) -> bool:
        """Whether an ask reaches them: they have a desk, and an address that letters go to."""
        return self.is_active and bool(self.email)

    @property
    def has_account(self) -> bool:
        """Whether they can sign in: an address, and a password or a key that they have used."""
        can_enter = bool(self.last_login) or (bool(self.password) and self.has_usable_password())
        return self.is_reached and can_enter

    @property
    def call_name(self) -> str:
        """The name with what tells namesakes apart, as a box for people takes it."""
        return f"{self.name} <{self.email}>" if self.email else f"{self.name} #{self.pk}"

    @property
    def initial(self) -> str:
        return (self.name or self.email or "?").strip()[:1].upper()

    @property
    def family_name(self) -> str:
        """The word that stands in a stamp: the Japanese family name, else the last English word."""
        japanese = self.name_ja.replace("　", " ").split()
        return japanese[0] if japanese else (self.name_en.split() or [""])[-1]

    @property
    def surname(self) -> str:
        """The family name in the reader's language, for narrow columns."""
        return pick(self.family_name, (self.name_en.split() or [""])[-1])


class OrgUnit(Bilingual, Record):
    """A department, a section, a team. Where it hangs in the tree is dated."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    head = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )

    class Meta:
        verbose_name = _("organisation unit")
        verbose_name_plural = _("organisation units")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("setup:unit_record", kwargs={"pk": self.pk})


class OrgUnitPlacement(models.Model):
    """From a day to a day, the unit hangs below this parent (none: at the top)."""

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="placements")
    parent = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="child_placements")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("starts_on",)
        constraints = [
            models.CheckConstraint(name="orgunitplacement_not_below_itself", condition=~Q(unit=F("parent"))),
            models.CheckConstraint(
                name="orgunitplacement_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ⊂ {self.parent or '–'}"


class PersonPlacement(models.Model):
    """From a day to a day, the person belongs to this unit (none: to no unit). `Person.unit` is the one of today."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="placements")
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation unit")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("starts_on",)
        constraints = [
            models.UniqueConstraint(fields=("person", "starts_on"), name="personplacement_once_a_day"),
            models.CheckConstraint(
                name="personplacement_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ⊂ {self.unit or '–'}"


class Substitute(Record):
    """Someone who does another's asks while that person is away (both days inclusive)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="substitutes", verbose_name=_("absent person"))
    substitute = models.ForeignKey(Person, models.PROTECT, related_name="substitute_for", verbose_name=_("substitute"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        constraints = [
            models.CheckConstraint(name="substitute_is_someone_else", condition=~Q(person=F("substitute"))),
            models.CheckConstraint(name="substitute_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.substitute} ← {self.person}"


class Invitation(models.Model):
    """A letter that lets a known person set their first password. The key is in the letter only; here is its hash."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    key_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} → {self.expires_at:%Y-%m-%d}"


class ApiToken(models.Model):
    """A key for programs. Shown once when made; kept as a hash. Within what its person may, `scope` says how much it may."""

    class Scope(models.TextChoices):
        READ = "read", _("Read only")
        WRITE = "write", _("Read and write")
        CALENDAR = "calendar", _("Only the calendar, by an address")

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens")
    label = models.CharField(_("label"), max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("what it may"), max_length=8, choices=Scope, default=Scope.WRITE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label


class LastSeen(models.Model):
    """When a person last looked at a thing, so that pages can say what is new since then."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    place = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "place"), name="lastseen_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"
