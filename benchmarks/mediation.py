"""The figures of mediation at two sizes, each table beside the bare GROUP BY over the same rows in the same run.

    python -m benchmarks.mediation [--rows 10000 100000] [--database URL]

Without --database both SQLite and the PostgreSQL of the test extra's wheel are measured. Half of the mediations were received
in the period that is asked for, four of five ended in an agreement with two instalments, one of ten was confirmed. The rows
are written by SQL and not through the door, as in benchmarks/deadlines.py.
"""

import argparse
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, text

from benchmarks.deadlines import _SERIES as SERIES
from benchmarks.deadlines import _as_written as as_written
from benchmarks.deadlines import median_of
from benchmarks.ledger import databases, prepare
from benchmarks.server import ring
from petitions import clock
from petitions.access.models import Unit, User
from petitions.access.roles import Role
from petitions.cases import codes
from petitions.db import Database
from petitions.demo.county import member
from petitions.mediation import figures
from petitions.mediation.figures import BY, Asked

_BASE = 99_999
"""The demo's county has some cases of its own; those written here have higher numbers."""

DAYS = 730
"""Over so many days they were received; the second half is asked for."""

_ROWS = (
    "INSERT INTO cases (id, kind, number, numbered_by_id, state, title, office_id, unit_id, handler_id, received_on, opened_at,"
    " sealed, urgency, version) {series} SELECT i, 'mediation', '(2026)河调字第' || i || '号', {unit}, 'agreed', '邻里纠纷', {unit},"
    " {unit}, {handler}, {day}, '{moment}', false, 'ordinary', 1 FROM n",
    "INSERT INTO mediations (id, source, sent_by, letter_number, dispute_type, facts, requests, place, amount, headcount, difficult,"
    " accepted_on, begun_on, result, result_on, form, effective_on, retention, next_at, next_place) {series} SELECT i,"
    " CASE i % 4 WHEN 0 THEN 'application' WHEN 1 THEN 'ex_officio' WHEN 2 THEN 'petition' ELSE 'police' END, '', '', {type},"
    " '后院排水沟被堵', '', '', i % 100000, 2, i % 20 = 0, {day}, {day}, CASE WHEN i % 5 = 0 THEN 'failed' ELSE 'agreed' END, {day},"
    " CASE WHEN i % 5 = 0 THEN '' WHEN i % 5 = 1 THEN 'oral' ELSE 'written' END, {day}, '', '', '' FROM n",
    "INSERT INTO events (id, case_id, action, from_state, to_state, actor_id, unit_id, at, recorded_at, data) {series}"
    " SELECT i, i, 'sign_agreement', 'agreement_drafted', 'agreed', {handler}, {unit}, '{moment}', '{moment}', '{{}}' FROM n",
    "INSERT INTO parties (id, mediation_id, side, kind, part, name, initials, details, consent) {series}"
    " SELECT i, i, 'respondent', 'natural', 'party', '麦有根', 'myg', '{{}}', 'given' FROM n",
    "INSERT INTO agreements (id, mediation_id, event_id, form, facts, points, responsibility, content, way, signed_on, effective_on)"
    " {series} SELECT i, i, i, CASE WHEN i % 5 = 1 THEN 'oral' ELSE 'written' END, '', '', '', '', '', {day}, {day} FROM n WHERE i % 5 <> 0",
    "INSERT INTO performances (agreement_id, debtor_id, item, amount, due_on, paid, done_on, proof) {series}"
    " SELECT i, i, '赔偿款', 50000, {day}, 50000, {day}, '' FROM n WHERE i % 5 <> 0",
    "INSERT INTO performances (agreement_id, debtor_id, item, amount, due_on, paid, done_on, proof) {series}"
    " SELECT i, i, '赔偿款', 50000, {later}, 0, CASE WHEN i % 3 = 0 THEN NULL ELSE {later} END, '' FROM n WHERE i % 5 <> 0",
    "INSERT INTO confirmations (mediation_id, agreement_id, court, court_rule, asked_on, result, ruling_number) {series}"
    " SELECT i, i, '青禾县人民法院', 'committee', {day}, 'valid', '' FROM n WHERE i % 10 = 3",
)

