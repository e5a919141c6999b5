"""The tree of units: what works today, what lies below what, and what a unit answers for from its past.

Read once per unit of work; a unit that changes meanwhile is read anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import event, func, or_, select
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.models import SuccessionKind, Unit, UnitKind, UnitSuccession
from petitions.words import Refused, say

_KEPT = "access.units"


def every() -> Sequence[Unit]:
    """Every unit there ever was, in the order of the tree."""
    return list(dict.fromkeys(unit for unit, _ in _rows()))


def _rows() -> Sequence[tuple[Unit, UnitSuccession | None]]:
    """The tree and its changes with one query: most pages that ask for the one ask for the other."""
    found: Sequence[Any] = _kept("rows", lambda: db.session().execute(_IN_ORDER).all())
    return found


_IN_ORDER = (
    select(Unit, UnitSuccession)
    .outerjoin(UnitSuccession, UnitSuccession.new_id == Unit.id)
    .order_by(func.coalesce(Unit.parent_id, 0), Unit.id)
)


def in_force() -> Sequence[Unit]:
    """Every unit in use today, in the order of the tree."""
    today = clock.today()
    return [unit for unit in every() if unit.valid_to is None or unit.valid_to >= today]


def first_office() -> int | None:
    """The number of the petition office that has been there longest. Asked without the tree: one number is all."""
    used = or_(Unit.valid_to.is_(None), Unit.valid_to >= clock.today())
    return db.session().scalar(select(func.min(Unit.id)).where(Unit.kind == UnitKind.OFFICE, used))


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


def upwards(unit_id: int) -> Sequence[int]:
    """The unit and everything above it in the tree of today, the nearest first."""
    by_id, found, here = _by_id(), list[int](), unit_id
    while here in by_id and here not in found:
        found.append(here)
        here = by_id[here].parent_id or 0
    return found


def name_of(unit_id: int) -> str:
    """The name of a unit."""
    return _by_id()[unit_id].name


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


def changes() -> Sequence[UnitSuccession]:
    """Everything that has happened to units, the oldest first: they are few."""
    return sorted((row for _, row in _rows() if row is not None), key=lambda row: row.id)


def remembered(name: str, read: Any) -> Any:
    """What another module works out of the tree and its changes; kept as long as they stay as they are."""
    return _kept(name, read)


def hold(unit_id: int) -> None:
    """Whoever gives a unit something to do: until the commit nobody ends or moves it. Raises Refused where it has changed.

    SQLite's BEGIN IMMEDIATE has done so already. A merger that is under way is waited for (`hold_to_change`).
    """
    session, known, held = db.session(), _by_id().get(unit_id), _kept("held", set)
    if session.get_bind().dialect.name == "sqlite" or known is None or unit_id in held:
        return
    # What is being put together is not written yet.
    with session.no_autoflush:
        row = session.execute(
            select(Unit.valid_to, Unit.parent_id).where(Unit.id == unit_id).with_for_update(read=True, key_share=True)
        ).one()
    if tuple(row) != (known.valid_to, known.parent_id):
        raise Refused(say("“{name}”刚刚作了机构调整。重新打开页面再办理", name=known.name))
    held.add(unit_id)


def hold_to_change(changing: Iterable[int], staying: Iterable[int]) -> None:
    """Wait for whoever is giving these units something to do, and keep others from it until the commit.

    `staying` may be given work meanwhile, but neither ends nor moves. What was read of units before is read anew.
    """
    session = db.session()
    held = {**dict.fromkeys(staying, False), **dict.fromkeys(changing, True)}
    # In one order, so that two reorganisations never wait for each other.
    for unit_id in sorted(held):
        session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(read=not held[unit_id]))
    session.flush()
    session.expire_all()
    session.info.pop(_KEPT, None)


def _by_id() -> Mapping[int, Unit]:
    found: Mapping[int, Unit] = _kept("by id", lambda: {unit.id: unit for unit in every()})
    return found


def _above() -> dict[int, set[int]]:
    found = {unit.id: {unit.parent_id} for unit in every()}
    for row in changes():
        if row.kind == SuccessionKind.MOVE:
            found[row.new_id].add(row.parent_id)
        elif row.kind != SuccessionKind.RENAME:
            found[row.new_id].add(row.old_id)
    return {unit_id: {one for one in line if one is not None} for unit_id, line in found.items()}


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
    if any(isinstance(row, Unit | UnitSuccession) for row in (*session.new, *session.dirty)):
        session.info.pop(_KEPT, None)


@event.listens_for(Session, "after_commit")
def _let_go(session: Session) -> None:
    """A commit gives the rows back that were held."""
    session.info.get(_KEPT, {}).pop("held", None)


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(session: Session, undone: object) -> None:  # noqa: ARG001
    """What was tried and taken back has not happened."""
    session.info.pop(_KEPT, None)
