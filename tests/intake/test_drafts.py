"""Drafts: kept within seconds, only for their writer, gone with the petition."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.access import vault
from petitions.access.models import User
from petitions.intake import drafts
from petitions.intake.models import Draft, place_of
from petitions.matters.models import Petition
from tests.factories import World, typed
from tests.keys import ring
from tests.live import PASSWORD
from tests.pages import Browser

BrowserOf = type[Browser]


def _form(**changes: str) -> dict[str, str]:
    return {"submission": uuid.uuid4().hex, **typed(**changes)}


def _count(session: Session, what: type) -> int:
    return session.scalar(select(func.count()).select_from(what)) or 0


def test_what_is_typed_is_kept_and_taken_up_again(world: World, browser_of: BrowserOf, session: Session) -> None:
    clerk, form = browser_of(world.clerk), _form(text="水井干了，全村吃水困难。", unsigned="")
    first = clerk.post("/register/draft", form)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", first.get_json()["at"])
    clerk.post("/register/draft", {**form, "text": "水井干了，全村吃水困难。请求打井。"})
    assert _count(session, Draft) == 1
    listed = clerk.get("/register").get_data(as_text=True)
    assert "草稿 1 份" in listed
    page = clerk.get(f"/register?draft={form['submission']}").get_data(as_text=True)
    assert "水井干了，全村吃水困难。请求打井。" in page
    assert form["submission"] in page


def test_a_draft_is_its_writers_alone(world: World, browser_of: BrowserOf, session: Session) -> None:
    form = _form(text="只有我看得见的文字")
    browser_of(world.clerk).post("/register/draft", form)
    other = browser_of(world.officer)
    assert "只有我看得见的文字" not in other.get("/register").get_data(as_text=True)
    page = other.get(f"/register?draft={form['submission']}").get_data(as_text=True)
    assert "只有我看得见的文字" not in page
    assert "这份草稿已登记或已丢弃" in page
    assert other.post("/register/draft", {**form, "text": "改掉它"}).status_code == 409
    other.post("/register/draft/discard", {"draft": form["submission"]})
    session.expire_all()
    kept = drafts.find(world.clerk, form["submission"])
    assert kept is not None
    assert kept.data["text"] == "只有我看得见的文字"


def test_a_draft_goes_with_its_petition_and_does_not_come_back(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk, form = browser_of(world.clerk), _form()
    clerk.post("/register/draft", form)
    assert clerk.post("/register", form).status_code == 302
    assert _count(session, Draft) == 0
    late = clerk.post("/register/draft", form)
    assert (late.status_code, late.get_json()) == (200, {})
    assert _count(session, Draft) == 0


def test_a_draft_that_landed_after_its_petition_is_not_shown_and_swept_up(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    clerk, form = browser_of(world.clerk), _form()
    clerk.post("/register", form)
    petition = session.scalars(select(Petition)).one()
    key_id, told = vault.lock({"typed": json.dumps(form)}, place_of(form["submission"]))
    session.add(
        Draft(
            user_id=world.clerk.id, submission=form["submission"], key_id=key_id, told=told,
            saved_at=petition.registered_at,
        )
    )  # fmt: skip
    session.commit()
    assert form["submission"] not in clerk.get("/register").get_data(as_text=True)
    clerk.post("/register", _form())
    assert _count(session, Draft) == 0


def test_what_is_no_id_of_a_draft_is_answered_with_a_sentence(world: World, browser_of: BrowserOf) -> None:
    # A NUL is no character to a database that keeps texts as C does.
    page = browser_of(world.clerk).get("/register?draft=a%00b")
    assert page.status_code == 200
    assert "这份草稿已登记或已丢弃" in page.get_data(as_text=True)


def test_a_draft_can_be_thrown_away(world: World, browser_of: BrowserOf, session: Session) -> None:
    clerk, form = browser_of(world.clerk), _form()
    clerk.post("/register/draft", form)
    clerk.post("/register/draft/discard", {"draft": form["submission"]})
    assert _count(session, Draft) == 0


def test_a_form_that_was_emptied_keeps_no_draft(world: World, browser_of: BrowserOf, session: Session) -> None:
    clerk, form = browser_of(world.clerk), _form()
    clerk.post("/register/draft", form)
    empty = {"submission": form["submission"], "channel": "LD", "received_on": form["received_on"], "headcount": "1"}
    assert clerk.post("/register/draft", empty).get_json() == {}
    assert _count(session, Draft) == 0


@pytest.mark.parametrize("submission", ["", "x", "A" * 32, "a" * 33, "'; drop table drafts; --"])
def test_a_draft_without_the_id_of_a_form_is_refused(world: World, browser_of: BrowserOf, submission: str) -> None:
    assert browser_of(world.clerk).post("/register/draft", {**_form(), "submission": submission}).status_code == 400


def test_a_draft_takes_what_no_petition_could(world: World, browser_of: BrowserOf, session: Session) -> None:
    """Half-typed and impossible values are kept as they are; only what nobody can see is left out."""
    clerk, form = (
        browser_of(world.clerk),
        _form(received_on="2026-02-3", phone="1990000", text="a\x00b\ud7ffc" + "长" * 120_000),
    )
    assert clerk.post("/register/draft", form).status_code == 200
    opened = drafts.find(world.clerk, form["submission"])
    assert opened is not None
    kept = opened.data
    assert (kept["received_on"], kept["phone"], len(kept["text"])) == ("2026-02-3", "1990000", 120_004)
    assert clerk.get(f"/register?draft={form['submission']}").status_code == 200


# --- a server that is killed -----------------------------------------------------------------------------------------

_SERVER = """
import sys
from waitress import serve
from petitions.app import create_app
from petitions.settings import Settings
serve(create_app(Settings()), host="127.0.0.1", port=int(sys.argv[1]), threads=2)
"""


@contextmanager
def _server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ, "PETITIONS_DATA_DIR": str(folder), "PETITIONS_SECRET_KEY": "of this test only",
        "PETITIONS_IDENTITY_KEYS": ring(),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


class Person:
    """Somebody with a browser that keeps cookies, against a server of its own process."""

    def __init__(self, port: int, person: User) -> None:
        self.base, self.cookies = f"http://127.0.0.1:{port}", CookieJar()
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(self.cookies))
        self.wait()
        self.post("/login", {"username": person.username, "password": PASSWORD})

    def wait(self) -> None:
        """Until the server answers."""
        for _ in range(900):
            try:
                self.get("/login")
            except URLError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the server does not answer")

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(self.base + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, data: dict[str, str]) -> str:
        """A form, with the token of the page it stands on."""
        found = re.search(
            r'name="csrf-token" content="([^"]+)"', self.get("/login" if path == "/login" else "/register")
        )
        assert found is not None
        sent = urlencode({**data, "csrf_token": found[1]}).encode()
        with self.opener.open(self.base + path, sent, timeout=30) as answer:
            return str(answer.read().decode())


def test_a_draft_survives_a_server_that_is_killed_while_somebody_types(
    seeded: tuple[Path, World], tmp_path: Path, free_port: int
) -> None:
    path, world = seeded
    (tmp_path / "petitions.sqlite3").write_bytes(path.read_bytes())
    form = _form(text="来电人正在说第一句")
    with _server(tmp_path, free_port) as process:
        clerk = Person(free_port, world.clerk)
        assert '"at"' in clerk.post("/register/draft", form)
        assert '"at"' in clerk.post("/register/draft", {**form, "text": "来电人正在说第一句，第二句"})
        process.send_signal(signal.SIGKILL)
        process.wait()
    with _server(tmp_path, free_port):
        clerk.wait()
        assert "草稿 1 份" in clerk.get("/register")
        assert "来电人正在说第一句，第二句" in clerk.get(f"/register?draft={form['submission']}")
