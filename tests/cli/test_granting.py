"""`petitions grants`: a service that is not the owner of its tables does everything but change what is written down."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from petitions import jobs, migrating
from petitions.access import audit_chain
from petitions.access.audit import AuditEntry
from petitions.app import create_app
from petitions.cli.granting import ADDED_ONLY, grants
from petitions.db import Base, Database
from petitions.settings import Settings
from tests.factories import build_world, matter_in
from tests.keys import ring
from tests.pages import Browser


@pytest.fixture(scope="module")
def service(postgres_url: str) -> Iterator[Database]:
    """A database that one role has made and filled, opened as the role of the service."""
    maker = create_engine(make_url(postgres_url), isolation_level="AUTOCOMMIT")
    name = f"granted_{uuid.uuid4().hex[:12]}"
    with maker.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text(f"CREATE ROLE {name}"))
    url = maker.url.set(database=name)
    owner = Database(url.render_as_string(hide_password=False), keys=ring)
    migrating.upgrade(owner)
    migrating.fill(owner)
    with owner.engine.begin() as connection:
        for line in grants(name):
            connection.execute(text(line))
    served = url.update_query_dict({"options": f"-c role={name}"})
    database = Database(served.render_as_string(hide_password=False), keys=ring)
    yield database
    database.dispose()
    with owner.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
    owner.dispose()
    with maker.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(text(f"DROP ROLE {name}"))
    maker.dispose()


def test_the_service_works_as_a_role_that_owns_nothing(service: Database, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="x", totp_roles=())
    app = create_app(settings, service)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    with service.work() as session:
        assert session.scalar(text("SELECT current_user")) == service.engine.url.database
        world = build_world(session)
        matter = matter_in(world, "opinion_issued")
        session.flush()
        number = matter.id
    browser = Browser(app, world.handler)
    for path in ("/", "/cases", f"/cases/{number}", "/inbox", "/account"):
        assert browser.get(path).status_code == 200, path
    assert browser.post(f"/cases/{number}/note", {"note": "电话沟通"}).status_code == 302
    assert browser.post("/logout").status_code == 302
    assert jobs.tick(service, settings).failed == []
    with service.work(write=False) as session:
        assert audit_chain.verify().whole
        assert len(session.scalars(select(AuditEntry)).all()) > 3


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE audit SET act = 'none'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_only_added ON audit",
        "DROP TABLE audit",
        "CREATE TABLE audit_of_mine (id int)",
        "UPDATE alembic_version SET version_num = '0001'",
        "ALTER TABLE cases ADD COLUMN mine int",
    ],
)
def test_what_is_written_down_and_the_tables_are_not_the_services(service: Database, forbidden: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        service.engine.begin() as connection,
    ):
        connection.execute(text(forbidden))


def test_the_grants_name_every_table_once() -> None:
    lines = grants("petitions_service")
    named = [word.strip('",') for line in lines if line.startswith("GRANT") for word in line.split(" ON ")[1].split()]
    assert {name: named.count(name) for name in Base.metadata.tables} == dict.fromkeys(Base.metadata.tables, 1)
    assert [line for line in lines if "audit " in line and ("UPDATE" in line or "DELETE" in line)] == []
    assert set(Base.metadata.tables) >= ADDED_ONLY
    assert 'TO "x; DROP"' in grants("x; DROP")[-1]
