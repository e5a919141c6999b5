"""Which units take part in a case: the rows that visibility rests on."""

from datetime import date

from petitions.access import units
from petitions.cases.models import Case, CaseUnit

_WEIGHT = {"office": 3, "holder": 2, "relay": 1, "assist": 0, "review": -1}


def join(case: Case, unit_id: int, part: str, on: date) -> None:
    """Let a unit take part from `on`. A unit already there keeps its row; the weightier part is shown.

    Raises Refused when the unit has ended or moved since it was chosen.
    """
    row = _open(case, unit_id)
    if row is None:
        units.hold(unit_id)
        case.parts.append(CaseUnit(unit_id=unit_id, part=part, joined_on=on))
    elif row.part != "office" and (part == "relay" or _WEIGHT[part] > _WEIGHT[row.part]):
        row.part = part


def leave(case: Case, unit_id: int, on: date) -> None:
    """Let a unit no longer take part: its people stop seeing the case with this transaction. The office stays."""
    row = _open(case, unit_id)
    if row is not None and row.part != "office":
        row.left_on = on


def step_down(case: Case, unit_id: int) -> None:
    """A unit that held the case goes on as one that helps."""
    row = _open(case, unit_id)
    if row is not None and row.part != "office":
        row.part = "assist"


def hand_on(case: Case, old_id: int, new_id: int, on: date) -> None:
    """Whatever a unit is to the case its successor is from `on`: office, holder, sender, helper, and its open clocks.

    The clocks run on unchanged; what has ended stays under the old name. The handler stays who has come along.
    """
    for name in ("office_id", "unit_id", "sender_id"):
        if getattr(case, name) == old_id:
            setattr(case, name, new_id)
    if case.unit_id == new_id and case.handler is not None and case.handler.unit_id != new_id:
        case.handler_id = None
    for row in case.deadlines:
        if row.unit_id == old_id and row.ended_on is None:
            row.unit_id = new_id
    gone = _open(case, old_id)
    if gone is not None:
        gone.left_on = on
        join(case, new_id, gone.part, on)
    heir = _open(case, new_id)
    if heir is not None and heir.part != "office" and case.unit_id == new_id:
        heir.part = "holder"


def everybody(case: Case) -> set[int]:
    """Every unit whose people see it, those too that only read its file."""
    return {row.unit_id for row in case.parts if row.left_on is None}


def _open(case: Case, unit_id: int) -> CaseUnit | None:
    return next((row for row in case.parts if row.unit_id == unit_id and row.left_on is None), None)
