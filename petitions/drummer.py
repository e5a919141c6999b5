"""The drummer: lets the tick and the sender run again and again, each in a thread of its own, and notices when one does not.

APScheduler only beats time. Nothing lives in a job store (two processes on one store fired twice and died, reliability.md E2).
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import NoReturn

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from petitions import clock, jobs
from petitions.db import Database
from petitions.notices import heartbeat
from petitions.settings import Settings

log = structlog.get_logger()

HUNG = 3
"""The exit code of a process whose jobs stand still: whoever started it starts it anew."""

_LOOK = 1.0
"""Seconds between two looks at the jobs."""


@dataclass
class Drummer:
    """Both jobs in the background of one process."""

    database: Database
    settings: Settings
    _alive: dict[str, float] = field(default_factory=dict)
    """When each job last came to an end, well or badly, or showed that it goes on (the monotonic clock)."""
    _beating: BackgroundScheduler | None = None
    _stopping: bool = False

    def start(self) -> None:
        """Run both at once, and then every `tick_seconds`.

        A late run is never dropped (the default drops it after a second, reliability.md E2b), runs that were missed
        are one, and two of one job never overlap in one process.
        """
        made = BackgroundScheduler(
            timezone=clock.ZONE,
            executors={name: ThreadPoolExecutor(1) for name in _JOBS},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, job in _JOBS.items():
            self._alive[name] = time.monotonic()
            made.add_job(
                partial(self._run, name, job), "interval", seconds=self.settings.tick_seconds, next_run_time=clock.now(),
                id=name, executor=name,
            )  # fmt: skip
        made.start()
        self._beating = made

    def stop(self) -> None:
        """Begin nothing any more: a sender ends with its batch."""
        self._stopping = True
        if self._beating is not None and self._beating.running:
            self._beating.shutdown(wait=False)

    def _run(self, name: str, job: Callable[[Database, Settings, Callable[[], bool]], None]) -> None:
        try:
            job(self.database, self.settings, partial(self._goes_on, name))
        except Exception as fault:
            # The next run tries again; the sign of life in the database says that this one did not succeed.
            log.error("job_failed", job=name, exc_info=fault)
        self._goes_on(name)

    def _goes_on(self, name: str) -> bool:
        """Note that a job is alive; whether it may go on."""
        self._alive[name] = time.monotonic()
        return not self._stopping

    def is_dead(self) -> bool:
        """Whether the thread that beats time is gone."""
        thread = self._beating._thread if self._beating is not None else None
        return thread is None or not thread.is_alive()

    def hanging(self) -> list[str]:
        """The jobs that have not come to an end for `hang_seconds`."""
        now = time.monotonic()
        return [name for name, at in self._alive.items() if now - at > self.settings.hang_seconds]

    def wait(self) -> NoReturn:
        """Stay until interrupted, in a process that does nothing else; ends it with HUNG when a job stands still."""
        while not self.is_dead() and not self.hanging():
            time.sleep(_LOOK)
        log.error("jobs_stand_still", dead=self.is_dead(), jobs=self.hanging())
        # Not sys.exit(): it would wait for the thread that hangs.
        os._exit(HUNG)

    def mind(self) -> None:
        """Beside a server: a dead drummer is started anew. A job that hangs shows on /healthz; its thread cannot be ended."""
        Thread(target=self._mind, name="mind", daemon=True).start()

    def _mind(self) -> None:
        while self._beating is not None and self._beating.running:
            if self.is_dead():
                log.error("drummer_restarted")
                self.start()
            time.sleep(_LOOK)


def _tick(database: Database, settings: Settings, alive: Callable[[], bool]) -> None:  # noqa: ARG001 - a tick is short
    jobs.tick(database, settings)


def _send(database: Database, settings: Settings, alive: Callable[[], bool]) -> None:
    jobs.send(database, settings, alive)


_JOBS = {heartbeat.TICK: _tick, heartbeat.SENDER: _send}
