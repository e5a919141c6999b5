"""R23: a scheduler that is dead or hangs is noticed, by the process itself and by whoever asks /healthz."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from petitions import drummer, jobs
from petitions.db import Database
from petitions.drummer import HUNG, Drummer
from petitions.notices import heartbeat
from petitions.settings import Settings
from tests.keys import KEYS

PATIENCE = 60.0
"""Seconds; a busy machine is not a fault."""


def _until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def _beat(database: Database, job: str) -> object:
    with database.work(write=False):
        return heartbeat.last(job)


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """A house that ticks every second."""
    return settings.model_copy(update={"tick_seconds": 1})


def test_both_jobs_give_signs_of_life(own_database: Database, quick: Settings) -> None:
    both = Drummer(own_database, quick)
    both.start()
    try:
        _until(lambda: _beat(own_database, heartbeat.TICK) and _beat(own_database, heartbeat.SENDER))
        assert not both.is_dead()
        assert both.hanging() == []
    finally:
        both.stop()


def test_a_slow_sender_delays_no_tick(own_database: Database, quick: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, released = list[int](), list[int]()
    monkeypatch.setattr(jobs, "tick", lambda *_: ticks.append(1))
    monkeypatch.setattr(jobs, "send", lambda *_: _until(lambda: released))
    both = Drummer(own_database, quick)
    both.start()
    try:
        _until(lambda: len(ticks) >= 3)
    finally:
        released.append(1)
        both.stop()


def test_a_job_that_fails_is_run_again(
    own_database: Database, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = list[int]()

    def fail(*given: object) -> None:
        ran.append(1)
        raise OSError("the disk")

    monkeypatch.setattr(jobs, "tick", fail)
    monkeypatch.setattr(jobs, "send", lambda *_: None)
    both = Drummer(own_database, quick)
    both.start()
    try:
        _until(lambda: len(ran) >= 2)
        assert not both.is_dead()
    finally:
        both.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_beside_a_server_a_dead_drummer_is_started_anew(
    own_database: Database, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = list[int]()
    monkeypatch.setattr(jobs, "tick", lambda *_: ticks.append(1))
    monkeypatch.setattr(jobs, "send", lambda *_: None)
    monkeypatch.setattr(drummer, "_LOOK", 0.05)
    both = Drummer(own_database, quick)
    both.start()
    try:
        dead = both._beating
        assert dead is not None
        monkeypatch.setattr(dead, "_process_jobs", lambda: 1 / 0)
        dead.wakeup()
        _until(both.is_dead)
        before = len(ticks)
        both.mind()
        _until(lambda: len(ticks) > before and not both.is_dead())
    finally:
        both.stop()


TICKING = """
import sys
from petitions import drummer, jobs
from petitions.cli import main
exec(sys.argv[1])
main(["tick", "--loop"])
"""

DIES = """
from apscheduler.schedulers.base import BaseScheduler
real = BaseScheduler._process_jobs
BaseScheduler._process_jobs = lambda self: real(self) if not hasattr(self, "once") and not setattr(self, "once", 1) else 1 / 0
"""
HANGS = """
import threading
jobs.tick = lambda *_: threading.Event().wait()
"""


@pytest.mark.parametrize("spoilt", [DIES, HANGS], ids=["dies", "hangs"])
@pytest.mark.parametrize("own_database", ["sqlite"], indirect=True)
def test_a_process_whose_scheduler_dies_or_hangs_ends_with_an_error(
    own_database: Database, tmp_path: Path, spoilt: str
) -> None:
    environment = {
        **os.environ,
        "PETITIONS_DATA_DIR": str(tmp_path), "PETITIONS_SECRET_KEY": "of this test only", "PETITIONS_IDENTITY_KEYS": KEYS,
        "PETITIONS_DATABASE_URL": own_database.engine.url.render_as_string(hide_password=False),
        "PETITIONS_TICK_SECONDS": "1", "PETITIONS_HANG_SECONDS": "5",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", TICKING, spoilt], env=environment, cwd=Path(__file__).parents[2],
        capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == HUNG, done.stderr[-500:]
    assert b"jobs_stand_still" in done.stderr
