"""Take next: one case, one person, for a while."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import Select, func, nulls_last, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases.duties import Lens
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.cases.queries import visible_to
from petitions.cases.queue import has, release, take
from petitions.db import Database
from tests.cases.databases import own_database
from tests.factories import World, build_world, matter_in, new_petition


def waiting(user: User) -> Select[Case]:
    """The queue of these tests: what lies with the person's unit unsorted, most urgent first, then the oldest."""
    query = visible_to(user, select(Case)).where(Case.unit_id == user.unit_id, Case.state == "registered")
    return query.order_by(nulls_last(Lens(user.unit_id).due_on().asc()), Case.received_on, Case.id)


def test_the_most_urgent_case_comes_first_then_the_oldest(world: World) -> None:
    today = clock.today()
    late, old, new = (
        new_petition(world, received_on=(today - timedelta(days=days)).isoformat()).matter for days in (20, 9, 2)
    )
    taken = []
    for person in (world.clerk, world.officer, world.office_head):
        found = take(waiting(person), person)
        assert found is not None
        taken.append(found.id)
    assert taken == [late.id, old.id, new.id]
    assert take(waiting(world.inspector), world.inspector) is None


def test_a_person_who_comes_back_gets_the_case_they_have(world: World) -> None:
    new_petition(world), new_petition(world)
    first = take(waiting(world.clerk), world.clerk)
    assert take(waiting(world.clerk), world.clerk) is first


def test_taking_a_case_makes_nobodys_page_stale(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    version = matter.version
    taken = take(waiting(world.clerk), world.clerk)
    assert taken is matter
    session.expire_all()
    assert matter.version == version
    perform(matter, "screen_as_first", {}, world.officer, version=version)


def test_an_act_on_the_case_ends_the_lease(world: World) -> None:
    matter = new_petition(world).matter
    take(waiting(world.clerk), world.clerk)
    perform(matter, "note", {"note": "已电话核实"}, world.officer)
    assert not has(matter, world.clerk)


def test_only_its_holder_puts_a_case_back(world: World) -> None:
    matter = new_petition(world).matter
    take(waiting(world.clerk), world.clerk)
    assert not release(matter, world.officer)
    assert take(waiting(world.officer), world.officer) is None
    assert release(matter, world.clerk)
    assert take(waiting(world.officer), world.officer) is matter


def test_a_lease_runs_out_by_itself(world: World) -> None:
    new_petition(world)
    taken = take(waiting(world.clerk), world.clerk, minutes=10)
    with time_machine.travel(clock.now() + timedelta(minutes=9), tick=False):
        assert take(waiting(world.officer), world.officer) is None
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert take(waiting(world.officer), world.officer) is taken
        assert not has(taken, world.clerk)


def test_a_sealed_case_and_one_elsewhere_are_never_handed_out(world: World) -> None:
    new_petition(world, purpose="accusation", respondent="某单位")
    matter_in(world, "triage")
    assert take(waiting(world.clerk), world.clerk) is None
    assert take(waiting(world.other_clerk), world.other_clerk) is None
    assert take(waiting(world.restricted), world.restricted) is not None


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, list[int]]]:
    """A real database with forty cases and four clerks who press at once."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with own_database(request.param, tmp_path, url) as database:
        with database.work() as session:
            world = build_world(session)
            for _ in range(40):
                new_petition(world)
            people = [world.clerk, world.officer, world.office_head, world.restricted]
            ids = [person.id for person in people]
        yield database, ids


def test_two_people_at_the_same_time_never_get_the_same_case(busy: tuple[Database, list[int]]) -> None:
    database, people = busy
    start = Barrier(len(people))

    def work_on(person_id: int) -> list[int]:
        start.wait()
        done = []
        while True:
            with database.work() as session:
                person = session.get_one(User, person_id)
                found = take(waiting(person), person)
                if found is None:
                    return done
                done.append(found.id)
            with database.work() as session:
                # Sorted: it leaves the queue, and the next one is taken.
                perform(session.get_one(Case, found.id), "screen_as_first", {}, session.get_one(User, person_id))

    with ThreadPoolExecutor(len(people)) as pool:
        taken = [case_id for done in pool.map(work_on, people) for case_id in done]
    assert len(taken) == len(set(taken)) == 40
    with database.work(write=False) as session:
        assert session.scalar(select(func.count()).where(Case.state == "triage")) == 40


def test_cases_taken_at_once_are_all_different(busy: tuple[Database, list[int]]) -> None:
    database, people = busy
    start = Barrier(len(people))

    def take_one(person_id: int) -> int:
        start.wait()
        with database.work() as session:
            person = session.get_one(User, person_id)
            found = take(waiting(person), person)
            assert found is not None
            return found.id

    with ThreadPoolExecutor(len(people)) as pool:
        assert len(set(pool.map(take_one, people))) == len(people)
