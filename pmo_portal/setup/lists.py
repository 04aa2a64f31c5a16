"""The lists of the set-up pages."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pmo_portal import access, jobs, lists
from pmo_portal.access.models import Role
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import units_as_tree
from pmo_portal.accounts.tree import below
from pmo_portal.asks.bounces import people_bouncing
from pmo_portal.asks.models import MailMessage
from pmo_portal.audit.models import AuditEntry
from pmo_portal.audit.reading import trail
from pmo_portal.audit.wording import ACTIONS, Told, told
from pmo_portal.i18n import notes
from pmo_portal.i18n.text import one_line
from pmo_portal.jobs.models import Job
from pmo_portal.lists import Choice, Column, Flag, Range
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.setup import guide, queries
from pmo_portal.setup.wording import was_is


def unit_options(viewer):
    seen = set(queries.units(viewer).values_list("pk", flat=True))
    return [(str(unit.pk), label) for unit, label in units_as_tree() if unit.pk in seen][:300]


class InUnit(Choice):
    """A unit with everything below it today."""

    def condition(self, values, viewer):
        parents = queries.parents_on_day(timezone.localdate())
        inside: set[int] = set()
        for value in values:
            if int(value[:18]) not in parents:
                raise ValueError(value[:40])
            inside |= below(parents, int(value[:18]))
        return Q(unit__in=inside) if values else None


class HoldsRole(Choice):
    """Somebody who holds the role today, anywhere."""

    def condition(self, values, viewer):
        if super().condition(values, viewer) is None:
            return None
        return Q(pk__in=queries.holders_today(values))


KEEPERS = ("sysadmin", "administrator", "manager", "auditor")
SIGN_IN = ("account", "seen", "no_account", "closed", "bounces")  # columns and filters


class PeopleList(lists.List):
    model = Person
    title = gettext_lazy("People")
    related = ("unit",)
    search = ("name_ja", "name_en", "kana", "email", "job_title")
    order = ("-is_active", "kana", "name_ja", "pk")
    columns = [
        Column("name", gettext_lazy("Name"), "name", sort="kana", phone="first"),
        Column("unit", gettext_lazy("Organisation unit"), "unit.name", sort="unit__code", phone="second"),
        Column("job_title", gettext_lazy("Job title"), "job_title", sort="job_title"),
        Column("employment", gettext_lazy("Employment"), "get_employment_type_display", sort="employment_type"),
        Column("roles", gettext_lazy("Roles"), "roles_held", phone="second"),
        Column("email", gettext_lazy("E-mail"), "email", sort="email"),
        Column("account", gettext_lazy("Sign-in"), "sign_in_state", phone="first"),
        Column("seen", gettext_lazy("Last signed in"), "last_login", sort="last_login", kind="moment"),
    ]
    filters = [
        InUnit("unit", gettext_lazy("Unit"), options=unit_options),
        HoldsRole("role", gettext_lazy("Role"), options=Role.choices),
        Choice("employment", gettext_lazy("Employment"), "employment_type", options=Person.Employment.choices),
        Flag("no_account", gettext_lazy("Never signed in"), when=Q(last_login=None, is_active=True)),
        Flag("closed", gettext_lazy("Account closed"), when=Q(is_active=False)),
        Flag("bounces", gettext_lazy("Letters come back"), when=Q(pk__in=people_bouncing().values("pk"))),
    ]
    empty_text = gettext_lazy("Everybody who works for the office's projects, whether they sign in or not.")

    def __init__(self, viewer, params, kwargs=None) -> None:
        """How and when colleagues sign in is known to who keeps the office, on the page, in files and in the address."""
        super().__init__(viewer, params, kwargs)
        if not access.holds(viewer, *KEEPERS):
            self.columns = [c for c in self.columns if c.key not in SIGN_IN]
            self.filters = [f for f in self.filters if f.key not in SIGN_IN]
            self.order = tuple(path for path in self.order if path != "-is_active")

    def base(self):
        return queries.people(self.viewer)

    def prepare(self, records: list) -> list:
        held = queries.roles_held(records)
        for person in records:
            person.roles_held = _(", ").join(held.get(person.pk, ()))
            person.sign_in_state = sign_in_state(person)
        return records


def sign_in_state(person: Person) -> str:
    if not person.is_active:
        return pgettext("account", "closed")
    if person.last_login or person.has_usable_password():
        return pgettext("account", "open")
    return pgettext("account", "not yet") if person.email else _("no account")


class PeriodList(lists.List):
    model = ReportingPeriod
    title = gettext_lazy("Reporting periods")
    search = ("key",)
    order = ("-starts_on", "cadence")
    columns = [
        Column("name", gettext_lazy("Period"), "label", sort="starts_on", phone="first"),
        Column("cadence", gettext_lazy("Cadence"), "get_cadence_display", sort="cadence", phone="second"),
        Column("starts", gettext_lazy("From"), "starts_on", sort="starts_on", kind="date"),
        Column("ends", gettext_lazy("Until"), "ends_on", sort="ends_on", kind="date"),
        Column("opens", gettext_lazy("Opens on"), "opens_on", sort="opens_on", kind="date"),
        Column("due", gettext_lazy("Due"), "due_at", sort="due_at", kind="moment", phone="second"),
        Column("state", gettext_lazy("State"), "get_state_display", sort="state", phone="first"),
        Column("frozen", gettext_lazy("Frozen at"), "frozen_at", sort="frozen_at", kind="moment"),
    ]
    filters = [
        Choice("state", gettext_lazy("State"), options=ReportingPeriod.State.choices),
        Choice("cadence", gettext_lazy("Cadence"), options=Cadence.choices),
        Range("from", gettext_lazy("From"), "starts_on", of="date"),
    ]
    empty_text = gettext_lazy("Periods are planned by themselves from the reporting cadence of each tier.")


class DayRange(Range):
    """Days asked of a column of moments, in the reader's zone."""

    def condition(self, values, viewer):
        low, _dots, high = (values[0] if values else "").partition("..")
        where, zone = Q(), timezone.get_current_timezone()
        if (start := self._read(low)) is not None:
            where &= Q(**{f"{self.path}__gte": datetime.combine(start, time.min, zone)})
        if (end := self._read(high)) is not None:
            where &= Q(**{f"{self.path}__lt": datetime.combine(end + timedelta(days=1), time.min, zone)})
        return where or None


