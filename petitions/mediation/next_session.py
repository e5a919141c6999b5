"""下次调解: the day, hour and place that was agreed on for the next session, until it is held or the mediation ends.

It is no clock: the law sets no day for it. It is for whoever sees the mediation; a matter hears of stage, days and result alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import load_only

from petitions import clock, db
from petitions.access import delegation
from petitions.access.models import User
from petitions.cases.appointments import Appointment
from petitions.cases.kinds import Act, Effect, Guard
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.mediation.course import day, mediation_of
from petitions.mediation.models import Mediation, MediationSession, Seat
from petitions.words import Sentence, say

AT_MOST = 366
"""Days ahead. Nobody agrees on an hour beyond; a year that was mistyped lies there."""

_CALENDAR_AT_MOST = 200


# --- in the table ----------------------------------------------------------------------------------------------------


def next_session_is_ahead(act: Act) -> Sentence | None:
    """Day and hour go together, and lie ahead of the day this is about; of a session written down late they may be over."""
    on, hour = day(act.data.get("next_on")), act.data.get("next_at", "")
    if act.asking or not (on or hour or act.data.get("next_place")):
        return None
    if on is None:
        return say("填写下次调解的日期，或者清空下次调解的时间、地点")
    if not hour:
        return say("填写下次调解的时间")
    return _why_not_then(act, on, hour) if _place(act) else say("填写下次调解的地点")


def _why_not_then(act: Act, on: date, hour: str) -> Sentence | None:
    if act.action.name == "hold_session" and on <= act.on:
        return say("下次调解的日期应当在本次调解（{day}）以后", day=act.on.isoformat())
    if on < act.on or (act.action.name == "arrange_session" and _moment(on, hour) <= act.at):
        return say("下次调解的时间已经过去，约定一个以后的时间")
    if on > act.on + timedelta(days=AT_MOST):
        return say("下次调解的日期在一年以后，请核对年份")
    return None


def _place(act: Act) -> str:
    """Where: of a session that names no other place, where it was held itself."""
    here = act.data["place"] if act.action.name == "hold_session" else ""
    return str(act.data.get("next_place") or here)


def arrange(act: Act) -> None:
    """What was agreed on takes the place of what was agreed before; nothing agreed leaves nothing standing."""
    mediation, on = mediation_of(act), day(act.data.get("next_on"))
    if on is None:
        let_go(mediation)
    else:
        mediation.next_on, mediation.next_at, mediation.next_place = on, act.data["next_at"], _place(act)


def after_session(act: Act, held: MediationSession) -> None:
    """The latest session says when the next one is. One that is written down after a later one says nothing any more."""
    when = (held.held_on, held.began_at)
    if all((one.held_on, one.began_at) <= when for one in mediation_of(act).sessions):
        arrange(act)


def arrange_session(act: Act) -> None:
    """Agreed on by telephone, or put off."""
    arrange(act)


def let_go(mediation: Mediation) -> None:
    """No session is to come."""
    mediation.next_on, mediation.next_at, mediation.next_place = None, "", ""


GUARDS: tuple[Guard, ...] = (next_session_is_ahead,)
EFFECTS: dict[str, Effect] = {"arrange_session": arrange_session}


# --- for whoever mediates --------------------------------------------------------------------------------------------


def is_planned() -> ColumnElement[bool]:
    """A mediation with a session to come, or one whose day went by without."""
    return and_(Mediation.next_on.is_not(None), Case.sealed.is_(False))


def has_lapsed(mediation: Mediation) -> bool:
    """The day went by, and no session was written down."""
    return mediation.next_on is not None and mediation.next_on < clock.today()


@dataclass(frozen=True)
class Agenda:
    """What is to come, soonest first; what went by stands before it."""

    rows: Sequence[Mediation]
    more: bool
    """There are more than these."""


def books(person: User) -> list[Appointment]:
    """The sessions somebody is to hold from today on, themselves or for whom they stand in (cases/appointments.py)."""
    seat = exists().where(
        Seat.mediation_id == Case.id, Seat.user_id.in_(delegation.hands(person)), Seat.left_on.is_(None)
    )
    query = select(Mediation).where(is_planned(), Mediation.next_on >= clock.today(), seat)
    found = db.session().scalars(
        visible_to(person, query).order_by(Mediation.next_on, Mediation.next_at, Mediation.id).limit(_CALENDAR_AT_MOST)
        .options(load_only(Mediation.number, Mediation.next_on, Mediation.next_at))
    ).unique()  # fmt: skip
    return [
        Appointment(f"session-{one.id}", one.id, one.number, say("调解"), _moment(one.next_on, one.next_at))
        for one in found
        if one.next_on is not None
    ]


def _moment(on: date, hour: str) -> datetime:
    return datetime.fromisoformat(f"{on.isoformat()}T{hour}").replace(tzinfo=clock.ZONE)
