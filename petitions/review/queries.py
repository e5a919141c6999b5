"""The review desk: what the reader's unit reviews, and what became of the answers it keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, nulls_last, or_, select
from sqlalchemy.orm import joinedload

from petitions import db
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import duties
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Document
from petitions.cases.queries import visible_to
from petitions.matters.worklist import counts
from petitions.review.models import Review
from petitions.review.wording import LEVELS
from petitions.review.workflow import FLOW
from petitions.words import Sentence, say

SHOWN = 100
"""Rows of a tab: the most urgent ones."""


def before(*actions: str) -> ColumnElement[bool]:
    """A review that lies where one of the acts of the table may be done."""
    return Case.state.in_(sorted(FLOW.before(*actions)))


@dataclass(frozen=True)
class Stage:
    """One tab."""

    name: str
    label: Sentence
    condition: ColumnElement[bool]
    empty: Sentence


_CLOSED = sorted(FLOW.closed_states())

STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("requested", say("待受理"), before("accept"), say("没有等待受理的复查、复核申请。")),
        Stage("reviewing", say("复查复核中"), before("submit_opinion"), say("没有正在复查、复核的件。")),
        Stage("approval", say("待审核"), before("approve_opinion"), say("没有等待审核的复查、复核意见。")),
        Stage("service", say("待送达"), before("serve"), say("没有等待送达的复查、复核意见。")),
        Stage("closed", say("已办结"), Case.state.in_(_CLOSED), say("没有办结的复查、复核件。")),
    )
}
"""In the order in which a review passes through the body."""


@dataclass(frozen=True)
class Line:
    """One review of a tab."""

    review: Review
    level: Sentence
    state: str
    chip: Chip | None


@dataclass(frozen=True)
class Desk:
    """One tab with its rows, and how many every tab has."""

    stage: Stage
    counts: Sequence[tuple[Stage, int]]
    rows: Sequence[Line]
    total: int


def _of(user: User, stage: Stage, *, whole: bool) -> Select[Review]:
    query = visible_to(user, select(Review)).where(
        or_(Case.unit_id == user.unit_id, Case.office_id == user.unit_id), stage.condition
    )
    if not whole:
        query = query.where(Case.handler_id.in_(delegation.hands(user)))
    return query.order_by(nulls_last(Lens(user.unit_id).due_on().asc()), Case.received_on, Case.id)


def sees_whole_unit(user: User) -> bool:
    """Whoever only handles looks after their own; a desk and whoever is in charge after everything."""
    return bool(delegation.roles(user) - {Role.HANDLER, Role.REVIEWER})


def desk(user: User, name: str = "") -> Desk:
    """The tab asked for, or the first one that is not empty."""
    stages, whole = list(STAGES.values()), sees_whole_unit(user)
    numbers = dict(zip(STAGES, counts([_of(user, stage, whole=whole) for stage in stages]), strict=True))
    chosen = STAGES.get(name) or next((stage for stage in stages if numbers[stage.name]), stages[0])
    found = db.session().scalars(
        _of(user, chosen, whole=whole)
        .limit(SHOWN)
        .options(
            joinedload(Review.unit), joinedload(Review.handler).lazyload(User.held),
            joinedload(Review.against).joinedload(Document.unit), joinedload(Review.about),
        )
    ).unique().all()  # fmt: skip
    clocks = duties.shown([one.id for one in found], Lens(user.unit_id))
    rows = [
        Line(
            one, LEVELS[one.level], FLOW.state[one.state].label,
            duties.chip_of(clocks[one.id]) if one.id in clocks else None,
        )
        for one in found
    ]  # fmt: skip
    return Desk(chosen, [(stage, numbers[stage.name]) for stage in stages], rows, numbers[chosen.name])
