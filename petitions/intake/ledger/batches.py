"""The batches of an office: opening one, choosing its sheet and its columns, reading what became of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.sight import visible
from petitions.cases.spreadsheets.cells import Row
from petitions.intake.ledger import headers
from petitions.intake.ledger.columns import EXTRA
from petitions.intake.ledger.headers import Header
from petitions.intake.ledger.history import Unanswered
from petitions.intake.models import ImportBatch, ImportMapping, ImportRow
from petitions.matters.models import Petition
from petitions.words import FieldErrors, Refused, say

PAGE = 100
"""Rows of a list."""

SAMPLE = 30
"""Rows below the header that help to guess the columns."""


def of_office(user: User, before: int | None = None) -> list[ImportBatch]:
    """The batches of the person's office, newest first; one more than a page, to see whether there are older ones."""
    query = select(ImportBatch).where(ImportBatch.office_id == user.unit_id).options(joinedload(ImportBatch.by))
    if before is not None:
        query = query.where(ImportBatch.id < before)
    return list(db.session().scalars(query.order_by(ImportBatch.id.desc()).limit(PAGE + 1)))


def find(batch_id: int, user: User) -> ImportBatch | None:
    """A batch of the person's office; None for any other, whether it exists or not."""
    return db.session().scalar(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.office_id == user.unit_id)
        .options(joinedload(ImportBatch.by), joinedload(ImportBatch.office), joinedload(ImportBatch.undone_by))
    )


def add(user: User, file_name: str, sha256: str) -> ImportBatch:
    """A new batch of the person's office. Raises Refused for a unit that is no petition office."""
    if not user.unit.is_office:
        raise Refused(say("台账由信访部门导入。你的单位是“{unit}”", unit=user.unit.name))
    batch = ImportBatch(
        office_id=user.unit_id, by_id=user.id, file_name=file_name, sha256=sha256, created_at=clock.now()
    )
    db.session().add(batch)
    db.session().flush()
    return batch


def earlier_of_same_file(batch: ImportBatch) -> ImportBatch | None:
    """The last import of the very same file that was not undone."""
    same = select(ImportBatch).where(
        ImportBatch.office_id == batch.office_id, ImportBatch.sha256 == batch.sha256, ImportBatch.id != batch.id,
        ImportBatch.state == "done",
    )  # fmt: skip
    return db.session().scalar(same.order_by(ImportBatch.id.desc()).limit(1))


def choose_sheet(batch: ImportBatch, sheet: str, header: Header, sample: Sequence[Row]) -> None:
    """Say which sheet and which header; the mapping is the remembered one of such a header, or guessed."""
    _still_open(batch)
    batch.sheet, batch.header_row = sheet, header.first
    batch.options = {**batch.options, "lines": header.last - header.first + 1}
    remembered = _remembered(batch.office_id, header)
    batch.mapping = remembered or headers.guess(header.names, sample)
    batch.options = {**batch.options, "remembered": bool(remembered)}


def choose_columns(
    batch: ImportBatch, header: Header, mapping: Mapping[str, str], options: Mapping[str, Any], *,
    amiss: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Say what the columns mean and what holds for rows that do not say it; remembered for the next such file.

    `amiss`: what the asker found wrong with the options. Raises FieldErrors with that and what is wrong with `mapping`.
    """
    _still_open(batch)
    flaws = headers.flaws(header.names, mapping, has_day=bool(options.get("received_on")))
    errors = dict(amiss or {})
    if flaws:
        errors["mapping"] = flaws[0] if len(flaws) == 1 else say("{all}", all="；".join(flaws))
    if errors:
        raise FieldErrors(errors)
    batch.mapping = {name: mapping.get(name, EXTRA) for name in header.names}
    batch.options = {**batch.options, **options}
    remember(batch, header)


def choose_unanswered(batch: ImportBatch, choice: str) -> None:
    """Say what becomes of rows without a reply."""
    if choice in list(Unanswered):
        batch.options = {**batch.options, "unanswered": str(choice)}


def remember(batch: ImportBatch, header: Header) -> None:
    """Keep the mapping for the next file with these headings."""
    mark = headers.signature(header.names)
    kept = _kept(batch.office_id, mark)
    if kept is None:
        db.session().add(ImportMapping(office_id=batch.office_id, signature=mark, mapping=dict(batch.mapping)))
    else:
        kept.mapping = dict(batch.mapping)


def discard(batch: ImportBatch) -> None:
    """Give up a batch of which nothing has been imported."""
    _still_open(batch)
    for row in db.session().scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)):
        db.session().delete(row)
    db.session().flush()
    db.session().delete(batch)


def _still_open(batch: ImportBatch) -> None:
    if batch.state not in ("draft", "checking", "checked") or batch.started_at is not None:
        raise Refused(say("这份台账已经开始导入，不能再改"))
    if batch.lease_until is not None and batch.lease_until >= clock.now():
        raise Refused(say("这份台账正在校验，请等校验完再改"))


def _remembered(office_id: int, header: Header) -> dict[str, str]:
    kept = _kept(office_id, headers.signature(header.names))
    if kept is None or set(kept.mapping) != set(header.names):
        return {}
    return dict(kept.mapping)


def _kept(office_id: int, mark: str) -> ImportMapping | None:
    return db.session().scalar(
        select(ImportMapping).where(ImportMapping.office_id == office_id, ImportMapping.signature == mark)
    )


@dataclass(frozen=True)
class Outcome:
    """A row of the file and what became of it, as a page shows it."""

    id: int
    row: int
    result: str
    column: str
    reason: str
    number: str
    """Of the petition; empty where there is none, or this person may not see it (第30条)."""
    case_id: int | None
    title: str


def outcomes(batch: ImportBatch, user: User, result: str = "", after: int = 0, limit: int = PAGE) -> list[Outcome]:
    """What became of the rows, in the order of the file; one more than `limit`, to see whether there are more."""
    query = (
        select(ImportRow, Petition.number, Petition.title, Petition.matter_id, visible(Petition.matter_id, user))
        .outerjoin(Petition, Petition.id == ImportRow.petition_id)
        .where(ImportRow.batch_id == batch.id, ImportRow.id > after)
        .order_by(ImportRow.id)
        .limit(limit + 1)
    )
    if result:
        query = query.where(ImportRow.result == result)
    return [
        Outcome(row.id, row.row, row.result, row.column, row.reason, number if seen else "", matter if seen else None,
                title if seen else "")
        for row, number, title, matter, seen in db.session().execute(query)
    ]  # fmt: skip


def problem_rows(batch: ImportBatch) -> dict[int, list[tuple[str, str]]]:
    """Row number -> (column, sentence) of everything that kept rows from being imported."""
    found: dict[int, list[tuple[str, str]]] = {}
    wanted = select(ImportRow.row, ImportRow.column, ImportRow.reason).where(
        ImportRow.batch_id == batch.id, ImportRow.result == "refused"
    )
    for row, column, reason in db.session().execute(wanted.order_by(ImportRow.id)):
        found.setdefault(row, []).append((column, reason))
    return found


def problems_by_column(batch: ImportBatch) -> list[tuple[str, int]]:
    """Which columns make the problems, the worst first."""
    counted = (
        select(ImportRow.column, func.count())
        .where(ImportRow.batch_id == batch.id, ImportRow.result == "refused")
        .group_by(ImportRow.column)
        .order_by(func.count().desc(), ImportRow.column)
    )
    return [(column, count) for column, count in db.session().execute(counted)]
