"""Half a login: the password was right, the code is still to come.

It is kept in the signed cookie, not among the logins: nothing is open to it but the page that asks for the code. What
makes it worthless is in the database: another password, a disabled account, too many wrong codes.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, session

from petitions import clock, db
from petitions.access import throttle, totp
from petitions.access.models import User
from petitions.access.wanted import short_enough
from petitions.settings import Settings
from petitions.web.responses import Application

_KEPT = "half"

LASTS = timedelta(minutes=5)
"""Long enough to find the telephone."""


@dataclass(frozen=True)
class Half:
    """Who is half in, and where they want to go."""

    person: User
    wanted: str
    by_provider: bool


def hold(person: User, wanted: str, *, by_provider: bool = False) -> None:
    """This browser has shown the password of `person`, or the identity provider has vouched for them."""
    until = (clock.now() + LASTS).timestamp()
    session[_KEPT] = {
        "user": person.id,
        "proof": _proof(person),
        "until": until,
        "next": short_enough(wanted),
        "by_provider": by_provider,
    }


def held() -> Half | None:
    """Whose code this browser is asked for; None when that is over."""
    kept = session.get(_KEPT)
    if not kept or clock.now().timestamp() > kept["until"]:
        return None
    person = db.session().get(User, kept["user"])
    if person is None or not person.active or not hmac.compare_digest(_proof(person), kept["proof"]):
        return None
    return Half(person, kept["next"], kept["by_provider"])


def kept_user_id() -> int | None:
    """The account the cookie speaks of, without asking the database."""
    kept = session.get(_KEPT)
    return kept["user"] if kept else None


def drop() -> None:
    """It is over: from the password anew."""
    session.pop(_KEPT, None)


def takes(person: User, typed: str, code_id: int | None) -> bool:
    """Whether the code lets them in; it is used up now. `code_id`: the recovery code that was typed, if it was one."""
    if code_id is not None:
        return totp.take_recovery_code(person, code_id)
    return totp.take_code(person, typed)


def looked_up(typed: str) -> int | None:
    """The recovery code that was typed; asked before anything is written (totp.known_recovery_code)."""
    app, user_id = current_app, kept_user_id()
    assert isinstance(app, Application)
    return totp.known_recovery_code(app.database, user_id, typed) if user_id is not None else None


def wrong(person: User) -> int | None:
    """Count a wrong code; the minutes to wait when it was one too many. Then it is from the password anew."""
    settings: Settings = current_app.config["SETTINGS"]
    until = throttle.count_code_failure(person, settings)
    if until is None:
        return None
    drop()
    return throttle.minutes_to(until)


def _proof(person: User) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"half {person.id} {person.password_hash}".encode(), "sha256").hex()[:32]
