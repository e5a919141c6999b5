"""Login: a row per login, and a cookie that is worth nothing without the row.

Flask-Login keeps what `User.get_id()` answers in the signed cookie. Ours answers a random token, whose hash
is a row of `logins`; logging out deletes the row, so a replayed cookie opens nothing (reliability.md E3).
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, flash, g, request, session
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import audit, delegation, passwords, throttle
from petitions.access.models import Login, User
from petitions.access.passwords import Rules
from petitions.db import Database
from petitions.settings import Settings
from petitions.web.permits import is_passive
from petitions.web.responses import Application
from petitions.words import Refused, say

_SEEN_EVERY = timedelta(minutes=1)

_WARNED = timedelta(minutes=5)
"""Before the end: time enough to finish a sentence or come back from the next room (ux.md S7)."""


def plain_username(typed: str) -> str:
    """A username as it is stored: full-width letters narrowed, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def set_password(person: User, password: str, rules: Rules, *, own: bool) -> int:
    """Give `person` a new password and end all their logins; returns how many ended.

    `own`: they chose it; otherwise it is changed at the next login. Raises Refused when the rules do not take it.
    """
    passwords.give(person, password, rules, own=own)
    if not own:
        throttle.forgive(person)
    audit.record("password", person)
    return end_all(person)


def check_password(database: Database, username: str, password: str, settings: Settings) -> User:
    """The person with this name and password; counts wrong tries and makes who guesses wait (throttle.py).

    Raises Refused with one sentence for a wrong name and a wrong password. The hash is compared in every case and
    before the writing transaction begins: it takes tens of milliseconds, in which SQLite's one writer would wait.
    """
    username = plain_username(username)
    with database.work(write=False) as reading:
        stored = reading.scalar(select(User.password_hash).where(User.username == username)) or ""
    right = passwords.fits(password, stored)
    tried = throttle.attempt(username, request.remote_addr or "")
    until = throttle.waits_until(tried)
    if until is not None:
        raise Refused(say("密码错误次数过多，请{minutes}分钟后再试", minutes=throttle.minutes_to(until)))
    person = db.session().scalar(select(User).where(User.username == username))
    if person is None or not right or not person.active or person.password_hash != stored:
        audit.refused("login", actor=person)
        until = throttle.count_failure(tried, settings)
        if until is not None:
            raise Refused(
                say("用户名或密码不对，错误次数过多，请{minutes}分钟后再试", minutes=throttle.minutes_to(until))
            )
        raise Refused(say("用户名或密码不对"))
    if passwords.given_is_over(person, settings.first_password_days):
        audit.refused("login", actor=person)
        raise Refused(
            say("这个密码给出{days}天没有使用，已经失效。请管理员重新设置", days=settings.first_password_days)
        )
    throttle.count_success(tried)
    return person


def checked(username: str, password: str) -> User:
    """`check_password` by the settings and the database of the application that answers."""
    app = current_app
    assert isinstance(app, Application)
    return check_password(app.database, username, password, app.config["SETTINGS"])


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class Here:
    """The login of this request, as plain values: the row may be ended by another hand while the page is drawn."""

    token_hash: str
    second: bool
    by_provider: bool
    started_at: datetime
    seen_at: datetime

    @classmethod
    def of(cls, row: Login) -> "Here":
        """What a row says."""
        return cls(row.token_hash, row.second, row.by_provider, row.started_at, row.seen_at)


def here() -> Here | None:
    """The login of this request; None for whoever is not logged in."""
    found: Here | None = g.get("login")
    return found


def mark_second(shown: bool) -> None:
    """From now on this login has, or has not, shown a code of the second step."""
    login = here()
    if login is not None:
        login.second = shown
        db.session().execute(update(Login).where(Login.token_hash == login.token_hash).values(second=shown))


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


def begin(user: User, *, second: bool = False, by_provider: bool = False) -> None:
    """Log `user` in on this browser; `second`: they have shown a code of the second step too; `by_provider`: the identity
    provider said who they are.

    Whatever the browser had before is worth nothing from now on: the cookie is a new one (no fixation), and who was
    logged in here is logged out. Where the account is logged in at too many places, the one used longest ago ends.
    """
    _end_here()
    token, now = secrets.token_urlsafe(32), clock.now()
    row = Login(
        token_hash=_hashed(token), user_id=user.id, started_at=now, seen_at=now, second=second, by_provider=by_provider,
        address=request.remote_addr or "", browser=_browser(request.user_agent.string),
    )  # fmt: skip
    db.session().add(row)
    throttle.remember_place(user, row.address)
    login_user(Session(user, token))
    g.user, g.login = user, Here.of(row)
    audit.acting(user)
    audit.record("login", user)
    _keep_within(user, row.token_hash)


