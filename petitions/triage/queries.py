"""What waits to be sorted: the queue of one petition office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Event
from petitions.cases.queries import visible_to
from petitions.matters.guards import UNDO_MINUTES
from petitions.matters.listing import ACCUSATIONS, SORTERS, before, lies_in
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import Line, counts, lines, most_pressing_first

SHOWN = 100
"""Rows of the list: the most urgent ones; nobody sorts a hundred cases without coming back to the top."""


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    line: Line
    taken_by: str
    """Somebody else who took it and still has it."""
    mine: bool
    """Taken by the reader."""
    woke: bool
    """It was laid aside and has come back."""

    @property
    def usual(self) -> bool:
        """It stands where most of the queue stands, so its state needs no word."""
        return self.line.matter.state in FLOW.after("screen_as_first")


@dataclass(frozen=True)
class Queue:
    """The list with its counts."""

    rows: Sequence[Row]
    total: int
    aside: int
    """Laid aside and not back yet."""


def waiting(user: User, *, aside: bool = False) -> Select[Matter]:
    """The matters of this person's office that wait to be sorted, in the order of the queue; or those laid aside."""
    now = clock.now()
    sleeps = and_(Matter.snoozed_until.is_not(None), Matter.snoozed_until > now)
    query = visible_to(user, select(Matter)).where(
        Case.office_id == user.unit_id, Case.unit_id == user.unit_id, _is_decided_by(user),
        sleeps if aside else or_(Matter.snoozed_until.is_(None), Matter.snoozed_until <= now),
    )  # fmt: skip
    return most_pressing_first(query, Lens(user.unit_id))


def _is_decided_by(user: User) -> ColumnElement[bool]:
    """The restricted desk decides about accusations and nothing else; whoever sorts as well has both."""
    ordinary = before("snooze")
    if Role.RESTRICTED_CLERK not in user.roles:
        return ordinary
    accusation = and_(Case.sealed, lies_in(ACCUSATIONS))
    return or_(ordinary, accusation) if user.roles & {*SORTERS} else accusation


def queue(user: User, *, aside: bool = False) -> Queue:
    """The list as this person sees it."""
    now, found = clock.now(), lines(waiting(user, aside=aside), Lens(user.unit_id), SHOWN, people=False)
    kept = {one.matter.id: one.matter.taken_by_id for one in found if (one.matter.taken_until or now) > now}
    holders = _names({person for person in kept.values() if person and person != user.id})
    rows = [
        Row(
            one,
            holders.get(kept.get(one.matter.id) or 0, ""),
            kept.get(one.matter.id) == user.id,
            one.matter.snoozed_until is not None and not aside,
        )
        for one in found
    ]
    total, asleep = counts([waiting(user, aside=aside), waiting(user, aside=True)])
    return Queue(rows, total, asleep)


def next_of(queue: Queue) -> int | None:
    """The id of the case to open first: one the reader has taken, else the most urgent one that nobody else has."""
    ordered = sorted(queue.rows, key=lambda row: not row.mine)
    return next((row.line.matter.id for row in ordered if row.mine or not row.taken_by), None)


def lately_joined(user: User) -> Sequence[Event]:
    """What this person joined to another matter in the last minutes: a slip of the hand can be undone."""
    since = clock.now() - timedelta(minutes=UNDO_MINUTES)
    query = (
        select(Event)
        .join(Matter, Matter.id == Event.case_id)
        .where(
            Event.action == "join_as_repeat", Event.actor_id == user.id, Event.recorded_at >= since,
            before("undo_join"), Matter.joined_to_id.is_not(None),
        )
        .options(joinedload(Event.case))
        .order_by(Event.id.desc())
    )  # fmt: skip
    return db.session().scalars(visible_to(user, query)).unique().all()


def until(event: Event) -> datetime:
    """Up to when a joining can be undone."""
    return event.recorded_at + timedelta(minutes=UNDO_MINUTES)


def _names(people: set[int]) -> dict[int, str]:
    if not people:
        return {}
    return {row.id: row.name for row in db.session().execute(select(User.id, User.name).where(User.id.in_(people)))}
