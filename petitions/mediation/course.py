"""What guards, effects and papers ask of a mediation again and again."""

from datetime import date

from petitions.cases.kinds import Act
from petitions.mediation.models import Mediation, Party


def mediation_of(act: Act) -> Mediation:
    """The mediation an act is about."""
    assert isinstance(act.case, Mediation)
    return act.case


def party_of(act: Act, field: str = "party") -> Party:
    """The party an act names."""
    wanted = int(act.data[field])
    return next(one for one in mediation_of(act).parties if one.id == wanted)


def day(given: str | None) -> date | None:
    """A day as a field keeps it."""
    return date.fromisoformat(given) if given else None


def hands(act: Act) -> set[int]:
    """Who does it, and in whose name."""
    return {act.actor.id, act.behalf.id if act.behalf else act.actor.id}
