"""The wall of 第30条第三款: whom an accusation is kept from, wherever they work and whatever becomes of their unit.

Everything asks here: the queries that show cases, the units and people a form offers, the guards of the door.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, func, or_
from sqlalchemy.orm import aliased

from petitions.access import units
from petitions.access.models import User
from petitions.cases.models import Case
from petitions.matters.models import Matter, Respondent
from petitions.words import say


def walled_off(user: User) -> ColumnElement[bool]:
    """SQL: the case accuses this person, or a body that their unit is, belongs to, was once part of or took over from.

    A review accuses whom its matter accuses.
    """
    accused = aliased(Respondent)
    theirs = or_(accused.user_id == user.id, accused.unit_id.in_(sorted(units.line_of(user.unit_id))))
    return exists().where(accused.matter_id == func.coalesce(Case.about_id, Case.id), theirs)


def is_walled_off(person: User, matter: Matter) -> bool:
    """The same of a matter in hand, which may not be written yet."""
    line = units.line_of(person.unit_id)
    return any(row.user_id == person.id or row.unit_id in line for row in matter.respondents)


def is_under(unit_id: int, accused: Iterable[int | None]) -> bool:
    """Whether a unit is one of the accused bodies, belongs to one, or came of one."""
    return not units.line_of(unit_id).isdisjoint(accused)


def accused_units(case: Case | None) -> dict[int, str]:
    """The units an accusation must not reach, each with the sentence that says why.

    Only of an accusation: the unit an ordinary request complains of is the very one that has to answer.
    """
    if not isinstance(case, Matter) or not (case.sealed or "accusation" in (case.nature, case.purpose)):
        return {}
    names = {unit.id: unit.name for unit in units.every()}
    barred: dict[int, str] = {}
    for accused in (row.unit_id for row in case.respondents if row.unit_id is not None):
        why_not = say(
            "此件检举的是“{unit}”。按《信访工作条例》第三十条，不能转给被检举单位及其下属单位",
            unit=names.get(accused, ""),
        )
        barred |= dict.fromkeys(units.belonging_to([accused]), why_not)
    return barred
