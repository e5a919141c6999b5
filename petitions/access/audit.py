"""The audit: who did, tried, saw, printed or took away what. Rows are only ever added, each chained to the one before.

An act is recorded in the transaction that does it, an attempt that was refused in one of its own. A row names people and
cases by their numbers only: whoever reads the audit learns nothing about a petitioner (reliability.md §6.6).
"""

import hashlib
import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, event, func, insert, inspect, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from petitions import clock, db
from petitions.access.models import User
from petitions.db import Base
from petitions.words import Refusal, Sentence

FIRST = "0" * 64
"""What stands before the first row."""

_LOCK = 7202206
"""Any number: whoever writes the audit of one PostgreSQL takes this lock, last of all and until the commit."""

_WAITING = "audit"


class AuditEntry(Base):
    """One line of the audit. The database refuses to change or delete it."""

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("outcome IN ('done','refused')", name="outcome"),
        Index("ix_audit_case", "case_id", "actor_id", "id"),
        Index("ix_audit_actor", "actor_id", "id"),
        Index("ix_audit_act", "act", "id"),
        Index("ix_audit_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Contiguous: a missing number is a missing row."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    """Nobody when somebody tried to log in, or a command was given at the machine itself."""
    behalf_id: Mapped[int | None]
    """Whose right it was, when the actor stood in for somebody."""
    unit_id: Mapped[int | None]
    act: Mapped[str]
    """case:accept, identity:reveal, login …: what the table of acts, or of permissions, calls it."""
    outcome: Mapped[str] = mapped_column(default="done")
    subject: Mapped[str] = mapped_column(default="")
    """Table and number of what it was done to: cases 12."""
    case_id: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    """Why it was done (a reveal) or refused; never with what was typed."""
    request: Mapped[str] = mapped_column(default="")
    """One number for everything one request did."""
    address: Mapped[str] = mapped_column(default="")
    previous: Mapped[str]
    hash: Mapped[str]


@dataclass(frozen=True)
class Circumstances:
    """Under which a row is written, unless it says otherwise itself."""

    actor: User | None = None
    request: str = ""
    address: str = ""
    behalf: User | None = None


_NOWHERE = Circumstances()

_here: ContextVar[Circumstances] = ContextVar("petitions_circumstances", default=_NOWHERE)


def under(circumstances: Circumstances) -> None:
    """Record everything from now on under these circumstances: a request begins, or a command."""
    _here.set(circumstances)


def acting(actor: User | None, name: User | None = None) -> None:
    """From now on it is this person who acts; `name`: by whose right, their own when nobody's."""
    _here.set(replace(_here.get(), actor=actor, behalf=name if name is not actor else None))


def acts_now() -> User | None:
    """Whoever acts; nobody at the machine itself."""
    return _here.get().actor


def record(
    act: str,
    subject: Base | None = None,
    *,
    case_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: User | None = None,
    behalf: User | None = None,
) -> None:
    """Record an act with the transaction that does it. `subject` may be new: its number is asked for at the commit.

    `behalf`: by whose right, where the circumstances do not say it; one's own is one's own.
    """
    _wait(_noted(act, "done", subject, case_id, before, after, reason, actor, behalf))


def saw(
    act: str,
    subject: Base | None = None,
    *,
    case_id: int | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    behalf: User | None = None,
) -> None:
    """Record that something is about to be shown, printed or handed out; what cannot be recorded is not shown."""
    with db.now():
        record(act, subject, case_id=case_id, after=after, reason=reason, behalf=behalf)


def count_since(since: datetime, person: User, *acts: str) -> int:
    """How often a person has done one of these acts since a moment."""
    rows = select(func.count(AuditEntry.id)).where(
        AuditEntry.at >= since, AuditEntry.actor_id == person.id, AuditEntry.act.in_(acts), AuditEntry.outcome == "done"
    )
    return db.session().scalar(rows) or 0


def looked_at(*case_ids: int, every: timedelta = timedelta(hours=1)) -> None:
    """Record that the person sees what cases say; opening one again within the hour is the same look."""
    actor = _here.get().actor
    if actor is None or not case_ids:
        return
    recent = select(AuditEntry.case_id).where(
        AuditEntry.case_id.in_(case_ids), AuditEntry.actor_id == actor.id, AuditEntry.act == "case:see",
        AuditEntry.outcome == "done", AuditEntry.at > clock.now() - every,
    )  # fmt: skip
    new = set(case_ids) - set(db.session().scalars(recent))
    if new:
        with db.now():
            for case_id in sorted(new):
                record("case:see", case_id=case_id)


def refused(
    act: str,
    refusal: Refusal | None = None,
    subject: Base | None = None,
    *,
    case_id: int | None = None,
    actor: User | None = None,
) -> None:
    """Record an attempt when everything else of it has been undone. Of the reason only the pattern is kept."""
    why = refusal.sentence.pattern if refusal is not None and isinstance(refusal.sentence, Sentence) else ""
    row = _noted(act, "refused", subject, case_id, None, None, why, actor)
    db.session().info[_TOLD] = True
    db.afterwards(lambda: _wait(row))


_TOLD = "audit_told"


def is_told() -> bool:
    """Whether this unit of work has already said what it refused."""
    return bool(db.session().info.get(_TOLD))


def _noted(
    act: str, outcome: str, subject: Base | None, case_id: int | None, before: Any, after: Any, reason: str,
    *people: User | None,
) -> dict[str, Any]:  # fmt: skip
    here, (actor, behalf) = _here.get(), (*people, None)[:2]
    who = actor or here.actor
    name = behalf or (here.behalf if who is here.actor else None)
    return {
        "at": clock.now(), "actor_id": who.id if who else None, "behalf_id": name.id if name and name is not who else None,
        "unit_id": who.unit_id if who else None, "act": act,
        "outcome": outcome, "subject": subject, "case_id": case_id, "before": dict(before or {}),
        "after": dict(after or {}), "reason": reason, "request": here.request, "address": here.address,
    }  # fmt: skip


def _wait(row: dict[str, Any]) -> None:
    session = db.session()
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_WAITING, []).append((within, row))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What was undone is not recorded as done."""
    waiting = session.info.get(_WAITING)
    if waiting:
        session.info[_WAITING] = [one for one in waiting if not _lies_in(one[0], undone)]


def _lies_in(within: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while within is not None:
        if within is outer:
            return True
        within = within.parent
    return False


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Chain the rows to the last one, as the last thing before the commit: the lock is held for that long only."""
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    session.flush()
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    last = session.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).first()
    number, previous = (last.id, last.hash) if last else (0, FIRST)
    rows = []
    for _, row in session.info.pop(_WAITING):
        number += 1
        rows.append({**row, **_named(row), "id": number, "previous": previous})
        previous = rows[-1]["hash"] = chained(rows[-1])
    session.execute(insert(AuditEntry), rows)


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    subject = row["subject"]
    if subject is None:
        return {"subject": f"cases {row['case_id']}" if row["case_id"] else ""}
    key = inspect(subject).identity or inspect(type(subject)).primary_key_from_instance(subject)
    table = type(subject).__mapper__.base_mapper.local_table.name
    is_case = table == "cases"
    return {"subject": f"{table} {key[0]}", "case_id": key[0] if is_case else row["case_id"]}


def chained(row: Mapping[str, Any]) -> str:
    """The hash of a row, over everything in it and the hash of the one before (SHA-256, hexadecimal)."""
    said = {name: row[name] for name in _HASHED}
    if row["behalf_id"] is not None:  # rows from before there was such a column keep their hash
        said["behalf_id"] = row["behalf_id"]
    said["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_HASHED = (
    "id", "at", "actor_id", "unit_id", "act", "outcome", "subject", "case_id", "before", "after", "reason", "request",
    "address", "previous",
)  # fmt: skip
