"""What the inbox asks about cases, of which it knows nothing: whom a message still concerns, and where it leads."""

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, exists, func, not_, select

from petitions import db
from petitions.access.models import User
from petitions.cases.history import PAGE
from petitions.cases.models import Case, Event
from petitions.cases.queries import visible_to


def visible(case_id: Any, user: User) -> ColumnElement[bool]:
    """The case named in the column `case_id` is one this person sees now."""
    return visible_to(user, select(Case.id)).where(Case.id == case_id).exists()


def concealed(case_id: Any, user: User) -> ColumnElement[bool]:
    """第30条: the case has become an accusation behind whose wall this person is not; even its number is gone for them."""
    return and_(exists().where(Case.id == case_id, Case.sealed), not_(visible(case_id, user)))


def place(case_id: int, event_id: int | None) -> str:
    """The address of one entry of a case's history: on its page, or on the older page of a long history."""
    if event_id is None:
        return url_for("cases.show", case_id=case_id)
    later = select(func.count()).where(Event.case_id == case_id, Event.id > event_id)
    before = event_id + 1 if (db.session().scalar(later) or 0) >= PAGE else None
    return url_for("cases.show", case_id=case_id, before=before, _anchor=f"event-{event_id}")
