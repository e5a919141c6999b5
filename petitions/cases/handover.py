"""What still rests on a person or a unit, for an administrator who wants to end one. Numbers only, no contents."""

from sqlalchemy import ColumnElement, func, or_, select

from petitions import db
from petitions.access.admin import Held
from petitions.cases.models import Case, Deadline

_SHOWN = 20
"""So many numbers are listed; the rest is counted."""


def of_person(user_id: int) -> Held:
    """Open cases whose handler this person is."""
    return _held(Case.handler_id == user_id)


def of_unit(unit_id: int) -> Held:
    """Open cases this unit registered or must act on, or in which one of its clocks still runs."""
    clocks = select(Deadline.case_id).where(Deadline.unit_id == unit_id, Deadline.ended_on.is_(None))
    return _held(or_(Case.unit_id == unit_id, Case.office_id == unit_id, Case.id.in_(clocks)))


def _held(condition: ColumnElement[bool]) -> Held:
    """第30条: of accusations neither the numbers nor how many there are is told to whoever may not see them."""
    open_ones = select(Case.number).where(Case.closed_on.is_(None), condition)
    ordinary = open_ones.where(Case.sealed.is_(False))
    total = db.session().scalar(select(func.count()).select_from(ordinary.subquery())) or 0
    shown = tuple(db.session().scalars(ordinary.order_by(Case.number).limit(_SHOWN))) if total else ()
    sealed = db.session().scalar(select(open_ones.where(Case.sealed).exists()))
    return Held(total, shown, bool(sealed))
