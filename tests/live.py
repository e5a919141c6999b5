"""A running server and a real Chromium, for tests that must see what people see. Fixtures; conftest.py takes them over.

    def test_…(live: Live, page: Page) -> None:
        live.log_in(page, live.world.clerk)
        page.goto(live.url + "/register")

Mark such tests `browser`. A message on the browser's console or a request to elsewhere fails the test.
"""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from petitions import migrating
from petitions.access.models import User
from petitions.access.passwords import hash_password
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.server import listen
from tests.factories import World, build_world
from tests.keys import ring

PASSWORD = "青禾-2026-试用"
CHROMIUM = Path("/usr/bin/chromium")

expect.set_options(timeout=20_000)  # milliseconds: a busy machine is not a fault


@dataclass
class Live:
    """A server of this test alone: its address, database and people. Everybody's password is PASSWORD."""

    url: str
    database: Database
    world: World
    settings: Settings

    def log_in(self, page: Page, person: User) -> None:
        """Log in through the login page, as everybody does."""
        page.goto(f"{self.url}/login")
        page.locator("input[name=username]").fill(person.username)
        page.locator("input[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}/")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """An SQLite file with the world in it, made once and copied for every test."""
    path = tmp_path_factory.mktemp("seeded") / "seeded.sqlite3"
    database = Database(f"sqlite:///{path}", keys=ring)
    migrating.upgrade(database)
    migrating.fill(database)
    with database.work() as session:
        world = build_world(session)
        password = hash_password(PASSWORD)
        for person in world.people.values():
            person.password_hash = password
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path, world


def served(settings: Settings, database: Database) -> AbstractContextManager[str]:
    """Serve the application on a free port of this machine; gives the address."""
    return listening(create_app(settings, database))


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """Serve any application so; gives the address."""
    sockets: dict[int, Any] = {}
    server = listen(app, sockets, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, name="live server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # Closed by its own loop: a socket that is closed under a waiting select is a fault of that thread.
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(sockets))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


@pytest.fixture
def live(seeded: tuple[Path, World], tmp_path: Path) -> Iterator[Live]:
    """A running server of this test alone."""
    path, world = seeded
    shutil.copy(path, tmp_path / "petitions.sqlite3")
    settings = Settings(data_dir=tmp_path, secret_key="of this test only", totp_roles=(), password_days=0)
    database = Database(settings.url(), keys=ring)
    with served(settings, database) as url:
        yield Live(url, database, world, settings)
    database.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, started once."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--lang=zh-CN"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window at the size of an old office screen."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # An answer that refuses (422) is also told on the console; that is no fault.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def watch(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            complaints.append(sent.url)

    opened.on("console", listen)
    opened.on("request", watch)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
    return port
