"""What waits for a second person: the table says which act answers which (`Action.answers`), of every kind of case.

A request waits from the act that asks until an act that answers or closes it. Whose word it is the permission of the
answering row says; who asked is shown their request, and told that it is not theirs to decide.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, nulls_last, or_, select
from sqlalchemy.orm import aliased, joinedload, with_polymorphic

from petitions import db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import duties
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens
from petitions.cases.kinds import KINDS, kind_of
from petitions.cases.models import Case, Event
from petitions.cases.queries import visible_to
from petitions.flow import Action, Flow
from petitions.words import Sentence

SHOWN = 100
"""Requests of a page: the most urgent ones."""


@dataclass(frozen=True)
class Waiting:
    """One request that waits."""

    case: Case
    asked: Event
    """Who asked, when, for what."""
    approve: Action
    others: Sequence[Action]
    """The other answers: to refuse, to send back."""
    own: bool
    """The reader has asked for it, so somebody else decides."""
    chip: Chip | None
    clock: Sentence | None


@dataclass(frozen=True)
class Elsewhere:
    """What waits for a second person and is no act on a case: a list with a page of its own."""

    label: Sentence
    endpoint: str
    permission: str
    rows: Callable[[User], Select[int]]
    """The ids of what waits that this person may decide."""


ELSEWHERE: list[Elsewhere] = []
"""Filled by app.py."""


def elsewhere(user: User) -> list[Elsewhere]:
    """The other pages on which something may wait for this person."""
    return [one for one in ELSEWHERE if may(user, one.permission)]


def counted_elsewhere(user: User) -> list[tuple[Elsewhere, int]]:
    """Those on which something does wait, each with how much: one query for all of them, none for whoever has none."""
    pages = elsewhere(user)
    asked = [select(func.count()).select_from(one.rows(user).subquery()).scalar_subquery() for one in pages]
    found = db.session().execute(select(*asked)).one() if asked else ()
    return [(one, count) for one, count in zip(pages, found, strict=True) if count]


def answers_to(flow: Flow, asked: str) -> list[Action]:
    """The rows that answer an act, the one that grants it first: only granting is what comes next (`rank`)."""
    return sorted((row for row in flow.actions if asked in row.answers), key=lambda row: -row.rank)


def _asking(flow: Flow) -> Iterator[Action]:
    """The rows that somebody else answers."""
    return (flow.action[name] for name in dict.fromkeys(name for row in flow.actions for name in row.answers))


def waits() -> ColumnElement[bool]:
    """A case, of any kind, on which a request waits for its answer."""
    return or_(false(), *(waits_in(name, kind.flow) for name, kind in KINDS.items()))


def waits_in(kind: str, flow: Flow) -> ColumnElement[bool]:
    """A case of this kind, with this table, on which a request waits for its answer."""
    return or_(false(), *(_waits(kind, flow, row) for row in _asking(flow)))


def _waits(kind: str, flow: Flow, row: Action) -> ColumnElement[bool]:
    lies = Case.state.in_(sorted(flow.before(answers_to(flow, row.name)[0].name)))
    if row.target is not None:
        # The request has moved the case to where it waits: the state says it all.
        return and_(Case.kind == kind, lies)
    ends = sorted(other.name for other in flow.actions if row.name in (*other.answers, *other.closes))
    asked, answer = aliased(Event), aliased(Event)
    answered = exists().where(answer.case_id == asked.case_id, answer.id > asked.id, answer.action.in_(ends))
    return and_(Case.kind == kind, lies, exists().where(asked.case_id == Case.id, asked.action == row.name, ~answered))


def waiting_for(user: User) -> list[Waiting]:
    """The requests at this person's unit whose answer is theirs to give, the most urgent first: two queries."""
    lens, whole = Lens(user.unit_id, only=True), with_polymorphic(Case, "*")
    query = visible_to(user, select(whole)).where(Case.unit_id == user.unit_id, waits())
    query = query.order_by(nulls_last(lens.due_on().asc()), Case.received_on, Case.id).limit(SHOWN)
    found = (
        db.session()
        .scalars(query.options(joinedload(whole.deadlines), joinedload(whole.handler).lazyload(User.held)))
        .unique()
        .all()
    )
    clocks = duties.picked((row for case in found for row in case.deadlines), lens)
    events = _newest([case.id for case in found])
    shown = []
    for case in found:
        chip = duties.chip_of(clocks[case.id]) if case.id in clocks else None
        name = duties.name_of(clocks[case.id]) if case.id in clocks else None
        for asked, rows in _open_on(case, events):
            if may(user, rows[0].permission, case):
                own = asked.is_in_hands_of(user, None)
                shown.append(Waiting(case, asked, rows[0], rows[1:], own, chip, name))
    return shown


def _open_on(case: Case, events: dict[tuple[int, str], Event]) -> Iterator[tuple[Event, list[Action]]]:
    flow = kind_of(case).flow
    for row in _asking(flow):
        asked, rows = events.get((case.id, row.name)), answers_to(flow, row.name)
        if asked is None or case.state not in rows[0].sources:
            continue
        ends = (events.get((case.id, one.name)) for one in flow.actions if row.name in (*one.answers, *one.closes))
        if all(end is None or end.id < asked.id for end in ends):
            yield asked, rows


def _newest(case_ids: Sequence[int]) -> dict[tuple[int, str], Event]:
    """The newest event of each act that asks, answers or closes, of each case."""
    names = {
        name for kind in KINDS.values() for row in kind.flow.actions if row.answers or row.closes
        for name in (row.name, *row.answers)
    }  # fmt: skip
    newest = (
        select(func.max(Event.id))
        .where(Event.case_id.in_(case_ids), Event.action.in_(sorted(names)))
        .group_by(Event.case_id, Event.action)
    )
    people: Any = (joinedload(Event.actor).lazyload(User.held), joinedload(Event.behalf).lazyload(User.held))
    rows = db.session().scalars(select(Event).where(Event.id.in_(newest)).options(*people))
    return {(event.case_id, event.action): event for event in rows}
