"""回访 and what it leads to: two ratings apart, and a task for a person where nothing was solved.

A task is work and nothing else: it moves no state and no clock. Outcome (what the opinion decided), performance (what was
done of it, performance.py) and state (where the procedure stands) stay three different things.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import db
from petitions.access.models import User
from petitions.cases import history
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case, Event
from petitions.matters.course import matter_of
from petitions.matters.models import Matter, ReturnVisit
from petitions.matters.rating import why_not_rated
from petitions.words import Sentence, say

DISSATISFIED = "dissatisfied"
"""Code of the rating that calls for a reason, and for somebody to look into it."""

NOT_REACHED = "not_reached"

UNSOLVED = ("not_done", "partly")
"""What a petitioner may say of the opinion's performance that leaves work to do."""

OPEN_TASK = "open_task"
"""Under which a page remembers the task of a case."""

BY_CODE = "code"
"""The way of rating by the code on the receipt; a clerk writes it down."""


class FollowUpTask(db.Base):
    """跟进任务: what a return visit has shown to be unsolved, until somebody says what was done about it."""

    __tablename__ = "follow_up_tasks"
    __table_args__ = (
        CheckConstraint("ground IN ('not_performed','dissatisfied')", name="ground"),
        Index("ix_follow_up_tasks_matter_id", "matter_id"),
        # One at a time: a second visit that finds the same adds nothing to do.
        Index("uq_follow_up_tasks_open", "matter_id", unique=True, sqlite_where=text("closed_event_id IS NULL"),
              postgresql_where=text("closed_event_id IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    ground: Mapped[str]
    opened_event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    closed_event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    done: Mapped[str] = mapped_column(default="")
    """What was done about it."""

    matter: Mapped[Matter] = relationship()
    opened: Mapped[Event] = relationship(foreign_keys=[opened_event_id])
    taken_by: Mapped[User | None] = relationship(foreign_keys=[taken_by_id])
    taken: Mapped[Event | None] = relationship(foreign_keys=[taken_event_id])
    closed: Mapped[Event | None] = relationship(foreign_keys=[closed_event_id])


GROUNDS = {"not_performed": say("意见没有落实到位"), "dissatisfied": say("信访人不满意")}


def open_task(case: Case) -> FollowUpTask | None:
    """The task of a matter that nobody has closed yet."""
    query = select(FollowUpTask).where(FollowUpTask.matter_id == case.id, FollowUpTask.closed_event_id.is_(None))
    return db.session().scalar(query)


def _task_of(act: Act) -> FollowUpTask | None:
    """The open task: for the buttons of a page read once, for an act anew."""
    if act.asking:
        found: FollowUpTask | None = history.remembered(act.case.id, OPEN_TASK, lambda: open_task(act.case))
        return found
    return open_task(act.case)


def received_on(case: Case) -> date | None:
    """The day the opinion reached the petitioner, a public notice after its 日; the day it ended where there is none."""
    windows = [row.start_on for row in case.deadlines if row.code == "T8"]
    if windows:
        return windows[-1]
    served = [slip.served_on for paper in case.papers if paper.kind == "opinion" for slip in paper.services]
    return served[-1] if served else case.closed_on


# --- guards ----------------------------------------------------------------------------------------------------------


def visited_after_service(act: Act) -> Sentence | None:
    """Nobody is asked about an answer they have not got."""
    given, since = act.data.get("held_on"), received_on(act.case)
    if not given or since is None or date.fromisoformat(given) >= since:
        return None
    return say("回访日期不能早于答复送达或者办结的日期（{day}）", day=since.isoformat())


def may_be_rated(act: Act) -> Sentence | None:
    """Some matters are not put to the petitioner for a rating."""
    if not _ratings(act):
        return None
    reason = why_not_rated(matter_of(act))
    return say("{reason}。不填满意度，其他内容照常记录", reason=reason) if reason else None


def rated_by_somebody(act: Act) -> Sentence | None:
    """Whoever was not reached has rated nobody."""
    if act.data.get("performed") == NOT_REACHED and (_ratings(act) or act.data.get("way") == BY_CODE):
        return say("没有联系上信访人，不能有满意度评价")
    return None


def dissatisfied_with_reason(act: Act) -> Sentence | None:
    """An office that is not told why can mend nothing."""
    for rating, reason, whom in (
        ("office_rating", "office_reason", say("信访部门")), ("unit_rating", "unit_reason", say("责任单位"))
    ):  # fmt: skip
        unhappy = act.data.get(rating) == DISSATISFIED
        if unhappy and not act.data.get(reason):
            return say("信访人对{whom}不满意，写明原因", whom=whom)
        if not unhappy and act.data.get(reason):
            return say("填写了对{whom}不满意的原因，满意度应选“不满意”", whom=whom)
    return None


def code_is_theirs(act: Act) -> Sentence | None:
    """The code on the receipt stands for the petitioner: it belongs to this matter, and rates once."""
    given = act.data.get("rating_code", "").strip()
    if act.data.get("way") != BY_CODE:
        return say("填写了评价码，回访方式应选“凭评价码评价”") if given else None
    if not _ratings(act):
        return say("凭评价码评价的，填写对信访部门或者责任单位的满意度")
    if given.upper() not in {petition.query_code.upper() for petition in matter_of(act).petitions}:
        return say("评价码不是此件的查询码，请与信访人持有的登记回执核对")
    if any(visit.way == BY_CODE for visit in matter_of(act).visits):
        return say("此件已经凭评价码评价过，不能再次评价")
    return None


def _ratings(act: Act) -> list[str]:
    return [act.data[name] for name in ("office_rating", "unit_rating") if act.data.get(name)]


def follow_up_waits(act: Act) -> Sentence | None:
    """There is something to take, and it is not one's own already."""
    task = _task_of(act)
    if task is None:
        return say("此件没有待办的跟进任务")
    return say("这项跟进任务已经由你领取") if task.taken_by_id == act.actor.id else None


def follow_up_is_mine(act: Act) -> Sentence | None:
    """Whoever took it says what was done."""
    task = _task_of(act)
    if task is None:
        return say("此件没有待办的跟进任务")
    return None if task.taken_by_id == act.actor.id else say("先领取跟进任务，再填写办理情况")


FOLLOW_UP_GUARDS: Sequence[Guard] = (
    visited_after_service, may_be_rated, rated_by_somebody, dissatisfied_with_reason, code_is_theirs, follow_up_waits,
    follow_up_is_mine,
)  # fmt: skip


# --- effects ---------------------------------------------------------------------------------------------------------


def visit(act: Act) -> None:
    """What the petitioner said; what is not solved becomes a task."""
    assert act.event is not None
    matter, data = matter_of(act), dict(act.data)
    # The code is the petitioner's key to the matter: it is compared and not kept a second time.
    data.pop("rating_code", None)
    reached = data["performed"] != NOT_REACHED
    if reached and why_not_rated(matter) is None:
        # 未评价 is an answer of its own: a rate must know how many were asked.
        data = {"office_rating": "not_rated", "unit_rating": "not_rated", **data}
    act.data = act.event.data = data
    matter.visit_on = date.fromisoformat(data["visit_on"]) if data.get("visit_on") and not reached else None
    matter.visits.append(
        ReturnVisit(
            event=act.event, visited_on=act.on, way=data["way"], reached=reached, performed=data["performed"],
            **{name: data.get(name, "") for name in _SAID},
        )
    )  # fmt: skip
    act.extra["follow_up"] = _follow(act, matter)


_SAID = ("office_rating", "unit_rating", "office_reason", "unit_reason", "said", "new_claim")


def _follow(act: Act, matter: Matter) -> str:
    """Open a task where something is unsolved; its ground, or empty."""
    if act.data["performed"] in UNSOLVED:
        ground = "not_performed"
    elif DISSATISFIED in _ratings(act):
        ground = "dissatisfied"
    else:
        return ""
    if open_task(matter) is None:
        db.session().add(FollowUpTask(matter=matter, ground=ground, opened=act.event))
    return ground


def plan_visit(act: Act) -> None:
    """Another day than the usual one was agreed."""
    matter_of(act).visit_on = date.fromisoformat(act.data["visit_on"])


def take_follow_up(act: Act) -> None:
    """Somebody answers for it from now on, by name."""
    task = open_task(act.case)
    assert task is not None
    task.taken_by_id, task.taken = act.actor.id, act.event


def close_follow_up(act: Act) -> None:
    """What was done about it."""
    task = open_task(act.case)
    assert task is not None
    task.closed, task.done = act.event, act.data["done"]


FOLLOW_UP: dict[str, Effect] = {
    effect.__name__: effect for effect in (visit, plan_visit, take_follow_up, close_follow_up)
}
