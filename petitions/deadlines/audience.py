"""Who is told about a clock: its handler, the desk of its unit, the heads, the petition office; never beyond the wall."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.access import delegation
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases.queries import among_viewers


class Audience(StrEnum):
    """The groups a rung may name."""

    DUTY = "duty"
    """The handler; the desk of the unit while nobody is appointed."""
    DESK = "desk"
    HEAD = "head"
    OFFICE = "office"


_DESKS: Sequence[tuple[Role, ...]] = (
    (Role.RECEIVING_CLERK, Role.PETITION_OFFICER),
    (Role.INTAKE_CLERK,),
    (Role.UNIT_HEAD, Role.PETITION_HEAD),
    # Of a committee whoever may take the dispute up, as long as nobody is chosen
    (Role.COMMITTEE_CHAIR, Role.MEDIATOR),
)
"""Whoever answers for what lies at a unit's desk; the next group where a unit has nobody of the first."""

_HEADS: Sequence[tuple[Role, ...]] = ((Role.UNIT_HEAD, Role.PETITION_HEAD, Role.COMMITTEE_CHAIR),)

_SUPERVISORS: Sequence[tuple[Role, ...]] = ((Role.PETITION_OFFICER, Role.INSPECTOR), (Role.PETITION_HEAD,))
"""督办 is the work of the petition office's officers and inspectors."""


class Staff:
    """The active people of some units, read once."""

    def __init__(self, unit_ids: Iterable[int]) -> None:
        people = (
            select(User.id, User.unit_id, UserRole.role)
            .join(UserRole, UserRole.user_id == User.id)
            .where(User.active, User.unit_id.in_(sorted(set(unit_ids))))
        )
        self._takers = delegation.in_force()
        self._roles: dict[int, dict[int, set[str]]] = {}
        for user_id, unit_id, role in db.session().execute(people.order_by(User.id)):
            self._roles.setdefault(unit_id, {}).setdefault(user_id, set()).add(role)

    def of(self, audience: Audience, clock: Any) -> tuple[int, ...]:
        """The people of a group for a clock (a row of ladder.running()).

        An accusation is known to the people of its list only (第30条): heads and supervisors are not told of it.
        """
        if clock.sealed:
            desk = self._first(clock.unit_id, ((Role.RESTRICTED_CLERK,),)) if audience in _OWN else ()
            return tuple(sorted(among_viewers(clock.case_id, set(desk))))
        return self._with_takers(self._group(audience, clock))

    def _group(self, audience: Audience, clock: Any) -> tuple[int, ...]:
        if audience is Audience.OFFICE:
            return self._first(clock.office_id, _SUPERVISORS)
        if audience is Audience.HEAD:
            return self._first(clock.unit_id, _HEADS)
        if audience is Audience.DUTY and clock.handler_id in self._roles.get(clock.unit_id, ()):
            return (clock.handler_id,)
        return self._first(clock.unit_id, _DESKS)

    def _with_takers(self, people: tuple[int, ...]) -> tuple[int, ...]:
        """Whoever stands in for one of them is told as well."""
        others = {taker for person in people for taker in self._takers.get(person, ())} - set(people)
        return (*people, *sorted(others))

    def _first(self, unit_id: int | None, groups: Sequence[tuple[Role, ...]]) -> tuple[int, ...]:
        people = self._roles.get(unit_id or 0, {})
        for roles in groups:
            found = tuple(person for person, held in people.items() if held.intersection(roles))
            if found:
                return found
        return ()


_OWN = (Audience.DUTY, Audience.DESK)
