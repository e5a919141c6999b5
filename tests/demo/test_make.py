"""The demo is a whole county, made through the door, the same every time."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from petitions import clock, migrating
from petitions.cases.disposal import Disposal, DisposalCase
from petitions.cases.models import Case, Deadline, Event
from petitions.db import Database
from petitions.demo.county import MEMBERS, REVIEW_BODIES, UNITS
from petitions.demo.lives import LATELY
from petitions.demo.make import PETITIONS, make
from petitions.demo.scenes import OLD_FILES, SCENES
from petitions.matters.hearing.models import Hearing
from petitions.matters.kind import MATTER
from petitions.matters.models import Matter, Petition
from petitions.matters.simple import SIMPLE
from petitions.review.models import Review
from tests.keys import ring


def _made(path: Path, count: int, on: date) -> Database:
    database = Database(f"sqlite:///{path}", keys=ring)
    database.reviewers = REVIEW_BODIES
    migrating.upgrade(database)
    migrating.fill(database)
    make(database, seed=7, on=on, password="a demo has none", count=count)
    return database


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demo as `petitions demo` makes it."""
    database = _made(tmp_path_factory.mktemp("demo") / "county.sqlite3", PETITIONS, clock.today())
    yield database
    database.dispose()


def test_there_are_petitions_in_every_state(county: Database) -> None:
    with county.work(write=False) as session:
        # What is over its term of keeping waits for a second signature.
        there = set(session.scalars(select(Case.state).where(Case.kind == "matter")))
        assert there == set(MATTER.flow.state) - {"anonymised"}


def test_every_scene_has_come_to_where_it_should_stand(county: Database) -> None:
    with county.work(write=False) as session:
        newest = select(func.max(Review.id)).group_by(Review.about_id)
        reviewed = Counter(session.scalars(select(Review.state).where(Review.id.in_(newest))))
        assert reviewed == Counter(scene.review for scene in SCENES if scene.review)
        matters = Counter(session.scalars(select(Case.state).where(Case.id.in_(select(Review.about_id)))))
        assert matters == Counter(scene.state for scene in SCENES if scene.review)
        heard = Counter(session.scalars(select(Hearing.stage)))
        assert heard == {"asked": 1, "called": 2, "concluded": 4}, "one in each of three reviews"
        assert session.scalars(select(Matter.procedure).where(Matter.procedure == SIMPLE)).all() != []


def test_what_was_ended_came_again_and_is_not_taken_up(county: Database) -> None:
    with county.work(write=False) as session:
        ended = set(session.scalars(select(Event.case_id).where(Event.action == "end")))
        again = select(Matter.state).where(Matter.related_to_id.in_(ended))
        assert session.scalars(again).all() == ["no_longer_accepted"]
        assert len(ended) == 2, "the other's new petition waits for whoever meets it first"


def test_a_list_of_old_files_waits_for_its_second_signature(county: Database) -> None:
    with county.work(write=False) as session:
        assert session.scalars(select(Disposal.state)).all() == ["asked"]
        assert session.scalar(select(func.count(DisposalCase.id))) == len(OLD_FILES)


def test_the_committee_mediates_disputes_that_have_come_to_every_stage(county: Database) -> None:
    with county.work(write=False) as session:
        states = set(session.scalars(select(Case.state).where(Case.kind == "mediation")))
        assert states == {
            "mediation_requested", "mediation_accepted", "in_mediation", "agreement_drafted", "agreed", "performed",
            "mediation_failed", "mediation_refused",
        }  # fmt: skip
        late = select(Deadline.id).where(
            Deadline.code == "MP", Deadline.ended_on.is_(None), Deadline.due_on < clock.today()
        )
        assert session.scalars(late).all()


def test_there_are_about_three_hundred_petitions_over_a_year_and_some_are_overdue(county: Database) -> None:
    today = clock.today()
    with county.work(write=False) as session:
        assert session.scalar(select(func.count(Petition.id))) >= PETITIONS
        months = {(day.year, day.month) for day in session.scalars(select(Petition.received_on))}
        assert len(months) >= 12
        overdue = select(func.count(Deadline.id)).where(
            Deadline.ended_on.is_(None), Deadline.window.is_(False), Deadline.due_on < today
        )
        assert (session.scalar(overdue) or 0) >= 10


def test_nothing_has_lain_at_the_office_since_before_people_were_late(county: Database) -> None:
    with county.work(write=False) as session:
        unsorted = select(Matter.title, Case.received_on, Case.state).where(
            Case.state.in_(MATTER.flow.before("transfer")), Case.received_on < clock.today() - timedelta(days=LATELY)
        )
        assert session.execute(unsorted).all() == [], "a step of their course was refused"


def test_no_act_of_the_demo_lies_in_the_future_or_before_its_petition(county: Database) -> None:
    with county.work(write=False) as session:
        assert session.scalars(select(Event.id).where(Event.at > clock.now())).all() == []
        rows = session.execute(select(Event.at, Case.received_on).join(Case, Case.id == Event.case_id)).all()
        assert all(clock.day_of(at) >= received for at, received in rows)


def test_it_has_twenty_units_and_people_of_every_role(county: Database) -> None:
    assert len(UNITS) >= 20
    assert len([member for member in MEMBERS if member.shown]) >= 15


def test_the_same_seed_and_day_make_the_same_county(tmp_path: Path) -> None:
    day, digests = date(2026, 6, 1), []
    for name in ("one", "two"):
        database = _made(tmp_path / f"{name}.sqlite3", 40, day)
        with database.work(write=False) as session:
            rows = [
                session.execute(text(query)).all()
                for query in (
                    "SELECT number, state, title, received_on FROM cases ORDER BY id",
                    "SELECT number, query_code, text FROM petitions ORDER BY id",
                    "SELECT case_id, action, data, at FROM events ORDER BY id",
                    "SELECT case_id, code, due_on, ended_on FROM deadlines ORDER BY id",
                    "SELECT kind, number, text FROM documents ORDER BY id",
                )
            ]
        database.dispose()
        digests.append(hashlib.sha256(repr(rows).encode()).hexdigest())
    assert digests[0] == digests[1]
