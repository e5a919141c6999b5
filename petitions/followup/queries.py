"""What is still to be done after the answer: visits, what they leave, what was promised, conclusions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.clocks import in_words
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Deadline, Document, Service
from petitions.cases.queries import visible_to
from petitions.matters import who
from petitions.matters.follow_up import DISSATISFIED, GROUNDS, FollowUpTask
from petitions.matters.listing import before, followed_up, not_visited, unperformed
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Petitioner, ReturnVisit
from petitions.matters.performance import DONE, Promise
from petitions.matters.reviewing import WINDOWS
from petitions.matters.worklist import Line, counts, lines
from petitions.settings import Settings
from petitions.words import Sentence, say

SHOWN = 100
"""Rows of a list: those that have waited longest."""

VISIT_AFTER: int = Settings.model_fields["visit_after_days"].default
"""日 after receipt when the installation says nothing else."""


def _unhappy() -> ColumnElement[bool]:
    return exists().where(
        ReturnVisit.matter_id == Matter.id,
        or_(ReturnVisit.office_rating == DISSATISFIED, ReturnVisit.unit_rating == DISSATISFIED),
    )


def _window(*, over: bool) -> ColumnElement[bool]:
    """The petitioner's 30 日 of 第35条 or 第36条 still run, or have passed unused."""
    today = clock.today()
    day = Deadline.due_on < today if over else Deadline.due_on >= today
    return exists().where(Deadline.case_id == Case.id, Deadline.code.in_(WINDOWS), Deadline.ended_on.is_(None), day)


def _owes_a_report() -> ColumnElement[bool]:
    return exists().where(Deadline.case_id == Case.id, Deadline.code == "T12", Deadline.ended_on.is_(None))


@dataclass(frozen=True)
class Stage:
    """One tab."""

    name: str
    label: Sentence
    hint: Sentence
    empty: Sentence


STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("visit", say("待回访"), say("已答复、还没有联系上信访人的件"), say("没有待回访的件。送达或办结后会出现在这里。")),
        Stage("tasks", say("跟进任务"), say("回访发现没有解决的问题，由领取的人办理并写明做了什么；不改变期限和阶段"),
              say("没有待办的跟进任务。回访发现没有解决的，会出现在这里。")),
        Stage("performance", say("待落实"), say("支持请求的意见和达成的协议，还没有落实到位的（第32条第二款、第33条）"),
              say("没有待落实的事项。")),
        Stage("unhappy", say("不满意"), say("回访时表示不满意、还在复查、复核申请期内的件，应告知申请的期限"),
              say("没有不满意而仍在复查、复核申请期内的件。")),
        Stage("conclude", say("可办结"), say("复查、复核申请期已过，没有申请的件"), say("没有可以办结的件。")),
    )
}  # fmt: skip


def _condition(name: str) -> ColumnElement[bool]:
    answered = before("visit")
    return {
        "visit": not_visited(),
        "tasks": followed_up(),
        "performance": unperformed(),
        "unhappy": and_(answered, _unhappy(), _window(over=False)),
        "conclude": and_(before("conclude"), _window(over=True), not_(_owes_a_report())),
    }[name]


def _of(user: User, name: str) -> Select[Matter]:
    return visible_to(user, select(Matter)).where(Case.office_id == user.unit_id, _condition(name))


def _received() -> ColumnElement[date | None]:
    """The day from which a visit is planned, as `follow_up.received_on` says it of one matter."""
    window = select(func.max(Deadline.start_on)).where(Deadline.case_id == Matter.id, Deadline.code == "T8")
    window = window.correlate(Matter, Case)
    slip = (
        select(func.max(Service.served_on))
        .join(Document, Document.id == Service.document_id)
        .where(Document.case_id == Matter.id, Document.kind == "opinion")
        .correlate(Matter, Case)
    )
    return func.coalesce(window.scalar_subquery(), slip.scalar_subquery(), Matter.closed_on)


def _is_due(after: int) -> ColumnElement[bool]:
    """Its day has come: the one that was agreed, or so many 日 after the answer was received."""
    today = clock.today()
    usual = and_(Matter.visit_on.is_(None), _received() <= today - timedelta(days=after))
    return or_(Matter.visit_on <= today, usual)


def _in_order(query: Select[Matter], name: str, after: int) -> Select[Matter]:
    if name == "visit":
        query = query.order_by(case((_is_due(after), 0), else_=1), func.coalesce(Matter.visit_on, _received()))
    if name == "performance":
        first = select(func.min(Promise.due_on)).where(Promise.matter_id == Matter.id, Promise.result != DONE)
        first = first.correlate(Matter, Case)
        query = query.order_by(func.coalesce(first.scalar_subquery(), date.min))
    return query.order_by(func.coalesce(Case.closed_on, Case.received_on), Case.id)


