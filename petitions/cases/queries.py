"""Reading cases. Every query starts from `visible_to`, so a forgotten check is an empty answer, not a leak."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload, with_polymorphic

from petitions import db
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.models import Attachment, Case, CaseUnit, Deadline, Document

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])

_KEEPS_THE_HOUSE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Somebody with no other role does no unit's work, although their account belongs to one."""


def visible_to(user: User, query: Rows) -> Rows:
    """Narrow a query over cases to those `user` may see: their unit takes part, and a sealed one is their desk's.

    A person who is in no unit's work (an auditor, an administrator) sees no case through this door.
    """
    mine = exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id == user.unit_id, CaseUnit.left_on.is_(None))
    return query.where(mine, sees_sealed(user))


WALLS: list[Callable[[User], ColumnElement[bool]]] = []
"""Conditions under which a kind of case lets a restricted desk see a sealed one; each package adds its own."""


def sees_sealed(user: User) -> ColumnElement[bool]:
    """第30条: an accusation is seen by the restricted desk of a unit that takes part, and never by the accused.

    Whoever only keeps the house sees no case at all; this condition stands in every query over cases.
    """
    if user.roles <= _KEEPS_THE_HOUSE:
        return false()
    if Role.RESTRICTED_CLERK in user.roles:
        return or_(Case.sealed.is_(False), and_(true(), *(wall(user) for wall in WALLS)))
    return Case.sealed.is_(False)


def sees(case_id: int, user: User) -> bool:
    """Whether this person may see the case."""
    return db.session().scalar(visible_to(user, select(Case.id).where(Case.id == case_id))) is not None


def bare(case_id: int, user: User) -> Case | None:
    """The case without anything that belongs to it, if this person may see it."""
    return db.session().scalar(visible_to(user, select(Case).where(Case.id == case_id)))


def among_viewers(case: Case, people: set[int]) -> set[int]:
    """Of these people (user ids) the ones who may see the case."""
    return {
        person.id for person in db.session().scalars(select(User).where(User.id.in_(people))) if sees(case.id, person)
    }


def for_page(case_id: int, user: User) -> Case | None:
    """The case as its page shows it, if this person may see it: what every kind has, with five queries.

    The history is read apart, a page at a time (history.py).
    """
    whole = with_polymorphic(Case, "*")
    query = visible_to(user, select(whole).where(whole.id == case_id)).options(
        joinedload(whole.office), joinedload(whole.unit), joinedload(whole.sender),
        joinedload(whole.handler).lazyload(User.held),
        joinedload(whole.parts).joinedload(CaseUnit.unit),
        selectinload(whole.deadlines).joinedload(Deadline.unit),
        selectinload(whole.documents).joinedload(Document.services),
        selectinload(whole.attachments).joinedload(Attachment.added_by).lazyload(User.held),
    )  # fmt: skip
    return db.session().scalars(query).unique().one_or_none()


def document(document_id: int, user: User) -> Document | None:
    """A paper of a case this person may see."""
    query = select(Document).join(Document.case).where(Document.id == document_id)
    return db.session().scalar(visible_to(user, query).options(contains_eager(Document.case)))


def attachment(case_id: int, attachment_id: int, user: User) -> Attachment | None:
    """A file of a case this person may see."""
    query = select(Attachment).join(Attachment.case).where(Attachment.id == attachment_id, Case.id == case_id)
    return db.session().scalar(visible_to(user, query))


def find(case_id: int, user: User) -> Case | None:
    """The case, if this person may see it; with what its page shows. None hides whether it exists."""
    query = visible_to(user, select(Case).where(Case.id == case_id))
    return db.session().scalar(
        query.options(
            selectinload(Case.events), selectinload(Case.deadlines), selectinload(Case.documents),
            selectinload(Case.attachments), selectinload(Case.parts),
        )
    )  # fmt: skip
