"""知情名单: who may see a sealed case, by name (第30条). The table of the kind of case says who keeps it.

Two sorts of people can stand on it: the restricted desk of the office that registered the case, and people of a
discipline body. Whoever leaves either sees nothing more, on the list or not. As long as none of those named is at the
desk any more the desk as a whole sees the case: a list that has emptied must not make an accusation vanish.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, select

from petitions import clock, db
from petitions.access.models import UnitKind, User, UserRole
from petitions.access.roles import Role
from petitions.cases.models import Case, CaseReader

_HELD = func.coalesce(Case.about_id, Case.id)
"""Whose list counts: a case about another one is kept by the list of that one."""


def is_of_discipline(user: User) -> bool:
    """Whether the person may stand on a list although their unit takes no part in the case."""
    return user.unit.kind == UnitKind.DISCIPLINE


def lists(user: User) -> ColumnElement[bool]:
    """SQL: the case's list names this person."""
    return exists().where(CaseReader.case_id == _HELD, CaseReader.user_id == user.id, CaseReader.dismissed_at.is_(None))


def is_kept() -> ColumnElement[bool]:
    """SQL: the case's list names somebody who is at the desk of its office now."""
    named = exists().where(
        CaseReader.user_id == User.id, CaseReader.case_id == _HELD, CaseReader.dismissed_at.is_(None)
    )
    named = named.correlate_except(CaseReader)  # two queries deep, the case would be any case that has a list
    return exists().where(User.unit_id == Case.office_id, User.active, _is_restricted(), named)


def desk(unit_id: int) -> Select[User]:
    """The people of the restricted desk of a unit."""
    return select(User).where(User.unit_id == unit_id, User.active, _is_restricted())


def listed(case: Case) -> list[CaseReader]:
    """The rows of the list that stand, the earliest first."""
    return [row for row in case.readers if row.dismissed_at is None]


def at_desk(case: Case) -> list[User]:
    """Of those listed the ones who are at the desk of the case's office now."""
    on_list = {row.user_id for row in listed(case)}
    return [person for person in db.session().scalars(desk(case.office_id)) if person.id in on_list]


def admit(case: Case, people: Iterable[int]) -> None:
    """Put people (user ids) on the list; who stands there already keeps the row."""
    there, now = {row.user_id for row in listed(case)}, clock.now()
    case.readers += [CaseReader(user_id=one, admitted_at=now) for one in dict.fromkeys(people) if one not in there]


def dismiss(case: Case, people: Iterable[int]) -> None:
    """Take people (user ids) off the list."""
    gone = set(people)
    for row in listed(case):
        if row.user_id in gone:
            row.dismissed_at = clock.now()


def eligible(case: Case, discipline_units: Sequence[int]) -> list[User]:
    """Who may be put on the list: the office's desk, and the people of the discipline bodies given."""
    of_body = select(User).where(User.unit_id.in_(discipline_units), User.active)
    return [*db.session().scalars(desk(case.office_id)), *db.session().scalars(of_body.order_by(User.unit_id, User.id))]


def _is_restricted() -> ColumnElement[bool]:
    return exists().where(UserRole.user_id == User.id, UserRole.role == Role.RESTRICTED_CLERK.value)
