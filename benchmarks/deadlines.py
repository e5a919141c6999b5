"""One sweep of the ladder over many open clocks beside the bare INSERT … SELECT on the same data, and the board at two sizes.

    python -m benchmarks.deadlines [--rows 1000000] [--due 10000] [--database URL]

Without --database both SQLite and the PostgreSQL of the test extra's wheel are measured. Of all clocks `--due` are due
within the week, the others later, as in an office that keeps up. The rows are written by SQL and not through the door: a
million petitions would take hours, and what is measured only reads them. The bare INSERT writes as many rows with the same
columns, as long as those of the sweep, into the same table, and takes turns with the sweep: what else the machine does falls
on both.

The board is measured as people open it, the whole page, and beside it the time of its figures alone. The large one is set
against two small ones: one with the same share of clocks that are overdue or near, so that it has a hundredth as many to
count, and one with as many, where nothing but the clocks that press nobody yet makes the difference.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import TextClause, func, literal_column, select, text, update

from benchmarks.ledger import PASSWORD, databases, officer, prepare
from benchmarks.server import ring
from petitions import clock
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.app import create_app
from petitions.cases.models import Deadline
from petitions.db import Database
from petitions.deadlines import ladder
from petitions.deadlines.board import board
from petitions.demo.county import member
from petitions.notices.models import Notice
from petitions.settings import Settings

_BASE = 9_999
FIRST = _BASE + 1
"""The demo's county has some cases of its own; those written here have higher numbers."""

FEW = 10_000
"""The small board."""

RUNS, BOARDS = 5, 25
"""So often a sweep is measured, and a board; the median counts."""

UNITS = ("natural_resources", "housing", "human_resources")

_SERIES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})",
    "postgresql": "WITH n AS (SELECT generate_series({first}, {last}) AS i)",
}

_ROWS = (
    "INSERT INTO cases (id, kind, number, numbered_by_id, state, title, office_id, unit_id, sender_id, handler_id,"
    " received_on, opened_at, sealed, urgency, version) {series} SELECT i, 'matter', 'XF2026-' || i, {office}, 'accepted',"
    " '反映宅基地审批迟迟没有结果', {office}, {unit}, {office}, {handler}, '{received}', '{moment}', false, 'ordinary', 1 FROM n",
    "INSERT INTO matters (id, nature, purpose, class_code, place, outcome) {series} SELECT i, 'appeal', 'request', '010100', '河湾镇', '' FROM n",
    "INSERT INTO case_units (case_id, unit_id, part, joined_on) {series} SELECT i, {office}, 'office', '{received}' FROM n",
    "INSERT INTO case_units (case_id, unit_id, part, joined_on) {series} SELECT i, {unit}, 'holder', '{received}' FROM n",
    "INSERT INTO events (id, case_id, action, from_state, to_state, actor_id, unit_id, at, recorded_at, data) {series}"
    " SELECT i, i, 'accept', 'signed', 'accepted', {actor}, {unit}, '{moment}', '{moment}', '{{}}' FROM n",
    'INSERT INTO deadlines (id, case_id, code, rule, unit_id, "window", start_on, length, extension, nominal_on, due_on,'
    " target_on, provisional, started_by_id) {series} SELECT i, i, 'T6', 'national-2022-05-01', {unit}, false, '{received}',"
    " 60, 0, {far}, {far}, {far}, false, i FROM n",
)

_BARE = (
    "INSERT INTO notices (recipient_id, case_id, event_id, deadline_id, kind, text, said, key, created_at) "
    "SELECT c.handler_id, c.id, d.started_by_id, d.id, 'due_soon', c.number || '：办理期限剩3天', {said}, "
    "'deadline:' || d.id || ':before-7:' || d.due_on || ':' || c.handler_id, '{moment}' "
    "FROM deadlines d JOIN cases c ON c.id = d.case_id "
    "WHERE d.ended_on IS NULL AND d.due_on <= '{until}' AND c.handler_id IS NOT NULL ON CONFLICT (key) DO NOTHING"
)

_SAID = (
    """'{"pattern": "{number}：{clock}{words}", "values": {"number": "' || c.number || '", """
    """"clock": {"pattern": "办理期限", "values": {}}, "words": {"pattern": "剩{days}天", "values": {"days": 3}}}}'"""
)


def _as_written(statement: str) -> TextClause:
    """Without parameters: every colon is one."""
    return text(statement.replace(":", "\\:"))


def _moment(dialect: str) -> str:
    return f"{clock.today()} 01:00:00+00" if dialect != "sqlite" else f"{clock.today()} 01:00:00.000000"


