"""`petitions retention`: lists what is due, and disposes of nothing that was not approved."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from petitions import clock, disposing, jobs
from petitions.access.models import User
from petitions.cases.models import Case
from petitions.db import Database
from petitions.matters.models import Matter
from petitions.privacy import disposals
from petitions.settings import Settings
from tests.cli.conftest import Run
from tests.factories import build_world, matter_in, new_petition


def test_what_is_due_is_listed_approved_by_another_and_run(made: Run, opened: Database) -> None:
    with opened.work() as session:
        world = build_world(session)
        number = matter_in(world, "archived").number
        officer, head = world.officer.username, world.office_head.username
    assert made("retention", "list", "--as", officer, "--json").json == {"due": []}
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=True):
        assert made("retention", "list", "--as", officer, "--json").json == {"due": [number]}
        assert made("retention", "run", "--yes", "--json").json["cases"] == 0, "nothing is approved"
        with opened.work() as session:
            listed = disposals.ask(session.scalars(select(User).where(User.username == officer)).one(), {})
            disposals.decide(
                listed, session.scalars(select(User).where(User.username == head)).one(), approved=True
            )  # fmt: skip
        assert made("retention", "run").code != 0, "nobody said yes"
        done = made("retention", "run", "--yes", "--json")
        assert (done.code, done.json["cases"], done.json["clean"]) == (0, 1, True)
    with opened.work(write=False) as session:
        assert session.scalars(select(Case.state).where(Case.number == number)).one() == "anonymised"


def test_the_tick_disposes_of_nothing(made: Run, opened: Database, tmp_path: object) -> None:
    with opened.work() as session:
        world = build_world(session)
        matter = matter_in(world, "archived")
        disposals.decide(
            disposals.ask_for(world.officer, "47-1", [matter]), world.office_head, approved=True
        )  # fmt: skip
    jobs.tick(opened, Settings())
    with opened.work(write=False) as session:
        assert session.scalars(select(Matter.state)).one() == "archived"
    assert disposing.run(opened, Settings()).cases == 1


def test_terms_are_shown_with_their_years(made: Run) -> None:
    own = {"PETITIONS_RETENTION_YEARS": '{"none": 5, "accusation": 0}'}
    shown = made("retention", "terms", "--json", env=own).json["terms"]
    assert (shown["none"], shown["accusation"], shown["answered"]) == (5, 0, 30)


def test_who_saw_asks_for_the_number_and_answers_a_script(made: Run, opened: Database) -> None:
    with opened.work() as session:
        world = build_world(session)
        number, seen = new_petition(world).matter.number, world.clerk.name
    assert made("audit", "who-saw").code != 0
    assert made("audit", "who-saw", "--case", "XF1999-000001").code != 0
    told = made("audit", "who-saw", "--case", number, "--json").json
    assert [(one["person"], one["acts"]) for one in told["seen"]] == [(seen, {"matter:register": 1})]
