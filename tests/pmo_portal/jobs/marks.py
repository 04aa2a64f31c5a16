"""Jobs that leave a mark for each time they took effect, so that a test can count."""

import time

from django.db import connection, transaction

from pmo_portal import jobs


def leave(mark: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO mark (name) VALUES (%s)", [mark])


def left() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM mark")
        return [name for (name,) in cursor.fetchall()]


def open_gate() -> None:
    """Let everything go on that is held."""
    leave("gate")


def _stand_at_the_gate() -> None:
    while "gate" not in left():
        time.sleep(0.05)


@jobs.job(lease=3, attempts=5)
def held(mark: str) -> None:
    """Is in the middle until the test opens the gate, then writes unless it was written: the usual manner of a job that
    is safe to run twice."""
    leave(f"{mark} begun")
    _stand_at_the_gate()
    with transaction.atomic():
        if mark not in left():
            leave(mark)


@jobs.job(lease=3, attempts=5, atomic=True)
def quick(mark: str) -> None:
    """Does not look whether it ran before: the mark and `done` stand in one transaction."""
    leave(mark)
    time.sleep(0.05)
