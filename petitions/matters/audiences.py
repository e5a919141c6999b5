"""Who is told of an act, by the names the table uses."""

from collections.abc import Iterable

from sqlalchemy import exists, select

from petitions import db
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases.kinds import Act, Audience
from petitions.cases.models import Case
from petitions.matters.course import assignment, last_event
from petitions.matters.supervising import LEADING, asked_of
from petitions.matters.wording import unit_name

_RECEIVING = (Role.RECEIVING_CLERK, Role.PETITION_OFFICER)


def people(unit_ids: Iterable[int], roles: Iterable[Role]) -> list[int]:
    """The active people of these units who hold one of the roles."""
    names = [role.value for role in roles]
    return list(
        db.session().scalars(
            select(User.id).where(
                User.unit_id.in_(list(unit_ids)), User.active,
                exists().where(UserRole.user_id == User.id, UserRole.role.in_(names)),
            )
        )
    )  # fmt: skip


def receivers(act: Act) -> list[int]:
    """The receiving clerks of the unit that now holds the case and of the units it newly involves."""
    return people([act.case.unit_id, *act.extra.get("assist_unit_ids", ())], _RECEIVING)


def former_receivers(act: Act) -> list[int]:
    """The receiving clerks of the units it was taken from."""
    return people(act.extra.get("former_unit_ids", ()), _RECEIVING)


def sender(act: Act) -> list[int]:
    """The desk of the unit that handed it over."""
    return people([act.case.sender_id], _RECEIVING) if act.case.sender_id else []


def assigner(act: Act) -> list[int]:
    """The desk that gave the matter out with a date (第22条第一款第三项), however many tiers lie between."""
    given = assignment(act)
    return people([given.sender_id], _RECEIVING) if given else []


def heads(act: Act) -> list[int]:
    """The people in charge of the holding unit: what waits for approval."""
    return people([act.case.unit_id], LEADING)


def handler(act: Act) -> list[int]:
    """承办人."""
    return [act.case.handler_id] if act.case.handler_id else []


def holder(act: Act) -> list[int]:
    """The handler, or the receiving desk while nobody is appointed."""
    return handler(act) or receivers(act)


def owing(act: Act) -> list[int]:
    """Whoever answers for what a unit is pressed for: its handler or its desk, and who is in charge of it."""
    owed_by = dict.fromkeys(row.unit_id for row in asked_of(act) if row.unit_id is not None)
    return list(dict.fromkeys(person for unit_id in owed_by for person in answering(unit_id, [act.case])))


def answering(unit_id: int, cases: Iterable[Case]) -> list[int]:
    """Who answers at a unit for clocks of these cases: the handlers, its desk while nobody is appointed, who is in charge."""
    handlers = [case.handler_id if case.unit_id == unit_id else None for case in cases]
    desk = people([unit_id], _RECEIVING) if None in handlers else []
    return list(dict.fromkeys([*(one for one in handlers if one), *desk, *people([unit_id], LEADING)]))


def supervisor(act: Act) -> list[int]:
    """Who issued the 督办 that is answered."""
    issued = last_event(act, "supervise")
    return [issued.actor_id] if issued else []


def suggested(act: Act) -> list[int]:
    """The unit that holds the matter, where the suggestion is addressed to it: others get the letter by post."""
    holder_id = act.case.unit_id
    return people([holder_id], (*_RECEIVING, *LEADING)) if act.data["addressee"] == unit_name(holder_id) else []


def suggester(act: Act) -> list[int]:
    """Who made the suggestion that is answered."""
    made = last_event(act, "suggest")
    return [made.actor_id] if made else []


def clock_duty(act: Act) -> list[int]:
    """Whoever answers for a clock that moved: who works on the case at its holder, the desk of any other unit.

    The petitioner's own right (第35条) is known to who works on the case; of an accusation the restricted desk hears.
    """
    units = {move.clock.unit_id or act.case.unit_id for move in act.extra["moves"] if move.is_seen}
    if act.case.sealed:
        return people(units, (Role.RESTRICTED_CLERK,))
    mine = holder(act) if act.case.unit_id in units else []
    others = units - {act.case.unit_id}
    return [*mine, *(people(others, _RECEIVING) if others else [])]


def reader(act: Act) -> list[int]:
    """Who was put on the need-to-know list."""
    return [act.data["reader"]]


def office_desk(act: Act) -> list[int]:
    """The desk of the office that keeps the matter."""
    return people([act.case.office_id], (Role.PETITION_OFFICER,))


AUDIENCES: dict[str, Audience] = {
    "receivers": receivers,
    "former_receivers": former_receivers,
    "sender": sender,
    "assigner": assigner,
    "heads": heads,
    "handler": handler,
    "holder": holder,
    "owing": owing,
    "supervisor": supervisor,
    "suggested": suggested,
    "suggester": suggester,
    "clock_duty": clock_duty,
    "reader": reader,
    "office_desk": office_desk,
}
