"""What several tests of logins need."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import Unit, UnitKind, User
from petitions.access.passwords import hash_password
from petitions.access.roles import Role
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, make_user
from tests.pages import Browse, Browser


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


PASSWORD = "青禾-2026-登记"


CONFIRMED = re.compile(r"\d+-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}")


@pytest.fixture
def strict(app: Application, settings: Settings) -> Application:
    """An installation with the roles of the default."""
    app.config["SETTINGS"] = settings.model_copy(update={"totp_roles": Settings().totp_roles})
    return app


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """A clock that only moves when it is told to."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(session: Session, world: World) -> User:
    """Somebody with a password who needs no second step."""
    world.clerk.password_hash = hash_password(PASSWORD)
    session.commit()
    return world.clerk


def secret_of(browser: Browser) -> str:
    page = browser.get("/account/code").get_data(as_text=True)
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")  # type: ignore[union-attr]


def set_up(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Go through the page; the telephone and the recovery codes."""
    assert browser.post("/account/code", {"current": PASSWORD}).status_code == 302
    phone = pyotp.TOTP(secret_of(browser))
    page = browser.post("/account/code/confirm", {"code": phone.at(clock.now())})
    assert page.status_code == 200
    codes = CONFIRMED.findall(page.get_data(as_text=True))
    assert len(set(codes)) == 10
    return phone, codes


@pytest.fixture
def phone(
    app: Application, browser_of: Browse, clerk: User, frozen: time_machine.Traveller
) -> tuple[pyotp.TOTP, list[str]]:
    """The clerk has set it up; the code used for that has passed."""
    made = set_up(browser_of(clerk))
    frozen.shift(timedelta(seconds=60))
    return made


def half_in(app: Application, person: User) -> Browser:
    browser = Browser(app, None)
    answer = browser.post("/login", {"username": person.username, "password": PASSWORD, "next": "/inbox"})
    assert answer.headers["Location"] == "/login/code"
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/preferences").status_code == 200
