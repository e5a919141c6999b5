"""R21, R22: reminders are told once each, whoever ticks and whatever is killed, and none is forgotten in an outage."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from petitions import clock, jobs
from petitions.access.models import User
from petitions.app import create_app
from petitions.demo.people import seeded
from petitions.matters.models import Matter
from petitions.notices import queries
from petitions.notices.models import Notice
from petitions.settings import Settings
from tests.cases.many import copy_cases
from tests.deep.conftest import Installation, present
from tests.deep.serving import PATIENCE
from tests.factories import World, matter_in, new_petition
from tests.keys import KEYS

pytestmark = pytest.mark.deep

SEED, DUE, ROUNDS = 21, 10_000, 15
"""Two ticks are killed in each round: thirty kills."""

TOLD = {
    "registered": ("officer", "office_head", "inspector"),
    "dispatched": ("receiver", "head", "officer", "inspector"),
    "accepted": ("handler", "head", "officer", "inspector"),
    "sealed": ("restricted",),
}
"""Who hears of a clock that ran out a week ago or more, by what lies there (design.md §7, and 第30条 for the sealed one)."""

TICKING = """
import sys
from petitions import jobs, tables
from petitions.db import Database
from petitions.deadlines import ladder
from petitions.settings import Settings
settings = Settings()
database = Database(sys.argv[1], keys=settings.vault_keys)
ladder.BATCH = 5  # small transactions: more moments in which a kill can hurt
exec(sys.argv[3])
print("ready", flush=True)
while True:
    done = jobs.tick(database, settings)
    assert done.failed == [], done
    if sys.argv[2] == "once":
        break
"""


def _overdue(place: Installation, due: int) -> dict[str, list[int]]:
    """So many cases of each sort, all of them late for weeks; their open clocks."""
    each = -(-due // sum(len(people) for people in TOLD.values()))
    clocks: dict[str, list[int]] = {}
    with time_machine.travel(clock.now() - timedelta(days=100), tick=False), place.database.work() as session:
        world = present(place.world, session)
        # All the originals first: the copies take ids that a sequence of PostgreSQL knows nothing of.
        for sort, matter in {sort: _one(world, sort) for sort in TOLD}.items():
            before = session.scalar(select(func.max(Matter.id))) or 0
            copy_cases(session, matter, each - 1)
            owed = text(
                "SELECT id FROM deadlines WHERE ended_on IS NULL AND code IN ('T1', 'T4', 'T6') AND (case_id = :own OR case_id > :before)"
            )
            clocks[sort] = list(session.scalars(owed, {"own": matter.id, "before": before}))
            assert len(clocks[sort]) == each
    return clocks


def _one(world: World, sort: str) -> Matter:
    if sort == "sealed":
        return new_petition(world, world.restricted, purpose="accusation").matter
    return matter_in(world, sort)


def _written(place: Installation) -> int:
    with place.database.work(write=False) as session:
        return session.scalar(select(func.count()).where(Notice.key.startswith("deadline:"))) or 0


class Tick:
    """One process that ticks."""

    def __init__(self, place: Installation, how: str, spoilt: str = "") -> None:
        environment = {
            **os.environ,
            "PETITIONS_DATA_DIR": str(place.folder),
            "PETITIONS_SECRET_KEY": "of this test only",
            "PETITIONS_IDENTITY_KEYS": KEYS,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", TICKING, place.url, how, spoilt],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )

    def ready(self) -> "Tick":
        """Once it has read its modules."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        return self

    def kill(self) -> None:
        """In the middle of whatever it does."""
        with self.process:
            self.process.send_signal(signal.SIGKILL)
        assert self.process.returncode == -signal.SIGKILL, "it had ended by itself"

    def end(self) -> None:
        """When it is done."""
        with self.process:
            assert self.process.wait(PATIENCE) == 0


