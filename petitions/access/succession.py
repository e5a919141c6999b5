"""What happens to the units and their people when units merge, split, move or are renamed; it knows no case.

Everything holds from today on. Whoever changes the tree for good goes through petitions/reorganisation, which hands
the cases on in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from petitions import clock, db
from petitions.access import audit, login, units
from petitions.access.models import SuccessionKind, Unit, UnitKind, UnitSuccession, User
from petitions.words import Refused, say

_OF_ONE_KIND = (UnitKind.OFFICE, UnitKind.DISCIPLINE)
"""What these are decides the procedure (第22条): they are succeeded by their like only."""


def record(kind: SuccessionKind, old: Unit, new: Unit, basis: str, by: User | None, name: str = "") -> None:
    """Write down a change: the name (`name`, or the present one) and the place that the unit has had until today."""
    db.session().add(
        UnitSuccession(
            kind=kind.value, old_id=old.id, new_id=new.id, day=clock.today(), basis=basis,
            name=name or old.name, parent_id=old.parent_id, by_id=by.id if by else None, recorded_at=clock.now(),
        )
    )  # fmt: skip
    db.session().flush()


def why_not_succeeded(old: Unit, new: Unit) -> str | None:
    """Why `new` cannot come after `old`, or None."""
    if old.id == new.id:
        return say("“{name}”不能由它自己承接", name=old.name)
    for unit in (old, new):
        if not _is_open(unit):
            return say("“{name}”已停用，选择在用的单位", name=unit.name)
    if old.kind != new.kind and {old.kind, new.kind} & {kind.value for kind in _OF_ONE_KIND}:
        return say("“{old}”和“{new}”类别不同：信访部门、纪检监察机关只能由同类单位承接", old=old.name, new=new.name)
    if old.id in _above(new):
        return say("“{new}”在“{old}”下面，先把它移出来", new=new.name, old=old.name)
    return None


def why_not_under(unit: Unit, parent: Unit | None) -> str | None:
    """Why the unit cannot stand under `parent` (None: at the top), or None."""
    if not _is_open(unit):
        return say("“{name}”已停用，选择在用的单位", name=unit.name)
    if parent is not None and not _is_open(parent):
        return say("“{name}”已停用，选择在用的单位", name=parent.name)
    if parent is not None and unit.id in (parent.id, *_above(parent)):
        return say("上级单位不能是本单位或它的下级")
    if unit.parent_id == (parent.id if parent else None):
        return say("“{name}”现在就在这个上级之下", name=unit.name)
    return _same_name(unit, parent.id if parent else None)


def place_under(unit: Unit, parent: Unit | None, basis: str, by: User | None) -> None:
    """The unit stands under another one from today on, with everything under it. Raises Refused."""
    reason = why_not_under(unit, parent)
    if reason:
        raise Refused(reason)
    before = unit.parent_id
    record(SuccessionKind.MOVE, unit, unit, basis, by)
    unit.parent_id = parent.id if parent else None
    db.session().flush()
    db.session().expire(unit, ["parent"])
    audit.record("unit:move", unit, before={"parent": before}, after={"parent": unit.parent_id}, actor=by)


def end_into(
    old: Unit,
    heirs: Sequence[Unit],
    kind: SuccessionKind,
    basis: str,
    by: User | None,
    people: Mapping[int, Unit],
    below: Mapping[int, Unit],
) -> None:
    """The unit ends; its people and what stood under it go to its heirs: where they are named, else to the first one.

    `people`: user id -> unit, `below`: unit id -> unit. Every login of whoever moves ends. Raises Refused.
    """
    for new in heirs:
        reason = why_not_succeeded(old, new)
        if reason:
            raise Refused(reason)
    for new in heirs:
        record(kind, old, new, basis, by)
    for unit in below_of(old):
        place_under(unit, below.get(unit.id, heirs[0]), basis, by)
    for person in people_of(old):
        person.unit = people.get(person.id, heirs[0])
        person.unit_id = person.unit.id
        login.end_all(person)
    # The day before: a unit that is not in force is offered nowhere from now on.
    old.valid_to = clock.today() - timedelta(days=1)
    db.session().flush()
    after = {"heirs": [new.id for new in heirs], "closed": old.valid_to.isoformat()}
    audit.record(f"unit:{kind.value}", old, before={"name": old.name, "parent": old.parent_id}, after=after, actor=by)


def people_of(unit: Unit) -> Sequence[User]:
    """Everybody whose account belongs to the unit, disabled ones included."""
    return db.session().scalars(select(User).where(User.unit_id == unit.id).order_by(User.id)).all()


def below_of(unit: Unit) -> Sequence[Unit]:
    """The units in force right under it."""
    return [one for one in units.in_force() if one.parent_id == unit.id]


def changes_of(unit: Unit) -> Sequence[UnitSuccession]:
    """沿革: what has happened to a unit, the latest first."""
    concerns = (UnitSuccession.old_id == unit.id) | (UnitSuccession.new_id == unit.id)
    return db.session().scalars(select(UnitSuccession).where(concerns).order_by(UnitSuccession.id.desc())).all()


def named(units: Iterable[Unit]) -> str:
    """Their names in one line."""
    return "、".join(unit.name for unit in units)


def _is_open(unit: Unit) -> bool:
    return unit.valid_to is None or unit.valid_to >= clock.today()


def _above(unit: Unit) -> list[int]:
    by_id, found = {one.id: one.parent_id for one in units.in_force()}, list[int]()
    here = unit.parent_id
    while here is not None and here not in found:
        found.append(here)
        here = by_id.get(here)
    return found


def _same_name(unit: Unit, parent_id: int | None) -> str | None:
    same = select(Unit.id).where(Unit.name == unit.name, Unit.parent_id == parent_id, Unit.id != unit.id)
    return say("同一上级下已有“{name}”", name=unit.name) if db.session().scalar(same) else None