@dataclass(frozen=True)
class Row:
    """One matter of a tab."""

    line: Line
    person: Petitioner | None
    name: str
    phone: str
    """Masked."""
    served_on: date | None
    window: Deadline | None
    """Until when 复查 or 复核 can be asked for, while it can."""
    tried: int
    """Visits that did not reach anybody."""
    visit_on: date | None = None
    """The day the visit is planned for."""
    task: FollowUpTask | None = None
    promises: Sequence[Promise] = ()
    """What is not done yet; none where nobody has written down what has to be."""

    @property
    def is_due(self) -> bool:
        """Whether the day of the visit has come."""
        return self.visit_on is not None and self.visit_on <= clock.today()

    @property
    def ground(self) -> Sentence:
        """Why there is a task."""
        assert self.task is not None
        return GROUNDS[self.task.ground]

    @property
    def advice(self) -> Sentence | None:
        """What to tell somebody who is not satisfied."""
        if self.window is None:
            return None
        day = in_words(self.window.due_on)
        if self.window.code == "T10":
            return say("可在{day}前（含当日）申请复核", day=day)
        return say("可在{day}前（含当日）申请复查", day=day)


@dataclass(frozen=True)
class Listed:
    """One tab with its rows, and how many every tab has."""

    stage: Stage
    counts: Sequence[tuple[Stage, int]]
    rows: Sequence[Row]
    total: int
    due: int = 0
    """Of the visits, those whose day has come."""


def listed(user: User, name: str = "", after: int = VISIT_AFTER) -> Listed:
    """The tab asked for, or the first one; `after`: 日 from receipt to the visit."""
    stages = list(STAGES.values())
    chosen = STAGES.get(name, stages[0])
    asked = [*(_of(user, stage.name) for stage in stages), _of(user, "visit").where(_is_due(after))]
    *numbered, due = counts(asked)
    numbers = dict(zip(STAGES, numbered, strict=True))
    found = lines(_in_order(_of(user, chosen.name), chosen.name, after), Lens(user.unit_id), SHOWN)
    ids = [one.matter.id for one in found]
    served = _served(ids)
    windows = _windows(ids) if chosen.name == "unhappy" else {}
    tried = _tried(ids) if chosen.name == "visit" else {}
    tasks = _tasks(ids) if chosen.name == "tasks" else {}
    promises = _promises(ids) if chosen.name == "performance" else {}
    planned = _planned(ids, after) if chosen.name == "visit" else {}
    rows = [
        _row(one, served.get(one.matter.id), windows.get(one.matter.id), tried.get(one.matter.id, 0),
             planned.get(one.matter.id), tasks.get(one.matter.id),
             promises.get(one.matter.id, ()))
        for one in found
    ]  # fmt: skip
    return Listed(chosen, [(stage, numbers[stage.name]) for stage in stages], rows, numbers[chosen.name], due)


def _tasks(ids: Sequence[int]) -> dict[int, FollowUpTask]:
    query = select(FollowUpTask).where(FollowUpTask.matter_id.in_(ids), FollowUpTask.closed_event_id.is_(None))
    loaded = query.options(joinedload(FollowUpTask.opened), joinedload(FollowUpTask.taken_by))
    return {task.matter_id: task for task in db.session().scalars(loaded)}


def _promises(ids: Sequence[int]) -> dict[int, list[Promise]]:
    found: dict[int, list[Promise]] = {}
    query = select(Promise).where(Promise.matter_id.in_(ids), Promise.result != DONE)
    for row in db.session().scalars(query.order_by(Promise.due_on, Promise.id)):
        found.setdefault(row.matter_id, []).append(row)
    return found


def _planned(ids: Sequence[int], after: int) -> dict[int, date]:
    found: dict[int, date] = {}
    for number, agreed, received in db.session().execute(
        select(Matter.id, Matter.visit_on, _received()).where(Matter.id.in_(ids))
    ):
        if agreed is not None:
            found[number] = agreed
        elif received is not None:
            found[number] = received + timedelta(days=after)
    return found


def _row(
    line: Line, served: date | None, window: Deadline | None, tried: int, visit_on: date | None,
    task: FollowUpTask | None, promises: Sequence[Promise],
) -> Row:  # fmt: skip
    matter = line.matter
    speakers = [person for person in matter.petitioners if person.part in ("petitioner", "representative")]
    person = next((one for one in speakers if one.reachable), speakers[0] if speakers else None)
    return Row(
        line,
        person,
        say("已保密") if matter.sealed else masked_name(person.name) if person else "",
        who.masked(person).get("phone", "") if person and not matter.sealed else "",
        served,
        window,
        tried,
        visit_on,
        task,
        promises,
    )


def _served(ids: Sequence[int]) -> dict[int, date]:
    rows = (
        select(Document.case_id, func.max(Service.served_on))
        .join(Service, Service.document_id == Document.id)
        .where(Document.case_id.in_(ids), Document.kind == "opinion")
        .group_by(Document.case_id)
    )
    return _pairs(rows)


def _windows(ids: Sequence[int]) -> dict[int, Deadline]:
    rows = select(Deadline).where(
        Deadline.case_id.in_(ids),
        Deadline.code.in_(WINDOWS),
        Deadline.ended_on.is_(None),
        Deadline.due_on >= clock.today(),
    )
    return {row.case_id: row for row in db.session().scalars(rows)}


def _tried(ids: Sequence[int]) -> dict[int, int]:
    rows = select(ReturnVisit.matter_id, func.count()).where(
        ReturnVisit.matter_id.in_(ids), ReturnVisit.reached.is_(False)
    )
    return _pairs(rows.group_by(ReturnVisit.matter_id))


def _pairs(query: Select[int, Any]) -> dict[int, Any]:
    return {row[0]: row[1] for row in db.session().execute(query)}
