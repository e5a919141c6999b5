"""Somebody sends a case to a unit at the very moment it ends: two real connections, each with its own transaction."""

import threading
from collections.abc import Callable
from time import sleep

import pytest
from sqlalchemy import select, text

from petitions import migrating
from petitions.access.models import SuccessionKind, Unit, UnitKind, User
from petitions.cases.models import Case, CaseUnit
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.reorganisation.carrying_out import carry_out
from petitions.reorganisation.orders import Order
from petitions.words import Refusal
from tests.factories import build_world, make_unit, matter_in


class County:
    """A county in a database of its own, by numbers: every connection reads its rows for itself."""

    def __init__(self, database: Database) -> None:
        self.database = database
        migrating.fill(database)
        with database.work() as session:
            world = build_world(session)
            heir = make_unit(session, "青禾县自然资源和规划局", UnitKind.BUREAU, world.county, "青规")
            matter = matter_in(world, "triage")
            self.case, self.officer, self.administrator = matter.id, world.officer.id, world.administrator.id
            self.bureau, self.heir = world.bureau.id, heir.id

    def dispatch(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        with self.database.work() as session:
            officer = session.get_one(User, self.officer)
            perform(
                session.get_one(Case, self.case), "transfer", {"unit": self.bureau, "opinion": "请依法办理"}, officer
            )
            session.flush()
            meanwhile()

    def merge(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        with self.database.work() as session:
            old, heir = session.get_one(Unit, self.bureau), session.get_one(Unit, self.heir)
            order = Order(SuccessionKind.MERGE, [old], [heir], basis="青编〔2026〕3号")
            carry_out(order, session.get_one(User, self.administrator))
            meanwhile()

    def holders(self) -> set[int]:
        with self.database.work(write=False) as session:
            parts = session.scalars(
                select(CaseUnit.unit_id).where(CaseUnit.case_id == self.case, CaseUnit.left_on.is_(None))
            )
            return {session.get_one(Case, self.case).unit_id, *parts}


class Other:
    """What another connection does while the first one has not committed; it must be seen to wait for it."""

    def __init__(self, database: Database, act: Callable[[], None]) -> None:
        self.database, self.refused = database, list[Refusal]()
        self.thread = threading.Thread(target=self._run, args=(act,))

    def _run(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Refusal as refusal:
            self.refused.append(refusal)

    def start(self) -> None:
        self.thread.start()
        if self.database.is_sqlite:
            return  # a second writer cannot even begin
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        for _ in range(3000):
            with self.database.engine.connect() as connection:
                if connection.execute(waiting).scalar_one() or not self.thread.is_alive():
                    return
            sleep(0.01)

    def end(self) -> None:
        self.thread.join()


@pytest.fixture
def county(own_database: Database) -> County:
    return County(own_database)


def test_a_case_sent_while_its_unit_ends_goes_to_the_successor(county: County) -> None:
    other = Other(county.database, county.merge)
    county.dispatch(other.start)
    other.end()
    assert not other.refused
    assert county.heir in county.holders()
    assert county.bureau not in county.holders()


def test_nothing_is_sent_to_a_unit_that_has_just_ended(county: County) -> None:
    other = Other(county.database, county.dispatch)
    county.merge(other.start)
    other.end()
    assert [refusal for refusal in other.refused if "机构调整" in str(refusal) or "单位" in str(refusal)]
    assert county.bureau not in county.holders()
