"""The tree of units over time: what a unit was called and where it stood on a day, and who came after it.

Whom a wall keeps out because of it is worked out in units.py, `line_of`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from petitions.access import units
from petitions.access.models import SuccessionKind, Unit


@dataclass(frozen=True)
class _Known:
    """Everything that is recorded of changes."""

    names: Mapping[int, Sequence[tuple[date, str]]]
    """unit -> its earlier names, oldest first, each with the day from which it was not called so any more."""
    places: Mapping[int, Sequence[tuple[date, int | None]]]
    """unit -> the units it stood under before, in the same way."""
    heirs: Mapping[int, Sequence[int]]
    """unit -> who came after it."""


def name_on(unit: Unit, day: date) -> str:
    """What the unit was called on a day: papers and history are shown with the name they were made under."""
    return earlier_name(unit.id, day) or unit.name


def earlier_name(unit_id: int, day: date) -> str:
    """What a unit was called on a day, empty where it is its present name."""
    return next((name for until, name in _known().names.get(unit_id, ()) if day < until), "")


def parent_on(unit: Unit, day: date) -> int | None:
    """The unit it stood under on a day."""
    return next((parent for until, parent in _known().places.get(unit.id, ()) if day < until), unit.parent_id)


def bearers(name: str) -> list[int]:
    """The units called so today, or where none is, those that ever were: people go on using the old names."""
    today = [unit.id for unit in units.in_force() if unit.name == name]
    once = {unit_id for unit_id, names in _known().names.items() if any(old == name for _, old in names)}
    return today or [unit.id for unit in units.every() if unit.name == name or unit.id in once]


@dataclass(frozen=True)
class Placed:
    """A unit as it was on a day."""

    unit: Unit
    name: str
    parent_id: int | None


def tree_on(day: date) -> list[Placed]:
    """The units in force on a day, with the name and the place they had then, by their numbers."""
    there = (
        unit for unit in units.every()
        if (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or unit.valid_to >= day)
    )  # fmt: skip
    return [Placed(one, name_on(one, day), parent_on(one, day)) for one in sorted(there, key=lambda one: one.id)]


def heirs(unit_id: int) -> list[int]:
    """Who has come after a unit by now, the last of the line; the unit itself while nobody has."""
    found, waiting, seen = list[int](), [unit_id], set[int]()
    while waiting:
        here = waiting.pop(0)
        if here in seen:
            continue
        seen.add(here)
        after = direct_heirs(here)
        waiting += after
        if not after:
            found.append(here)
    return found


def direct_heirs(unit_id: int) -> Sequence[int]:
    """The units it was merged into or split into."""
    return _known().heirs.get(unit_id, ())


def forebears(unit_id: int) -> list[int]:
    """The unit and every unit whose line ends in it: theirs are the registers it has taken over."""
    found = [unit_id]
    for here in found:
        found += [old for old, after in _known().heirs.items() if here in after and old not in found]
    return found


def _known() -> _Known:
    known: _Known = units.remembered("past", _read)
    return known


def _read() -> _Known:
    names: dict[int, list[tuple[date, str]]] = {}
    places: dict[int, list[tuple[date, int | None]]] = {}
    after: dict[int, list[int]] = {}
    for row in units.changes():
        if row.kind == SuccessionKind.RENAME:
            names.setdefault(row.old_id, []).append((row.day, row.name))
        elif row.kind == SuccessionKind.MOVE:
            places.setdefault(row.old_id, []).append((row.day, row.parent_id))
        elif row.new_id not in after.setdefault(row.old_id, []):
            after[row.old_id].append(row.new_id)
    return _Known(names, places, after)