_KEYS = {"type": "m.dispute_type", "committee": "c.numbered_by_id, c.unit_id", "mediator": "c.handler_id"}

_BARE = "SELECT {keys}, count(*) FROM mediations m JOIN cases c ON c.id = m.id WHERE c.received_on BETWEEN :first AND :last GROUP BY {keys}"


def fill(database: Database, first: int, last: int) -> None:
    """Mediations `first` to `last` of every committee and unit of the county, by three mediators."""
    sqlite, today = database.engine.dialect.name == "sqlite", clock.today()

    def day(offset: str) -> str:
        return f"date('{today}', ({offset}) || ' days')" if sqlite else f"(DATE '{today}' + CAST({offset} AS INTEGER))"

    with database.work() as session:
        chair = session.scalars(
            select(User).where(User.username == member("hewan_mediation", Role.COMMITTEE_CHAIR).login)
        ).one()
        units, people = (
            list(session.scalars(select(Unit.id).order_by(Unit.id))),
            list(session.scalars(select(User.id).order_by(User.id))),
        )
        types = [repr(one.code) for one in codes.every("dispute_type")]
        assert chair.unit_id in units
        values = {
            "series": SERIES[database.engine.dialect.name].format(first=_BASE + first, last=_BASE + last),
            "unit": _each(units), "handler": _each(people[:20]), "type": _each(types),
            "day": day(f"-(i % {DAYS})"), "later": day(f"30 - (i % {DAYS})"),
            "moment": f"{today} 01:00:00+00" if not sqlite else f"{today} 01:00:00.000000",
        }  # fmt: skip
        for statement in _ROWS:
            session.execute(as_written(statement.format(**values)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if sqlite else "VACUUM ANALYZE")


def _each(values: list[object] | list[int] | list[str]) -> str:
    """SQL: one of them after another."""
    chosen = " ".join(f"WHEN {n} THEN {one}" for n, one in enumerate(values))
    return f"CASE i % {len(values)} {chosen} END"


def measure(name: str, url: str, sizes: list[int]) -> None:
    """Fill, measure, print."""
    prepare(url)
    database, done = Database(url, keys=ring), 0
    first, last = clock.today() - timedelta(days=DAYS // 2), clock.today()
    for rows in sizes:
        fill(database, done + 1, rows)
        done = rows
        with database.work(write=False) as session:
            asked = Asked(first, last, tuple(session.scalars(select(Unit.id))))
        for by in BY:
            bare, counted = median_of(_bare(database, by, asked)), median_of(_counted(database, by, asked))
            print(f"{name}, {rows} mediations, by {by}: {counted * 1000:.0f} ms, bare GROUP BY {bare * 1000:.0f} ms, "
                  f"ratio {counted / bare:.1f}")  # fmt: skip
        behind = median_of(_behind(database, asked))
        print(f"{name}, {rows} mediations, the cases behind one number: {behind * 1000:.0f} ms")
    database.dispose()


def _bare(database: Database, by: str, asked: Asked) -> Callable[[], None]:
    def read() -> None:
        with database.work(write=False) as session:
            asking = text(_BARE.format(keys=_KEYS[by]))
            session.execute(asking, {"first": asked.first.isoformat(), "last": asked.last.isoformat()}).all()

    return read


def _counted(database: Database, by: str, asked: Asked) -> Callable[[], None]:
    def read() -> None:
        with database.work(write=False):
            BY[by][1](asked)

    return read


def _behind(database: Database, asked: Asked) -> Callable[[], None]:
    def read() -> None:
        with database.work(write=False) as session:
            session.execute(figures.behind(asked, "performed", "type", "neighbour").limit(200)).all()

    return read


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with databases(given.database) as measured:
        for name, url in measured:
            measure(name, url, given.rows)


if __name__ == "__main__":
    main()
