"""What still rests on a person or a unit: for an administrator who wants to end one, in numbers, and for the unit whose
colleague leaves, to be put into other hands (离岗移交).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from petitions import clock, db
from petitions.access import audit, delegation
from petitions.access.admin import Held
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases import act_drafts
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import visible_to
from petitions.web.inputs import Option
from petitions.words import Refused, Sentence, say

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


@dataclass(frozen=True)
class Drawer:
    """One sort of what lies with a person beside the cases they handle."""

    label: Sentence
    count: Callable[[User], int]
    pass_on: Callable[[User, User], int]
    """Put what is in it into another's hands, as far as it may lie there; how many things went."""


def in_hand(person: User) -> list[tuple[Sentence, int]]:
    """How many things of each sort lie with a person, the open cases first."""
    return [(say("未办结事项"), of_person(person.id).total), *((one.label, one.count(person)) for one in DRAWERS)]


def cases_of(person: User, reader: User) -> Sequence[int]:
    """The open cases of a person that the reader sees, oldest first."""
    handled = select(Case.id).where(Case.handler_id == person.id, Case.closed_on.is_(None))
    return db.session().scalars(visible_to(reader, handled).order_by(Case.id)).all()


def unseen(person: User, seen: Sequence[int]) -> Held:
    """The open cases of a person beside those the reader sees (`cases_of`): somebody else hands them over."""
    return _held(and_(Case.handler_id == person.id, Case.id.not_in(seen)))


def colleague(user_id: int, reader: User) -> User | None:
    """Somebody of the reader's own unit whose account works."""
    person = db.session().get(User, user_id)
    return person if person is not None and person.active and person.unit_id == reader.unit_id else None


def people(reader: User) -> Sequence[User]:
    """Everybody of the reader's unit whose account works."""
    query = select(User).where(User.unit_id == reader.unit_id, User.active).order_by(User.id)
    return db.session().scalars(query).all()


def successors(person: User, *, handling: bool) -> list[Option]:
    """Who could take over; `handling`: there are cases, so only who may handle them."""
    able = set(db.session().scalars(select(UserRole.user_id).where(UserRole.role == Role.HANDLER.value)))
    return [
        Option(str(one.id), one.name, why_not=say("不是承办人") if handling and one.id not in able else "")
        for one in people(person)
        if one.id != person.id
    ]


def empty_drawers(person: User, taker: User) -> dict[str, int]:
    """Put everything but the cases into another's hands; how many things of each sort. Raises Refused for oneself."""
    if person.id == taker.id or person.unit_id != taker.unit_id or not taker.active:
        raise Refused(say("选择本单位的另一个人接手"))
    moved = {one.label.pattern: one.pass_on(person, taker) for one in DRAWERS}
    audit.record("handover", person, after={"taker": taker.id, **moved})
    return moved


def _taken(person: User) -> ColumnElement[bool]:
    return (Case.taken_by_id == person.id) & (Case.taken_until > clock.now())


def _count_taken(person: User) -> int:
    return db.session().scalar(select(func.count()).select_from(Case).where(_taken(person))) or 0


def _put_back(person: User, taker: User) -> int:  # noqa: ARG001 - back into the queue, where whoever is free takes it
    """Past the case's version, like the lease itself (queue.py)."""
    back = update(Case).where(_taken(person)).values(taken_by_id=None, taken_until=None).returning(Case.id)
    return len(db.session().execute(back, execution_options={"synchronize_session": False}).all())


def _count_delegations(person: User) -> int:
    standing = delegation.standing(person)
    return len(standing.given) + len(standing.taken)


DRAWERS: list[Drawer] = [
    Drawer(say("委托代办"), _count_delegations, lambda person, taker: delegation.end_all(person)),  # noqa: ARG005
    Drawer(say("取走待分办的件"), _count_taken, _put_back),
    Drawer(say("没有提交的办理草稿"), act_drafts.count, act_drafts.pass_on),
]
"""Other packages add theirs (petitions/app.py)."""
