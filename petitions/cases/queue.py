"""取下一件: a case from a queue goes to one person only, for a while.

The lease is two columns of the case. It is written past the case's version on purpose: who is looking at a case
changes nothing in it, and nobody's open form becomes stale. Any act on the case ends the lease (`perform`), and so
does its time: nothing has to be cleaned up after a closed browser.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, update

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.models import Case

MINUTES = 30
"""How long a case stays with whoever took it: a long letter and a telephone call, not a lunch break."""


def take(waiting: Select[Any], user: User, minutes: int = MINUTES) -> Case | None:
    """The first case of `waiting` that nobody else has, now this person's for `minutes`; None when none is left.

    `waiting` is a query for cases the person may see, in the order of the queue. A case they took before and still
    have comes first, its time begun anew, so that a reloaded page does not keep two. To be called in a writing unit
    of work: on SQLite its BEGIN IMMEDIATE lets one person choose at a time; on PostgreSQL a row that somebody is
    just taking is skipped.
    """
    now = clock.now()
    mine = and_(Case.taken_by_id == user.id, Case.taken_until > now)
    case_id = _first(waiting.where(mine))
    if case_id is None:
        case_id = _first(waiting.where(is_free()))
    if case_id is None:
        return None
    return _lease(case_id, user.id, now + timedelta(minutes=minutes))


def release(case: Case, user: User) -> bool:
    """Put a case back into its queue; whether it was this person's."""
    if not has(case, user):
        return False
    _lease(case.id, None, None)
    return True


def has(case: Case, user: User) -> bool:
    """Whether this person took the case and still has it."""
    return case.taken_by_id == user.id and case.taken_until is not None and case.taken_until > clock.now()


def is_free() -> Any:
    """The condition that nobody has taken a case, or their time has passed."""
    return or_(Case.taken_by_id.is_(None), Case.taken_until.is_(None), Case.taken_until <= clock.now())


def _first(waiting: Select[Any]) -> int | None:
    asked = waiting.with_only_columns(Case.id, maintain_column_froms=True).limit(1)
    found: int | None = db.session().scalar(asked.with_for_update(of=Case, skip_locked=True))
    return found


def _lease(case_id: int, user_id: int | None, until: Any) -> Case:
    session = db.session()
    taken = update(Case).where(Case.id == case_id).values(taken_by_id=user_id, taken_until=until)
    session.execute(taken, execution_options={"synchronize_session": False})
    case = session.get_one(Case, case_id)
    session.expire(case, ["taken_by_id", "taken_until"])
    return case
