"""Which units take part in a case: the rows that visibility rests on."""

from datetime import date

from petitions.cases.models import Case, CaseUnit

_WEIGHT = {"office": 3, "holder": 2, "relay": 1, "assist": 0}


def join(case: Case, unit_id: int, part: str, on: date) -> None:
    """Let a unit take part from `on`. A unit already there keeps its row; the weightier part is shown."""
    row = _open(case, unit_id)
    if row is None:
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


def _open(case: Case, unit_id: int) -> CaseUnit | None:
    return next((row for row in case.parts if row.unit_id == unit_id and row.left_on is None), None)
