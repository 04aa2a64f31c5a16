"""What the portal asks of people, how it reminds them, and what it has told them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pmo_portal.access.models import Role
from pmo_portal.asks import timing
from pmo_portal.audit.models import Record

PERSON = settings.AUTH_USER_MODEL


class Ask(Record):
    """One thing asked of one person. Its words come from the ask kind that a room registered, in the reader's language."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(_("kind"), max_length=60)
    audit_silent = ("key", "content_type", "object_id")

    key = models.CharField(max_length=120, unique=True, help_text=_("The same thing is asked once."))
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="asks", verbose_name=_("asked"))
    asked_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="asks_made", verbose_name=_("asked by")
    )
    scope = models.ForeignKey("pmo_portal.Scope", models.PROTECT, null=True, blank=True, related_name="+")
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("expected minutes"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("ask")
        verbose_name_plural = _("asks")
        ordering = ("due_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="ask_ended_has_time",
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
            )
        ]
        indexes = [
            models.Index(fields=("person", "state", "due_at"), name="ask_waiting"),
            models.Index(fields=("content_type", "object_id"), name="ask_about"),
            models.Index(fields=("state", "due_at"), name="ask_due"),
        ]

    def __str__(self) -> str:
        from pmo_portal.asks.kinds import kinds

        known = kinds.get(self.kind)
        return str(known.title(self)) if known else self.key