def kind_options(viewer):
    return [(str(c.pk), str(c.model_class()._meta.verbose_name)) for c in queries.kinds_in_trail()]


class AuditList(lists.List):
    model = AuditEntry
    title = gettext_lazy("Audit trail")
    search = ("object_label", "reason", "actor__name_ja", "actor__name_en", "actor__email", "request_id")
    order = ("-id",)
    related = ("actor", "on_behalf_of", "content_type")
    columns = [
        Column("at", gettext_lazy("At"), "at", sort="id", kind="moment", phone="second"),
        Column("actor", gettext_lazy("Who"), "who", phone="second"),
        Column("name", gettext_lazy("Record"), "label", phone="first"),
        Column("action", gettext_lazy("Act"), "word", phone="first"),
        Column("kind", gettext_lazy("Kind"), "kind_word"),
        Column("changes", gettext_lazy("What changed"), "summary"),
        Column("reason", gettext_lazy("Reason"), "why"),
    ]
    filters = [
        Choice(
            "action", gettext_lazy("Act"), options=lambda viewer: sorted(ACTIONS.items(), key=lambda pair: str(pair[1]))
        ),
        Choice("kind", gettext_lazy("Kind"), "content_type", options=kind_options),
        DayRange("at", gettext_lazy("Days"), "at", of="date"),
        Flag("reasoned", gettext_lazy("With a reason"), when=~Q(reason="")),
        Flag("machine", gettext_lazy("By the portal itself"), when=Q(actor=None)),
        Flag("stood_in", gettext_lazy("On behalf of somebody"), when=Q(on_behalf_of__isnull=False)),
    ]
    empty_text = gettext_lazy(
        "Every business change is written here, field by field, and can never be changed afterwards."
    )

    def base(self):
        return trail(self.viewer)

    def search_condition(self, word: str) -> Q:
        """Also by what the record is called today: its key, and its name in either language."""
        where = super().search_condition(word)
        for kind, ids in queries.records_called(self.viewer, word):
            where |= Q(content_type=kind, object_id__in=ids)
        return where

    def url_of(self, record) -> str:
        return reverse("setup:audit_entry", kwargs={"pk": record.pk})

    def prepare(self, records: list) -> list:
        self.say(records, told(records, in_full=False))
        return records

    def say(self, entries: list, told_of_them: list[Told]) -> None:
        for entry, said in zip(entries, told_of_them, strict=True):
            model = entry.content_type.model_class()
            entry.word, entry.label = said.action, one_line(said.label)
            entry.kind_word = str(model._meta.verbose_name) if model else entry.content_type.model
            entry.who, entry.why = self._who(entry), notes.told(entry.reason)
            entry.summary = self.summary_of(said)

    @staticmethod
    def summary_of(said: Told) -> str:
        return _(", ").join(c.label for c in said.changes[:5])

    @staticmethod
    def _who(entry: AuditEntry) -> str:
        who = one_line(str(entry.actor)) if entry.actor else _("The portal")
        other = one_line(str(entry.on_behalf_of)) if entry.on_behalf_of else ""
        return _("%(who)s for %(other)s") % {"who": who, "other": other} if other else who


