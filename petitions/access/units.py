"""The tree of units: what works today, what lies below what, and what a unit answers for from its past.

Read once per unit of work; a unit that changes meanwhile is read anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.models import Unit, UnitKind, UnitOrigin

_KEPT = "access.units"


def every() -> Sequence[Unit]:
    """Every unit there ever was, in the order of the tree."""
    found: Sequence[Unit] = _kept("every", lambda: list(db.session().scalars(_IN_ORDER)))
    return found


_IN_ORDER = select(Unit).order_by(func.coalesce(Unit.parent_id, 0), Unit.id)


def in_force() -> Sequence[Unit]:
    """Every unit in use today, in the order of the tree."""
    today = clock.today()
    return [unit for unit in every() if unit.valid_to is None or unit.valid_to >= today]


def below(root: int) -> Sequence[Unit]:
    """The units in use under `root`, at whatever depth; not itself."""
    children: Mapping[int | None, list[Unit]] = _kept("children", _children)
    found, waiting = list[Unit](), [root]
    while waiting:
        next_units = children.get(waiting.pop(), [])
        found += next_units
        waiting += [unit.id for unit in next_units]
    return found


def is_below(unit_id: int, root: int) -> bool:
    """Whether a unit lies under `root`, at whatever depth; not itself."""
    by_id, here = _by_id(), _by_id().get(unit_id)
    while here is not None and here.parent_id is not None:
        if here.parent_id == root:
            return True
        here = by_id.get(here.parent_id)
    return False


def region_of(unit_id: int) -> int:
    """The root of what a unit looks after: an office stands beside the units of its region, any other above its own."""
    unit = _by_id().get(unit_id)
    return unit.parent_id if unit is not None and unit.kind == UnitKind.OFFICE and unit.parent_id else unit_id


def line_of(unit_id: int) -> frozenset[int]:
    """The unit with everything it belongs to: all units above it, and all it was once part of or took over from.

    Closed units count, and so does the past: an accusation tells of what a body did while the unit was part of it.
    """
    lines: dict[int, frozenset[int]] = _kept("lines", dict)
    if unit_id not in lines:
        above: Mapping[int, set[int]] = _kept("above", _above)
        found, waiting = set[int](), [unit_id]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += above.get(here, ())
        lines[unit_id] = frozenset(found)
    return lines[unit_id]


def belonging_to(roots: Iterable[int]) -> frozenset[int]:
    """Every unit whose line holds one of `roots`: the bodies themselves, what is under them, what came of them."""
    wanted = frozenset(roots)
    return frozenset(unit.id for unit in every() if not line_of(unit.id).isdisjoint(wanted))


def remember_origin(unit: Unit, origin_id: int) -> None:
    """From now on the unit is known to have been part of `origin_id`, or to have taken over from it."""
    known = select(UnitOrigin.id).where(UnitOrigin.unit_id == unit.id, UnitOrigin.origin_id == origin_id)
    if origin_id != unit.id and db.session().scalar(known) is None:
        db.session().add(UnitOrigin(unit_id=unit.id, origin_id=origin_id, since=clock.today()))


def _by_id() -> Mapping[int, Unit]:
    found: Mapping[int, Unit] = _kept("by id", lambda: {unit.id: unit for unit in every()})
    return found


def _above() -> dict[int, set[int]]:
    found = {unit.id: {unit.parent_id} - {None} for unit in every()}
    for unit_id, origin_id in db.session().execute(select(UnitOrigin.unit_id, UnitOrigin.origin_id)):
        found[unit_id].add(origin_id)
    return found  # type: ignore[return-value]  # None was taken out


def _children() -> dict[int | None, list[Unit]]:
    found: dict[int | None, list[Unit]] = {}
    for unit in in_force():
        found.setdefault(unit.parent_id, []).append(unit)
    return found


def _kept(name: str, read: Any) -> Any:
    kept = db.session().info.setdefault(_KEPT, {})
    if name not in kept:
        kept[name] = read()
    return kept[name]


@event.listens_for(Session, "after_flush")
def _forget(session: Session, flushed: object) -> None:  # noqa: ARG001
    """A wall that rests on an old tree would have a hole."""
    if _KEPT in session.info and any(isinstance(row, Unit | UnitOrigin) for row in (*session.new, *session.dirty)):
        del session.info[_KEPT]
