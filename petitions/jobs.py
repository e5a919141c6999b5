"""The tick and the sender: what has to be done again and again (drummer.py says how often).

What is due stands in our tables, and any number of ticks and senders may run at the same time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from petitions import clock
from petitions.access import login
from petitions.cases.files import Store
from petitions.db import Database
from petitions.deadlines import digest, ladder
from petitions.notices import delivery, heartbeat, sending
from petitions.settings import Settings

log = structlog.get_logger()

_SWEEP = "sweep"
_SWEEP_EVERY = timedelta(hours=1)


@dataclass
class Ticked:
    """What one tick has done."""

    reminders: int = 0
    """New messages."""
    digests: int = 0
    """Digests put into the queue."""
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


def _remind(database: Database, settings: Settings, done: Ticked) -> None:  # noqa: ARG001 - as every part is called
    done.reminders, failed = ladder.remind(database)
    if failed:
        log.warning("reminders_left", count=failed)


def _digest(database: Database, settings: Settings, done: Ticked) -> None:
    done.digests = digest.put_in_queue(database, settings)


def _purge(database: Database, settings: Settings, done: Ticked) -> None:
    with database.work():
        done.logins = login.purge(settings)
        delivery.purge()


def _sweep(database: Database, settings: Settings, done: Ticked) -> None:
    """Looking at every file takes its time: once an hour is enough for what takes room and harms nobody."""
    with database.work():
        before = heartbeat.last(_SWEEP)
        if before is None or clock.now() - before >= _SWEEP_EVERY:
            done.files = Store(settings.files_dir).sweep()
            heartbeat.beat(_SWEEP, f"files={done.files}")


_PARTS: tuple[tuple[str, Callable[[Database, Settings, Ticked], None]], ...] = (
    ("reminders", _remind),
    ("digests", _digest),
    ("logins", _purge),
    ("files", _sweep),
)


def send(database: Database, settings: Settings, alive: Callable[[], bool] = lambda: True) -> sending.Sent:
    """Send what waits to go out of the house; its sign of life is given after each batch. Apart from the tick: a mail server
    that answers slowly delays no reminder. `alive` is asked then whether to go on.
    """

    def beat() -> bool:
        with database.work():
            heartbeat.beat(heartbeat.SENDER)
        return alive()

    done = sending.drain(database, settings, digest.Digests(), beat)
    beat()
    return done
