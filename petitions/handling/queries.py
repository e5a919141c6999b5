"""What a unit owes: its duties by stage, and what waits for the person in charge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload

from petitions import db
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Deadline, Event
from petitions.cases.perform import why_not
from petitions.cases.queries import visible_to
from petitions.flow import Action
from petitions.matters.listing import before
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import FOR_GUARDS, Line, counts, lines, most_pressing_first
from petitions.words import Sentence, say

SHOWN = 100
"""Rows of a list: the most urgent ones."""


def _newest_is(action: str, *among: str) -> ColumnElement[bool]:
    """Of the acts `among` (which include `action`) the newest of the case is `action`."""
    one, other = aliased(Event), aliased(Event)
    # Two levels down: named, or the inner query would look at the cases of everybody.
    newest = select(func.max(other.id)).where(other.case_id == Case.id, other.action.in_(among)).correlate(Case)
    return exists().where(one.case_id == Case.id, one.id == newest.scalar_subquery(), one.action == action)


def extension_waits() -> ColumnElement[bool]:
    """A request for an extension waits for its answer."""
    asked = _newest_is("request_extension", "request_extension", "extend", "refuse_extension", "accept")
    return and_(before("extend"), asked)


def _came_back() -> ColumnElement[bool]:
    """Something this unit gave from its hands has come back: a draft, an objection, a report."""
    return or_(
        and_(before("submit_opinion"), _newest_is("return_opinion", "return_opinion", "submit_opinion")),
        and_(before("object"), _newest_is("reject_objection", "reject_objection", "object", "sign")),
        and_(before("return_report"), _newest_is("return_report", "return_report", "report_back")),
    )


def _report_is_due() -> ColumnElement[bool]:
    running = exists().where(Deadline.case_id == Case.id, Deadline.code == "T12", Deadline.ended_on.is_(None))
    return and_(before("report_back"), running)


@dataclass(frozen=True)
class Stage:
    """One tab of 我的待办."""

    name: str
    label: Sentence
    condition: ColumnElement[bool]
    empty: Sentence
    endpoint: str = "cases.show"
    """The page a row opens."""


STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("arrived", say("待签收"), before("sign"), say("没有待签收的件。"), "assignment.arrival"),
        Stage("notice", say("待告知"), before("accept"), say("没有等待书面告知信访人的件。")),
        Stage("back", say("被退回"), _came_back(), say("没有被退回的件。")),
        Stage("working", say("办理中"),
              and_(before("inquire"), not_(_came_back()), not_(extension_waits())),
              say("没有办理中的件。")),
        Stage("approval", say("待审批"), or_(before("approve_opinion"), extension_waits()), say("没有等待审批的件。")),
        Stage("service", say("待送达"), before("serve"), say("没有等待送达的意见书。")),
        Stage("report", say("待反馈"), _report_is_due(), say("没有等待反馈办结报告的交办件。")),
    )
}  # fmt: skip
"""In the order in which a matter passes through a unit; what came back stands before what goes on."""


@dataclass(frozen=True)
class Duties:
    """One tab with its rows, and how many every tab has."""

    stage: Stage
    counts: Sequence[tuple[Stage, int]]
    rows: Sequence[Line]
    total: int


def sees_whole_unit(user: User) -> bool:
    """The desk and the person in charge look after everything the unit has; a handler after their own."""
    return bool({Role.RECEIVING_CLERK, Role.UNIT_HEAD} & delegation.roles(user))


def _of(user: User, stage: Stage, *, whole: bool) -> Select[Matter]:
    query = visible_to(user, select(Matter)).where(Case.unit_id == user.unit_id, stage.condition)
    if not whole:
        # What nobody has signed for has no handler yet: whoever may sign sees it.
        query = query.where(or_(Case.handler_id.in_(delegation.hands(user)), before("sign")))
    return most_pressing_first(query, Lens(user.unit_id, only=True))


def duties(user: User, name: str = "", *, whole: bool = True) -> Duties:
    """What this person (or, with `whole`, their unit) owes: the tab asked for, or the first one that is not empty."""
    stages = list(STAGES.values())
    numbers = dict(zip(STAGES, counts([_of(user, stage, whole=whole) for stage in stages]), strict=True))
    chosen = STAGES.get(name) or next((stage for stage in stages if numbers[stage.name]), stages[0])
    rows = lines(_of(user, chosen, whole=whole), Lens(user.unit_id, only=True), SHOWN)
    return Duties(chosen, [(stage, numbers[stage.name]) for stage in stages], rows, numbers[chosen.name])


@dataclass(frozen=True)
class Waiting:
    """One request that waits for the person in charge."""

    line: Line
    approve: Action
    refuse: Action
    asked: Event
    """Who asked, when, for what."""
    why_not: str | None
    """Why this reader may not decide it: it is their own."""

    @property
    def matter(self) -> Matter:
        """The matter it is about."""
        return self.line.matter


_KINDS = {
    state: row
    for row in (
        # what was asked, what grants it, what sends it back
        ("request_extension", "extend", "refuse_extension"),
        ("submit_opinion", "approve_opinion", "return_opinion"),
    )
    for state in FLOW.before(row[1])
}


def approvals(user: User) -> list[Waiting]:
    """Extensions and opinions that wait at this person's unit, the most urgent first."""
    query = visible_to(user, select(Matter)).where(
        Case.unit_id == user.unit_id, or_(before("approve_opinion"), extension_waits())
    )
    lens = Lens(user.unit_id, only=True)
    found = lines(most_pressing_first(query, lens), lens, SHOWN, *FOR_GUARDS, people=False)
    asked = _requests([line.matter.id for line in found])
    return [_waiting(line, asked[line.matter.id, _KINDS[line.matter.state][0]], user) for line in found]


def _waiting(line: Line, asked: Event, user: User) -> Waiting:
    _, approve, refuse = (FLOW.action[name] for name in _KINDS[line.matter.state])
    return Waiting(line, approve, refuse, asked, why_not(user, approve, line.matter, {asked.action: asked}))


def _requests(case_ids: Sequence[int]) -> dict[tuple[int, str], Event]:
    """The newest request of each kind of each case."""
    names = [name for name, _, _ in _KINDS.values()]
    newest = (
        select(func.max(Event.id))
        .where(Event.case_id.in_(case_ids), Event.action.in_(names))
        .group_by(Event.case_id, Event.action)
    )
    query = (
        select(Event)
        .where(Event.id.in_(newest))
        .options(joinedload(Event.actor).lazyload(User.held), joinedload(Event.behalf).lazyload(User.held))
    )
    rows = db.session().scalars(query)
    return {(event.case_id, event.action): event for event in rows}
