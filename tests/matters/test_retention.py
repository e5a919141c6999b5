"""Which matters are due: the terms as a query equal the terms as a sentence of the schedule, case by case."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.disposal import due_from
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.retention import due, term_of
from tests.factories import World, matter_in, new_petition

ENDS = [date(2026, 12, 31), date(2027, 1, 1), date(2040, 6, 30)]


def _archived(session: Session, world: World) -> list[Matter]:
    """Matters of every nature and several outcomes that ended on the days of ENDS."""
    found = []
    for nature in ("", "appeal", "suggestion", "accusation", "litigation"):
        for outcome in ("", "S", "D", "NAd"):
            for ended in ENDS:
                matter = new_petition(world).matter
                matter.nature, matter.outcome, matter.state, matter.closed_on = nature, outcome, "archived", ended
                found.append(matter)
    session.flush()
    return found


@pytest.mark.parametrize("changed", [{}, {"appeal": 15, "none": 5, "accusation": 0}, {"S": 3}])
def test_due_are_exactly_those_whose_term_is_over(session: Session, world: World, changed: dict[str, int]) -> None:
    matters = _archived(session, world)
    for today in (date(2036, 12, 31), date(2037, 1, 1), date(2038, 1, 1), date(2057, 1, 1), date(2071, 1, 1)):
        wanted = set()
        for one in matters:
            assert one.closed_on is not None
            over = due_from(one.closed_on, term_of(one.nature, one.outcome, changed))
            if over is not None and over <= today:
                wanted.add(one.id)
        assert {one.id for one in session.scalars(due(world.officer, today, changed))} == wanted, today


def test_a_term_counts_whole_years_after_the_one_it_ended_in() -> None:
    term = term_of("appeal", "", {})
    assert term.years == 10
    assert due_from(date(2026, 1, 2), term) == due_from(date(2026, 12, 31), term) == date(2037, 1, 1)
    assert due_from(date(2026, 1, 2), term_of("accusation", "", {"accusation": 0})) is None


def test_only_what_is_archived_here_and_seen_is_due(session: Session, world: World) -> None:
    matter, held, sealed = (matter_in(world, "archived") for _ in range(3))
    perform(held, "hold", {"reason": "诉讼"}, world.officer)
    sealed.sealed = True
    matter_in(world, "concluded")
    session.flush()
    day = clock.today() + timedelta(days=366 * 40)
    assert [one.id for one in session.scalars(due(world.officer, day, {}))] == [matter.id]
    assert session.scalars(due(world.other_officer, day, {})).all() == []
    assert [one.id for one in session.scalars(due(world.restricted, day, {}))] == [matter.id, sealed.id]
    perform(held, "lift_hold", {"reason": "结案"}, world.officer)
    assert len(session.scalars(due(world.officer, day, {})).all()) == 2
