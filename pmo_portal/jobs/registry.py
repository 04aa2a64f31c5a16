"""The functions that may run as jobs, and those that run by the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from celery.schedules import crontab
from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """A registered job. Without a sign of life for `lease` seconds another worker may take it."""

    name: str
    function: Callable
    label: Promise | str = ""
    told: Callable[[dict], str] | None = None
    lease: int = 60
    attempts: int = 5
    atomic: bool = False


@dataclass(frozen=True)
class Periodic:
    """A job that the clock submits: once in every span, or at the moments of a crontab in the office's time zone."""

    name: str
    every: timedelta | crontab


known: dict[str, Kind] = {}
periodics: dict[str, Periodic] = {}


def name_of(function: Callable) -> str:
    """administration.collection.tasks.remind → administration.collection.remind."""
    return f"{function.__module__.removesuffix('.tasks')}.{function.__name__}"


def label_of(name: str) -> str:
    """What a job does, in the active language; its technical name where its code is gone."""
    kind = known.get(name)
    return str(kind.label or name) if kind else name


def told(name: str, result: dict | None) -> str:
    """A job's result in the active language; "" where there is none or nobody has put it into words."""
    kind = known.get(name)
    if kind is None or kind.told is None or not result:
        return ""
    try:
        return str(kind.told(result))
    except KeyError:  # kept by an earlier version of the job
        return ""


def job(
    function: Callable | None = None,
    *,
    label: Promise | str = "",
    told: Callable[[dict], str] | None = None,
    lease: int = 60,
    attempts: int = 5,
    atomic: bool = False,
):
    """Decorator: this function may be submitted by name. It must be safe to run twice.

    `label` says to people what it does, `told` puts its result into words. `lease` in seconds is renewed while it runs. A failing job is tried `attempts` times, later each time. With `atomic`
    what it writes and the mark that it is done stand in one transaction (for short ones: on SQLite it keeps others from
    writing).
    """

    def register(target: Callable) -> Callable:
        kind = Kind(name_of(target), target, label, told, lease, attempts, atomic)
        known[kind.name] = kind
        return target

    return register(function) if function else register


def periodic(*, every: timedelta | crontab):
    """Decorator over `job`: the clock submits it. Two clocks, or one that was restarted, submit it once."""

    def register(target: Callable) -> Callable:
        name = name_of(target)
        periodics[name] = Periodic(name, every)
        return target

    return register