def _keep_within(user: User, new: str) -> None:
    """End what is more than the settings allow at once, the login used longest ago first; never the new one."""
    most = _settings().sessions
    others = select(Login.token_hash).where(Login.user_id == user.id, Login.token_hash != new)
    others = others.order_by(Login.seen_at.desc(), Login.started_at.desc())
    ended = _end(user, Login.token_hash.in_(db.session().scalars(others.offset(most - 1)).all()))
    if ended:
        audit.record("logins:most", user, after={"ended": ended})
        flash(say("同时登录最多{most}处，最久没用的{ended}处已退出", most=most, ended=ended), "info")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def end() -> None:
    """End this login for good."""
    if here() is not None:
        audit.record("logout", g.user)
    _end_here()
    logout_user()
    g.user = g.login = None


def _end_here() -> None:
    if (login := here()) is not None:
        db.session().execute(delete(Login).where(Login.token_hash == login.token_hash))
    # Of what the cookie held only the language of the screens stays.
    for name in set(session) - {"language"}:
        del session[name]


def end_all(user: User) -> int:
    """End every login of a person (password change, unit move, disabling); returns how many."""
    return _end(user)


def end_others(user: User, chosen: str = "") -> int:
    """End every login of a person but the one of this request, or of these the `chosen` one only (its `token_hash`);
    returns how many."""
    login = here()
    others = Login.token_hash != (login.token_hash if login else "")
    return _end(user, others, Login.token_hash == chosen) if chosen else _end(user, others)


def _end(user: User, *which: ColumnElement[bool]) -> int:
    gone = delete(Login).where(Login.user_id == user.id, *which).returning(Login.token_hash)
    return len(db.session().execute(gone).all())


def of(user: User, settings: Settings) -> Sequence[Login]:
    """The logins of a person that have not ended, the latest used first."""
    living = select(Login).where(Login.user_id == user.id, ~_over(settings)).order_by(Login.seen_at.desc())
    return db.session().scalars(living).all()


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("MicroMessenger", "微信"), ("QQBrowser", "QQ浏览器"), ("360", "360浏览器"),
             ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"),
            ("UOS", "统信UOS"), ("Kylin", "麒麟"), ("Linux", "Linux"))  # fmt: skip


def _browser(agent: str) -> str:
    """What a browser calls itself, in two words its owner knows it by. Nothing else of it is kept."""
    found = [next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name)


@dataclass(frozen=True)
class Left:
    """How long a login goes on by itself."""

    idle: int
    """Seconds, unless something is done."""
    total: int
    """Seconds, whatever is done."""
    warn: int
    """So many seconds before the end the page says so."""


def left(settings: Settings) -> Left | None:
    """How long the login of this request goes on; None without one."""
    login = here()
    if login is None or g.get("user") is None:
        return None
    now, (idle, total) = clock.now(), _limits(settings)
    ends = (login.seen_at + idle - now, login.started_at + total - now)
    warn = min(_WARNED, idle / 2)
    return Left(*(max(0, int(end.total_seconds())) for end in (*ends, warn)))


def _limits(settings: Settings) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)


def _over(settings: Settings) -> ColumnElement[bool]:
    now, (idle, total) = clock.now(), _limits(settings)
    return or_(Login.seen_at < now - idle, Login.started_at < now - total)


def purge(settings: Settings) -> int:
    """Delete the logins that have ended by themselves, and what the throttle need not know any more; how many logins."""
    throttle.purge()
    return len(db.session().execute(delete(Login).where(_over(settings)).returning(Login.token_hash)).all())


def _load(token: str) -> Session | None:
    """The live login behind a cookie, or None."""
    app, now = current_app, clock.now()
    assert isinstance(app, Application)
    # One query with the roles and with whether anybody's duties were lent to them: it stands before every page.
    asked = select(Login, delegation.is_lent_to(Login.user_id)).where(Login.token_hash == _hashed(token))
    found = db.session().execute(asked.options(joinedload(Login.user).joinedload(User.held))).unique().first()
    if found is None:
        return None
    row, stands_in = found
    if not row.user.active:
        return None
    if not stands_in:
        delegation.nobody_lent_to(row.user_id)
    idle, total = _limits(app.config["SETTINGS"])
    if now - row.seen_at > idle or now - row.started_at > total:
        return None
    g.login = Here.of(row)
    if now - row.seen_at > _SEEN_EVERY and not is_passive(app, request.endpoint):
        g.login.seen_at = now
        _see(app, row)
    return Session(row.user, token)


def _see(app: Application, row: Login) -> None:
    """Note that the person is there."""
    if not app.only_reads():
        row.seen_at = clock.now()
        return
    # A reading request writes in a small transaction of its own; beside a writing one it would wait for itself.
    # Where a long writer holds the database the page comes all the same: the next request will say it.
    with suppress(OperationalError), app.database.work() as own:
        kept = own.get(Login, row.token_hash)
        if kept is not None:
            kept.seen_at = clock.now()


def install(app: Flask) -> None:
    """Let Flask-Login keep the token, and nothing else, in the cookie."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
