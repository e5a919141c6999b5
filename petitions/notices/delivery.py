"""What goes out of the house: one row for each message, however often it is tried, taken from the queue by lease.

In the house everything happens exactly once. Outside that is impossible: between the server's yes and our note of it a worker may
die, and the message goes out a second time. So the id of a message is fixed when its row is made (whoever gets it twice has
twice the same one), each result is noted at once, and nobody notes one but who still has the row: the fence of a row grows with
every taking, and a worker whose lease ran out comes too late.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, delete, exists, func, or_, select, text, true, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from petitions import clock, db
from petitions.db import Base
from petitions.notices.problems import Undelivered

LEASE = timedelta(minutes=10)
"""So long a row is its taker's. A worker begins with no message that might end after it (sending.py)."""

BATCH = 20
"""Rows taken at once."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60))
"""How long to wait after each failed try; the eighth parks the row."""

SOON = timedelta(minutes=1)
"""A server that takes nothing is asked again so soon, and no try is counted: mails go out as soon as it is back."""

_PAUSE = timedelta(minutes=3)
"""When nothing has gone out for so long although something was tried, it was the server's fault."""

_JITTER = 0.1
"""Waits are up to a tenth longer, so that what failed together is not tried together."""

_FURTHEST = WAITS[-1] * (1 + _JITTER) + SOON
"""No row waits longer; a moment further ahead was written by a clock that was wrong."""

KEPT = timedelta(days=90)
"""What was sent is remembered for so long."""


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"
    """Given up; an administrator may send it again."""
    DROPPED = "dropped"
    """There was nothing left to say, or a later one says it."""


class Channel(StrEnum):
    """The ways out of the house."""

    MAIL = "mail"
    ROBOT = "robot"


DIGEST, TEST = "digest", "test"


