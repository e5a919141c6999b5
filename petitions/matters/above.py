"""Who reviews what a unit has decided (第35条、第36条: 上一级机关、单位).

A petition office, or the mere name of a region, stands above a body only to hand matters out: who reviews what the body
decides, its government or its superior department, is local law, and the installation says it (`review_bodies`).
"""

from collections.abc import Sequence

from petitions import db
from petitions.access import past, units
from petitions.access.models import Unit, UnitKind


def name_above(unit: Unit) -> str:
    """The body that reviews what `unit` decides, as papers name it; empty where nobody has said which it is."""
    told = db.reviewers()
    return told.get(unit.name) or _superior(unit) or told.get("", "")


def bodies_above(unit_id: int) -> Sequence[Unit]:
    """The units of this installation that may review what a unit has decided, the one papers name first.

    A unit that has ended is asked by whoever came after it. What is named and is no unit here is left out.
    """
    in_force = {unit.id: unit for unit in units.in_force()}
    found: dict[int, Unit] = {}
    for one in (in_force[heir] for heir in past.heirs(unit_id) if heir in in_force):
        named = name_above(one)
        for body in in_force.values():
            if body.name in (named, _superior(one)) and body.id != one.id and not units.is_below(body.id, one.id):
                found[body.id] = body
    return sorted(found.values(), key=lambda body: body.id)


def _superior(unit: Unit) -> str:
    higher = unit.parent
    return higher.name if higher and higher.kind in (UnitKind.BUREAU, UnitKind.TOWNSHIP) else ""
