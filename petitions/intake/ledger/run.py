"""Checking a batch without writing a petition, and running it: in chunks, each of them whole or not there at all.

The rows of a chunk and the mark how far the batch has come are committed together, so an import that is killed goes on
exactly where it was. What a row is (new, a repeat, known) is decided by `earlier.py`, how it comes in by `history.py`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, text

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases.spreadsheets.cells import Row
from petitions.db import Database
from petitions.intake.ledger import history, lease, source
from petitions.intake.ledger.earlier import Earlier, Verdict
from petitions.intake.ledger.entries import Entry, Reader, headings_of
from petitions.intake.ledger.history import Unanswered
from petitions.intake.ledger.rows import Checked, Problem
from petitions.intake.models import ImportBatch, ImportRow
from petitions.matters.models import Petition
from petitions.matters.suspicion import Signs, hints
from petitions.settings import Settings
from petitions.words import NotPermitted, Refusal, say

CHUNK = 200
"""Rows of one transaction: about half a second in which nobody else writes on SQLite."""

_NAMED = 50
"""Rows that may be accusations and are named: whoever has more looks through the whole ledger."""

Progress = Callable[[int, int], None]
"""Is told after every chunk how many rows are dealt with, of how many."""

Line = tuple[Row, Checked]


@dataclass
class Tally:
    """What became of rows, or would become of them."""

    total: int = 0
    imported: int = 0
    joined: int = 0
    known: int = 0
    refused: int = 0
    answered: int = 0
    """Of the imported ones, those that came with their answer."""
    suspected: int = 0
    """Of the imported ones, those somebody should look at: perhaps a repeat."""
    sealed: int = 0
    """Of the imported and joined ones, accusations."""
    late: int = 0
    """Of the imported ones without an answer, those that came more than 15 日 ago (第22条)."""
    accusing: int = 0
    """Of the imported and joined ones that are not sealed, those that may be accusations."""
    accusing_rows: list[int] = field(default_factory=list)
    """The first of these, by their row."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """What is noted of each row (ImportRow)."""

    def count(self, entry: Entry, verdict: Verdict) -> str:
        """Count a row that is no problem; the word of its result."""
        if verdict.known:
            self.known += 1
            return "known"
        self.sealed += entry.sealed
        if verdict.joins:
            self.joined += 1
            return "joined"
        self.imported += 1
        self.answered += entry.answer is not None
        self.suspected += verdict.suspected
        self.late += entry.answer is None and (clock.today() - entry.received_on).days > 15
        return "imported"

    def suspect(self, entry: Entry, signs: Signs) -> None:
        """Note a row that is not sealed and may accuse somebody."""
        said = {
            name: str(entry.values.get(name, "")) for name in ("title", "text", "claims", "class_code", "respondent")
        }
        told = "\n".join(said[name] for name in ("title", "text", "claims"))
        if not entry.sealed and hints(signs, told, said["class_code"], said["respondent"]):
            self.accusing += 1
            self.accusing_rows = [*self.accusing_rows, entry.number][:_NAMED]

    def refuse(self, number: int, problems: Sequence[Problem]) -> None:
        """Note a row that cannot come in, with each of its problems."""
        self.refused += 1
        self.rows += [_noted(number, "refused", column=one.heading, reason=str(one)) for one in problems]


def check(
    database: Database, batch_id: int, folder: Path, progress: Progress | None = None, held: datetime | None = None,
    signs: Signs | None = None,
) -> None:  # fmt: skip
    """Read every row and find out what would become of it; nothing is written but the batch's own figures.

    `held`: what `lease.reserve` gave; `signs`: what suggests an accusation, the settings' own when nothing is said.
    Raises Refused when the file cannot be read or somebody else is at it.
    """
    signs = signs or Signs.of(Settings())
    with database.work():
        batch = lease.take(batch_id, ("draft", "checking", "checked"), "checking", held)
        batch.next_row, batch.found = 0, {}
        db.session().execute(delete(ImportRow).where(ImportRow.batch_id == batch_id))
    with lease.noting(database, batch_id), source.opened(batch, folder) as ledger:
        total, tally = ledger.total(), Tally()
        _set(database, batch, total=total)
        headings, earlier = headings_of(ledger.header.names, ledger.mapping), Earlier(batch.office_id)
        for chunk in _chunks(ledger.checked()):
            with database.work(write=False):
                actor = db.session().get_one(User, batch.by_id)
                entries = list(_entries(chunk, _reader(batch, actor), headings, tally))
                earlier.look_up(entries, actor)
                for entry in entries:
                    _foresee(entry, earlier, Unanswered(batch.options.get("unanswered", "open")), actor, tally, signs)
            tally.total += len(chunk)
            with database.work() as session:
                lease.keep(batch, "checking", batch.next_row)
                _note(batch_id, tally)
                stored = session.get_one(ImportBatch, batch_id)
                stored.next_row = batch.next_row = chunk[-1][0].number + 1
                stored.found = {"read": tally.total}
            if progress:
                progress(tally.total, total)
    found = {name: value for name, value in vars(tally).items() if name != "rows"}
    _set(database, batch, state="checked", lease_until=None, total=tally.total, next_row=0, found=found)


def run(
    database: Database, batch_id: int, folder: Path, progress: Progress | None = None, held: datetime | None = None,
    pause: float = 0.0,
) -> None:  # fmt: skip
    """Bring the rows in, from the first one or from where an earlier run was interrupted.

    `held`: what `lease.reserve` gave; `pause` (seconds) after each chunk lets others write on SQLite. Raises Refused when the file cannot be read or
    somebody else is at it.
    """
    with database.work():
        batch = lease.take(batch_id, ("draft", "checked", "running"), "running", held)
        if batch.started_at is None:
            batch.started_at = clock.now()
            batch.imported = batch.joined = batch.known = batch.refused = batch.next_row = 0
            db.session().execute(delete(ImportRow).where(ImportRow.batch_id == batch_id))
    with lease.noting(database, batch_id), source.opened(batch, folder) as ledger:
        if not batch.total:
            _set(database, batch, total=ledger.total())
        done, measured = batch.imported + batch.joined + batch.known + batch.refused, 0
        headings = headings_of(ledger.header.names, ledger.mapping)
        for chunk in _chunks(ledger.checked(batch.next_row)):
            _bring_in(database, batch, chunk, headings)
            done += len(chunk)
            if done >= measured:
                measured = 5 * done
                _measure_tables(database)
            if progress:
                progress(done, batch.total)
            if pause:
                time.sleep(pause)
    _set(database, batch, state="done", lease_until=None, finished_at=clock.now(), total=done)
    with database.work() as session:
        brought = {name: getattr(batch, name) for name in ("imported", "joined", "known", "refused")}
        audit.record("ledger:run", batch, after=brought, actor=session.get_one(User, batch.by_id))


def _bring_in(database: Database, batch: ImportBatch, chunk: Sequence[Line], headings: dict[str, str]) -> None:
    """One chunk in one transaction. If a row is refused by the door itself, again, with a savepoint around each row."""
    try:
        tally = _try_chunk(database, batch, chunk, headings, careful=False)
    except _RefusedRow:
        tally = _try_chunk(database, batch, chunk, headings, careful=True)
    for name in ("imported", "joined", "known", "refused"):
        setattr(batch, name, getattr(batch, name) + getattr(tally, name))
    batch.next_row = chunk[-1][0].number + 1


class _RefusedRow(Exception):  # noqa: N818 - not a fault: the chunk is tried again more carefully
    """The door refused a row that the check had let pass."""


def _try_chunk(
    database: Database, batch: ImportBatch, chunk: Sequence[Line], headings: dict[str, str], *, careful: bool
) -> Tally:
    tally = Tally()
    with database.work() as session:
        lease.keep(batch, "running", batch.next_row)
        stored, actor = session.get_one(ImportBatch, batch.id), session.get_one(User, batch.by_id)
        if not may(actor, "ledger:import") or actor.unit_id != batch.office_id:
            raise NotPermitted(say("你没有导入台账的权限"))
        earlier, entries = Earlier(batch.office_id), list(_entries(chunk, _reader(batch, actor), headings, tally))
        earlier.look_up(entries, actor)
        for entry in entries:
            try:
                if careful:
                    with session.begin_nested():
                        _bring_in_row(batch, entry, actor, earlier, tally)
                else:
                    _bring_in_row(batch, entry, actor, earlier, tally)
            except Refusal as refusal:
                if not careful:
                    raise _RefusedRow from refusal
                reason = say("第{row}行：{problem}", row=entry.number, problem=refusal.sentence)
                tally.refuse(entry.number, [Problem(entry.number, "", reason)])
        _note(batch.id, tally)
        for name in ("imported", "joined", "known", "refused"):
            setattr(stored, name, getattr(stored, name) + getattr(tally, name))
        stored.next_row = chunk[-1][0].number + 1
    return tally


def _bring_in_row(batch: ImportBatch, entry: Entry, actor: User, earlier: Earlier, tally: Tally) -> None:
    verdict, unanswered = earlier.judge(entry), Unanswered(batch.options.get("unanswered", "open"))
    if verdict.known:
        known = verdict.known.petition or verdict.known.petition_id
        tally.rows.append(_noted(entry.number, "known", known, reason=_aside(entry, verdict)))
    else:
        petition = history.bring_in(entry, verdict, actor, actor.unit, f"ledger-{batch.id}-{entry.number}", unanswered)
        earlier.add(history.as_past(entry, verdict, history.closed_on(entry, verdict, unanswered), actor, petition))
        tally.rows.append(_noted(entry.number, "joined" if verdict.joins else "imported", petition))
    tally.count(entry, verdict)


def _foresee(entry: Entry, earlier: Earlier, unanswered: Unanswered, actor: User, tally: Tally, signs: Signs) -> None:
    """Decide about a row as the run will, and remember it."""
    verdict = earlier.judge(entry)
    tally.count(entry, verdict)
    if verdict.known is None:
        tally.suspect(entry, signs)
        earlier.add(history.as_past(entry, verdict, history.closed_on(entry, verdict, unanswered), actor))


def _aside(entry: Entry, verdict: Verdict) -> str:
    """What is said of a row that is known already, but has an answer that its matter does not have."""
    if (
        entry.answer is None
        or verdict.known is None
        or not verdict.known.visible
        or verdict.known.closed_on == entry.answer["answered_on"]
    ):
        return ""
    return say("第{row}行：此件已经登记，答复与登记的不同，没有补录这份答复", row=entry.number)


def _reader(batch: ImportBatch, actor: User) -> Reader:
    return Reader(actor, batch.file_name, batch.sheet, batch.options)


def _entries(chunk: Iterable[Line], reader: Reader, headings: dict[str, str], tally: Tally) -> Iterator[Entry]:
    for _, checked in chunk:
        read = reader.read(checked, headings)
        if isinstance(read, Entry):
            yield read
        else:
            tally.refuse(checked.number, read)


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _noted(
    row: int, result: str, petition: Petition | int | None = None, column: str = "", reason: str = ""
) -> dict[str, Any]:
    return {"row": row, "result": result, "petition_id": petition, "column": column, "reason": str(reason)}


def _note(batch_id: int, tally: Tally) -> None:
    """Write the rows of a chunk, and then down what became of each of them."""
    db.session().flush()
    tally.rows.sort(key=lambda row: row["row"])
    for row in tally.rows:
        petition = row["petition_id"]
        row["petition_id"] = petition.id if isinstance(petition, Petition) else petition
        row["batch_id"] = batch_id
    if tally.rows:
        db.session().execute(insert(ImportRow), tally.rows)
        tally.rows.clear()


def _measure_tables(database: Database) -> None:
    """Tell PostgreSQL how large its tables have become, or it searches them as if they were still empty.

    It finds out by itself within a minute or so; a large import into a new database has gone far by then.
    """
    if not database.is_sqlite:
        with database.work() as session:
            session.execute(text("ANALYZE petitions, petitioners, cases, matters, case_search"))


def _set(database: Database, batch: ImportBatch, **values: Any) -> None:
    with database.work() as session:
        stored = session.get_one(ImportBatch, batch.id)
        for name, value in values.items():
            setattr(stored, name, value)
            setattr(batch, name, value)
