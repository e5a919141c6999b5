"""What an order does to cases: worked out once the tree stands as ordered, for the preview and for the deed alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import aliased

from petitions import db
from petitions.access import units
from petitions.access.models import SuccessionKind, Unit, UnitKind, User
from petitions.cases.models import Case, CaseUnit, Deadline
from petitions.matters.listing import before
from petitions.matters.models import Matter, Respondent
from petitions.matters.sealing import why_not_kept
from petitions.matters.wall import is_under
from petitions.reorganisation.orders import Held, Order

SHOWN = 20
"""So many numbers are listed for each successor; the rest is counted."""


@dataclass(frozen=True)
class Step:
    """One case goes from one unit to another. Where no desk can take it there is no step, only a count."""

    case: Held
    former_id: int
    successor: Unit


@dataclass
class Share:
    """What one successor takes over. Accusations stand in no share: they are only counted in all."""

    unit: Unit
    open: int = 0
    closed: int = 0
    people: int = 0
    numbers: list[str] = field(default_factory=list)


@dataclass
class Consequences:
    """What happens when the order is carried out: numbers, and no word of what a case says."""

    shares: list[Share]
    people: int = 0
    below: Sequence[str] = ()
    clocks: int = 0
    objections: int = 0
    sealed: int = 0
    """Accusations that change hands."""
    to_desk: int = 0
    """Of these, such as go to another restricted desk because their own would be walled off or empty (第30条)."""
    stuck: int = 0
    """Accusations no desk could keep: the order cannot be carried out."""

    @property
    def open(self) -> int:
        """Open cases that change hands, accusations left out."""
        return sum(share.open for share in self.shares)

    @property
    def closed(self) -> int:
        """Closed ones."""
        return sum(share.closed for share in self.shares)


def of(order: Order, people: Iterable[User], below: Sequence[Unit]) -> tuple[Consequences, list[Step]]:
    """The consequences and the steps of an order whose tree already stands; `people` and `below` have moved with it."""
    moved = list(people)
    shares = {unit.id: Share(unit) for unit in order.heirs}
    for person in moved:
        shares[person.unit_id].people += 1
    found = Consequences(list(shares.values()), len(moved), [unit.name for unit in below])
    steps: list[Step] = []
    for former_id, case, heir in _handed_on(order):
        step = Step(case, former_id, heir)
        if case.sealed:
            _sealed(found, steps, step)
            continue
        steps.append(step)
        share = shares[heir.id]
        share.closed += case.closed
        share.open += not case.closed
        if not case.closed and len(share.numbers) < SHOWN:
            share.numbers.append(case.number)
    for step in _walled_off({step.case.id for step in steps}):
        _sealed(found, steps, step)
    gone = [old.id for old in order.olds] if order.kind is not SuccessionKind.MOVE else []
    running = select(func.count()).where(Deadline.unit_id.in_(gone), Deadline.ended_on.is_(None))
    waiting = select(func.count()).where(Case.sender_id.in_(gone), before("lapse_objection"), Case.sealed.is_(False))
    found.clocks = db.session().scalar(running) or 0
    found.objections = db.session().scalar(waiting) or 0
    return found, steps


def _sealed(found: Consequences, steps: list[Step], step: Step) -> None:
    """An accusation goes to the successor if its desk may keep it, else to the nearest desk that may."""
    found.sealed += 1
    case = db.session().get_one(Case, step.case.id)
    matter = case.about or case
    assert isinstance(matter, Matter)
    desk = _desk_for(matter, step.former_id, step.successor)
    if desk is None:
        found.stuck += 1
        return
    found.to_desk += desk.id != step.successor.id
    steps.append(Step(step.case, step.former_id, desk))


def _desk_for(matter: Matter, former_id: int, successor: Unit) -> Unit | None:
    """The successor, the office that registered it, then the petition offices of the region, the nearest first."""
    office = next((unit for unit in units.in_force() if unit.id == matter.office_id), None)
    for unit in (successor, *([office] if office else []), *_offices_round(former_id)):
        if why_not_kept(unit.id, matter.respondents) is None:
            return unit
    return None


def _offices_round(unit_id: int) -> Iterator[Unit]:
    by_id = {unit.id: unit for unit in units.every()}
    above: dict[int, list[int]] = {}
    for unit in by_id.values():
        line, here = list[int](), unit.parent_id
        while here is not None and here not in line:
            line.append(here)
            here = by_id[here].parent_id
        above[unit.id] = line
    offices = [unit for unit in units.in_force() if unit.kind == UnitKind.OFFICE]
    for root in above[unit_id]:
        yield from (office for office in offices if root in above[office.id])


def held_by(unit_id: int) -> list[Held]:
    """Every case the unit has a hand in, open or closed."""
    return _read(_is_held_by(unit_id))


def hold_cases(unit_ids: Iterable[int]) -> None:
    """Until the commit nobody else acts on a case of these units."""
    held = select(Case.id).where(or_(false(), *(_is_held_by(one) for one in unit_ids)))
    db.session().execute(held.order_by(Case.id).with_for_update(of=Case))


def _is_held_by(unit_id: int) -> ColumnElement[bool]:
    running = select(Deadline.case_id).where(Deadline.unit_id == unit_id, Deadline.ended_on.is_(None))
    part = select(CaseUnit.case_id).where(CaseUnit.unit_id == unit_id, CaseUnit.left_on.is_(None))
    return or_(
        Case.id.in_(part), Case.office_id == unit_id, Case.unit_id == unit_id, Case.sender_id == unit_id,
        Case.id.in_(running),
    )  # fmt: skip


_HELD_WITH = func.coalesce(Case.about_id, Case.id)
"""The matter of a case: of one about it the same class, place and accused count."""

_MATTERS = Matter.__table__
_CLASS: ColumnElement[str] = _MATTERS.c.class_code
_PLACE: ColumnElement[str] = _MATTERS.c.place


def _read(*conditions: ColumnElement[bool]) -> list[Held]:
    handler = aliased(User)
    wanted = (
        select(Case.id, Case.number, _CLASS, _PLACE, Case.sealed, Case.closed_on, handler.unit_id)
        .join(_MATTERS, _MATTERS.c.id == _HELD_WITH)
        .outerjoin(handler, handler.id == Case.handler_id)
        .where(*conditions)
        .order_by(Case.id)
    )
    return [Held(*row[:5], row[5] is not None, row[6]) for row in db.session().execute(wanted)]


def _handed_on(order: Order) -> Iterator[tuple[int, Held, Unit]]:
    if order.kind is SuccessionKind.MOVE:
        return
    for old in order.olds:
        for case in held_by(old.id):
            yield old.id, case, order.heir_of(case)


def _walled_off(known: set[int]) -> Iterator[Step]:
    """Accusations whose own desk has come to stand behind the wall: they must not stay there."""
    rows = select(Case.id, CaseUnit.unit_id, Respondent.unit_id).join(
        CaseUnit, (CaseUnit.case_id == Case.id) & CaseUnit.left_on.is_(None)
    ).join(Respondent, Respondent.matter_id == _HELD_WITH).where(Case.sealed, Respondent.unit_id.is_not(None))  # fmt: skip
    told = set[tuple[int, int]]()
    in_force = {unit.id: unit for unit in units.in_force()}
    for case_id, unit_id, accused in db.session().execute(rows):
        there = in_force.get(unit_id)
        if case_id in known or there is None or (case_id, unit_id) in told:
            continue
        if is_under(unit_id, [accused]):
            told.add((case_id, unit_id))
            yield from (Step(case, unit_id, there) for case in _read(Case.id == case_id))
