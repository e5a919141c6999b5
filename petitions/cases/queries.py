"""Reading cases. Every query starts from `visible_to`, so a forgotten check is an empty answer, not a leak."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, with_polymorphic

from petitions import db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.access.policy import may
from petitions.access.roles import KEEPERS_OF_THE_HOUSE, Role
from petitions.cases import readers
from petitions.cases.kinds import is_withheld
from petitions.cases.models import Attachment, Case, CaseUnit, Deadline, Document

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])

_KEEPS_THE_HOUSE = KEEPERS_OF_THE_HOUSE
"""Somebody with no other role does no unit's work, although their account belongs to one."""


def visible_to(user: User, query: Rows) -> Rows:
    """Narrow a query over cases to those `user` may see: their unit takes part, and a sealed one names them.

    A person who is in no unit's work (an auditor, an administrator) sees no case through this door.
    """
    mine = exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id == user.unit_id, CaseUnit.left_on.is_(None))
    if readers.is_of_discipline(user):
        return query.where(or_(and_(mine, sees_sealed(user)), _named(user)))
    return query.where(mine, sees_sealed(user))


WALLS: list[Callable[[User], ColumnElement[bool]]] = []
"""Conditions under which a case is kept from a person whatever else holds; each kind of case adds its own."""


def walled_off(user: User) -> ColumnElement[bool]:
    """The case is behind a wall for this person: it accuses them or a body they belong to (第30条第三款)."""
    return or_(false(), *(wall(user) for wall in WALLS))


def sees_sealed(user: User) -> ColumnElement[bool]:
    """第30条: of the cases a unit takes part in, a sealed one is seen by whom its need-to-know list names.

    Whoever only keeps the house sees no case at all; this condition stands in every query over cases.
    """
    if user.roles <= _KEEPS_THE_HOUSE:
        return false()
    if Role.RESTRICTED_CLERK not in user.roles:
        return and_(Case.sealed.is_(False), *_confided(user))
    named = and_(Case.office_id == user.unit_id, or_(readers.lists(user), not_(readers.is_kept())))
    return or_(and_(Case.sealed.is_(False), *_confided(user)), and_(named, not_(walled_off(user))))


CONFIDENCES: list[Callable[[User], ColumnElement[bool]]] = []
"""Conditions under which a case that is not sealed is seen inside of its own unit; each kind of case adds its own."""


def _confided(user: User) -> list[ColumnElement[bool]]:
    return [seen(user) for seen in CONFIDENCES]


def _named(user: User) -> ColumnElement[bool]:
    """Somebody of a discipline body, who sees by name what their unit takes no part in."""
    if user.roles <= _KEEPS_THE_HOUSE:
        return false()
    return and_(Case.sealed, readers.lists(user), not_(walled_off(user)))


def summarised_to(user: User, query: Rows) -> Rows:
    """Narrow a query over cases to those of which `user` may see the summary: number, stage, unit, clock, no more.

    The permission table says whose cases those are; it is asked here of every unit as if it held one. Never a sealed
    case, for that there is an accusation is itself what must not be told.
    """
    return query.where(Case.unit_id.in_([unit.id for unit in summarised_units(user)]), Case.sealed.is_(False))


def summarised_units(user: User) -> list[Unit]:
    """The units of whose cases this person may see the summary."""
    return [unit for unit in units.in_force() if may(user, "case:summary", _AtUnit(unit.id))]


@dataclass(frozen=True)
class _AtUnit:
    """Any case that a unit holds, as a permission asks of it."""

    unit_id: int
    office_id: int = 0
    sender_id: int | None = None
    handler_id: int | None = None
    unit_ids: frozenset[int] = frozenset()
    reviewer_ids: frozenset[int] = frozenset()


def sees(case_id: int, user: User) -> bool:
    """Whether this person may see the case."""
    return db.session().scalar(visible_to(user, select(Case.id).where(Case.id == case_id))) is not None


def bare(case_id: int, user: User) -> Case | None:
    """The case without anything that belongs to it, if this person may see it."""
    return db.session().scalar(visible_to(user, select(Case).where(Case.id == case_id)))


def among_viewers(case_id: int, people: set[int]) -> set[int]:
    """Of these people (user ids) the ones who may see the case."""
    known = db.session().scalars(select(User).where(User.id.in_(people))).all() if people else ()
    return {person.id for person in known if sees(case_id, person)}


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
        selectinload(whole.documents).options(
            joinedload(Document.services), joinedload(Document.attempts), joinedload(Document.void_event).lazyload("*")
        ),
        selectinload(whole.attachments).joinedload(Attachment.added_by).lazyload(User.held),
    )  # fmt: skip
    return db.session().scalars(query).unique().one_or_none()


def document(document_id: int, user: User) -> Document | None:
    """A paper of a case this person may see."""
    query = select(Document).join(Document.case).where(Document.id == document_id)
    return db.session().scalar(
        visible_to(user, query).options(contains_eager(Document.case), joinedload(Document.void_event).lazyload("*"))
    )


def attachment(case_id: int, attachment_id: int, user: User) -> Attachment | None:
    """A file of a case this person may see."""
    query = select(Attachment).join(Attachment.case).where(Attachment.id == attachment_id, Case.id == case_id)
    found = db.session().scalar(visible_to(user, query))
    return found if found is not None and not _is_withheld(found) else None


def _is_withheld(file: Attachment) -> bool:
    """It was brought with an act whose words stay with those who did it."""
    brought = (file.sha256, file.name)
    return file.case.sealed and any(
        is_withheld(file.case, event.action)
        and brought in {(one["sha256"], one["name"]) for one in event.data.get("files", ())}
        for event in file.case.events
    )


def find(case_id: int, user: User) -> Case | None:
    """The case, if this person may see it; with what its page shows. None hides whether it exists."""
    query = visible_to(user, select(Case).where(Case.id == case_id))
    return db.session().scalar(
        query.options(
            selectinload(Case.events), selectinload(Case.deadlines), selectinload(Case.documents),
            selectinload(Case.attachments), selectinload(Case.parts),
        )
    )  # fmt: skip
