"""Wrong ways to reorganise, each of which a hurried change could make: the random walk must notice every one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import ColumnElement

from petitions.access import units
from petitions.access.models import SuccessionKind, Unit
from petitions.cases import parts
from petitions.cases.models import Case, CaseUnit
from petitions.matters import succeeding, wall
from petitions.matters.models import Matter
from petitions.reorganisation import consequences
from petitions.reorganisation.consequences import Step

_hand_on, _above = parts.hand_on, units._above


def _line(kinds: set[SuccessionKind]) -> dict[int, set[int]]:
    found = {unit.id: {unit.parent_id} - {None} for unit in units.every()}
    for row in units.changes():
        if SuccessionKind(row.kind) in kinds:
            found[row.new_id].add(row.parent_id if row.kind == SuccessionKind.MOVE else row.old_id)
    return {one: {above for above in line if above is not None} for one, line in found.items()}


def the_wall_forgets_successors() -> dict[int, set[int]]:
    """Only where a unit stood counts, not whom it came after."""
    return _line({SuccessionKind.MOVE})


def the_wall_forgets_where_a_unit_stood() -> dict[int, set[int]]:
    """Whoever is moved away is out."""
    return _line({SuccessionKind.MERGE, SuccessionKind.SPLIT})


def clocks_stay_behind(case: Case, old_id: int, new_id: int, on: date) -> None:
    """Nobody answers for them any more."""
    kept = {row: row.unit_id for row in case.deadlines}
    _hand_on(case, old_id, new_id, on)
    for row, unit_id in kept.items():
        row.unit_id = unit_id


def clocks_begin_anew(case: Case, old_id: int, new_id: int, on: date) -> None:
    """The successor gets a day more."""
    _hand_on(case, old_id, new_id, on)
    for row in case.deadlines:
        if row.ended_on is None:
            row.due_on += timedelta(days=1)


def the_old_unit_stays_in_the_case(case: Case, old_id: int, new_id: int, on: date) -> None:
    """It has ended, and takes part."""
    _hand_on(case, old_id, new_id, on)
    for row in case.parts:
        if row.unit_id == old_id and row.left_on == on:
            row.left_on = None


def the_holder_stays_behind(case: Case, old_id: int, new_id: int, on: date) -> None:
    """The unit that must act is one that is no more."""
    holder = case.unit_id
    _hand_on(case, old_id, new_id, on)
    case.unit_id = holder


def a_bystander_is_let_in(case: Case, old_id: int, new_id: int, on: date) -> None:
    """The unit above the successor takes part all at once."""
    _hand_on(case, old_id, new_id, on)
    above = next((unit.parent_id for unit in units.in_force() if unit.id == new_id), None)
    for unit in units.in_force():
        if unit.parent_id == above and unit.id not in case.unit_ids:
            case.parts.append(CaseUnit(unit_id=unit.id, part="assist", joined_on=on))
            return


def helpers_are_forgotten(unit_id: int) -> ColumnElement[bool]:
    """Only what the unit holds is handed on."""
    return Matter.unit_id == unit_id


def walled_desks_keep_their_accusations(known: set[int]) -> Iterator[Step]:
    """Nobody asks whether a desk has come to stand behind the wall."""
    return iter(())


def the_successor_always_keeps_it(matter: Matter, former_id: int, successor: Unit) -> Unit:
    """Even when it is accused."""
    return successor


def an_accusation_may_go_to_successors(case: Case | None) -> dict[int, str]:
    """Only the accused itself is barred."""
    accused = [row.unit_id for row in case.respondents] if isinstance(case, Matter) else []
    return {unit_id: "不能转给被检举单位" for unit_id in accused if unit_id is not None}


FAULTS: Mapping[str, tuple[object, str, Callable[..., object]]] = {
    fault.__name__: (module, name, fault)
    for module, name, fault in (
        (units, "_above", the_wall_forgets_successors),
        (units, "_above", the_wall_forgets_where_a_unit_stood),
        (succeeding.parts, "hand_on", clocks_stay_behind),
        (succeeding.parts, "hand_on", clocks_begin_anew),
        (succeeding.parts, "hand_on", the_old_unit_stays_in_the_case),
        (succeeding.parts, "hand_on", the_holder_stays_behind),
        (succeeding.parts, "hand_on", a_bystander_is_let_in),
        (consequences, "_is_held_by", helpers_are_forgotten),
        (consequences, "_walled_off", walled_desks_keep_their_accusations),
        (consequences, "_desk_for", the_successor_always_keeps_it),
        (wall, "accused_units", an_accusation_may_go_to_successors),
    )
}


def plant(patch: pytest.MonkeyPatch, fault: str) -> None:
    """Put one of them in the place of what is right."""
    module, name, wrong = FAULTS[fault]
    patch.setattr(module, name, wrong)