def fill(database: Database, first: int, last: int) -> None:
    """Cases `first` to `last`, each with one open clock that is due in one to four months."""
    dialect = database.engine.dialect.name
    today = clock.today()
    far = (
        f"date('{today}', '+' || (31 + i % 90) || ' days')"
        if dialect == "sqlite"
        else f"DATE '{today}' + CAST(31 + i % 90 AS INTEGER)"
    )
    with database.work() as session:
        desk = session.scalars(select(User).where(User.username == officer())).one()
        holders = [
            session.scalars(select(User).where(User.username == member(unit, Role.HANDLER).login)).one()
            for unit in UNITS
        ]
        chosen = " ".join(f"WHEN {n} THEN {{{n}}}" for n in range(len(holders)))
        pick = f"CASE i % {len(holders)} {chosen} END"
        values = {
            "series": _SERIES[dialect].format(first=_BASE + first, last=_BASE + last), "office": desk.unit_id, "actor": desk.id,
            "unit": pick.format(*(one.unit_id for one in holders)), "handler": pick.format(*(one.id for one in holders)),
            "received": today - timedelta(days=30), "moment": _moment(dialect), "far": far,
        }  # fmt: skip
        for statement in _ROWS:
            session.execute(_as_written(statement.format(**values)))


def bring_near(database: Database, count: int, days: str) -> None:
    """Let the clocks of the first `count` cases end around today: `days` is SQL for how many days from it."""
    today = clock.today()
    sqlite = database.engine.dialect.name == "sqlite"
    day = f"date('{today}', ({days}) || ' days')" if sqlite else f"DATE '{today}' + CAST({days} AS INTEGER)"
    with database.work() as session:
        session.execute(
            update(Deadline)
            .where(Deadline.id > _BASE, Deadline.id <= _BASE + count)
            .values(dict.fromkeys(("due_on", "target_on", "nominal_on"), literal_column(day)))
            .execution_options(synchronize_session=False)
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA optimize" if sqlite else "VACUUM ANALYZE")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_of(work: Callable[[], object]) -> float:
    """Seconds."""
    return median(seconds(work) for _ in range(BOARDS))


def silence(database: Database) -> None:
    """Nobody has been told of anything."""
    with database.work() as session:
        session.execute(text("DELETE FROM notices"))


def told(database: Database) -> int:
    """Messages in all inboxes."""
    with database.work(write=False) as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


@dataclass(frozen=True)
class Board:
    """How long the board of the petition office takes, which sees all of it: the page, and its figures alone. Seconds."""

    page: float
    figures: float

    def beside(self, small: "Board") -> str:
        """Both with their ratios to those of a small one."""
        return (
            f"page × {self.page / small.page:.2f} ({small.page * 1000:.0f} ms), "
            f"figures alone × {self.figures / small.figures:.2f} ({small.figures * 1000:.0f} ms)"
        )


def board_of(database: Database) -> Board:
    """Read it as people do, and as its figures alone."""
    settings = Settings(
        database_url=database.engine.url.render_as_string(hide_password=False),
        secret_key="benchmark only",  # noqa: S106 - protects nothing
        totp_roles=(),
    )
    app = create_app(settings, database)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"username": officer(), "password": PASSWORD})

    def page() -> None:
        assert client.get("/deadlines").status_code == 200

    def figures() -> None:
        with database.work(write=False) as session:
            board(session.scalars(select(User).where(User.username == officer())).one())

    page()
    return Board(median_of(page), median_of(figures))


def measure(name: str, url: str, rows: int, due: int) -> None:
    """Fill, measure, print."""
    prepare(url)
    database = Database(url, keys=ring)
    small = min(FEW, rows)
    fill(database, 1, small)
    late_and_near = "(id % 48) - 40"
    bring_near(database, small * due // rows, late_and_near)
    same_share = board_of(database)
    bring_near(database, min(due, small), late_and_near)
    same_number = board_of(database)
    if rows > small:
        fill(database, small + 1, rows)
    bring_near(database, due, late_and_near)
    whole = board_of(database)
    print(f"{name}, board of {rows} open clocks: page {whole.page * 1000:.0f} ms, figures alone {whole.figures * 1000:.0f} ms; beside "
          f"{small} with the same share near: {whole.beside(same_share)}; with as many near: {whole.beside(same_number)}")  # fmt: skip
    bring_near(database, due, "id % 8")

    sweep_beside_bare(name, database, rows)
    database.dispose()


def sweep_beside_bare(name: str, database: Database, rows: int) -> None:
    """Measure both in turns, and print."""
    dialect = database.engine.dialect.name
    said = _SAID if dialect == "sqlite" else f"CAST({_SAID} AS JSON)"
    values = {"said": said, "moment": _moment(dialect), "until": clock.today() + timedelta(days=7)}

    def bare() -> None:
        with database.work() as session:
            session.execute(_as_written(_BARE.format(**values)))

    taken: dict[str, list[float]] = {"bare": [], "sweep": [], "nothing": []}
    for _ in range(RUNS):
        silence(database)
        taken["bare"].append(seconds(bare))
        written = told(database)
        silence(database)
        taken["sweep"].append(seconds(lambda: ladder.remind(database)))
        taken["nothing"].append(seconds(lambda: ladder.remind(database)))
    bare_seconds, swept, nothing = (median(each) for each in taken.values())
    print(f"{name}, sweep of {rows} open clocks: {told(database)} reminders in {swept:.3f} s, bare INSERT … SELECT {written} in "
          f"{bare_seconds:.3f} s, ratio {swept / bare_seconds:.1f}; a sweep that finds nothing new {nothing:.3f} s")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with databases(given.database) as measured:
        for name, url in measured:
            measure(name, url, given.rows, given.due)


if __name__ == "__main__":
    main()
