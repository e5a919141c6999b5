"""落实: what an opinion or an agreement promised, who does it by when, and what came of it (第32条第二款、第33条).

第32条第二款 obliges the unit that supports a request to see its opinion carried out. A promise is a row until it is done;
`not done` is no state of the matter and no outcome of it.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import db
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.fields import Choice
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case, Event
from petitions.matters.course import last_event, matter_of
from petitions.matters.models import Matter
from petitions.words import Sentence, say

DONE = "done"

RESULTS = {"": say("尚未落实"), "done": say("已落实"), "partly": say("部分落实"), "not_done": say("未落实")}

GROUNDS = {"opinion": say("处理意见"), "settlement": say("调解、和解协议")}


class Promise(db.Base):
    """应落实事项: one thing that was promised, and what is known of its performance."""

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("ground IN ('opinion','settlement')", name="ground"),
        CheckConstraint("result IN ('','done','partly','not_done')", name="result"),
        Index("ix_promises_matter_id", "matter_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    ground: Mapped[str]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    text: Mapped[str]
    performer: Mapped[str]
    """Who has to do it: a unit, or the other side of an agreement."""
    due_on: Mapped[date]
    result: Mapped[str] = mapped_column(default="")
    """Empty until somebody has looked."""
    looked_on: Mapped[date | None]
    proof: Mapped[str] = mapped_column(default="")
    """What shows it, as it was found last."""
    result_event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)

    matter: Mapped[Matter] = relationship()
    event: Mapped[Event] = relationship(foreign_keys=[event_id])


def promises_of(case: Case) -> list[Promise]:
    """Everything that was promised in a matter, in its order."""
    return list(db.session().scalars(select(Promise).where(Promise.matter_id == case.id).order_by(Promise.id)))


def unperformed(case: Case) -> list[Promise]:
    """What is still to be done."""
    return [row for row in promises_of(case) if row.result != DONE]


def open_promises(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001 - a list of choices
    """What can still be performed, to choose from."""
    return [Choice(str(row.id), row.text) for row in unperformed(case)] if case is not None else []


def text_of(promise_id: str) -> str:
    """What a promise says, for a history."""
    found = db.session().get(Promise, int(promise_id)) if promise_id.isdecimal() else None
    return found.text if found else ""


def favourable_outcomes() -> list[str]:
    """The outcomes by which something is granted, and so has to be carried out."""
    return [row.code for row in codes.every("outcome") if row.extra.get("favourable")]


# --- guards ----------------------------------------------------------------------------------------------------------


def something_is_granted(act: Act) -> Sentence | None:
    """There is nothing to perform where nothing was granted and nothing agreed."""
    if matter_of(act).outcome in favourable_outcomes() or last_event(act, "settle") is not None:
        return None
    return say("处理意见没有支持请求，也没有达成协议，没有应当落实的事项")


def says_of_what(act: Act) -> Sentence | None:
    """Once it stands written what has to be done, it is said of which of it something was done, and how far."""
    named, result = act.data.get("promise"), act.data.get("performance")
    if act.asking or bool(named) != bool(result):
        return say("“应落实事项”和“落实结果”一并填写") if not act.asking else None
    if not named and unperformed(act.case):
        return say("选择应落实事项，填写落实结果")
    return None


PERFORMANCE_GUARDS: Sequence[Guard] = (something_is_granted, says_of_what)


# --- effects ---------------------------------------------------------------------------------------------------------


def promise(act: Act) -> None:
    """One thing to be done, by whom, by when."""
    ground = "settlement" if act.action.name == "settle" else "opinion"
    db.session().add(
        Promise(
            matter=matter_of(act), ground=ground, event=act.event, text=act.data.get("promised") or act.data["agreement"],
            performer=act.data["performer"], due_on=date.fromisoformat(act.data["perform_by"]),
        )
    )  # fmt: skip


def perform_promise(act: Act) -> None:
    """What was found, with its proof; a promise that is named goes by it."""
    assert act.event is not None
    if "promise" not in act.data:
        return
    row = db.session().get_one(Promise, int(act.data["promise"]))
    db.session().flush()
    row.result, row.looked_on, row.proof = act.data["performance"], act.on, act.data["record"]
    row.result_event_id = act.event.id


PERFORMANCE: dict[str, Effect] = {"promise": promise, "perform_promise": perform_promise}
