"""What a unit owes: its duties by stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Deadline, Event
from petitions.cases.queries import visible_to
from petitions.cases.requests import waits_in
from petitions.matters.listing import before
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import Line, counts, lines, most_pressing_first
from petitions.words import Sentence, say

SHOWN = 100
"""Rows of a list: the most urgent ones."""


def _newest_is(action: str, *among: str) -> ColumnElement[bool]:
    """Of the acts `among` (which include `action`) the newest of the case is `action`."""
    one, other = aliased(Event), aliased(Event)
    # Two levels down: named, or the inner query would look at the cases of everybody.
    newest = select(func.max(other.id)).where(other.case_id == Case.id, other.action.in_(among)).correlate(Case)
    return exists().where(one.case_id == Case.id, one.id == newest.scalar_subquery(), one.action == action)


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


_ASKED = waits_in("matter", FLOW)

STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("arrived", say("待签收"), before("sign"), say("没有待签收的件。"), "assignment.arrival"),
        Stage("notice", say("待告知"), before("accept"), say("没有等待书面告知信访人的件。")),
        Stage("back", say("被退回"), _came_back(), say("没有被退回的件。")),
        Stage("working", say("办理中"),
              and_(before("inquire"), not_(_came_back()), not_(_ASKED)),
              say("没有办理中的件。")),
        Stage("approval", say("待审批"), _ASKED, say("没有等待审批的件。")),
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
