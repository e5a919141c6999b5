"""The calendar changes at the very moment somebody starts a clock: no case is left counted by the old one."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from petitions import clock, migrating
from petitions.access.models import User
from petitions.cases.models import Case, Deadline, Event
from petitions.cases.perform import perform
from petitions.daysoff.confirming import confirm
from petitions.daysoff.proposal import consequences, of_notice
from petitions.db import Database
from petitions.matters.register import register
from tests.daysoff.notices import NOTICE, OF_2027
from tests.factories import build_world, matter_in, per_claim, typed
from tests.reorganisation.test_at_once import Other

DAY = date(2026, 12, 8)


class County:
    """A county in a database of its own, by numbers: every connection reads its rows for itself."""

    def __init__(self, database: Database) -> None:
        self.database = database
        migrating.fill(database)
        with database.work() as session:
            world = build_world(session)
            matter, other = matter_in(world, "signed"), matter_in(world, "accepted")
            self.case, self.other = matter.id, other.id
            self.handler, self.administrator, self.clerk = world.handler.id, world.administrator.id, world.clerk.id
        with database.work(write=False):
            self.fingerprint = consequences(of_notice(2027, OF_2027, NOTICE)).fingerprint

    def accept(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        with self.database.work() as session:
            matter = session.get_one(Case, self.case)
            perform(matter, "accept", {"routes": per_claim(matter, "R6")}, session.get_one(User, self.handler))  # type: ignore[arg-type]
            session.flush()
            meanwhile()

    def register(self) -> None:
        with self.database.work() as session:
            register(typed(), session.get_one(User, self.clerk))

    def announce(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        with self.database.work() as session:
            confirm(of_notice(2027, OF_2027, NOTICE), self.fingerprint, session.get_one(User, self.administrator))
            meanwhile()

    def term(self, case_id: int) -> Deadline:
        with self.database.work(write=False) as session:
            return session.scalars(select(Deadline).where(Deadline.case_id == case_id, Deadline.code == "T6")).one()


@pytest.fixture
def county(own_database: Database) -> County:
    with time_machine.travel(clock.noon_of(DAY), tick=False):
        return County(own_database)


def test_what_is_accepted_while_the_year_is_announced_is_counted_by_the_new_calendar(county: County) -> None:
    with time_machine.travel(clock.noon_of(DAY)):
        other = Other(county.database, county.accept)
        county.announce(other.start)
        other.end()
    assert not other.refused
    for case_id in (county.case, county.other):
        assert (county.term(case_id).due_on, county.term(case_id).provisional) == (date(2027, 2, 14), False)


def test_a_confirmation_waits_for_what_is_being_accepted_and_is_then_refused(county: County) -> None:
    with time_machine.travel(clock.noon_of(DAY)):
        other = Other(county.database, county.announce)
        county.accept(other.start)
        other.end()
    assert ["有了变动" in str(refusal) for refusal in other.refused] == [True]
    assert (county.term(county.case).due_on, county.term(county.case).provisional) == (date(2027, 2, 9), True)
    with county.database.work(write=False) as session:
        assert session.scalars(select(Event.id).where(Event.action == "recount")).all() == []


def test_what_is_registered_meanwhile_is_counted_by_the_new_calendar(county: County) -> None:
    """15 日 from 12-15 end on 12-30, which the notice for the next year decides."""
    with time_machine.travel(clock.noon_of(date(2026, 12, 15))):
        other = Other(county.database, county.register)
        county.announce(other.start)
        other.end()
    assert not other.refused
    with county.database.work(write=False) as session:
        newest = session.scalars(select(Deadline).order_by(Deadline.id.desc()).limit(1)).one()
        assert (newest.code, newest.due_on, newest.provisional) == ("T1", date(2026, 12, 30), False)
