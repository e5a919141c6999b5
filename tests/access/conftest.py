"""What several tests of logins need."""

from pathlib import Path

import pytest

from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import make_user


@pytest.fixture
def real(own_database: Database, tmp_path: Path) -> tuple[Application, User]:
    """The application on a database with real commits, and a person."""
    app = create_app(Settings(data_dir=tmp_path, secret_key="x", totp_roles=()), own_database)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    with own_database.work() as session:
        unit = Unit(name="青禾县信访局", kind=UnitKind.OFFICE.value)
        session.add(unit)
        session.flush()
        return app, make_user(session, unit, Role.INTAKE_CLERK)
