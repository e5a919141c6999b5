"""Bringing a ledger of disputes in: every row that is in order through the same door as a form, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from petitions import db
from petitions.access import audit
from petitions.access.models import User
from petitions.cases.models import Event
from petitions.mediation import imports
from petitions.mediation.ledger import Line
from petitions.mediation.models import Mediation
from petitions.mediation.opening import register


@dataclass(frozen=True)
class Verdict:
    """A row and what becomes of it: new, known (brought before, or twice in the file), or refused."""

    line: Line
    what: str
    twin: int = 0
    """The row of this file that says the same; 0 for a case that is there already."""


def judged(lines: Sequence[Line]) -> list[Verdict]:
    """What would become of the rows. One query."""
    given = [one.submission for one in lines]
    there = set(db.session().scalars(select(Event.submission).where(Event.submission.in_(given))))
    seen: dict[str, int] = {}
    found = []
    for one in lines:
        if one.problems:
            found.append(Verdict(one, "refused"))
        elif one.submission in there or one.submission in seen:
            found.append(Verdict(one, "known", seen.get(one.submission, 0)))
        else:
            seen[one.submission] = one.number
            found.append(Verdict(one, "new"))
    return found


def bring_in(lines: Sequence[Line], action: str, actor: User) -> list[Mediation]:
    """Register every new row; the others stay out. Raises what `register` raises, then none is registered."""
    verdicts = judged(lines)
    made = []
    with db.session().begin_nested():
        for one in verdicts:
            if one.what == "new":
                line = one.line
                made.append(
                    register(action, line.data, line.people, actor, line.received_on, submission=line.submission)
                )
        if made:
            imports.note(made, actor)
    counted = {what: sum(one.what == what for one in verdicts) for what in ("known", "refused")}
    audit.record("mediation:import", actor.unit, after={"imported": len(made), **counted})
    return made