def test_ten_thousand_reminders_are_told_once_each_by_ticks_that_are_killed(installation: Installation) -> None:
    draw, clocks = seeded(SEED), _overdue(installation, DUE)
    expected = _expected(installation, clocks)
    began, at_work = time.monotonic(), 0
    for _ in range(ROUNDS):
        before = _written(installation)
        ticks = [Tick(installation, "forever") for _ in range(2)]
        for each in ticks:
            each.ready()
        deadline = (
            time.monotonic() + 60
        )  # a busy machine begins slowly, and a kill before the first word proves nothing
        while _written(installation) == before < len(expected) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.25))
        for each in ticks:
            each.kill()
            time.sleep(draw.uniform(0, 0.1))
        at_work += 2 * (_written(installation) < len(expected))
    in_between = _written(installation)
    last = [Tick(installation, "once") for _ in range(2)]
    for each in last:
        each.end()
    told = Counter(_heard(installation))
    print(f"\n{installation.kind}: {expected.total()} due, {2 * ROUNDS} kills ({at_work} with work left), {in_between} told by "
          f"the killed, lost {(expected - told).total()}, doubled {(told - expected).total()}, "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    assert told == expected
    assert at_work > ROUNDS, "most kills came when everything was told"


def _expected(place: Installation, clocks: dict[str, list[int]]) -> Counter[tuple[int, int]]:
    people = {name: person.id for name, person in place.world.people.items()}
    return Counter((clock_id, people[name]) for sort, ids in clocks.items() for clock_id in ids for name in TOLD[sort])


FORGETS = "real = ladder._missing; ladder._missing = lambda *given: real(*given)[1:]"
DOUBLES = "real = ladder.Reminder.about; ladder.Reminder.about = property(lambda one: real.fget(one) + ':' + how)"
"""A tick that never comes to the first clock, and one whose keys are its own."""


@pytest.mark.parametrize("spoilt", [FORGETS, DOUBLES])
def test_a_tick_that_forgets_or_doubles_is_found_out(on_sqlite: Installation, spoilt: str) -> None:
    expected = _expected(on_sqlite, _overdue(on_sqlite, 50))
    for how in ("one", "two"):
        Tick(on_sqlite, "once", f"how = {how!r}; {spoilt}").ready().end()
    assert Counter(_heard(on_sqlite)) != expected


def _heard(place: Installation) -> list[tuple[int, int]]:
    """Which clock each person was told of, by what stands in the key."""
    with place.database.work(write=False) as session:
        keys = session.scalars(select(Notice.key).where(Notice.key.startswith("deadline:")))
        return [(int(key.split(":")[1]), int(key.rsplit(":", 1)[1])) for key in keys]


FIRST, GONE, BACK, LAST = date(2026, 2, 2), date(2026, 2, 11), date(2026, 2, 19), date(2026, 3, 6)
"""Ticks every day; none from the eighth day before 春节's third to that day itself; then every day again."""


def _office(place: Installation) -> None:
    """Clocks of every kind of duty that end on all days around the outage."""
    for ahead in range(-6, 26):
        day = FIRST + timedelta(days=ahead)
        for state, term in (("registered", 15), ("dispatched", 15), ("accepted", 60)):
            with (
                time_machine.travel(clock.noon_of(day - timedelta(days=term)), tick=False),
                place.database.work() as session,
            ):
                matter_in(present(place.world, session), state)


def _tick(place: Installation, day: date) -> list[Notice]:
    with time_machine.travel(clock.noon_of(day), tick=False):
        with place.database.work(write=False) as session:
            before = session.scalar(select(func.max(Notice.id))) or 0
        assert jobs.tick(place.database, Settings(data_dir=place.folder, secret_key="of this test only")).failed == []
        with place.database.work(write=False) as session:
            return list(session.scalars(select(Notice).where(Notice.id > before).order_by(Notice.id)))


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=n) for n in range((last - first).days)]


def test_after_a_week_without_a_tick_everybody_hears_once_and_nothing_is_forgotten(
    installation: Installation, on_sqlite: Installation
) -> None:
    faithful, gone = on_sqlite, installation
    for place in (faithful, gone):
        _office(place)
        for day in _days(FIRST, GONE):
            _tick(place, day)
    for day in _days(GONE, BACK):
        _tick(faithful, day)
    told = {notice.key for notice in _tick(faithful, BACK)}
    back = _tick(gone, BACK)
    about = Counter((notice.key.split(":")[1], notice.recipient_id) for notice in back)
    assert max(about.values()) == 1, "somebody heard of one clock twice"
    assert _tick(gone, BACK) == []
    keys, ever = {notice.key for notice in back}, {key for key, _ in _rows(faithful)}
    assert told <= keys <= ever, "what a faithful tick says on this day, and what stands since the days without one"
    with gone.database.work(write=False) as session:
        _reads_one_digest(session, gone)
    for day in _days(BACK + timedelta(days=1), LAST):
        assert {notice.key for notice in _tick(gone, day)} == {notice.key for notice in _tick(faithful, day)}, day
    escalations = [
        {(key, reader) for key, reader in _rows(place) if _rung(key) in ("head", "office")}
        for place in (faithful, gone)
    ]
    assert escalations[0] == escalations[1]
    print(f"\n{gone.kind}: {len(back)} messages after {(BACK - GONE).days} days without a tick, "
          f"{len(escalations[0])} escalations, none lost")  # fmt: skip


def _rung(key: str) -> str:
    return key.split(":")[2]


def _rows(place: Installation) -> list[tuple[str, int]]:
    with place.database.work(write=False) as session:
        rows = session.execute(select(Notice.key, Notice.recipient_id).where(Notice.key.startswith("deadline:")))
        return [(key, reader) for key, reader in rows]


def _reads_one_digest(session: Session, place: Installation) -> None:
    """In an inbox the unread reminders of the outage stand under one day, and no clock stands there twice."""
    app = create_app(Settings(data_dir=place.folder, secret_key="of this test only"), place.database)
    replaced = ("due_soon", "due_today", "overdue")
    with time_machine.travel(clock.noon_of(BACK), tick=False), app.test_request_context():
        for person in session.scalars(select(User)):
            unread = select(Notice).where(
                Notice.recipient_id == person.id, Notice.read_at.is_(None), Notice.kind.in_(replaced)
            )
            count = Counter(notice.key.split(":")[1] for notice in session.scalars(unread))
            assert not count or max(count.values()) == 1
            today = [day for day in queries.page(person, "unread").days if day.reminders and day.day == BACK]
            assert len(today) <= 1
