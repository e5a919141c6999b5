"""The tick: what has to be done again and again, and who drives it.

APScheduler is only the drummer. Nothing lives in a job store (two processes on one store fired twice and died,
reliability.md E2); what is due stands in our tables, and any number of ticks may run at the same time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from petitions import clock
from petitions.access import login
from petitions.cases.files import Store
from petitions.db import Database
from petitions.deadlines import ladder
from petitions.notices import heartbeat
from petitions.settings import Settings

log = structlog.get_logger()

_SWEEP = "sweep"
_SWEEP_EVERY = timedelta(hours=1)


@dataclass
class Ticked:
    """What one tick has done."""

    reminders: int = 0
    """New messages."""
    logins: int = 0
    """Dead logins that were deleted."""
    files: int = 0
    """Files without a case that were deleted."""
    failed: list[str] = field(default_factory=list)
    """Parts that did not succeed; the next tick tries them again."""


def tick(database: Database, settings: Settings) -> Ticked:
    """Do everything that is due. Each part in transactions of its own; a part that fails is logged and skipped."""
    done = Ticked()
    for name, part in _PARTS:
        try:
            part(database, settings, done)
        except Exception as fault:
            log.error("tick_failed", part=name, exc_info=fault)
            done.failed.append(name)
    # The sign of life is given last and only for a whole tick: a ladder that never works must be seen as dead.
    if not done.failed:
        with database.work():
            heartbeat.beat(heartbeat.TICK, f"reminders={done.reminders} logins={done.logins}")
    return done


def _remind(database: Database, settings: Settings, done: Ticked) -> None:
    done.reminders, failed = ladder.remind(database, settings)
    if failed:
        log.warning("reminders_left", count=failed)


def _purge(database: Database, settings: Settings, done: Ticked) -> None:
    with database.work():
        done.logins = login.purge(settings)


def _sweep(database: Database, settings: Settings, done: Ticked) -> None:
    """Looking at every file takes its time: once an hour is enough for what takes room and harms nobody."""
    with database.work():
        before = heartbeat.last(_SWEEP)
        if before is None or clock.now() - before >= _SWEEP_EVERY:
            done.files = Store(settings.files_dir).sweep()
            heartbeat.beat(_SWEEP, f"files={done.files}")


_PARTS: tuple[tuple[str, Callable[[Database, Settings, Ticked], None]], ...] = (
    ("reminders", _remind),
    ("logins", _purge),
    ("files", _sweep),
)


def scheduler(database: Database, settings: Settings, *, blocking: bool = False) -> BaseScheduler:
    """A drummer that ticks at once and then every `tick_seconds`; call start() on it.

    A late tick is never dropped (the default drops it after a second, reliability.md E2b), ticks that were missed
    are one, and two never overlap in one process.
    """
    made = (BlockingScheduler if blocking else BackgroundScheduler)(
        timezone=clock.ZONE,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    made.add_job(
        tick, "interval", (database, settings), seconds=settings.tick_seconds, next_run_time=clock.now(), id="tick"
    )
    return made
