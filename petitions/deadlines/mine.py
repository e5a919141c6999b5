"""What one person is reminded of: the clocks they answer for, and what the ladder has told them that still holds.

The ladder says who hears of what (`Audience`); here the same question is asked from the other side, for the page, the digest and
the calendar. Rows come through `ladder.running`, so a clock that does not run is nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, exists, or_, select

from petitions import clock, db
from petitions.access import delegation
from petitions.access.models import User
from petitions.cases import local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.chip import Chip, reading
from petitions.cases.limit import Limit
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import visible_to
from petitions.deadlines import ladder
from petitions.deadlines.audience import Audience, Staff
from petitions.notices.models import Notice
from petitions.notices.queries import REMINDERS
from petitions.words import Sentence, say

_CHUNK = 5_000
"""Ids asked for at once; SQLite takes at most 32,766 values."""


@dataclass(frozen=True)
class Item:
    """One clock, and why this person is told of it."""

    row: Row[Any]
    audience: Audience
    chip: Chip
    unread: bool = False

    @property
    def limit(self) -> Limit:
        """The rule it runs by."""
        return local_limits.of(self.row)

    @property
    def clock(self) -> Sentence:
        """Its name."""
        return say(self.limit.name)

    @property
    def urgent(self) -> bool:
        """Due today or overdue."""
        return bool(self.row.target_on <= clock.today()) and not self.limit.window

    @property
    def overdue(self) -> bool:
        """Its last day is over."""
        return bool(self.row.due_on < clock.today())

    @property
    def to_do(self) -> Sentence:
        """What is expected of the reader."""
        if self.audience is Audience.HEAD:
            return say("督促办理")
        return say("督办") if self.audience is Audience.OFFICE else say(self.limit.act)


def duties(person: User, until: date | None = None) -> list[Item]:
    """The running clocks this person answers for, by their day; only those to be met by `until` where it is given."""
    people = delegation.hands(person)
    gone = ~exists().where(User.id == Case.handler_id, User.active, User.unit_id == Deadline.unit_id)
    mine = (
        select(Deadline.id)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.ended_on.is_(None), Deadline.rests_since.is_(None), Deadline.window.is_(False),
            Deadline.unit_id == person.unit_id,
            or_(Case.handler_id.is_(None), Case.handler_id.in_(people), Case.sealed, gone),
        )
    )  # fmt: skip
    if until is not None:
        mine = mine.where(Deadline.target_on <= until)
    return [item for item in _items(db.session().scalars(mine).all()) if _is_told(item, person)]


def today(person: User) -> list[Item]:
    """What this person is to be reminded of today: their duties that are due or overdue, and what they were told and have not read.

    The most pressing first. Of a case they may not see any more nothing is said, nor of a clock that is another one now.
    """
    found = {item.row.id: item for item in duties(person, until=clock.today())}
    told = _told(person)
    for row in _items(told):
        due_on, audience = told[row.row.id]
        item = Item(row.row, audience or row.audience, row.chip, unread=True)
        lapsed = item.limit.window and item.overdue
        if row.row.due_on == due_on and not lapsed and (item.row.id in found or _is_told(item, person)):
            kept = found.get(item.row.id)
            found[item.row.id] = Item(kept.row, kept.audience, kept.chip, unread=True) if kept else item
    seen = _seen([item.row for item in found.values()], person)
    return sorted(
        (one for one in found.values() if one.row.case_id in seen), key=lambda one: (one.row.target_on, one.row.id)
    )


def _told(person: User) -> dict[int, tuple[date, Audience | None]]:
    """The clocks of somebody's unread reminders, with the day each had then and the escalation it was, by what the key says."""
    unread = select(Notice.key).where(
        Notice.recipient_id == person.id,
        Notice.read_at.is_(None),
        Notice.kind.in_(REMINDERS),
        Notice.key.startswith("deadline:"),
    )
    found: dict[int, tuple[date, Audience | None]] = {}
    for key in db.session().scalars(unread.order_by(Notice.id)):
        _, number, rung, due_on, _ = key.split(":")
        found[int(number)] = date.fromisoformat(due_on), Audience(rung) if rung in set(Audience) else None
    return found


def _items(ids: Iterable[int]) -> list[Item]:
    wanted, day, calendar = list(ids), clock.today(), load_calendar()
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), _CHUNK):
        rows += db.session().execute(ladder.running(day, wanted[start : start + _CHUNK])).all()
    return [_item(row, day, calendar) for row in sorted(rows, key=lambda row: (row.target_on, row.id))]


def _item(row: Row[Any], day: date, calendar: Any) -> Item:
    limit = local_limits.of(row)
    chip = reading(
        limit, row.due_on, day, calendar, target_on=row.target_on, extended=row.extension > 0,
        provisional=row.provisional,
    )  # fmt: skip
    return Item(row, Audience.DESK if limit.window else Audience.DUTY, chip)


_STAFF = "petitions.staff"


def _is_told(item: Item, person: User) -> bool:
    """Whether the ladder would tell this person of it today."""
    memory: dict[frozenset[int], Staff] = db.session().info.setdefault(_STAFF, {})
    units = frozenset({item.row.unit_id, item.row.office_id})
    if units not in memory:
        memory[units] = Staff(units)
    return person.id in memory[units].of(item.audience, item.row)


def _seen(rows: Sequence[Row[Any]], person: User) -> set[int]:
    """Of the cases of these clocks the ones this person may see now."""
    ids, found = list({row.case_id for row in rows}), set[int]()
    for start in range(0, len(ids), _CHUNK):
        found.update(
            db.session().scalars(visible_to(person, select(Case.id).where(Case.id.in_(ids[start : start + _CHUNK]))))
        )
    return found


def titles(items: Iterable[Item], person: User) -> dict[int, str]:
    """What the cases are about, for a page inside the house, as far as this person may see them."""
    ids = {item.row.case_id for item in items}
    rows: Any = db.session().execute(visible_to(person, select(Case.id, Case.title).where(Case.id.in_(ids))))
    return dict(rows.all())


def pressing() -> set[int]:
    """Everybody (user ids) who answers for a clock that is due today or overdue."""
    day = clock.today()
    rows = (
        db.session()
        .execute(ladder.running(day, None).where(Deadline.target_on <= day, Deadline.window.is_(False)))
        .all()
    )
    staff = Staff({row.unit_id for row in rows} | {row.office_id for row in rows})
    return {person for row in rows for person in staff.of(Audience.DUTY, row)}


def of_unit(unit_id: int, within: timedelta) -> list[Item]:
    """A unit's duties that are overdue or to be met within so many days, without accusations (第30条)."""
    query = select(Deadline.id).join(Case, Case.id == Deadline.case_id).where(
        Deadline.ended_on.is_(None), Deadline.window.is_(False), Deadline.unit_id == unit_id, Case.sealed.is_(False),
        Deadline.target_on <= clock.today() + within,
    )  # fmt: skip
    return _items(db.session().scalars(query).all())
