"""What is still to be done after the answer: visits, conclusions, the archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import selectinload

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.clocks import in_words
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Deadline, Document, Event, Service
from petitions.cases.perform import why_not
from petitions.cases.queries import visible_to
from petitions.matters import who
from petitions.matters.listing import before, closed_in_a_ledger, not_visited
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Petitioner, ReturnVisit
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import Line, counts, lines
from petitions.words import Sentence, say

SHOWN = 100
"""Rows of a list: those that have waited longest."""

UNHAPPY = "dissatisfied"
"""Code of the rating that calls for the remedy of 第35条."""


def _unhappy() -> ColumnElement[bool]:
    return exists().where(
        ReturnVisit.matter_id == Matter.id,
        or_(ReturnVisit.office_rating == UNHAPPY, ReturnVisit.unit_rating == UNHAPPY),
    )


def _window(*, over: bool) -> ColumnElement[bool]:
    """The petitioner's 30 日 of 第35条 still run, or have passed unused."""
    today = clock.today()
    day = Deadline.due_on < today if over else Deadline.due_on >= today
    return exists().where(Deadline.case_id == Case.id, Deadline.code == "T8", Deadline.ended_on.is_(None), day)


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
        Stage("unhappy", say("不满意"), say("回访时表示不满意、还在复查申请期内的件，应告知申请复查的期限"),
              say("没有不满意而仍在复查申请期内的件。")),
        Stage("conclude", say("可办结"), say("复查申请期已过，没有申请复查的件"), say("没有可以办结的件。")),
        Stage("archive", say("可归档"), say("已经结束的件；材料不齐的，写明缺什么"), say("没有待归档的件。")),
    )
}  # fmt: skip


def _condition(name: str) -> ColumnElement[bool]:
    answered = before("visit")
    return {
        "visit": not_visited(),
        "unhappy": and_(answered, _unhappy(), _window(over=False)),
        "conclude": and_(before("conclude"), _window(over=True), not_(_owes_a_report())),
        "archive": and_(before("archive"), not_(closed_in_a_ledger())),
    }[name]


def _of(user: User, name: str) -> Select[Matter]:
    query = visible_to(user, select(Matter)).where(Case.office_id == user.unit_id, _condition(name))
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
    review_until: date | None
    """The last day to ask for 复查, while it can be asked for."""
    tried: int
    """Visits that did not reach anybody."""
    missing: str | None
    """Why the file is not complete."""

    @property
    def advice(self) -> Sentence | None:
        """What to tell somebody who is not satisfied."""
        if self.review_until is None:
            return None
        return say("可在{day}前（含当日）申请复查", day=in_words(self.review_until))


@dataclass(frozen=True)
class Listed:
    """One tab with its rows, and how many every tab has."""

    stage: Stage
    counts: Sequence[tuple[Stage, int]]
    rows: Sequence[Row]
    total: int


def listed(user: User, name: str = "") -> Listed:
    """The tab asked for, or the first one."""
    stages = list(STAGES.values())
    chosen = STAGES.get(name, stages[0])
    numbers = dict(zip(STAGES, counts([_of(user, stage.name) for stage in stages]), strict=True))
    found = lines(_of(user, chosen.name), Lens(user.unit_id), SHOWN)
    ids = [one.matter.id for one in found]
    served, windows, tried = _served(ids), _windows(ids), _tried(ids)
    missing = _missing(ids, user) if chosen.name == "archive" else {}
    rows = [
        _row(one, served.get(one.matter.id), windows.get(one.matter.id), tried.get(one.matter.id, 0),
             missing.get(one.matter.id))
        for one in found
    ]  # fmt: skip
    return Listed(chosen, [(stage, numbers[stage.name]) for stage in stages], rows, numbers[chosen.name])


def _missing(ids: Sequence[int], user: User) -> dict[int, str | None]:
    """What each file still lacks, by the guards of the archive; read for all with a handful of queries."""
    whole = select(Matter).where(Matter.id.in_(ids)).options(
        selectinload(Case.documents).selectinload(Document.services), selectinload(Matter.visits),
        selectinload(Matter.recusals),
    )  # fmt: skip
    matters = db.session().scalars(whole).all()
    waived = select(Event).where(Event.case_id.in_(ids), Event.action == "waive_notice").order_by(Event.id)
    latest = {event.case_id: {event.action: event} for event in db.session().scalars(waived)}
    archive = FLOW.action["archive"]
    return {matter.id: why_not(user, archive, matter, latest.get(matter.id, {})) for matter in matters}


def _row(line: Line, served: date | None, window: date | None, tried: int, missing: str | None) -> Row:
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
        missing,
    )


def _served(ids: Sequence[int]) -> dict[int, date]:
    rows = (
        select(Document.case_id, func.max(Service.served_on))
        .join(Service, Service.document_id == Document.id)
        .where(Document.case_id.in_(ids), Document.kind == "opinion")
        .group_by(Document.case_id)
    )
    return _pairs(rows)


def _windows(ids: Sequence[int]) -> dict[int, date]:
    rows = select(Deadline.case_id, func.max(Deadline.due_on)).where(
        Deadline.case_id.in_(ids), Deadline.code == "T8", Deadline.ended_on.is_(None), Deadline.due_on >= clock.today()
    )
    return _pairs(rows.group_by(Deadline.case_id))


def _tried(ids: Sequence[int]) -> dict[int, int]:
    rows = select(ReturnVisit.matter_id, func.count()).where(
        ReturnVisit.matter_id.in_(ids), ReturnVisit.reached.is_(False)
    )
    return _pairs(rows.group_by(ReturnVisit.matter_id))


def _pairs(query: Select[int, Any]) -> dict[int, Any]:
    return {row[0]: row[1] for row in db.session().execute(query)}
