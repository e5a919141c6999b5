"""提醒规则: how often a clock reminds and whom it is passed on to, as data: our default, and what an administrator keeps.

A rule is kept for one limit or for all, for one unit with everything under it or for the whole installation. The nearest unit
wins, then the rule that names the limit. All rules are read with one query, and what holds for a unit is worked out once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from petitions import db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.words import Sentence, say


@dataclass(frozen=True)
class Ladder:
    """The rungs of one clock. Days before count in the clock's own unit, days after its last day as 日."""

    before: tuple[int, ...]
    """So many days ahead, 0 for the day itself; the largest first."""
    every: int | None
    """Overdue, whoever owes it hears on the first day and then every so many days; None: never."""
    head: int | None
    """On so many days overdue the head of the unit hears; None: never."""
    office: int | None
    """From so many days overdue on, 督办 is proposed to the petition office; None: never."""

    @property
    def words(self) -> list[Sentence]:
        """What it means, a sentence for each group of people."""
        ahead = [say("{days}天前", days=days) for days in self.before if days]
        ahead += [say("当天")] if 0 in self.before else []
        found = [say("到期提醒：{days}", days=_joined(ahead))] if ahead else [say("到期前不提醒")]
        if self.every is None:
            found.append(say("超期后不再提醒承办人"))
        elif self.every == 1:
            found.append(say("超期后每天提醒承办人"))
        else:
            found.append(say("超期第1天提醒承办人，以后每{days}天一次", days=self.every))
        found.append(say("超期不报负责人") if self.head is None else say("超期第{days}天报单位负责人", days=self.head))
        found.append(
            say("不列入督办建议")
            if self.office is None
            else say("超期第{days}天起列入信访部门的督办建议", days=self.office)
        )
        return found


def _joined(words: Sequence[Sentence]) -> Sentence:
    found = words[0]
    for one in words[1:]:
        found = say("{first}、{next}", first=found, next=one)
    return found


DEFAULT = Ladder(before=(7, 3, 1, 0), every=1, head=1, office=3)
"""Ours: no text gives numbers. 7 and 3 are the rungs of the chip (ux.md §4); three days leave the head time to act first."""


class ReminderRule(db.Base):
    """A ladder that an administrator keeps."""

    __tablename__ = "reminder_rules"
    __table_args__ = (
        UniqueConstraint("code", "unit_id", name="uq_reminder_rules_code_unit"),
        # NULL differs from NULL in both databases: the rules for everybody need an index of their own.
        Index("uq_reminder_rules_code", "code", unique=True, sqlite_where=text("unit_id IS NULL"),
              postgresql_where=text("unit_id IS NULL")),
        CheckConstraint("every_days > 0 AND head_after > 0 AND office_after > 0", name="positive"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    """A row of limits.py; empty for all of them."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    """It holds for this unit and everything under it; none: everywhere."""
    days_before: Mapped[str]
    """`7,3,1,0`."""
    every_days: Mapped[int | None]
    head_after: Mapped[int | None]
    office_after: Mapped[int | None]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship()
    entered_by: Mapped[User] = relationship()

    @property
    def ladder(self) -> Ladder:
        """Its rungs."""
        before = tuple(int(one) for one in self.days_before.split(",") if one)
        return Ladder(before, self.every_days, self.head_after, self.office_after)


class Rules:
    """The rules as they stand. Built once for a page or a tick; asking costs no query."""

    def __init__(self, rows: Iterable[ReminderRule]) -> None:
        self._rows = {(row.code, row.unit_id): row for row in rows}
        self._known: dict[tuple[str, int | None], ReminderRule | None] = {}

    def row(self, code: str, unit_id: int | None) -> ReminderRule | None:
        """The rule that holds for a limit at a unit (None: for a unit without any rule); None where the default does."""
        if not self._rows:
            return None
        asked = (code, unit_id)
        if asked not in self._known:
            places: list[int | None] = [*(units.upwards(unit_id) if unit_id is not None else ()), None]
            found = (self._rows.get((named, place)) for place in places for named in (code, ""))
            self._known[asked] = next((row for row in found if row is not None), None)
        return self._known[asked]

    def of(self, code: str, unit_id: int | None) -> Ladder:
        """The ladder of a limit at a unit."""
        row = self.row(code, unit_id)
        return DEFAULT if row is None else row.ladder

    @property
    def ahead(self) -> int:
        """So many days before its last day a clock may have something to say at most."""
        return max((days for ladder in (DEFAULT, *self.ladders) for days in ladder.before), default=0)

    @property
    def ladders(self) -> list[Ladder]:
        """Every ladder that is kept."""
        return [row.ladder for row in self._rows.values()]


def every() -> list[ReminderRule]:
    """Every rule that is kept, by limit and unit."""
    query = select(ReminderRule).options(
        joinedload(ReminderRule.unit), joinedload(ReminderRule.entered_by).lazyload(User.held)
    )
    return list(db.session().scalars(query.order_by(ReminderRule.code, ReminderRule.unit_id, ReminderRule.id)))


def read() -> Rules:
    """The rules as they stand."""
    return Rules(db.session().scalars(select(ReminderRule)))


def step(late: int, every_days: int) -> int:
    """The day overdue (from 1) whose reminder stands on day `late`."""
    return late - (late - 1) % every_days


def since(due_on: date, today: date) -> int:
    """How many days a clock is overdue; 0 or less while it is not."""
    return (today - due_on).days