class LadderStep(Record):
    """One rung of the office's ladder: so many working days before or after the due date, this is done."""

    class Act(models.TextChoices):
        REMIND = "remind", _("Remind the person")
        SUBSTITUTE = "substitute", _("Tell the substitute")
        ESCALATE = "escalate", _("Tell a role above")

    in_words = ("kind", "role")  # codes that the trail says in words

    kind = models.CharField(_("for asks of kind"), max_length=60, blank=True, help_text=_("Empty: for all."))
    offset_days = models.SmallIntegerField(_("working days from the due date"), help_text=_("Negative: before."))
    act = models.CharField(_("what is done"), max_length=10, choices=Act, default=Act.REMIND)
    role = models.CharField(_("role"), max_length=20, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reminder step")
        verbose_name_plural = _("reminder ladder")
        ordering = ("kind", "offset_days", "pk")
        constraints = [
            models.CheckConstraint(name="ladderstep_escalation_names_a_role", condition=~Q(act="escalate", role=""))
        ]

    def __str__(self) -> str:
        return f"{self.when}: {self.get_act_display()}"

    @property
    def when(self) -> str:
        """When this rung is climbed, in words."""
        if self.offset_days == 0:
            return gettext("On the due day")
        days = abs(self.offset_days)
        if self.offset_days < 0:
            return ngettext("%(n)s working day before", "%(n)s working days before", days) % {"n": days}
        return ngettext("%(n)s working day after", "%(n)s working days after", days) % {"n": days}

    @classmethod
    def words_of(cls, name: str, value: str) -> str:
        """What the trail says for a code: the kind of ask, the role."""
        from pmo_portal.asks.kinds import kinds

        if name == "kind":
            return str(kinds[value].label) if value in kinds else value
        return str(dict(Role.choices).get(value, value))


class Reminder(models.Model):
    """Someone was told of an ask: by a rung of the ladder, by hand, or for the first time in a digest (`TOLD`). Unique, so
    that nothing is told twice after a crash."""

    TOLD = "told"

    ask = models.ForeignKey(Ask, models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=60, help_text=_("Which rung, or 'by hand' and when."))
    receiver = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ask", "step", "receiver"), name="reminder_once")]
        indexes = [models.Index(fields=("receiver", "at"), name="reminder_receiver")]

    def __str__(self) -> str:
        return f"{self.ask_id} {self.step}"


class Timing(models.TextChoices):
    """When something told comes by one of the ways."""

    ONCE = timing.ONCE, pgettext_lazy("when told", "At once")
    DIGEST = timing.DIGEST, pgettext_lazy("when told", "Once a day")
    OFF = timing.OFF, pgettext_lazy("when told", "Off")


class NoticeChoosing(Record):
    """How one kind of notice comes, way by way; empty: as it was chosen before."""

    in_words = ("kind",)

    kind = models.CharField(_("kind"), max_length=60)
    in_app = models.CharField(_("in the portal"), max_length=6, choices=Timing, blank=True)
    mail = models.CharField(_("by mail"), max_length=6, choices=Timing, blank=True)
    chat = models.CharField(_("by chat"), max_length=6, choices=Timing, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.words_of("kind", self.kind)

    @classmethod
    def words_of(cls, name: str, value: str) -> str:
        """What the trail says for a code."""
        from pmo_portal.asks.kinds import notices

        return str(notices[value].label) if value in notices else value

    def chosen(self) -> dict[str, str]:
        return {channel: getattr(self, channel) for channel in timing.CHANNELS}


class NoticeDefault(NoticeChoosing):
    """What the office has chosen for everybody who has not chosen themselves."""

    class Meta:
        verbose_name = _("how people are told")
        verbose_name_plural = _("how people are told")
        ordering = ("kind",)
        constraints = [models.UniqueConstraint(fields=("kind",), name="noticedefault_once")]


class NoticeChoice(NoticeChoosing):
    """What a person has chosen for themselves."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="notice_choices", verbose_name=_("person"))

    class Meta:
        verbose_name = _("own choice of how to be told")
        verbose_name_plural = _("own choices of how to be told")
        ordering = ("kind",)
        constraints = [models.UniqueConstraint(fields=("person", "kind"), name="noticechoice_once")]


class InboxItem(models.Model):
    """Something the portal told a person. Goes into their next digest, once."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="inbox_items")
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    url = models.CharField(max_length=300, blank=True)
    ask = models.ForeignKey(
        Ask, models.CASCADE, null=True, related_name="inbox_items", help_text=_("Read with its end.")
    )
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+", help_text=_("Who an answer goes to."))
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    in_app = models.CharField(max_length=6, choices=Timing, default=Timing.ONCE)
    mail = models.CharField(max_length=6, choices=Timing, default=Timing.DIGEST)
    chat = models.CharField(max_length=6, choices=Timing, default=Timing.OFF)
    at = models.DateTimeField(auto_now_add=True)
    counts_from = models.DateTimeField(null=True, help_text=_("Where it comes once a day: from when it is seen."))
    read_at = models.DateTimeField(null=True, blank=True)
    digested_on = models.DateField(null=True, blank=True, help_text=_("Empty: waits for the day's letter."))
    chatted_on = models.DateField(null=True, blank=True, help_text=_("When the chat was told."))

    class Meta:
        ordering = ("-at", "-pk")
        constraints = [models.UniqueConstraint(fields=("person", "key"), name="inboxitem_once")]
        indexes = [
            models.Index(fields=("person", "read_at", "at"), name="inboxitem_unread"),
            models.Index(fields=("digested_on", "person"), name="inboxitem_digest"),
        ]

    def __str__(self) -> str:
        return self.key


class MailMessage(models.Model):
    """A letter on its way out. Its Message-ID stays the same over retries, so a receiver sees it once."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    key = models.CharField(max_length=160, unique=True)
    person = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="mails")
    address = models.EmailField(_("address"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=120)
    headers = models.JSONField(default=dict, help_text=_("What else stands at its head: how to answer, how to end it."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    refusals = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often the server took the connection but not the letter.")
    )
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("state", "not_before"), name="mailmessage_queue")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def kind(self) -> str:
        """What sort of letter it is. Its words are for its reader alone."""
        sorts = {"digest": pgettext("letter", "digest"), "item": _("notice"), "invitation": _("invitation")}
        return str(sorts.get(self.key.partition(":")[0], _("letter about sign-in")))


class AddressBounce(models.Model):
    """An address that letters came back from for good. Until somebody confirms it, no more notices go there by mail."""

    class Via(models.TextChoices):
        SMTP = "smtp", _("refused when it was handed over")
        DSN = "dsn", _("came back later")

    address = models.EmailField(_("address"))
    person = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="bounces", verbose_name=_("person"))
    letter = models.ForeignKey(MailMessage, models.SET_NULL, null=True, related_name="+")
    via = models.CharField(_("how it came back"), max_length=4, choices=Via)
    status = models.CharField(max_length=20, blank=True)
    words = models.CharField(_("what the mail server said"), max_length=500, blank=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    last_at = models.DateTimeField(_("last at"))
    count = models.PositiveIntegerField(default=1)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("address that letters come back from")
        verbose_name_plural = _("addresses that letters come back from")
        ordering = ("-since", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("address",), condition=Q(confirmed_at=None), name="addressbounce_once_until_confirmed"
            )
        ]

    def __str__(self) -> str:
        return self.address

    def get_absolute_url(self) -> str:
        return self.person.get_absolute_url() if self.person else "/"
