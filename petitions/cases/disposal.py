"""鉴定处置: lists of closed cases whose term of keeping is over, and taking everything personal out of one of them.

A list is drawn up by one person, approved by another, and then worked through case by case. The history and the
papers of a case are only ever added to, through the door; this is the one exception, and so it is an act of the door
like any other (the row `dispose` of a kind's table): permitted, guarded, written into the history and into the audit.
What the act takes out of the rows that every case has is written here; a kind of case adds its own rows, and packages
that keep things beside a case add theirs to `ERASERS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    delete,
    exists,
    select,
    update,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import db
from petitions.access.models import Unit, User
from petitions.cases import search
from petitions.cases.fields import Field, Kind
from petitions.cases.kinds import kind_of
from petitions.cases.models import ActDraft, Attachment, Case, Document, Event, Service, ServiceAttempt
from petitions.db import Base
from petitions.notices.models import Notice
from petitions.words import Sentence, say

ANONYMISED = "已匿名化"
"""What stands where a summary stood. It is kept, not drawn, and so Chinese like every paper."""

ERASERS: list[Callable[[Case], None]] = []
"""What other packages keep about a case is taken out by these; filled by petitions/app.py."""

_PLAIN = frozenset(
    (Kind.DATE, Kind.INTEGER, Kind.FLAG, Kind.CHOICE, Kind.CHOICES, Kind.UNIT, Kind.UNITS, Kind.USER, Kind.PER_PART)
)
"""Kinds of field that can hold nothing but a day, a number, a code, or somebody on duty."""


class Disposal(Base):
    """A list of cases to be anonymised: asked by one person, decided by another."""

    __tablename__ = "disposals"
    __table_args__ = (
        CheckConstraint("state IN ('asked','approved','refused','done')", name="state"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two_people"),
        Index("ix_disposals_office_id", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[str] = mapped_column(default="asked")
    ground: Mapped[str] = mapped_column(default="term")
    """term: the term of keeping is over; or the item of 第47条 a person's own request rests on."""
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    """What the approver said; never about a petitioner."""
    done_at: Mapped[datetime | None]
    register: Mapped[str] = mapped_column(default="")
    """销毁清册 as it was when it was asked for: who asks and who approves sign the same words."""
    register_sha256: Mapped[str] = mapped_column(default="")

    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    office: Mapped[Unit] = relationship()
    cases: Mapped[list["DisposalCase"]] = relationship(back_populates="disposal", order_by="DisposalCase.id")


class DisposalCase(Base):
    """One case of such a list, and what became of it."""

    __tablename__ = "disposal_cases"
    __table_args__ = (
        UniqueConstraint("disposal_id", "case_id"),
        CheckConstraint("result IN ('','done','kept')", name="result"),
        Index("ix_disposal_cases_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposals.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    result: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    """Why it was kept."""

    disposal: Mapped[Disposal] = relationship(back_populates="cases")
    case: Mapped[Case] = relationship()


@dataclass(frozen=True)
class Term:
    """How long cases of one sort are kept."""

    code: str
    """Which sort; the package that owns the kind of case says how they are called."""
    label: Sentence
    years: int
    """Whole calendar years after the one in which the case ended; 0 is for ever."""
    source: Sentence


def due_from(closed_on: date, term: Term) -> date | None:
    """The first day on which a case that ended then may be disposed of; None for one that is kept for ever."""
    return date(closed_on.year + 1 + term.years, 1, 1) if term.years else None


@dataclass(frozen=True)
class Keeping:
    """What lists of disposal ask of a kind of case beside the matters, which they know."""

    due: Callable[[User, date], Select[Any]]
    """The archived cases of the person's own unit whose term is over on that day, that stand on no list."""
    term_of: Callable[[Case], Term]
    terms: Callable[[], Sequence[Term]]
    """All that are in force, to be shown."""
    told: Callable[[Case], tuple[str, str]]
    """What the register says of a case: of which sort it is, and how it ended. It names nobody."""


KEEPING: dict[str, Keeping] = {}
"""By kind of case; filled by petitions/app.py."""


def not_listed() -> ColumnElement[bool]:
    """The condition that a case stands on no list that is asked for or approved."""
    return ~exists().where(
        DisposalCase.case_id == Case.id, DisposalCase.disposal_id == Disposal.id,
        Disposal.state.in_(("asked", "approved")),
    )  # fmt: skip


def why_not_approved(case: Case, approver: User) -> Sentence | None:
    """Why `approver` may not let this case be anonymised: the list it stands on has to be theirs, and approved."""
    approved = (
        select(Disposal.id)
        .join(DisposalCase)
        .where(
            DisposalCase.case_id == case.id, DisposalCase.result == "", Disposal.state == "approved",
            Disposal.decided_by_id == approver.id, Disposal.asked_by_id != approver.id,
        )
    )  # fmt: skip
    if db.session().scalar(approved.limit(1)) is None:
        return say("只有列入处置清单并经他人申请、你本人批准的件才能匿名化")
    return None


def blank(case: Case) -> None:
    """Take everything personal out of what every case has. Numbers, days, states, codes and units stay.

    Rows are written directly: they are many, and nothing of the session may still hold what is taken out. The case
    itself is written by whoever carries out the act; its files leave the disk once no row names them (cases/files.py).
    """
    session, fields = db.session(), kind_of(case).fields
    case.title = ANONYMISED
    session.flush()
    events = session.execute(select(Event.id, Event.data).where(Event.case_id == case.id)).all()
    changed = [{"id": number, "data": impersonal(data, fields)} for number, data in events if data]
    if changed:
        session.execute(update(Event), changed)
    papers = select(Document.id).where(Document.case_id == case.id)
    for statement in (
        update(Service).where(Service.document_id.in_(papers)).values(receiver="", note="", proof={}),
        update(ServiceAttempt).where(ServiceAttempt.document_id.in_(papers)).values(note=""),
        update(Document).where(Document.case_id == case.id).values(recipient="", text=""),
        delete(Attachment).where(Attachment.case_id == case.id),
        delete(ActDraft).where(ActDraft.case_id == case.id),
        delete(Notice).where(Notice.case_id == case.id),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    for erase in ERASERS:
        erase(case)
    session.flush()
    search.index(case.id)
    session.expire(case, ["events", "documents", "attachments"])


def impersonal(data: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Of the fields of an act those that cannot say anything about a person."""
    return {name: value for name, value in data.items() if name in fields and fields[name].kind in _PLAIN}
