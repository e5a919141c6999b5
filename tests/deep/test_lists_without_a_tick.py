"""R20: with the tick dead, every list of what presses is right on each of 120 days, by a second count of the days."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from chinese_calendar import is_workday
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases import facets, listing
from petitions.cases.facets import chosen_from
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import visible_to
from petitions.deadlines import proposals
from petitions.deadlines.board import board
from petitions.notices.models import Notice
from tests.deep.conftest import Installation, present
from tests.factories import new_petition, steps_to, take

pytestmark = pytest.mark.deep

MATTERS, DISPATCHED, DAYS = 5_000, 200, 120
DAY = timedelta(days=1)
BEGIN = date(2025, 3, 3)
"""All 120 days, and the terms before them, lie in a year whose days off are announced: 清明, 劳动节 and 端午 among them."""


def last_day(start: date, length: int) -> tuple[date, date]:
    """The day a term of so many 日 ends, and the first working day from it on (民法典第201、203条)."""
    nominal = rolled = start + length * DAY
    while not is_workday(rolled):
        rolled += DAY
    return nominal, rolled


Count = Callable[[date, int], tuple[date, date]]


def _register(place: Installation) -> tuple[dict[int, date], dict[int, date]]:
    """Petitions of the last 60 days; when each came in, and when those that were handed over were."""
    came: dict[int, date] = {}
    given: dict[int, date] = {}
    for day in range(60):
        start = BEGIN - (60 - day) * DAY
        with time_machine.travel(clock.noon_of(start), tick=False), place.database.work() as session:
            world = present(place.world, session)
            for n in range(MATTERS // 60 + 1):
                matter = new_petition(world, name=f"亓{day}之{n}", phone=f"199{day * 1000 + n:08d}").matter
                if n < DISPATCHED // 60:
                    take(world, matter, steps_to(world, matter)["dispatched"])
                    given[matter.id] = start
                else:
                    came[matter.id] = start
    return came, given


def _listed(session: Session, reader: User, **args: str) -> set[int]:
    """Every case of a list, however long."""
    chosen = chosen_from({"duty": "any", **args}, listing.SORTS)
    return set(session.scalars(facets.narrow(visible_to(reader, select(Case.id)), chosen, reader)))


def _differences(
    session: Session, reader: User, starts: dict[int, date], given: dict[int, date], count: Count
) -> list[str]:
    today, found = clock.today(), list[str]()
    ends = {case_id: count(start, 15) for case_id, start in starts.items()}
    late = {case_id: (today - rolled).days for case_id, (_, rolled) in ends.items()}
    expected = {
        "overdue": {one for one, days in late.items() if days > 0},
        "late_5": {one for one, days in late.items() if 1 <= days <= 5},
        "late_15": {one for one, days in late.items() if 6 <= days <= 15},
        "late_30": {one for one, days in late.items() if 16 <= days <= 30},
        "late_more": {one for one, days in late.items() if days > 30},
        "today": {one for one, (nominal, rolled) in ends.items() if nominal <= today <= rolled},
        "soon": {one for one, (nominal, rolled) in ends.items() if nominal <= today + 7 * DAY and today <= rolled},
    }
    found += [f"{today} {name}" for name, ids in expected.items() if _listed(session, reader, clock=name) != ids]
    shown = board(reader).total
    numbers = {"overdue": shown.overdue, "today": shown.today, "soon": shown.soon, **shown.late}
    found += [f"{today} {name} on the board" for name, ids in expected.items() if numbers[name] != len(ids)]
    proposed = sum(days >= 3 for case_id, days in late.items() if case_id in given)
    return found + ([f"{today} proposals"] if proposals.count(reader) != proposed else [])


def test_the_lists_are_right_on_every_day_without_a_tick(installation: Installation) -> None:
    began = time.monotonic()
    came, given = _register(installation)
    starts, wrong = {**came, **given}, list[str]()
    spoilt: dict[str, Count] = {
        "a day late": lambda start, length: tuple(day + DAY for day in last_day(start, length)),  # type: ignore[return-value]
        "no days off": lambda start, length: (start + length * DAY, start + length * DAY),
    }
    caught = dict.fromkeys(spoilt, 0)
    for ahead in range(1, DAYS + 1):
        with (
            time_machine.travel(clock.noon_of(BEGIN + ahead * DAY), tick=False),
            installation.database.work(write=False) as session,
        ):
            reader = present(installation.world, session).officer
            wrong += _differences(session, reader, starts, given, last_day)
            if ahead <= 30:
                for name, count in spoilt.items():
                    caught[name] += bool(_differences(session, reader, starts, given, count))
    with installation.database.work(write=False) as session:
        assert session.scalars(select(Notice.id).where(Notice.deadline_id.is_not(None))).all() == [], "no tick has run"
        clocks = len(session.scalars(select(Deadline.id).where(Deadline.ended_on.is_(None), ~Deadline.window)).all())
    print(
        f"\n{installation.kind}: {len(starts)} matters, {clocks} open clocks, {DAYS} days, {len(wrong)} differences, wrong"
        f" counts caught on {caught} of 30 days, {time.monotonic() - began:.0f} s"
    )
    assert wrong == []
    assert all(caught.values())
