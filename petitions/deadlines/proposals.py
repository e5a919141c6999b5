"""督办建议: the clocks so long overdue that the petition office should step in (第40条), and about which it has not decided.

A query over clocks and decisions, never a flag: a tick that does not run hides nothing. An accusation (第30条) is on
nobody's list. Issuing and setting aside are acts (matters/supervising.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from petitions import clock, db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.cases.chip import Chip
from petitions.cases.duties import chip_of, name_of, owed
from petitions.cases.listing import reach
from petitions.cases.models import Case, Deadline, Event
from petitions.deadlines import rules
from petitions.deadlines.rules import Rules
from petitions.matters.supervising import Supervision
from petitions.words import Sentence

PAGE = 50
"""Rows of a page; whoever decides works from the top, and what is decided leaves the list."""


@dataclass(frozen=True)
class Proposal:
    """One clock about which somebody of the office is to decide."""

    case: Case
    unit: Unit
    clock: Sentence
    chip: Chip
    days: int
    """Overdue."""
    before: Event | None
    """What was decided about this clock last, if something was: it has become worse since, or was not answered."""


def proposed(reader: User) -> list[Proposal]:
    """What is proposed to the reader's office, the longest overdue first; at most PAGE."""
    today = clock.today()
    query = _open(select(Deadline), reader, today).options(contains_eager(Deadline.case), joinedload(Deadline.unit))
    rows = db.session().scalars(query.order_by(Deadline.due_on, Deadline.id).limit(PAGE)).all()
    before = _decided([row.id for row in rows])
    return [
        Proposal(row.case, row.unit, name_of(row), chip_of(row), rules.since(row.due_on, today), before.get(row.id))
        for row in rows
        if row.unit is not None
    ]


def count(reader: User) -> int:
    """How many clocks wait for a decision."""
    return db.session().scalar(_open(select(func.count()).select_from(Deadline), reader, clock.today())) or 0


def _open(query: Select[Any], reader: User, today: date) -> Select[Any]:
    decided = select(Supervision.id).where(
        Supervision.deadline_id == Deadline.id, Supervision.due_on == Deadline.due_on, Supervision.again_on > today
    )
    # The office is no column of an index here: clocks that are overdue are few beside all cases of an office, and SQLite,
    # which cannot know that, would begin with the cases.
    office = Case.office_id + 0
    asked: Any = query.join(Case, Case.id == Deadline.case_id).where(
        Deadline.ended_on.is_(None), Deadline.window.is_(False), Deadline.unit_id != Case.office_id, Deadline.due_on < today,
        office == reader.unit_id, Case.sealed.is_(False), _is_ripe(rules.read(), today), ~decided.exists(),
    )  # fmt: skip
    return reach(asked, reader)


def _is_ripe(known: Rules, today: date) -> ColumnElement[bool]:
    """So long overdue as the ladder of its limit and unit says. The rules stand in the condition, for the database counts."""
    if not known.ladders:
        return _late(rules.DEFAULT.office, today)
    found = []
    for limit in owed():
        alike: dict[int | None, list[int]] = {}
        for unit in units.every():
            alike.setdefault(known.of(limit.code, unit.id).office, []).append(unit.id)
        found += [
            and_(Deadline.code == limit.code, Deadline.unit_id.in_(ids), _late(days, today))
            for days, ids in alike.items()
            if days is not None
        ]
    return or_(false(), *found)


def _late(days: int | None, today: date) -> ColumnElement[bool]:
    return false() if days is None else Deadline.due_on <= today - timedelta(days=days)


def _decided(deadline_ids: Sequence[int]) -> dict[int, Event]:
    """The last decision about each clock."""
    query = select(Supervision.deadline_id, Event).join(Event, Event.id == Supervision.event_id)
    rows: Any = db.session().execute(query.where(Supervision.deadline_id.in_(deadline_ids)).order_by(Supervision.id))
    return dict(rows.all())