def setting_options(viewer):
    return [(str(c.pk), str(c.model_class()._meta.verbose_name)) for c in queries.kinds_of_settings()]


class SettingsList(AuditList):
    """What changed in the office's settings, from what to what, by whom."""

    title = gettext_lazy("Changes of the settings")
    columns = [
        Column("at", gettext_lazy("At"), "at", sort="id", kind="moment", phone="second"),
        Column("actor", gettext_lazy("Who"), "who", phone="second"),
        Column("kind", gettext_lazy("Setting"), "kind_word", phone="first"),
        Column("name", gettext_lazy("Record"), "label", phone="first"),
        Column("action", gettext_lazy("Act"), "word"),
        Column("changes", gettext_lazy("What changed"), "summary", kind="long", phone="second"),
        Column("reason", gettext_lazy("Reason"), "why"),
    ]
    filters = [
        Choice("kind", gettext_lazy("Setting"), "content_type", options=setting_options),
        DayRange("at", gettext_lazy("Days"), "at", of="date"),
        Flag("machine", gettext_lazy("By the portal itself"), when=Q(actor=None)),
    ]
    empty_text = gettext_lazy("Whoever changes the calendar, the cadence, the reminders, roles or fields stands here.")

    def base(self):
        return queries.settings_trail(self.viewer)

    def prepare(self, records: list) -> list:
        self.say(records, told(records, viewer=self.viewer))
        return records

    @staticmethod
    def summary_of(said: Told) -> str:
        if said.entry.action == guide.DONE:
            key = said.entry.changes["step"][1]
            return str(guide.steps[key].label) if key in guide.steps else key
        return "; ".join(was_is(change) for change in said.changes[:6])


class JobList(lists.List):
    model = Job
    title = gettext_lazy("The machine's work")
    search = ("name", "error", "note")
    order = ("-pk",)
    related = ("requested_by",)
    columns = [
        Column("name", gettext_lazy("Work"), "label", sort="name", phone="first"),
        Column("state", gettext_lazy("State"), "get_state_display", sort="state", phone="first"),
        Column("attempts", gettext_lazy("Attempts"), "attempts", sort="attempts", kind="number"),
        Column("progress", gettext_lazy("Progress"), lambda job: f"{job.done} / {job.total}" if job.total else ""),
        Column("by", gettext_lazy("Asked for by"), "requested_by"),
        Column("queued", gettext_lazy("Queued at"), "created_at", sort="created_at", kind="moment", phone="second"),
        Column("started", gettext_lazy("Started at"), "started_at", sort="started_at", kind="moment"),
        Column("finished", gettext_lazy("Finished at"), "finished_at", sort="finished_at", kind="moment"),
    ]
    filters = [
        Choice("state", gettext_lazy("State"), options=Job.State.choices),
        Choice(
            "name", gettext_lazy("Work"), options=lambda viewer: sorted(known_jobs().items(), key=lambda pair: pair[1])
        ),
    ]
    empty_text = gettext_lazy("Nothing runs and nothing waits.")

    def base(self):
        """All work; what the clock does every half minute, once done, only when it is asked for."""
        found = queries.work(self.viewer)
        return found if self.params.get("state") else found.exclude(key__startswith="periodic:", state=Job.State.DONE)

    def url_of(self, record) -> str:
        return reverse("setup:job_record", kwargs={"pk": record.pk})


class LetterList(lists.List):
    """Letters on their way: to whom, how it went. What they say is their reader's."""

    model = MailMessage
    title = gettext_lazy("Letters")
    search = ("person__name_ja", "person__name_en", "address", "error")
    order = ("-pk",)
    related = ("person",)
    columns = [
        Column("kind", gettext_lazy("Letter"), "kind", phone="first"),
        Column("to", gettext_lazy("To"), lambda letter: letter.person or letter.address, phone="second"),
        Column("state", gettext_lazy("State"), "get_state_display", sort="state", phone="first"),
        Column("attempts", gettext_lazy("Attempts"), "attempts", sort="attempts", kind="number"),
        Column("written", gettext_lazy("Written at"), "created_at", sort="created_at", kind="moment", phone="second"),
        Column("next", gettext_lazy("Not before"), "not_before", sort="not_before", kind="moment"),
        Column("sent", gettext_lazy("Sent at"), "sent_at", sort="sent_at", kind="moment"),
        Column("error", gettext_lazy("Last error"), "error", kind="quoted"),
    ]
    filters = [Choice("state", gettext_lazy("State"), options=MailMessage.State.choices)]
    empty_text = gettext_lazy("No letter has been written yet.")

    def base(self):
        return queries.letters(self.viewer)

    def url_of(self, record) -> str:
        return reverse("setup:letter", kwargs={"pk": record.pk})


def known_jobs() -> dict[str, str]:
    """Job → what it does."""
    return {name: jobs.label_of(name) for name in jobs.known}
