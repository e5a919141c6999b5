"""Reading the history of a case: a page of it, newest first, and the newest event of every action."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select, true
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from petitions import db
from petitions.access.models import User
from petitions.cases.models import Case, Event
from petitions.flow import Flow
from petitions.words import Sentence, say

_MEMORY = "petitions.latest"
_TOLD = "petitions.told"

PAGE = 50
"""Entries shown at once: a reader looks for the last weeks, and an old case has hundreds."""


class Sort(StrEnum):
    """What a reader of the history looks for."""

    ALL = "all"
    STATE = "state"
    PAPER = "paper"
    TALK = "talk"
    SYSTEM = "system"

    @property
    def label(self) -> Sentence:
        """Chinese name."""
        return SORTS[self]


SORTS = {
    Sort.ALL: say("全部"),
    Sort.STATE: say("状态"),
    Sort.PAPER: say("文书"),
    Sort.TALK: say("沟通"),
    Sort.SYSTEM: say("系统"),
}


@dataclass(frozen=True)
class Page:
    """Some events of one case, newest first."""

    events: Sequence[Event]
    latest: Mapping[str, Event]
    """The newest event of each action, whatever is shown."""
    next_before: int | None
    """The id before which older entries begin; None when there are none."""


def latest_of_each(case_id: int) -> Mapping[str, Event]:
    """The newest event of each action of a case; read once until an act is carried out."""
    known = known_latest(case_id)
    if known is None:
        rows = db.session().scalars(_with_people().where(Event.id.in_(_newest(case_id))))
        known = _remember(case_id, {event.action: event for event in rows})
    return known


def known_latest(case_id: int) -> Mapping[str, Event] | None:
    """The same, if it has been read in this unit of work."""
    memory: dict[int, Mapping[str, Event]] = db.session().info.get(_MEMORY, {})
    return memory.get(case_id)


def forget() -> None:
    """An act is carried out: what was read is history. Said by the door."""
    db.session().info.pop(_MEMORY, None)
    db.session().info.pop(_TOLD, None)


def remembered(case_id: int, name: str, read: Callable[[], Any]) -> Any:
    """What guards ask of a case again and again while nobody acts: read once until an act is carried out."""
    memory = db.session().info.setdefault(_TOLD, {})
    if (case_id, name) not in memory:
        memory[case_id, name] = read()
    return memory[case_id, name]


def _remember(case_id: int, latest: Mapping[str, Event]) -> Mapping[str, Event]:
    db.session().info.setdefault(_MEMORY, {})[case_id] = latest
    return latest


def whole(case: Case) -> Sequence[Event]:
    """Every event, oldest first, for who reads all of it: what is asked of the history afterwards is not read again."""
    events = db.session().scalars(_with_people().where(Event.case_id == case.id).order_by(Event.id)).all()
    set_committed_value(case, "events", list(events))
    _remember(case.id, {event.action: event for event in events})
    return events


def page(case_id: int, flow: Flow, sort: Sort = Sort.ALL, before: int | None = None) -> Page:
    """The newest entries of a sort (older than the event `before`), read together with the newest of each action."""
    wanted = (
        select(Event.id)
        .where(Event.case_id == case_id, _of_sort(sort, flow), Event.id < before if before else true())
        .order_by(Event.id.desc())
        .limit(PAGE + 1)
        .scalar_subquery()
    )
    query = (
        _with_people()
        .add_columns(Event.id.in_(wanted))
        .where(or_(Event.id.in_(wanted), Event.id.in_(_newest(case_id))))
        .order_by(Event.id.desc())
    )
    rows = [(event, shown) for event, shown in db.session().execute(query)]
    events = [event for event, shown in rows if shown]
    latest: dict[str, Event] = {}
    for event, _ in rows:
        latest.setdefault(event.action, event)
    _remember(case_id, latest)
    return Page(events[:PAGE], latest, events[PAGE - 1].id if len(events) > PAGE else None)


def _with_people() -> Select[Event]:
    """Events with who did them; what those people may do is not asked here."""
    return select(Event).options(
        joinedload(Event.actor).lazyload(User.held),
        joinedload(Event.behalf).options(lazyload(User.held), lazyload(User.unit)),
        joinedload(Event.unit),
    )


def _newest(case_id: int) -> ScalarSelect[int]:
    return select(func.max(Event.id)).where(Event.case_id == case_id).group_by(Event.action).scalar_subquery()


def sort_of(event: Event, flow: Flow) -> Sort:
    """The one sort an entry is marked with; an act that moved the case counts as that first."""
    if event.from_state != event.to_state:
        return Sort.STATE
    row = flow.action.get(event.action)
    if row is None or row.quiet:
        return Sort.SYSTEM
    return Sort.PAPER if row.name in _paper_acts(flow) else Sort.TALK


def _of_sort(sort: Sort, flow: Flow) -> ColumnElement[bool]:
    if sort is Sort.STATE:
        return Event.from_state != Event.to_state
    if sort is Sort.PAPER:
        return Event.action.in_(_paper_acts(flow))
    if sort is Sort.SYSTEM:
        return Event.action.in_(_quiet_acts(flow))
    if sort is Sort.TALK:
        others = [*_paper_acts(flow), *_quiet_acts(flow)]
        return (Event.from_state == Event.to_state) & Event.action.not_in(others)
    return true()


def _paper_acts(flow: Flow) -> list[str]:
    """Acts that issue a paper or record how one was received."""
    return [row.name for row in flow.actions if row.document or "paper" in row.fields]


def _quiet_acts(flow: Flow) -> list[str]:
    return [row.name for row in flow.actions if row.quiet]
