"""Reading cases. Every query starts from `visible_to`, so a forgotten check is an empty answer, not a leak."""

from typing import Any, TypeVar

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import selectinload

from petitions import db
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.models import Case, CaseUnit

Rows = TypeVar("Rows", bound=Select[Any])


def visible_to(user: User, query: Rows) -> Rows:
    """Narrow a query over cases to those `user` may see: their unit takes part, and a sealed one is their desk's.

    A person who is in no unit's work (an auditor, an administrator) sees no case through this door.
    """
    mine = exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id == user.unit_id, CaseUnit.left_on.is_(None))
    return query.where(mine, sees_sealed(user))


def sees_sealed(user: User) -> Any:
    """第30条: an accusation is seen by the restricted desk only, and by the person it was given to."""
    if Role.RESTRICTED_CLERK in user.roles:
        return or_(Case.sealed.is_(False), Case.sealed.is_(True))
    return Case.sealed.is_(False)


def find(case_id: int, user: User) -> Case | None:
    """The case, if this person may see it; with what its page shows. None hides whether it exists."""
    query = visible_to(user, select(Case).where(Case.id == case_id))
    return db.session().scalar(
        query.options(
            selectinload(Case.events), selectinload(Case.deadlines), selectinload(Case.documents),
            selectinload(Case.attachments), selectinload(Case.parts),
        )
    )  # fmt: skip
