"""Any number of ticks at once, and ticks that are killed: every reminder is there, and once (reliability.md R21)."""

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from petitions import clock, jobs, migrating
from petitions.db import Database
from petitions.notices.models import Notice
from petitions.settings import Settings
from tests.factories import World, build_world, new_petition

SETTINGS = Settings(secret_key="of this test only")

# Ticks in small batches and kills itself, without any chance to tidy up, before it writes to the inboxes for the n-th time:
# of every batch first the new messages, then that older ones are put away.
KILLED = """
import os, signal, sys
from sqlalchemy import event
from petitions import jobs, tables
from petitions.db import Database
from petitions.deadlines import ladder
from petitions.settings import Settings
url, left = sys.argv[1], int(sys.argv[2])
database, ladder.BATCH = Database(url), 5
@event.listens_for(database.engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    global left
    left -= statement.startswith(("INSERT INTO notices", "UPDATE notices"))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
jobs.tick(database, Settings())
"""


def _overdue(database: Database, count: int) -> set[tuple[str, int]]:
    """So many petitions nobody passed on in time; who has to be told of each, as the ladder of design.md §7 has it."""
    migrating.fill(database)
    with database.work() as session:
        world: World = build_world(session)
        received = clock.today() - timedelta(days=40)
        matters = [
            new_petition(world, received_on=received.isoformat(), name=f"亓{n}", phone=f"199{n:08d}").matter
            for n in range(count)
        ]
        told = (world.officer.id, world.office_head.id, world.inspector.id)
        return {(matter.number, person) for matter in matters for person in told}


def _told(database: Database) -> Counter[tuple[str, int]]:
    with database.work(write=False) as session:
        rows = session.execute(select(Notice.text, Notice.recipient_id).where(Notice.key.startswith("deadline:"))).all()
    return Counter((row.text.split("：")[0], row.recipient_id) for row in rows)


def test_four_ticks_at_once_lose_and_double_nothing(own_database: Database) -> None:
    expected, start = _overdue(own_database, 60), Barrier(4)

    def tick(_: int) -> jobs.Ticked:
        start.wait(30)
        return jobs.tick(own_database, SETTINGS)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(tick, range(4)))
    assert _told(own_database) == Counter(expected)
    assert sum(each.reminders for each in done) == len(expected)
    assert [each.failed for each in done] == [[]] * 4


@pytest.mark.parametrize("after", [1, 2, 6])
def test_a_tick_that_is_killed_is_completed_by_the_next(own_database: Database, after: int) -> None:
    expected = _overdue(own_database, 20)
    url = own_database.engine.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(after)], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    before = _told(own_database)
    assert before <= Counter(expected)
    assert len(before) == (after - 1) // 2 * 15  # whole batches of five petitions with three messages each
    assert jobs.tick(own_database, SETTINGS).reminders == len(expected) - len(before)
    assert _told(own_database) == Counter(expected)
