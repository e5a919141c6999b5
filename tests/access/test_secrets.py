"""Passwords and tokens: taken as they were typed, kept so that they cannot be had back, never guessable."""

import re

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access.models import Login
from petitions.web.responses import Application
from tests.factories import World
from tests.pages import Browser

LONG = "青禾县Ａ" + "信访-2026 " * 12 + "尾 "
"""116 characters, wide ones and a blank at the end."""


def _enters(app: Application, name: str, password: str) -> bool:
    return Browser(app, None).post("/login", {"username": name, "password": password}).status_code == 302


def test_a_password_is_taken_exactly_as_it_was_typed_and_may_be_long(
    app: Application, world: World, session: Session
) -> None:
    world.clerk.password_hash = PasswordHasher().hash(LONG)
    session.commit()
    for other in (LONG.strip(), LONG.replace("Ａ", "A"), LONG[:72], LONG.lower()):
        assert other != LONG
        assert not _enters(app, world.clerk.username, other)
    assert _enters(app, world.clerk.username, LONG)


def test_the_token_of_a_login_is_random_long_new_each_time_and_kept_as_its_hash(
    app: Application, world: World, session: Session
) -> None:
    tokens = set[str]()
    for _ in range(3):
        browser = Browser(app, world.clerk)
        with browser.client.session_transaction() as cookie:
            tokens.add(cookie["_user_id"])
    assert len(tokens) == 3
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens), "256 bits in base64"
    kept = str([vars(row) for row in session.scalars(select(Login))])
    assert not [token for token in tokens if token in kept]
