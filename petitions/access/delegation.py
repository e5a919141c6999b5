"""委托代办: a person's duties lie in a colleague's hands for a while.

Nothing is copied: who stands in for whom is asked whenever something is done (policy.py), so what the giver may not do
the colleague cannot either, and it is over at once when it is taken back, when the giver moves, or with its last day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    and_,
    exists,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import User
from petitions.access.roles import KEEPERS_OF_THE_HOUSE, NEVER_LENT, Role
from petitions.db import Base
from petitions.web.inputs import Input, insist_on_length, line
from petitions.words import FieldErrors, NotPermitted, Refused, say

LONGEST_DAYS = 90
"""日; whoever is away longer gives up the post, which an administrator records."""

_OPEN = text("ended_at IS NULL")
_MEMORY = "petitions.givers"

INPUTS = (
    Input("taker", say("委托给"), "user", help=say("本单位在用的账号；管理员和审计员不能代办")),
    Input("from_on", say("自"), "date"),
    Input("until_on", say("至"), "date", help=say("含当日，最长{days}天", days=LONGEST_DAYS)),
    Input("reason", say("原因"), help=say("如出差、年休假"), max_length=100),
)


class Delegation(Base):
    """One person stands in for another from one day to another. Rows are never deleted: they say who acted for whom."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="period"),
        CheckConstraint("giver_id <> taker_id", name="two_people"),
        Index("ix_delegations_taker_open", "taker_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_delegations_giver_id", "giver_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day."""
    reason: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Taken back before its last day, or ended with an account."""

    giver: Mapped[User] = relationship(foreign_keys=[giver_id])
    taker: Mapped[User] = relationship(foreign_keys=[taker_id])

    def is_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.ended_at is None and self.from_on <= day <= self.until_on


def givers(person: User) -> Sequence[User]:
    """The people `person` stands in for now; asked once in a unit of work."""
    memory: dict[int | None, Sequence[User]] = db.session().info.setdefault(_MEMORY, {})
    if person.id not in memory:
        giver = aliased(User)
        found = (
            select(giver)
            .join(Delegation, Delegation.giver_id == giver.id)
            .where(_holds(), Delegation.taker_id == person.id, giver.active, giver.unit_id == person.unit_id)
            .order_by(Delegation.id)
        )
        memory[person.id] = db.session().scalars(found).unique().all() if person.id is not None else ()
    return memory[person.id]


def nobody_lent_to(person_id: int) -> None:
    """Remember that `givers` would find nobody: the query that looked up the login has asked."""
    db.session().info.setdefault(_MEMORY, {})[person_id] = ()


def is_lent_to(person_id: Any) -> ColumnElement[bool]:
    """SQL: somebody stands in for somebody, by the number of the first."""
    return exists().where(_holds(), Delegation.taker_id == person_id)


def hands(person: User) -> frozenset[int]:
    """Whose duties lie in these hands (user ids): one's own and those of whoever one stands in for."""
    return frozenset({person.id, *(giver.id for giver in givers(person))})


def roles(person: User) -> frozenset[Role]:
    """The roles somebody works in now, lent ones included."""
    return person.roles.union(*(giver.roles - NEVER_LENT for giver in givers(person)))


def in_force() -> Mapping[int, Sequence[int]]:
    """Who stands in for whom now: the takers by the giver (user ids). There are never many at a time."""
    found: dict[int, list[int]] = {}
    for given_by, taken_by in db.session().execute(_pairs(clock.today())):
        found.setdefault(given_by, []).append(taken_by)
    return found


@lru_cache(maxsize=2)
def _pairs(today: date) -> Select[int, int]:
    """Built once a day: every act that tells somebody asks it, and a change of the calendar is thousands of acts."""
    giver, taker = aliased(User), aliased(User)
    return (
        select(Delegation.giver_id, Delegation.taker_id)
        .join(giver, giver.id == Delegation.giver_id)
        .join(taker, taker.id == Delegation.taker_id)
        .where(_holds(today), giver.active, taker.active, giver.unit_id == taker.unit_id)
        .order_by(Delegation.id)
    )


def takers(people: Iterable[int]) -> set[int]:
    """Who stands in for any of these people now (user ids): what one is told, the other must hear."""
    standing = in_force()
    return {taker for person in people for taker in standing.get(person, ())}


def _holds(today: date | None = None) -> ColumnElement[bool]:
    today = today or clock.today()
    return and_(Delegation.ended_at.is_(None), Delegation.from_on <= today, Delegation.until_on >= today)


@dataclass(frozen=True)
class Standing:
    """What somebody has given away and what they were given, from today on."""

    given: Sequence[Delegation]
    taken: Sequence[Delegation]

    @property
    def now(self) -> list[Delegation]:
        """What holds today, of both."""
        return [row for row in (*self.taken, *self.given) if row.is_on(clock.today())]


def standing(person: User) -> Standing:
    """The delegations of a person that hold or will."""
    query = (
        select(Delegation)
        .where(
            or_(Delegation.giver_id == person.id, Delegation.taker_id == person.id),
            Delegation.ended_at.is_(None), Delegation.until_on >= clock.today(),
        )
        .options(joinedload(Delegation.giver).lazyload(User.held), joinedload(Delegation.taker).lazyload(User.held))
        .order_by(Delegation.from_on, Delegation.id)
    )  # fmt: skip
    rows = db.session().scalars(query).all()
    return Standing(
        [row for row in rows if row.giver_id == person.id], [row for row in rows if row.taker_id == person.id]
    )


def colleagues(giver: User) -> Sequence[User]:
    """Who could stand in for `giver`."""
    query = select(User).where(User.unit_id == giver.unit_id, User.active, User.id != giver.id).order_by(User.id)
    return [person for person in db.session().scalars(query) if not person.roles & KEEPERS_OF_THE_HOUSE]


def give(giver: User, values: Mapping[str, str]) -> Delegation:
    """Let a colleague stand in for `giver` (INPUTS). Raises FieldErrors, or Refused where there is nothing to lend."""
    if not giver.roles - NEVER_LENT:
        raise Refused(say("受限岗、管理员和审计员的工作不能委托他人代办"))
    # Two forms sent at once are looked at one after the other.
    db.session().scalar(select(User.id).where(User.id == giver.id).with_for_update())
    typed = {one.name: line(str(values.get(one.name) or "")) for one in INPUTS}
    insist_on_length(INPUTS, typed)
    taker = next((one for one in colleagues(giver) if str(one.id) == typed["taker"]), None)
    first, last = _day(typed["from_on"]), _day(typed["until_on"])
    errors = _errors(giver, taker, first, last)
    if not typed["reason"]:
        errors["reason"] = say("填写委托的原因")
    if errors or taker is None or first is None or last is None:
        raise FieldErrors(errors)
    row = Delegation(
        giver_id=giver.id, taker_id=taker.id, from_on=first, until_on=last, reason=typed["reason"], made_at=clock.now()
    )
    db.session().add(row)
    db.session().flush()
    _changed(row, "delegation:give")
    return row


def _errors(giver: User, taker: User | None, first: date | None, last: date | None) -> dict[str, str]:
    errors, today = dict[str, str](), clock.today()
    if taker is None:
        errors["taker"] = say("选择代办的人")
    if first is None:
        errors["from_on"] = say("日期写成 2026-03-05 这样")
    elif first < today:
        errors["from_on"] = say("不能从过去的日子开始")
    if last is None:
        errors["until_on"] = say("日期写成 2026-03-05 这样")
    if errors or taker is None or first is None or last is None:
        return errors
    if last < first:
        errors["until_on"] = say("结束日不能早于开始日")
    elif last - first >= timedelta(days=LONGEST_DAYS):
        errors["until_on"] = say("最长委托{days}天；离开更久请由安全管理员调整岗位", days=LONGEST_DAYS)
    elif other := _overlapping(giver, first, last):
        errors["from_on"] = say("这段时间已经委托给{name}，先收回", name=other.taker.name)
    elif _overlapping(taker, first, last):
        errors["taker"] = say("{name}这段时间自己也委托了别人，另选一人", name=taker.name)
    return errors


def _overlapping(giver: User, first: date, last: date) -> Delegation | None:
    rows = select(Delegation).where(
        Delegation.giver_id == giver.id, Delegation.ended_at.is_(None),
        Delegation.from_on <= last, Delegation.until_on >= first,
    )  # fmt: skip
    return db.session().scalar(rows.limit(1))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def find(delegation_id: int, person: User) -> Delegation | None:
    """One that `person` gave or was given; None for anybody else's."""
    row = db.session().get(Delegation, delegation_id)
    return row if row is not None and person.id in (row.giver_id, row.taker_id) else None


def end(row: Delegation, by: User) -> None:
    """It is over from this moment on: taken back by the giver, or handed back by who stood in.

    Raises NotPermitted for anybody else.
    """
    if by.id not in (row.giver_id, row.taker_id):
        raise NotPermitted(say("只有委托人和代办人可以结束这项委托"))
    if row.ended_at is None:
        row.ended_at = clock.now()
        _changed(row, "delegation:end")


def end_all(person: User) -> int:
    """Everything a person gave or was given is over: they moved, or their account ended. How many that were."""
    mine = or_(Delegation.giver_id == person.id, Delegation.taker_id == person.id)
    over = update(Delegation).where(mine, Delegation.ended_at.is_(None), Delegation.until_on >= clock.today())
    rows = db.session().scalars(over.values(ended_at=clock.now()).returning(Delegation)).all()
    for row in rows:
        _changed(row, "delegation:end")
    return len(rows)


def _changed(row: Delegation, act: str) -> None:
    db.session().info.pop(_MEMORY, None)
    period = {"giver": row.giver_id, "taker": row.taker_id, "from": str(row.from_on), "until": str(row.until_on)}
    audit.record(act, row, after=period)