class Delivery(Base):
    """One message to one person (by mail) or one unit's group (by its robot); `key` says what it is, so that it is sent once."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('queued','sent','parked','dropped')", name="state"),
        CheckConstraint(
            "(channel = 'mail' AND user_id IS NOT NULL) OR (channel = 'robot' AND robot_id IS NOT NULL)", name="addressee"
        ),
        Index("ix_deliveries_waiting", "next_at", "id", sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
        Index("ix_deliveries_ended_at", "ended_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    """digest, or test: what an administrator sends to try the channel."""
    channel: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robots.id"), index=True)
    day: Mapped[date]
    state: Mapped[str] = mapped_column(default=State.QUEUED.value)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    """When it was refused last."""
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str]
    problem: Mapped[str] = mapped_column(default="")
    """Why it was not taken (problems.py), never in the other side's words."""
    number: Mapped[int | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Taken:
    """A row somebody has leased, with the fence of this taking."""

    id: int
    fence: int
    kind: str
    user_id: int | None
    robot_id: int | None
    attempts: int
    message_id: str


def queue(kind: str, channel: Channel, addressees: Iterable[int], about: str, host: str) -> list[int]:
    """Put one message for each addressee (user ids, or robot ids) into the queue; returns whose were new.

    `about` with the addressee is the key: any number of ticks may say the same at the same time. `host` ends the message's id.
    """
    now, owner = clock.now(), "user_id" if channel is Channel.MAIL else "robot_id"
    rows = [
        {
            "key": f"{kind}:{about}:{channel}:{one}", "kind": kind, "channel": channel.value, owner: one,
            "day": clock.day_of(now), "next_at": now, "made_at": now, "state": State.QUEUED.value, "attempts": 0, "fence": 0,
            "problem": "", "message_id": _message_id(f"{kind}:{about}:{channel}:{one}", host),
        }
        for one in addressees
    ]  # fmt: skip
    if not rows:
        return []
    once = db.insert(Delivery).values(rows).on_conflict_do_nothing(index_elements=["key"])
    return list(db.session().scalars(once.returning(getattr(Delivery, owner))))


def supersede(channel: Channel, addressees: Sequence[int], day: date) -> None:
    """Drop earlier digests that wait or were given up: the one of `day` says what they would. Not one that is on its way."""
    owner = Delivery.user_id if channel is Channel.MAIL else Delivery.robot_id
    earlier = update(Delivery).where(
        owner.in_(addressees), Delivery.kind == DIGEST, Delivery.day < day,
        Delivery.state.in_((State.QUEUED.value, State.PARKED.value)), _is_free(clock.now()),
    )  # fmt: skip
    gone = earlier.values(state=State.DROPPED.value, problem="superseded", number=None, ended_at=clock.now())
    db.session().execute(gone.execution_options(synchronize_session=False))


def take(channel: Channel, most: int = BATCH) -> list[Taken]:
    """Lease the rows of a channel that are due, at most `most`, the oldest first and never two of one addressee at once."""
    now, older = clock.now(), aliased(Delivery)
    first = ~exists().where(
        or_(older.user_id == Delivery.user_id, older.robot_id == Delivery.robot_id), older.kind == Delivery.kind,
        older.state == State.QUEUED.value, older.id < Delivery.id,
    )  # fmt: skip
    due = (
        select(Delivery.id)
        .where(
            Delivery.state == State.QUEUED.value, Delivery.channel == channel.value,
            or_(Delivery.next_at <= now, Delivery.next_at > now + _FURTHEST), _is_free(now), first,
        )
        .order_by(Delivery.next_at, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    ids = list(db.session().scalars(due))
    if not ids:
        return []
    leased = update(Delivery).where(Delivery.id.in_(ids)).values(lease_until=now + LEASE, fence=Delivery.fence + 1)
    columns = (getattr(Delivery, name) for name in Taken.__dataclass_fields__)
    rows = db.session().execute(leased.returning(*columns).execution_options(synchronize_session=False))
    return sorted((Taken(*row) for row in rows), key=lambda one: ids.index(one.id))


def _is_free(now: datetime) -> Any:
    """Nobody has it. A lease that ends further ahead than any can was written by a clock that was wrong.

    Twice as far: `now` may have been read before a wait for the database, in which somebody else took the row.
    """
    return or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now, Delivery.lease_until > now + 2 * LEASE)


def sent(one: Taken) -> bool:
    """It was taken by the other side. False: the row has passed to another worker meanwhile, and nothing was noted."""
    return _note(one, state=State.SENT.value, attempts=one.attempts + 1, problem="", number=None, ended_at=clock.now())


def dropped(one: Taken, why: str) -> bool:
    """There is nothing to send."""
    return _note(one, state=State.DROPPED.value, problem=why, number=None, ended_at=clock.now())


def failed(one: Taken, why: Undelivered) -> bool:
    """It was not taken: try it again later, or give it up."""
    now, tries, said = clock.now(), one.attempts + 1, dict[str, Any](problem=why.problem, number=why.number)
    said["tried_at"] = now
    if why.of_server:
        return _note(one, next_at=now + SOON, **said)
    if why.final or tries > len(WAITS):
        return _note(one, state=State.PARKED.value, attempts=tries, ended_at=now, **said)
    wait = WAITS[tries - 1] * (1 + random.uniform(0, _JITTER))  # noqa: S311 - nobody gains by guessing it
    return _note(one, attempts=tries, next_at=now + wait, **said)


def give_back(one: Taken) -> bool:
    """It was not tried: another worker may take it at once."""
    return _note(one)


def wake(channel: Channel, began: datetime) -> None:
    """Something went out after `began`: what was refused while nothing did is due again at once, for the trouble is over.

    Where messages went out all the time a refusal says something about the message, and it waits its time.
    """
    taken = select(func.max(Delivery.ended_at)).where(
        Delivery.channel == channel.value, Delivery.state == State.SENT.value, Delivery.ended_at < began
    )
    before = db.session().scalar(taken)
    if before is not None and began - before < _PAUSE:
        return
    refused = update(Delivery).where(
        Delivery.channel == channel.value, Delivery.state == State.QUEUED.value, Delivery.attempts > 0, _is_free(began),
        Delivery.tried_at < began, Delivery.tried_at > before if before is not None else true(),
    )  # fmt: skip
    db.session().execute(refused.values(next_at=clock.now()).execution_options(synchronize_session=False))


def _note(one: Taken, **values: Any) -> bool:
    mine = update(Delivery).where(
        Delivery.id == one.id, Delivery.fence == one.fence, Delivery.state == State.QUEUED.value
    )
    noted = mine.values(lease_until=None, **values).returning(Delivery.id).execution_options(synchronize_session=False)
    return db.session().execute(noted).first() is not None


def again(delivery_id: int | None = None) -> int:
    """Put a parked message, or with None all of them, back into the queue as if new; returns how many."""
    parked = update(Delivery).where(Delivery.state == State.PARKED.value)
    if delivery_id is not None:
        parked = parked.where(Delivery.id == delivery_id)
    anew = parked.values(
        state=State.QUEUED.value, attempts=0, next_at=clock.now(), problem="", number=None, ended_at=None
    )
    rows = db.session().execute(anew.returning(Delivery.id).execution_options(synchronize_session=False))
    return len(rows.all())


def drop_for(robot_id: int) -> None:
    """Nothing more goes to this robot."""
    waiting = update(Delivery).where(
        Delivery.robot_id == robot_id, Delivery.state.in_((State.QUEUED.value, State.PARKED.value))
    )
    gone = waiting.values(state=State.DROPPED.value, problem="no_address", number=None, ended_at=clock.now())
    db.session().execute(gone.execution_options(synchronize_session=False))


def purge() -> None:
    """Forget what was sent or dropped a season ago."""
    over = and_(Delivery.state.in_((State.SENT.value, State.DROPPED.value)), Delivery.ended_at < clock.now() - KEPT)
    db.session().execute(delete(Delivery).where(over))


def waiting() -> tuple[int, datetime | None]:
    """How many messages wait, and since when the oldest of them does."""
    found = select(func.count(), func.min(Delivery.made_at)).where(Delivery.state == State.QUEUED.value)
    count, oldest = db.session().execute(found).one()
    return int(count), oldest


def parked() -> int:
    """How many were given up."""
    found = select(func.count()).where(Delivery.state == State.PARKED.value)
    return db.session().scalar(found) or 0


def _message_id(key: str, host: str) -> str:
    return f"<{hashlib.sha256(f'{host} {key}'.encode()).hexdigest()[:32]}@{host}>"
