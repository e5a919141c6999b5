"""R26: twenty thousand terms counted twice, by the product and by SQL, and what must hold of every term."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

import pytest
import time_machine
from chinese_calendar.constants import holidays, workdays
from sqlalchemy import text
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases import clocks
from petitions.cases.clocks import Calendar, Span, Unit
from petitions.demo.people import seeded
from petitions.matters.models import Matter
from tests.deep.conftest import Installation, present
from tests.deep.counting import Counted, Days, Term, invented_calendar, invented_term
from tests.deep.miscounting import MUTANTS
from tests.factories import World, new_petition, steps_to, take

pytestmark = pytest.mark.deep

SEED, CASES, CALENDARS = 26, 20_000, 20
DAY = timedelta(days=1)


def _count(term: Term, calendar: Calendar) -> Span:
    return clocks.due(
        term.start, term.length, term.unit, calendar, roll=term.roll, extension=term.extension, pauses=term.pauses
    )


def _told(span: Span) -> Counted:
    return Counted(span.nominal, span.rolled, span.target, span.provisional, len(span.skipped), span.paused)


def _calendars(draw: Random) -> list[Calendar]:
    """The real one and invented ones."""
    announced = frozenset(day.year for day in holidays)
    real = Calendar({day: str(name) for day, name in holidays.items()}, frozenset(workdays), announced)
    return [real, *(invented_calendar(draw) for _ in range(CALENDARS - 1))]


def _differences(cases: int) -> Iterable[tuple[Term, object, object]]:
    """Terms on which the two disagree: the product's count and the other one."""
    draw = seeded(SEED)
    for calendar in _calendars(draw):
        days = Days(calendar.holidays, calendar.workdays, calendar.published)
        for _ in range(cases // CALENDARS):
            term = invented_term(draw)
            ours, other = _told(_count(term, calendar)), days.count(term)
            today = other.target + draw.randrange(-60, 61) * DAY
            if ours != other:
                yield term, ours, other
            left = clocks.days_left(other.target, today, term.unit, calendar), days.left(other.target, today, term.unit)
            if left[0] != left[1]:
                yield replace(term, start=today), *left
        days.connection.close()


def test_twenty_thousand_terms_come_to_the_same_days() -> None:
    began = time.monotonic()
    found = list(islice(_differences(CASES), 5))
    print(f"\n{CASES} terms on {CALENDARS} calendars: {len(found)} differences, {time.monotonic() - began:.0f} s")
    assert found == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=[wrong.__name__ for _, _, wrong in MUTANTS])
def test_a_wrong_count_is_noticed(mutant: tuple[Any, str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*mutant)
    assert next(iter(_differences(CASES // 4)), None) is not None


def test_what_holds_of_every_term() -> None:
    draw = seeded(f"{SEED} properties")
    for calendar in _calendars(draw):
        for _ in range(CASES // CALENDARS):
            term = invented_term(draw)
            span = _count(term, calendar)
            total = term.length + term.extension
            assert span.target == min(span.nominal, span.rolled) >= term.start
            assert calendar.is_workday(span.rolled) or not term.roll
            assert all(calendar.is_day_off(span.nominal + n * DAY) for n in range((span.rolled - span.nominal).days))
            assert term.unit is not Unit.WORKDAYS or not total or calendar.is_workday(span.nominal)
            later = _count(replace(term, start=term.start + DAY), calendar)
            # 30 and 31 January end a month on the same day, so a pause on the 31st moves the first of them alone.
            if term.unit in (Unit.DAYS, Unit.WORKDAYS) or not term.pauses:
                assert (later.nominal, later.rolled) >= (span.nominal, span.rolled), "a later start never ends earlier"
            assert _count(replace(term, length=total, extension=0), calendar).nominal == span.nominal
            bare = _count(replace(term, pauses=()), calendar)
            if term.unit is not Unit.WORKDAYS:
                assert span.nominal == bare.nominal + span.paused * DAY, "a pause of k days shifts the end by k"
            assert span.nominal >= bare.nominal
            assert clocks.days_left(span.target, span.target, term.unit, calendar) == 0
            assert clocks.days_left(span.target, span.target + DAY, term.unit, calendar) < 0


LAW = {"T1": (15, Unit.DAYS), "T4": (15, Unit.DAYS), "T5": (5, Unit.WORKDAYS), "T6": (60, Unit.DAYS)}
"""第22条、第23条第三款 (twice)、第34条, said once more."""

MATTERS = 60


def test_the_clocks_in_the_register_end_on_the_days_of_the_other_count(installation: Installation) -> None:
    began, draw, counted = time.monotonic(), seeded(f"{SEED} register"), 0
    with installation.database.work(write=False) as session:
        days = _days_of(session)
    for number in range(MATTERS):
        start = clock.noon_of(date(2023, 1, 1) + draw.randrange(5 * 365) * DAY)
        with time_machine.travel(start, tick=False) as traveller, installation.database.work() as session:
            matter, extension = _handled(present(installation.world, session), traveller, draw)
            for row in matter.deadlines:
                if row.code in LAW:
                    length, unit = LAW[row.code]
                    other = days.count(Term(row.start_on, length, unit, extension=extension if row.code == "T6" else 0))
                    told = (row.nominal_on, row.due_on, row.target_on)
                    assert told == (other.nominal, other.rolled, other.target), (number, row.code, row.start_on)
                    counted += 1
    print(
        f"\n{installation.kind}: {counted} clocks of {MATTERS} matters, 0 differences, {time.monotonic() - began:.0f} s"
    )
    assert counted == MATTERS * len(LAW)


def _days_of(session: Session) -> Days:
    """The calendar as it lies in the database."""
    kinds: dict[str, list[date]] = {"holiday": [], "workday": []}
    for day, kind in session.execute(text("SELECT day, kind FROM calendar_days")):
        kinds[kind].append(date.fromisoformat(str(day)))
    return Days(kinds["holiday"], kinds["workday"])


def _handled(world: World, traveller: time_machine.Traveller, draw: Random) -> tuple[Matter, int]:
    """A matter from the counter to an extension, some days between the acts; and the days it was extended by."""
    matter, days = new_petition(world).matter, draw.randrange(1, 31)
    asked = {"days": days, "reason": "情况复杂，需要鉴定"}
    for step in (
        *steps_to(world, matter)["accepted"],
        ("request_extension", asked, "handler"),
        ("extend", asked, "head"),
    ):
        take(world, matter, [step])
        traveller.shift(draw.randrange(4) * DAY)
    return matter, days
