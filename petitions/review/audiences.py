"""Who is told of an act on a review, by the names the table uses."""

from petitions.access.roles import Role
from petitions.cases.kinds import Act, Audience
from petitions.matters.audiences import AUDIENCES as OF_MATTERS
from petitions.matters.audiences import people

_DESK = (Role.RECEIVING_CLERK, Role.PETITION_OFFICER, Role.UNIT_HEAD)


def receivers(act: Act) -> list[int]:
    """The desk of the reviewing body, and who is in charge of it: a request waits for them."""
    return people([act.case.unit_id], _DESK)


def office(act: Act) -> list[int]:
    """The office that keeps the matter."""
    return people([act.case.office_id], (Role.PETITION_OFFICER,))


AUDIENCES: dict[str, Audience] = {
    **{name: OF_MATTERS[name] for name in ("heads", "handler", "sender", "owing", "supervisor", "clock_duty")},
    "receivers": receivers,
    "office": office,
}
