"""Which units take part in a case: the rows that visibility rests on."""

from datetime import date

from sqlalchemy import select

from petitions import db
from petitions.cases.models import Case, CaseUnit

_WEIGHT = {"office": 3, "holder": 2, "relay": 1, "assist": 0}


def join(case: Case, unit_id: int, part: str, on: date) -> None:
    """Let a unit take part from `on`. A unit already there keeps its row; the weightier part is shown."""
    row = _open(case.id, unit_id)
    if row is None:
        db.session().add(CaseUnit(case=case, unit_id=unit_id, part=part, joined_on=on))
        db.session().flush()
    elif row.part != "office" and (part == "relay" or _WEIGHT[part] > _WEIGHT[row.part]):
        row.part = part


def leave(case: Case, unit_id: int, on: date) -> None:
    """Let a unit no longer take part: its people stop seeing the case with this transaction. The office stays."""
    row = _open(case.id, unit_id)
    if row is not None and row.part != "office":
        row.left_on = on
        db.session().flush()


def _open(case_id: int, unit_id: int) -> CaseUnit | None:
    return db.session().scalar(
        select(CaseUnit).where(CaseUnit.case_id == case_id, CaseUnit.unit_id == unit_id, CaseUnit.left_on.is_(None))
    )
