"""The database itself refuses to change or drop what stands in the trail. Laid by a migration; `flush` lifts them."""

from __future__ import annotations

TABLES = ("pmo_portal_auditentry", "pmo_portal_auditlink")
SAYS = "the audit trail is append-only"


def lay(connection) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE, where there is one) on the trail and its chain. Safe to run twice."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def lift(connection) -> None:
    """Take the triggers off: only for emptying a whole database."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for event in ("update", "delete", "truncate"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{where}")


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
            for table in TABLES
            for event in ("UPDATE", "DELETE")
        ]
    if vendor != "postgresql":
        return []
    function = (
        "CREATE OR REPLACE FUNCTION pmo_portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    return [function] + [
        f"CREATE OR REPLACE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
        f"FOR EACH {'STATEMENT' if event == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION pmo_portal_refuse_change()"
        for table in TABLES
        for event in ("UPDATE", "DELETE", "TRUNCATE")
    ]
