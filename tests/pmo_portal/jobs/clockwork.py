"""What the clock does, in the middle of doing it: eight pieces of work, each with a row at which the database is slow.

The middle is made by the database: a trigger that takes long at one row, so that some of the work is committed and some
is under way.
"""

import sqlite3
import time

import psycopg2

from tests.pmo_portal.jobs.offices import Office, administer

LONG = 600_000_000  # rows that SQLite counts while it is "slow"; far longer than the test waits

BASE = """
from datetime import date, time, timedelta
from django.db import connection
if connection.vendor == "sqlite":
    view = "CREATE VIEW %s AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < %d) SELECT max(x) AS x FROM c"
    connection.cursor().execute(view % ("forever", LONG))
    connection.cursor().execute(view % ("moment", 3_000_000))
from django.utils import timezone
from tests.cast import make_cast, make_office
from pmo_portal import jobs
from pmo_portal.accounts.models import Substitute
from pmo_portal.periods.models import CompanyDay, OfficeSettings
from pmo_portal.periods.queries import forget_office_settings
office = make_office(make_cast())
Substitute.objects.all().delete()
today = timezone.localdate()
CompanyDay.objects.create(day=today, kind="workday")
OfficeSettings.objects.update(digest_at=time(0), quiet_from=time(0), quiet_until=time(0))
forget_office_settings()
jobs.drain(strict=True)
""".replace("LONG", str(LONG))

SETUP = """
from datetime import date, time, timedelta
from django.db.models import Count
from django.utils import timezone
from pmo_portal import asks, jobs, measures
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office as root
from pmo_portal.accounts.models import Person
from pmo_portal.asks.models import Ask, InboxItem, MailMessage, Reminder
from pmo_portal.audit.models import AuditEntry
from pmo_portal.jobs.models import Job
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.periods import actions as periods
from pmo_portal.periods.fiscal import add_months
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.maintaining import ask_key
now, today = timezone.now(), timezone.localdate()
following = add_months(today.replace(day=1), 1)
person = {p.name_en: p for p in Person.objects.all()}
two = ("monthly", following), ("quarterly", today)
"""

# what is prepared and submitted; where it becomes slow: table, event, condition; what holds in the end
SCENARIOS = {
    # First: there is one digest a day, and what the others tell would be in it.
    "sends digests": (
        """
for name in ("Ken Aoki", "Ryo Ito", "Megumi Chiba"):
    asks.notify(person[name], key="kill", kind="asks.answered")
jobs.submit("pmo_portal.asks.send_digests", key="periodic:pmo_portal.asks.send_digests")
""",
        (
            "pmo_portal_mailmessage",
            "INSERT",
            "NEW.key LIKE 'digest:%' AND (SELECT p.name_en FROM pmo_portal_person p WHERE p.id = NEW.person_id) = 'Ryo Ito'",
        ),
        """
for name in ("Ken Aoki", "Ryo Ito", "Megumi Chiba"):
    letters = MailMessage.objects.filter(person=person[name], key__startswith="digest:")
    told = InboxItem.objects.filter(person=person[name], key="kill", digested_on__isnull=False)
    print(letters.count(), letters.filter(state="sent").count(), told.count(), end=" ")
""",
        "1 1 1 1 1 1 1 1 1",
    ),
    "opens periods": (
        """
for cadence, day in two:
    ReportingPeriod.objects.filter(pk=periods.ensure_period(cadence, day).pk).update(opens_on=today)
jobs.submit("pmo_portal.periods.open_periods", key="periodic:pmo_portal.periods.open_periods")
""",
        ("pmo_portal_reportingperiod", "UPDATE", "NEW.state = 'open' AND NEW.cadence = 'quarterly'"),
        """
found = [periods.ensure_period(*which) for which in two]
print([p.state for p in found], [AuditEntry.objects.filter(object_id=p.pk, action="opened",
    content_type__model="reportingperiod").count() for p in found],
    [Ask.objects.filter(key=ask_key(p, found[0]), state="open").count() for p in Project.objects.order_by("key")])
""",
        "['open', 'open'] [1, 1] [1, 1]",
    ),
    "closes periods": (
        """
for cadence, day in two:
    ReportingPeriod.objects.filter(pk=periods.ensure_period(cadence, day).pk).update(due_at=now - timedelta(minutes=1))
jobs.submit("pmo_portal.periods.close_periods", key="periodic:pmo_portal.periods.close_periods")
""",
        ("pmo_portal_reportingperiod", "UPDATE", "NEW.state = 'closed' AND NEW.cadence = 'quarterly'"),
        """
found = [periods.ensure_period(*which) for which in two]
print([p.state for p in found], [AuditEntry.objects.filter(object_id=p.pk, action="closed",
    content_type__model="reportingperiod").count() for p in found])
""",
        "['closed', 'closed'] [1, 1]",
    ),
    "sends reminders": (
        """
due = timezone.localtime().replace(hour=23, minute=59)
for number in range(3):
    asks.ask("status.help", person=person["Ryo Ito"], key=f"kill:{number}", due_at=due, details={"text": "?"})
jobs.submit("pmo_portal.asks.climb_ladder", key="periodic:pmo_portal.asks.climb_ladder")
""",
        (
            "pmo_portal_reminder",
            "INSERT",
            "(SELECT a.key FROM pmo_portal_ask a WHERE a.id = NEW.ask_id) = 'kill:1' AND NEW.step LIKE '%:remind:'",
        ),
        """
for model in (Reminder.objects.filter(step__endswith=":remind:"), InboxItem.objects.filter(kind="asks.due")):
    print([model.filter(ask__key=f"kill:{number}").count() for number in range(3)], end=" ")
""",
        "[1, 1, 1] [1, 1, 1]",
    ),
    "rolls up": (
        """
from tests.factories import ReportFactory
period = ReportingPeriod.objects.get(cadence="monthly", starts_on=today.replace(day=1))
for project in Project.objects.order_by("key"):
    ReportFactory(project=project, period=period)
""",
        (
            "pmo_portal_measurevalue",
            "INSERT",
            "NEW.measure = 'spent' AND (SELECT s.kind FROM pmo_portal_scope s WHERE s.id = NEW.scope_id) = 'office'",
        ),
        """
period = ReportingPeriod.objects.get(cadence="monthly", starts_on=today.replace(day=1))
spent = MeasureValue.objects.filter(measure="spent", period=period, scope=root())
total = sum(project.spent for project in Project.objects.all())
print(measures.verify(period.pk), StaleRollup.objects.count(), [(v.value == total, v.count) for v in spent])
""",
        "[] 0 [(True, 2)]",
    ),
    "ends expired grants": (
        """
for number in range(3):
    Grant.objects.create(person=person["Ryo Ito"], role="expert", scope=root(), starts_on=date(2020, 4, 1 + number),
        ends_on=today - timedelta(days=1))
jobs.submit("pmo_portal.setup.end_expired_grants", key="periodic:pmo_portal.setup.end_expired_grants")
""",
        ("pmo_portal_grant", "UPDATE", "NEW.role = 'expert' AND EXTRACT_DAY = 2"),
        """
for grant in Grant.objects.filter(person=person["Ryo Ito"], role="expert").order_by("pk"):
    print(grant.archived_at is not None, AuditEntry.objects.filter(object_id=grant.pk, action="expired",
        content_type__model="grant").count(), end=" ")
""",
        "True 1 True 1 True 1",
    ),
    "draws previews": (
        """
from pmo_portal.files import actions
from tests.pmo_portal.files.samples import pdf
apollo = Project.objects.order_by("key").first()
for number in range(3):
    actions.attach(apollo, by=apollo.pm, file=pdf(number + 1), name=f"{number}.pdf")
""",
        ("pmo_portal_fileversion", "UPDATE", "NEW.preview = 'ready' AND NEW.name = '1.pdf'"),
        """
from pmo_portal.files.models import FileVersion
from pmo_portal.files import drawing, storing
for version in FileVersion.objects.order_by("name"):
    pages = storing.place(drawing.folder_of(version.pk)).glob("*.webp")
    print(version.preview, version.pages, len(list(pages)), end=" ")
""",
        "ready 1 1 ready 2 2 ready 3 3",
    ),
    "sweeps jobs": (
        """
name = "tests.pmo_portal.jobs.marks.quick"
Job.objects.bulk_create([Job(name=name, args=[f"swept {number}"], run_after=now) for number in range(5)])
""",
        ("pmo_portal_job", "UPDATE", "OLD.woken_at IS NULL AND NEW.woken_at IS NOT NULL AND ARGS LIKE '%swept 3%'"),
        """
from tests.pmo_portal.jobs.marks import left
print(sorted(mark for mark in left() if mark.startswith("swept")))
""",
        "['swept 0', 'swept 1', 'swept 2', 'swept 3', 'swept 4']",
    ),
}


