"""Two clerks who work through one queue at the same time, through the pages, on real databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from petitions.access.models import User
from petitions.app import create_app
from petitions.cases.models import Event
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.cases.databases import own_database
from tests.factories import World, build_world, new_petition
from tests.pages import Browser

CASES = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Application, World]]:
    """A real installation with a few cases in the queue."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with own_database(request.param, tmp_path, url) as database:
        app = create_app(
            Settings(data_dir=tmp_path / "data", secret_key="of this test only", totp_roles=(), password_days=0),
            database,
        )
        app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
        with database.work() as session:
            world = build_world(session)
            for number in range(CASES):
                new_petition(world, name=f"来信人{number}", phone="", text=f"第{number}封信，内容各不相同")
        yield app, world


def work_through(app: Application, person: User, start: Barrier) -> list[int]:
    """Take a case, file it, and go on with the next one until none is left; the ids in order."""
    browser, done = Browser(app, person), []
    start.wait()
    url = browser.post("/triage/next").location
    while not url.endswith("/triage"):
        done.append(int(url.rpartition("/")[2]))
        url = browser.post(url, {"way": "file", "file_reason": "thanks", "note": "感谢信", "first": "1"}).location
    return done


def test_each_case_is_sorted_once_by_whoever_took_it(office: tuple[Application, World]) -> None:
    app, world = office
    people = [world.officer, world.office_head]
    start = Barrier(len(people))
    with ThreadPoolExecutor(len(people)) as pool:
        done = list(pool.map(lambda person: work_through(app, person, start), people))
    assert sorted(done[0] + done[1]) == sorted(set(done[0]) | set(done[1]))
    assert len(done[0]) + len(done[1]) == CASES
    with app.database.work(write=False) as session:
        filed = session.scalars(select(Event).where(Event.action == "file")).all()
        assert {event.case_id: event.actor_id for event in filed} == {
            case_id: person.id for person, cases in zip(people, done, strict=True) for case_id in cases
        }
