"""One ledger of disputes as it was brought in, and taking it back as a whole (docs/mediation.md).

As with petitions (intake/ledger/undo.py) a batch can be undone as long as nobody has acted on any of its cases. What differs:
the numbers stay used. A dispute bears its number on paper from the first day, and it may have been told to the parties.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import Unit, User
from petitions.cases import checks
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case, Event
from petitions.cases.queries import visible_to
from petitions.cases.undoing import OF_EVERY_CASE, drop, hold, read, slices, worked_on
from petitions.db import Base
from petitions.mediation.identities import PartyIdentity
from petitions.mediation.models import Mediation, Party
from petitions.words import FieldErrors, Refused, Sentence, say

LISTED = 20
"""The newest ones, on the page where a ledger is uploaded."""

REASON_AT_MOST = 500

_OURS = (Party.__table__, PartyIdentity.__table__)


class DisputeImport(Base):
    """One import: who brought how many disputes in, and whether it stands."""

    __tablename__ = "dispute_imports"
    __table_args__ = (
        CheckConstraint("state IN ('done','undone')", name="state"),
        Index("ix_dispute_imports_unit_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="done")
    imported: Mapped[int]
    first: Mapped[str]
    """The number of its first case."""
    last: Mapped[str]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    undone_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why it was taken back."""

    by: Mapped[User] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])
    unit: Mapped[Unit] = relationship()


def note(made: Sequence[Mediation], actor: User) -> DisputeImport:
    """Write down that these were brought in together."""
    batch = DisputeImport(
        unit_id=actor.unit_id, by=actor, at=clock.now(), imported=len(made), first=made[0].number, last=made[-1].number
    )
    db.session().add(batch)
    db.session().flush()
    for one in made:
        one.import_id = batch.id
    return batch


def of_unit(user: User) -> list[DisputeImport]:
    """The newest imports of the person's own committee."""
    query = select(DisputeImport).where(DisputeImport.unit_id == user.unit_id).order_by(DisputeImport.id.desc())
    people = (joinedload(DisputeImport.by).lazyload("*"), joinedload(DisputeImport.undone_by).lazyload("*"))
    return list(db.session().scalars(query.limit(LISTED).options(*people)).unique())


def find(import_id: int, user: User) -> DisputeImport | None:
    """An import of the person's own committee."""
    batch = db.session().get(DisputeImport, import_id)
    return batch if batch is not None and batch.unit_id == user.unit_id else None


@dataclass(frozen=True)
class Obstacle:
    """A case on which somebody has worked, and what they did."""

    number: str
    case_id: int
    why: Sentence


@dataclass(frozen=True)
class Obstacles:
    """What stands against taking a batch back."""

    rows: Sequence[Obstacle]
    """Those that the reader may see; whoever was chosen for a case alone is shown it."""
    count: int


def obstacles(batch: DisputeImport, reader: User) -> Obstacles:
    """The cases of a batch that are not as the import left them, each with what was done first."""
    touched: set[int] = set()
    for some in slices(_cases(batch)):
        touched |= worked_on(some, Event.action.not_in(_opening()), _OURS, Mediation.__table__)
    rows: list[Obstacle] = []
    for some in slices(touched):
        first: dict[int, Event] = {}
        for event in db.session().scalars(
            select(Event).where(Event.case_id.in_(some), Event.action.not_in(_opening())).order_by(Event.id)
        ):
            first.setdefault(event.case_id, event)
        seen: Any = visible_to(reader, select(Case.id, Case.number).where(Case.id.in_(some)).order_by(Case.id))
        rows += [Obstacle(number, case_id, _why(first.get(case_id))) for case_id, number in db.session().execute(seen)]
    return Obstacles(rows, len(touched))


def _opening() -> list[str]:
    return [row.name for row in KINDS["mediation"].flow.actions if row.opens]


def _why(event: Event | None) -> Sentence:
    if event is None:
        return say("有人正在办理，或者有没有写完的内容")
    label = say(KINDS["mediation"].flow.action[event.action].label)
    return say("{day}已“{action}”", day=clock.day_of(event.at).isoformat(), action=label)


def _cases(batch: DisputeImport) -> list[int]:
    return read(select(Mediation.id).where(Mediation.import_id == batch.id))


def undo(batch: DisputeImport, reason: str, actor: User) -> int:
    """Remove what the batch brought in; returns how many cases that were. Their numbers are never given again.

    Raises FieldErrors where no reason is said, Refused when it is undone already or somebody has worked on one of its cases.
    """
    reason = checks.tidy(reason)
    if not reason:
        raise FieldErrors({"reason": say("填写撤销的理由")})
    if len(reason) > REASON_AT_MOST:
        raise FieldErrors({"reason": say("撤销的理由最多{most}个字", most=REASON_AT_MOST)})
    _claim(batch, actor)
    ids = _cases(batch)
    hold(ids)
    count = obstacles(batch, actor).count
    if count:
        raise Refused(say("已有{count}件开始办理，不能撤销", count=count))
    _remove(ids)
    batch.reason = reason
    audit.record("mediation:import_undo", batch, after={"cases": len(ids)}, actor=actor)
    return len(ids)


def _claim(batch: DisputeImport, actor: User) -> None:
    """Whoever comes second finds it undone."""
    session = db.session()
    won = session.execute(
        update(DisputeImport)
        .where(DisputeImport.id == batch.id, DisputeImport.state == "done")
        .values(state="undone", undone_at=clock.now(), undone_by_id=actor.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(batch)
    if not won.rowcount:  # type: ignore[attr-defined]
        raise Refused(say("这次导入已经撤销"))


def _remove(ids: Sequence[int]) -> None:
    session = db.session()
    session.flush()
    for some in slices(ids):
        people = select(Party.id).where(Party.mediation_id.in_(some))
        drop(PartyIdentity.__table__, PartyIdentity.party_id.in_(people))
        drop(Party.__table__, Party.mediation_id.in_(some))
        for table, column in OF_EVERY_CASE:
            drop(table, table.c[column].in_(some))
        drop(Mediation.__table__, Mediation.id.in_(some))
        drop(Case.__table__, Case.id.in_(some))
    session.expire_all()
