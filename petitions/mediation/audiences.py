"""Who is told of an act on a mediation, by the names the table uses."""

from petitions.access.roles import Role
from petitions.cases.kinds import Act, Audience
from petitions.matters.audiences import people
from petitions.mediation.course import mediation_of


def mediators(act: Act) -> list[int]:
    """Who mediates."""
    return mediation_of(act).mediator_ids


def chair(act: Act) -> list[int]:
    """调委会主任."""
    return people([act.case.unit_id], (Role.COMMITTEE_CHAIR,))


def committee(act: Act) -> list[int]:
    """Whoever may take it up: nobody is chosen yet."""
    return people([act.case.unit_id], (Role.COMMITTEE_CHAIR, Role.MEDIATOR))


def clock_duty(act: Act) -> list[int]:
    """Whoever mediates while a clock moves; the committee where nobody is chosen."""
    return mediators(act) or committee(act)


AUDIENCES: dict[str, Audience] = {
    "mediators": mediators, "chair": chair, "committee": committee, "clock_duty": clock_duty,
}  # fmt: skip
