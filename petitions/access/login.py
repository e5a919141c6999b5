"""Login: argon2, a row per login, and a cookie that is worth nothing without the row.

Flask-Login keeps what `User.get_id()` answers in the signed cookie. Ours answers a random token, whose hash
is a row of `logins`; logging out deletes the row, so a replayed cookie opens nothing (reliability.md E3).
"""

import hashlib
import secrets
import unicodedata
from contextlib import suppress
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, g
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import Login, LoginWait, User
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused, say

# 19 MiB and two passes: OWASP's smaller profile; 20 people logging in at once stay under 400 MB (libraries.md §2.13).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_NOBODY = _HASHER.hash(secrets.token_hex(8))
"""Verified when the account does not exist, so that both answers take the same time."""

PASSWORD_AT_LEAST = 8

_LEGIBLE = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0/o and 1/i/l: a new password is read from paper."""

_DISTINCT_AT_LEAST = 4
"""Fewer different characters than this are a pattern, not a password."""

_SEEN_EVERY = timedelta(minutes=1)

_TRIES_COUNT_FOR = timedelta(days=1)
"""Wrong tries of yesterday say nothing about today's; no wait is longer than this."""


def hash_password(password: str) -> str:
    """The stored form of a password; raises Refused when it is too short or too plain."""
    if len(password) < PASSWORD_AT_LEAST:
        raise Refused(say("密码至少{least}个字符", least=PASSWORD_AT_LEAST))
    if password.isdigit() or len(set(password)) < _DISTINCT_AT_LEAST:
        raise Refused(say("密码太简单：不能只有数字，也不能只是几个字符的重复"))
    return _HASHER.hash(password)


def _right(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODY, password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def plain_username(typed: str) -> str:
    """A username as it is stored: full-width letters narrowed, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def generate_password() -> str:
    """A random password that can be read aloud and copied by hand: three groups of four, about 59 bits."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(3))


def set_first_password(person: User, password: str) -> None:
    """Give a new account its password. Raises Refused when it is weak."""
    if person.username in password.lower():
        raise Refused(say("密码里不能包含用户名"))
    person.password_hash = hash_password(password)


def set_password(person: User, password: str) -> int:
    """Give `person` a new password and end all their logins; returns how many ended. Raises Refused when it is weak."""
    set_first_password(person, password)
    forget_failures(person.username)
    audit.record("password", person)
    return end_all(person)


def check_password(database: Database, username: str, password: str, settings: Settings) -> User:
    """The person with this name and password; counts wrong tries and makes the account wait after too many.

    Raises Refused with one sentence for a wrong name and a wrong password. The hash is compared in every case and
    before the writing transaction begins: it takes tens of milliseconds, in which SQLite's one writer would wait.
    """
    username, now = plain_username(username), clock.now()
    with database.work(write=False) as reading:
        stored = reading.scalar(select(User.password_hash).where(User.username == username)) or ""
    right = _right(password, stored)
    until = db.session().scalar(select(LoginWait.until).where(LoginWait.name_hash == _hashed(username)))
    if until and until > now:
        minutes = int((until - now).total_seconds() // 60) + 1
        raise Refused(say("密码错误次数过多，请{minutes}分钟后再试", minutes=minutes))
    person = db.session().scalar(select(User).where(User.username == username))
    if person is None or not right or not person.active or person.password_hash != stored:
        audit.refused("login", actor=person)
        if _count_failure(username, settings):
            raise Refused(say("用户名或密码不对，已连续错了{times}次，请{minutes}分钟后再试",
                              times=settings.login_attempts, minutes=settings.login_wait_minutes))  # fmt: skip
        raise Refused(say("用户名或密码不对"))
    forget_failures(username)
    return person


def _count_failure(username: str, settings: Settings) -> bool:
    """Count one wrong try; whether the name must wait from now on. Names nobody has are counted just the same."""
    now, key = clock.now(), _hashed(username)
    tried = db.insert(LoginWait).values(name_hash=key, failed=1, tried_at=now)
    failed = db.session().scalar(
        tried.on_conflict_do_update(
            index_elements=["name_hash"],
            set_={"failed": LoginWait.failed + 1, "tried_at": tried.excluded.tried_at, "until": None},
        ).returning(LoginWait.failed)
    )
    if failed is None or failed < settings.login_attempts:
        return False
    until = now + timedelta(minutes=settings.login_wait_minutes)
    db.session().execute(update(LoginWait).where(LoginWait.name_hash == key).values(failed=0, until=until))
    return True


def forget_failures(username: str) -> None:
    """Let the name try again at once: it got in, or an administrator gave it a new password."""
    db.session().execute(delete(LoginWait).where(LoginWait.name_hash == _hashed(username)))


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
    audit.acting(user)
    audit.record("login", user)


def end() -> None:
    """End this login for good."""
    token = g.get("login_token")
    if token:
        db.session().execute(delete(Login).where(Login.token_hash == _hashed(token)))
        audit.record("logout", g.user)
    logout_user()
    g.user = None


def end_all(user: User) -> int:
    """End every login of a person (password change, unit move, disabling); returns how many."""
    gone = db.session().execute(delete(Login).where(Login.user_id == user.id).returning(Login.token_hash))
    return len(gone.all())


def purge(settings: Settings) -> int:
    """Delete the logins that have ended by themselves, and wrong tries of long ago; returns how many logins."""
    now = clock.now()
    db.session().execute(delete(LoginWait).where(LoginWait.tried_at < now - _TRIES_COUNT_FOR))
    idle, total = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    over = or_(Login.seen_at < now - idle, Login.started_at < now - total)
    return len(db.session().execute(delete(Login).where(over).returning(Login.token_hash)).all())


def _load(token: str) -> Session | None:
    """The live login behind a cookie, or None."""
    app, now = current_app, clock.now()
    assert isinstance(app, Application)
    settings: Settings = app.config["SETTINGS"]
    # One query with the roles: it stands before every page.
    row = db.session().get(Login, _hashed(token), options=[joinedload(Login.user).joinedload(User.held)])
    if row is None or not row.user.active:
        return None
    idle, total = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    if now - row.seen_at > idle or now - row.started_at > total:
        return None
    if now - row.seen_at > _SEEN_EVERY and not app.only_reads():
        row.seen_at = now
    elif now - row.seen_at > _SEEN_EVERY:
        # A reading request writes in a small transaction of its own; beside a writing one it would wait for itself.
        # Where a long writer holds the database the page comes all the same: the next request will say it.
        with suppress(OperationalError), app.database.work() as own:
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
