"""Taking a whole batch back, in one transaction, as long as nobody has worked on any of its rows.

What the import itself wrote carries the batch in its submission (`ledger-<batch>-<row>`); any other event, and any row
of a table that the import does not write to, means that somebody has worked there. The batch itself stays, as undone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import User
from petitions.cases.models import Case, Document, Event
from petitions.cases.queries import visible_to
from petitions.cases.search import CaseSearch
from petitions.cases.undoing import OF_EVERY_CASE, drop, hold, read, slices, worked_on
from petitions.documents.models import Counter
from petitions.intake.models import ImportBatch, ImportRow
from petitions.matters.identities import Identity
from petitions.matters.models import Claim, Matter, Petition, Petitioner, Respondent
from petitions.matters.register import SERIES
from petitions.notices.models import Notice
from petitions.words import Refused, Sentence, say

NAMED = 5
"""So many touched matters are named; of the others the number is told."""

_OURS = {row.__table__ for row in (Petition, Petitioner, Claim, Respondent)}
"""What the import writes to beside the tables of every case."""


def undo(batch: ImportBatch, actor: User) -> int:
    """Remove what the batch brought in; returns how many petitions that were.

    Raises Refused when it is not there to be undone, or names what somebody has worked on meanwhile.
    """
    if batch.state != "done":
        raise Refused(say("只有导入完的台账可以撤销"))
    brought = _Brought(batch)
    hold(brought.opened)
    found = brought.touched(actor)
    if found.count:
        raise Refused(found.words)
    brought.remove()
    batch.state, batch.undone_at, batch.undone_by = "undone", clock.now(), actor
    audit.record("ledger:undo", batch, after={"petitions": len(brought.petitions)}, actor=actor)
    return len(brought.petitions)


@dataclass(frozen=True)
class Touched:
    """The matters on which somebody has worked since; none while the batch can be undone."""

    count: int
    numbers: Sequence[str]
    """Of those the reader may see: an accusation that came in with the ledger is not named (第30条)."""

    @property
    def words(self) -> Sentence:
        """What stands against undoing."""
        named = "、".join(self.numbers[:NAMED])
        if not named:
            return say("已有{count}件开始办理，不能撤销", count=self.count)
        if self.count == len(self.numbers[:NAMED]):
            return say("已有{count}件开始办理，不能撤销：{named}", count=self.count, named=named)
        return say("已有{count}件开始办理，不能撤销：{named}等", count=self.count, named=named)


def touched(batch: ImportBatch, reader: User) -> Touched:
    """What stands against undoing it, as this person may know."""
    return _Brought(batch).touched(reader)


class _Brought:
    """What a batch brought in: petitions, the matters they opened, the matters they joined."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.mine = f"ledger-{batch.id}-%"
        rows = db.session().execute(
            select(Petition.id, Petition.matter_id, Petition.opened_matter_id, Petition.number, ImportRow.result)
            .join(ImportRow, ImportRow.petition_id == Petition.id)
            .where(ImportRow.batch_id == batch.id, ImportRow.result.in_(("imported", "joined")))
        )  # fmt: skip
        found = list(rows)
        self.petitions = [petition for petition, *_ in found]
        self.numbers = [number for *_, number, _ in found]
        self.opened = {first or matter for _, matter, first, _, result in found if result == "imported"}
        self.joined = {matter for _, matter, _, _, result in found if result == "joined"} - self.opened

    def touched(self, reader: User) -> Touched:
        """The matters that are not as the import left them."""
        ids: set[int] = set()
        foreign = or_(Event.submission.is_(None), Event.submission.not_like(self.mine))
        for some in slices(self.opened):
            ids.update(worked_on(some, foreign, _OURS, Matter.__table__))
            ids.update(self._pointed_at(some))
        for some in slices(self.joined):
            ids.update(self._moved_on(some))
        numbers: list[str] = []
        for some in slices(ids):
            numbers += read(visible_to(reader, select(Case.number).where(Case.id.in_(some))))
        return Touched(len(ids), sorted(numbers))

    def _pointed_at(self, some: Sequence[int]) -> Iterable[int]:
        """Other matters were joined or related to these."""
        for column in (Matter.joined_to_id, Matter.related_to_id):
            pointing = select(column, Matter.id).where(column.in_(some))
            yield from (to for to, by in db.session().execute(pointing) if to and by not in self.opened)

    def _moved_on(self, some: Sequence[int]) -> Iterable[int]:
        """Matters of others on which somebody acted after a row of ours had joined them."""
        ours = (
            select(Event.case_id, func.min(Event.id).label("first"))
            .where(Event.case_id.in_(some), Event.submission.like(self.mine))
            .group_by(Event.case_id)
            .subquery()
        )
        later = (
            select(Event.case_id)
            .join(ours, (ours.c.case_id == Event.case_id) & (Event.id > ours.c.first))
            .where(or_(Event.submission.is_(None), Event.submission.not_like(self.mine)))
        )
        yield from read(later)

    def remove(self) -> None:
        """Delete it all, leaves first, and give the last numbers back where nothing came after them."""
        session = db.session()
        papers: list[str] = []
        for some in slices(self.opened):
            papers += read(select(Document.number).where(Document.case_id.in_(some)))
        for some in slices(self.petitions):
            session.execute(update(ImportRow).where(ImportRow.petition_id.in_(some)).values(petition_id=None))
            people = select(Petitioner.id).where(Petitioner.petition_id.in_(some))
            session.execute(delete(Identity).where(Identity.petitioner_id.in_(people)))
            session.execute(delete(Petitioner).where(Petitioner.petition_id.in_(some)))
            drop(CaseSearch.__table__, CaseSearch.row_id.in_(some) & (CaseSearch.part == "petition"))
        for some in slices(self.joined):
            joins = select(Event.id).where(Event.case_id.in_(some), Event.submission.like(self.mine))
            session.execute(delete(Notice).where(Notice.event_id.in_(joins)))
            session.execute(delete(Event).where(Event.case_id.in_(some), Event.submission.like(self.mine)))
        for some in slices(self.opened):
            for table, column in (*OF_EVERY_CASE, (Claim.__table__, "matter_id"), (Respondent.__table__, "matter_id")):
                drop(table, table.c[column].in_(some))
        for some in slices(self.petitions):
            drop(Petition.__table__, Petition.id.in_(some))
        for some in slices(self.opened):
            drop(Matter.__table__, Matter.id.in_(some))
            drop(Case.__table__, Case.id.in_(some))
        self._give_back(papers)

    def _give_back(self, papers: Iterable[str]) -> None:
        """Numbers run without a gap: those at the end of a series are given again, those in its middle stay free."""
        given: dict[tuple[str, int], set[int]] = {}
        for number in self.numbers:
            year, order = number.rpartition(SERIES)[2].split("-")
            given.setdefault((SERIES, int(year)), set()).add(int(order))
        sign = self.batch.office.sign or self.batch.office.name
        for number in papers:
            if parts := re.fullmatch(r"(.*)〔(\d{4})〕(\d+)号", number):
                given.setdefault((parts[1].removeprefix(sign), int(parts[2])), set()).add(int(parts[3]))
        for counter in db.session().scalars(select(Counter).where(Counter.unit_id == self.batch.office_id)):
            gone = given.get((counter.series, counter.year), set())
            while counter.last in gone:
                counter.last -= 1
