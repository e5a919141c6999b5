"""Login: argon2, a row per login, and a cookie that is worth nothing without the row.

Flask-Login keeps what `User.get_id()` answers in the signed cookie. Ours answers a random token, whose hash
is a row of `logins`; logging out deletes the row, so a replayed cookie opens nothing (reliability.md E3).
"""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, g
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import delete, select

from petitions import clock, db
from petitions.access.models import Login, User
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused, say

# 19 MiB and two passes: OWASP's smaller profile; 20 people logging in at once stay under 400 MB (libraries.md §2.13).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_NOBODY = _HASHER.hash(secrets.token_hex(8))
"""Verified when the account does not exist, so that both answers take the same time."""

PASSWORD_AT_LEAST = 8

_SEEN_EVERY = timedelta(minutes=1)


def hash_password(password: str) -> str:
    """The stored form of a password; raises Refused when it is too short."""
    if len(password) < PASSWORD_AT_LEAST:
        raise Refused(say("密码至少{least}个字符", least=PASSWORD_AT_LEAST))
    return _HASHER.hash(password)


def _right(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODY, password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def check_password(username: str, password: str, settings: Settings) -> User:
    """The person with this name and password; counts wrong tries and makes the account wait after too many.

    Raises Refused with one sentence for a wrong name and a wrong password.
    """
    person = db.session().scalar(select(User).where(User.username == username))
    now = clock.now()
    if person is not None and person.wait_until and person.wait_until > now:
        minutes = int((person.wait_until - now).total_seconds() // 60) + 1
        raise Refused(say("密码错误次数过多，请{minutes}分钟后再试", minutes=minutes))
    right = _right(password, person.password_hash if person else "")
    if person is None or not right or not person.active:
        if person is not None:
            _count_failure(person, settings)
        raise Refused(say("用户名或密码不对"))
    person.failed_logins, person.wait_until = 0, None
    return person


def _count_failure(person: User, settings: Settings) -> None:
    person.failed_logins += 1
    if person.failed_logins >= settings.login_attempts:
        person.failed_logins = 0
        person.wait_until = clock.now() + timedelta(minutes=settings.login_wait_minutes)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Session:
    """What Flask-Login is handed for a person: its id is the token, not the person."""

    def __init__(self, user: User, token: str) -> None:
        self.user = user
        self.token = token
        self.is_active = user.active
        self.is_authenticated = True
        self.is_anonymous = False

    def get_id(self) -> str:
        """The token that goes into the cookie."""
        return self.token


def begin(user: User) -> None:
    """Log `user` in on this browser."""
    token, now = secrets.token_urlsafe(32), clock.now()
    db.session().add(Login(token_hash=_hashed(token), user_id=user.id, started_at=now, seen_at=now))
    login_user(Session(user, token))
    g.user = user


def end() -> None:
    """End this login for good."""
    token = g.get("login_token")
    if token:
        db.session().execute(delete(Login).where(Login.token_hash == _hashed(token)))
    logout_user()
    g.user = None


def end_all(user: User) -> int:
    """End every login of a person (password change, unit move, disabling); returns how many."""
    gone = db.session().execute(delete(Login).where(Login.user_id == user.id).returning(Login.token_hash))
    return len(gone.all())


def _load(token: str) -> Session | None:
    """The live login behind a cookie, or None."""
    app, now = current_app, clock.now()
    assert isinstance(app, Application)
    settings: Settings = app.config["SETTINGS"]
    row = db.session().get(Login, _hashed(token))
    if row is None or not row.user.active:
        return None
    idle, total = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    if now - row.seen_at > idle or now - row.started_at > total:
        return None
    if now - row.seen_at > _SEEN_EVERY:
        # A small transaction of its own: the request may be a reading one.
        with app.database.work() as own:
            kept = own.get(Login, row.token_hash)
            if kept is not None:
                kept.seen_at = now
    g.login_token = token
    return Session(row.user, token)


def install(app: Flask) -> None:
    """Let Flask-Login keep the token, and nothing else, in the cookie."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
