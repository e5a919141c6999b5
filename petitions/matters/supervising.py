"""督促 and 督办: pressing a unit for what it owes, and what the petition office decides about a proposed 督办 (第40条).

A 督办 is never written by a job. It is proposed while a clock is overdue (deadlines/proposals.py); a person of the office
issues it or sets it aside, and both are acts. What is remembered of them is one row for each clock: when it may be
proposed again.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import clock, db
from petitions.access.roles import Role
from petitions.cases.duties import SOON
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case, Deadline, Event
from petitions.matters.course import last_event
from petitions.words import say

WORSE = timedelta(days=7)
"""What was set aside is proposed again when it is so much later: a week more is another case than the one decided on."""

LEADING = frozenset({Role.UNIT_HEAD, Role.PETITION_HEAD, Role.COMMITTEE_CHAIR})


class Supervision(db.Base):
    """What was decided about one overdue clock: 督办 issued, or set aside."""

    __tablename__ = "supervisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"), index=True)
    due_on: Mapped[date]
    """The last day the clock had then: with another one it is another question."""
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    again_on: Mapped[date]
    """From this day on it may be proposed again."""

    deadline: Mapped[Deadline] = relationship()
    event: Mapped[Event] = relationship()


def _duties(case: Case) -> list[Deadline]:
    return [row for row in case.deadlines if row.ended_on is None and not row.window and row.unit_id is not None]


def pressed(act: Act) -> list[Deadline]:
    """The duties somebody may be urged to: overdue or due within SOON 日. Only who leads a unit urges it from inside."""
    today, leads = clock.today(), bool(LEADING & act.actor.roles)
    return [
        row
        for row in _duties(act.case)
        if row.target_on <= today + timedelta(days=SOON) and (leads or row.unit_id != act.actor.unit_id)
    ]


def supervised(act: Act) -> list[Deadline]:
    """The duties a 督办 is about: overdue, and not the office's own."""
    return [row for row in _duties(act.case) if row.due_on < clock.today() and row.unit_id != act.case.office_id]


def asked_of(act: Act) -> Sequence[Deadline]:
    """The duties an act of pressing is about."""
    return pressed(act) if act.action.name == "urge" else supervised(act)


# --- guards ----------------------------------------------------------------------------------------------------------


def something_presses(act: Act) -> str | None:
    """Nobody is urged to what has time, or is done."""
    return None if pressed(act) else say("没有超期或{days}天内到期的期限，不用督促", days=SOON)


def not_urged_today(act: Act) -> str | None:
    """Once a day is enough; a second message says nothing new."""
    urged = last_event(act, "urge")
    if urged is None or clock.day_of(urged.at) < clock.today():
        return None
    return say("今天已由{unit}督促过", unit=urged.unit.name)


def unit_is_overdue(act: Act) -> str | None:
    """第40条 is about units that break the rules of handling; one that is in time does not."""
    return None if supervised(act) else say("没有超期的期限，不用督办")


def supervision_is_open(act: Act) -> str | None:
    """What is answered is answered."""
    last = last_event(act, "supervise", "answer_supervision")
    return None if last is not None and last.action == "supervise" else say("没有等待反馈的督办")


SUPERVISION_GUARDS: Sequence[Guard] = (something_presses, not_urged_today, unit_is_overdue, supervision_is_open)


# --- effects ---------------------------------------------------------------------------------------------------------


def supervise(act: Act) -> None:
    """It is not proposed again before the day the unit has to answer by is over."""
    _remember(act, date.fromisoformat(act.data["answer_by"]) + timedelta(days=1))


def set_aside(act: Act) -> None:
    """It is not proposed again before it is a week worse."""
    _remember(act, clock.today() + WORSE)


def _remember(act: Act, again_on: date) -> None:
    assert act.event is not None
    db.session().add_all(
        Supervision(deadline=row, due_on=row.due_on, event=act.event, again_on=again_on) for row in supervised(act)
    )


SUPERVISION: dict[str, Effect] = {"supervise": supervise, "set_aside": set_aside}
