"""Installations of one deep test alone: other processes open them, and some of those are killed."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access.models import Unit, User
from petitions.access.passwords import hash_password
from petitions.db import Database
from tests.cases.databases import own_database
from tests.conftest import DATABASES
from tests.factories import World, build_world
from tests.live import PASSWORD


@dataclass
class Installation:
    """A database with the county of the tests in it, and a data folder. Everybody's password is PASSWORD."""

    kind: str
    """`sqlite` or `postgresql`."""
    database: Database
    world: World
    folder: Path

    @property
    def url(self) -> str:
        """The address another process opens it by."""
        return self.database.engine.url.render_as_string(hide_password=False)


@pytest.fixture(params=DATABASES)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """One installation on each kind of database."""
    given = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with own_database(request.param, tmp_path, given) as database:
        yield Installation(request.param, database, _peopled(database), tmp_path / "data")


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Installation]:
    """One installation on SQLite, for what has no second side to it."""
    folder = tmp_path / "second"  # beside `installation`, where a test asks for both
    with own_database("sqlite", folder, "") as database:
        yield Installation("sqlite", database, _peopled(database), folder / "data")


def _peopled(database: Database) -> World:
    with database.work() as session:
        world, password = build_world(session), hash_password(PASSWORD)
        for person in world.people.values():
            person.password_hash = password
    return world


def present(world: World, session: Session) -> World:
    """The world as rows of another unit of work."""
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    people = {person.id: person for person in session.scalars(select(User))}
    return World(
        **{one.name: units[getattr(world, one.name).id] for one in fields(World) if one.name != "people"},
        people={name: people[person.id] for name, person in world.people.items()},
    )
