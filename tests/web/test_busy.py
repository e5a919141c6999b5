"""Others keep the database for longer than a request waits: a sentence, and nothing half done."""

from pathlib import Path

from sqlalchemy import event, text

from petitions.access.models import User
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings
from tests.factories import build_world
from tests.pages import Browser

WAIT = 50
"""Milliseconds, instead of the half minute of a real installation."""


def _wait_shortly(database: Database) -> None:
    said = f"PRAGMA busy_timeout={WAIT}" if database.is_sqlite else f"SET lock_timeout = '{WAIT}ms'"

    @event.listens_for(database.engine, "connect")
    def shorten(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(said)
        cursor.close()
        if not database.is_sqlite:
            connection.commit()  # type: ignore[attr-defined]

    database.engine.dispose()


def test_who_waits_too_long_is_told_to_send_it_again_and_nothing_has_changed(
    own_database: Database, tmp_path: Path
) -> None:
    with own_database.work() as session:
        clerk = build_world(session).clerk
    app = create_app(Settings(data_dir=tmp_path, secret_key="of this test only", totp_roles=()), own_database)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    browser = Browser(app, clerk)
    _wait_shortly(own_database)
    begin, lock = ({"begin": "IMMEDIATE"}, "") if own_database.is_sqlite else ({}, " FOR UPDATE")
    with own_database.engine.connect().execution_options(**begin) as other:
        other.execute(text(f"SELECT id FROM users WHERE id = :id{lock}"), {"id": clerk.id})  # noqa: S608 - words of ours
        answer = browser.post("/preferences", {"density": "loose"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "没有改动任何内容" in answer.get_data(as_text=True)
        assert browser.get("/preferences").status_code == 200, "reading goes on meanwhile"
        other.rollback()
    assert browser.post("/preferences", {"density": "loose"}).status_code == 302
    with own_database.work(write=False) as session:
        assert session.get_one(User, clerk.id).density == "loose"
