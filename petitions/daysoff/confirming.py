"""Carrying out what was confirmed: the calendar and every clock that moves by it, in one transaction."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import selectinload, with_polymorphic

from petitions import db
from petitions.access import audit
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import calendar, recount, timing
from petitions.cases.calendar import CalendarYear
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.cases.recount import Move
from petitions.daysoff.proposal import Consequences, Proposal, consequences
from petitions.words import NotPermitted, Refused, say

_AT_ONCE = 200
"""Cases read together and let go again: five thousand whole cases would fill the memory."""


def confirm(proposal: Proposal, fingerprint: str, by: User) -> Consequences:
    """Do what was previewed: each case whose clocks move goes through the door, with an entry in its history.

    Raises NotPermitted, or Refused where the calendar or a clock is not what it was at the preview; then nothing has
    changed.
    """
    if not may(by, "calendar:manage"):
        raise NotPermitted(say("放假安排由系统管理员录入"))
    with db.session().begin_nested():
        calendar.hold_to_change()
        found = consequences(proposal)
        if found.fingerprint != fingerprint:
            raise Refused(say("预览以后日历或者期限有了变动，没有作任何更改。核对新的预览再确认"))
        if found.is_idle:
            raise Refused(say("与现有日历相同，没有要更改的"))
        before = _standing(proposal.year)
        year = calendar.write_year(
            proposal.year, proposal.days, notice=proposal.notice, published=proposal.published
        )  # fmt: skip
        timing.settle(found.moves)
        for case, moves in _cases(found.seen):
            said = {"recounted": recount.said(moves), "recount_ground": proposal.ground}
            perform(case, "recount", said, by)
        counted = {"days": len(found.changes), "clocks": len(found.seen), "cases": found.cases}
        audit.record(
            "calendar:change", year, before=before, after={**_standing(proposal.year), **counted}, reason=proposal.ground,
            actor=by,
        )  # fmt: skip
    return found


def _standing(year: int) -> dict[str, object]:
    row = db.session().get(CalendarYear, year)
    return {"year": year, "published": bool(row and row.published), "notice": row.notice if row else ""}


def _cases(seen: Sequence[Move]) -> Iterator[tuple[Case, list[Move]]]:
    """The cases with their moves, read in chunks with what the door asks of each."""
    of_case = sorted(seen, key=lambda move: (move.clock.case_id, move.clock.id))
    grouped = [(case_id, list(moves)) for case_id, moves in groupby(of_case, key=lambda move: move.clock.case_id)]
    whole = with_polymorphic(Case, "*")
    for start in range(0, len(grouped), _AT_ONCE):
        chunk = grouped[start : start + _AT_ONCE]
        query = select(whole).where(whole.id.in_([case_id for case_id, _ in chunk]))
        read = {case.id: case for case in db.session().scalars(query.options(selectinload(whole.deadlines)))}
        for case_id, moves in chunk:
            yield read[case_id], moves