class SlowDatabase:
    """Makes the office's database slow at one row, and tells when somebody waits there."""

    def __init__(self, office: Office) -> None:
        self.office, self.url = office, office.env["DATABASE_URL"]
        self.postgres = self.url.startswith("postgres")

    def at(self, table: str, event: str, condition: str, how_long: str = "forever") -> None:
        """Slow at the row of `table` for which `condition` holds: "forever", or for about a second ("moment")."""
        if self.postgres:
            condition = condition.replace("EXTRACT_DAY", "EXTRACT(DAY FROM NEW.starts_on)").replace(
                "ARGS", "NEW.args::text"
            )
            administer(
                self.url,
                f"CREATE FUNCTION slow() RETURNS trigger AS $$ BEGIN IF {condition} THEN PERFORM pg_sleep({300 if how_long == 'forever' else 1});"
                " END IF; RETURN NEW; END $$ LANGUAGE plpgsql;"
                f"CREATE TRIGGER slow BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION slow()",
            )
        else:
            day = "CAST(strftime('%d', NEW.starts_on) AS INTEGER)"
            condition = condition.replace("EXTRACT_DAY", day).replace("ARGS", "NEW.args")
            self._sqlite(
                f"CREATE TRIGGER slow BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT x FROM {how_long}; END"
            )

    def no_more(self, table: str) -> None:
        if self.postgres:
            self._query(f"SELECT pg_terminate_backend(pid) {self._sleepers()}")
            administer(self.url, f"DROP TRIGGER slow ON {table}; DROP FUNCTION slow()")
        else:
            self._sqlite("DROP TRIGGER slow")

    def is_waited_for(self) -> bool:
        """Somebody stands at the slow row: sleeps there, or has held SQLite's one writer's place for a second."""
        if self.postgres:
            return bool(self._query(f"SELECT 1 {self._sleepers()}"))
        return all(self._is_locked() for _again in range(10))

    def _sleepers(self) -> str:
        """Those of this office only: the server is shared with the tests that run beside."""
        name = self.url.rsplit("/", 1)[1]
        return f"FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '{name}'"

    def _is_locked(self) -> bool:
        time.sleep(0.1)
        connection = sqlite3.connect(self.office.folder / "office.sqlite3", timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()
        return False

    def _sqlite(self, statement: str) -> None:
        connection = sqlite3.connect(self.office.folder / "office.sqlite3", timeout=30, isolation_level=None)
        connection.execute(statement)
        connection.close()

    def _query(self, statement: str) -> list:
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        rows = cursor.fetchall()
        connection.close()
        return rows
