"""Logging in and out."""

from sqlalchemy.orm import Session

from petitions.access.login import hash_password
from petitions.web.responses import Application
from tests.factories import World
from tests.pages import Browser


def _with_password(session: Session, world: World) -> None:
    world.clerk.password_hash = hash_password("青禾-2026-登记")
    session.commit()


def test_a_person_with_the_right_password_reaches_the_workbench(
    app: Application, session: Session, world: World
) -> None:
    _with_password(session, world)
    browser = Browser(app, None)
    assert browser.get("/").status_code == 302
    answer = browser.post("/login", {"username": world.clerk.username, "password": "青禾-2026-登记"})
    assert answer.status_code == 302
    assert browser.get("/").status_code == 200


def test_a_cookie_replayed_after_logout_opens_nothing(app: Application, session: Session, world: World) -> None:
    _with_password(session, world)
    browser = Browser(app, world.clerk)
    assert browser.get("/").status_code == 200
    with browser.client.session_transaction() as cookies:
        kept = dict(cookies)
    browser.post("/logout")
    with browser.client.session_transaction() as cookies:
        cookies.update(kept)
    assert browser.get("/").status_code == 302
