"""An office whose database and data folder are looked into byte by byte: nothing may be rolled back by the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from petitions import migrating
from petitions.access.models import Unit, User
from petitions.db import Database
from petitions.settings import Settings
from tests.factories import World, build_world


@dataclass
class Office:
    """A database and a data folder of one test alone, with the world of most tests."""

    database: Database
    settings: Settings
    _world: World

    @contextmanager
    def work(self) -> Iterator[tuple[Session, World]]:
        """A unit of work that is committed, and the world as its session knows it."""
        with self.database.work() as session:
            units = {one.name: getattr(self._world, one.name) for one in fields(World) if one.name != "people"}
            here = World(**{name: session.get_one(Unit, unit.id) for name, unit in units.items()})
            here.people = {name: session.get_one(User, one.id) for name, one in self._world.people.items()}
            yield session, here


@pytest.fixture
def office(own_database: Database, tmp_path: Path) -> Office:
    """The office of one test."""
    migrating.fill(own_database)
    with own_database.work() as session:
        world = build_world(session)
    return Office(own_database, Settings(data_dir=tmp_path / "data"), world)
