"""Slowing down who guesses, without shutting out who only works here.

Wrong passwords are counted in three ways. From an address where the account has been used before, they are counted for
that account at that address: whatever strangers do elsewhere, the people of an office get in. From all other addresses
together they are counted for the account, so that many addresses are no more use than one. And from such an address
they are counted over all accounts, so that one password is not tried on everybody.
"""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, case, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from petitions import clock, db
from petitions.access.models import User
from petitions.db import Base
from petitions.settings import Settings

_QUIET = timedelta(hours=1)
"""Wrong tries that lie further apart than this are no series."""

_FORGOTTEN = timedelta(days=1)
"""After so long the next wait is as short as the first."""

_LONGEST = timedelta(hours=1)
"""Waits double, and end here: nobody is shut out for good."""

MOST_ROWS = 20_000
"""So many names and addresses are remembered, the latest: whoever invents names fills no disk."""

_PLACES_EACH = 10
_PLACES_LAST = timedelta(days=180)
"""An address that was not used for half a year is a stranger's."""


class LoginTry(Base):
    """Wrong passwords in a row. Kept by what was typed, so that a name nobody has waits just like a real one."""

    __tablename__ = "login_tries"
    __table_args__ = (Index("ix_login_tries_tried_at", "tried_at"),)

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of what is counted; what was typed as the name may be a password in the wrong box."""
    failed: Mapped[int]
    waits: Mapped[int] = mapped_column(default=0)
    """How often it had to wait already: every wait is twice as long."""
    tried_at: Mapped[datetime]
    until: Mapped[datetime | None]


class LoginPlace(Base):
    """An address from which an account has been used: there it is not shut out by what happens elsewhere."""

    __tablename__ = "login_places"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]


@dataclass(frozen=True)
class Attempt:
    """Somebody tries to get in as `name` from `address`."""

    name: str
    address: str
    known: bool
    """The account has been used from there before."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What this attempt is counted for."""
        if self.known:
            return (_hashed("place", self.name, self.address),)
        return (_hashed("name", self.name), _hashed("address", self.address))


def attempt(name: str, address: str) -> Attempt:
    """The attempt, as it will be counted."""
    place = _network(address)
    known = select(LoginPlace.address).join(User, User.id == LoginPlace.user_id)
    found = db.session().scalar(known.where(User.username == name, LoginPlace.address == place))
    return Attempt(name, place, found is not None)


def waits_until(one: Attempt) -> datetime | None:
    """Until when nothing is answered to this attempt, whatever the password is; None when it is."""
    return _latest(one.keys)


def count_failure(one: Attempt, settings: Settings) -> datetime | None:
    """A wrong password; until when the next attempt has to wait, or None."""
    most = (settings.login_attempts, settings.login_address_attempts)
    began = [_count(key, allowed, settings) for key, allowed in zip(one.keys, most, strict=False)]
    return max((until for until in began if until is not None), default=None)


def count_success(one: Attempt) -> None:
    """The password was right: this series is over. What was tried on other accounts from there stays counted."""
    db.session().execute(delete(LoginTry).where(LoginTry.key_hash == one.keys[0]))


def remember_place(person: User, address: str) -> None:
    """They are in, second step and all: the address is one of theirs."""
    if not address:
        return
    place = db.insert(LoginPlace).values(user_id=person.id, address=_network(address), used_at=clock.now())
    db.session().execute(
        place.on_conflict_do_update(index_elements=["user_id", "address"], set_={"used_at": place.excluded.used_at})
    )
    latest = select(LoginPlace.address).where(LoginPlace.user_id == person.id).order_by(LoginPlace.used_at.desc())
    kept = db.session().scalars(latest.limit(_PLACES_EACH)).all()
    db.session().execute(delete(LoginPlace).where(LoginPlace.user_id == person.id, LoginPlace.address.not_in(kept)))


def minutes_to(until: datetime) -> int:
    """Whole minutes until then, at least one: what a person is told."""
    return max(1, math.ceil((until - clock.now()).total_seconds() / 60))


def code_waits_until(person: User) -> datetime | None:
    """Until when no code of the second step is taken; None when one is. Only who knows the password can bring this on."""
    return _latest((_hashed("code", str(person.id)),))


def count_code_failure(person: User, settings: Settings) -> datetime | None:
    """A wrong code; until when the next one has to wait, or None."""
    return _count(_hashed("code", str(person.id)), settings.login_attempts, settings)


def forgive(person: User) -> None:
    """Let this account be tried anew everywhere: somebody gave it a new password. Its addresses are strangers again."""
    places = db.session().scalars(select(LoginPlace.address).where(LoginPlace.user_id == person.id)).all()
    keys = [_hashed("name", person.username), _hashed("code", str(person.id))]
    keys += [_hashed("place", person.username, place) for place in places]
    db.session().execute(delete(LoginTry).where(LoginTry.key_hash.in_(keys)))
    db.session().execute(delete(LoginPlace).where(LoginPlace.user_id == person.id))


def purge() -> None:
    """Forget wrong tries of yesterday and addresses of last year."""
    now = clock.now()
    db.session().execute(delete(LoginTry).where(LoginTry.tried_at < now - _FORGOTTEN))
    db.session().execute(delete(LoginPlace).where(LoginPlace.used_at < now - _PLACES_LAST))


def _latest(keys: tuple[str, ...]) -> datetime | None:
    """The end of the longest wait. The rows are locked, the name's first: of many tries at once none goes uncounted."""
    now, found = clock.now(), list[datetime]()
    for key in keys:
        row = db.session().scalar(select(LoginTry.until).where(LoginTry.key_hash == key).with_for_update())
        if row is not None and row > now:
            found.append(row)
    return max(found, default=None)


def _count(key: str, allowed: int, settings: Settings) -> datetime | None:
    now = clock.now()
    tried = db.insert(LoginTry).values(key_hash=key, failed=1, waits=0, tried_at=now)
    counted = tried.on_conflict_do_update(
        index_elements=["key_hash"],
        set_={
            "failed": case((LoginTry.tried_at < now - _QUIET, 1), else_=LoginTry.failed + 1),
            "waits": case((LoginTry.tried_at < now - _FORGOTTEN, 0), else_=LoginTry.waits),
            "tried_at": now, "until": None,
        },
    ).returning(LoginTry.failed, LoginTry.waits)  # fmt: skip
    failed, waits = db.session().execute(counted).one()
    _make_room()
    if failed < allowed:
        return None
    first = timedelta(minutes=settings.login_wait_minutes)
    until: datetime = now + min(first * 2 ** min(waits, 10), max(_LONGEST, first))
    row = update(LoginTry).where(LoginTry.key_hash == key).values(failed=0, waits=waits + 1, until=until)
    db.session().execute(row)
    return until


def _make_room() -> None:
    rows = db.session().scalar(select(func.count()).select_from(LoginTry)) or 0
    if rows > MOST_ROWS:
        oldest = select(LoginTry.key_hash).order_by(LoginTry.tried_at).limit(rows - MOST_ROWS + MOST_ROWS // 10)
        db.session().execute(
            delete(LoginTry).where(LoginTry.key_hash.in_(oldest)), execution_options={"synchronize_session": False}
        )


def _network(address: str) -> str:
    """An address as one visitor has it: of IPv6 everybody is given a network of 2**64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
