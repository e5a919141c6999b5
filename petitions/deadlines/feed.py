"""日历订阅: a person's deadlines as iCalendar (RFC 5545), read by a calendar program under a secret link.

What stands in it leaves the house: the number and the clock, no name, no title, nothing of accusations; of an appointment
the number and the hour, and no place, for that may be somebody's home.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import User
from petitions.cases.appointments import BOOKS, Appointment
from petitions.cases.models import Case, Event
from petitions.deadlines import mine
from petitions.deadlines.mine import Item
from petitions.deadlines.models import Feed
from petitions.words import say

_BYTES = 32
"""Of the token: nobody finds one by trying."""

_LONGEST = 64
"""Characters of a token that is looked up at all."""

_MOST = 1_000
"""Clocks of one calendar, the nearest: no program shows more to any use."""

EVERY = timedelta(seconds=10)
"""A feed is put together at most so often; programs ask every quarter of an hour."""

_LINE = 75
"""Octets of a line (RFC 5545 §3.1)."""


def of(person: User) -> Feed | None:
    """This person's feed, if they have made a link."""
    return db.session().get(Feed, person.id)


def renew(person: User) -> str:
    """Make a link; the old one ends. Returns its token, which is kept nowhere."""
    token, feed = secrets.token_urlsafe(_BYTES), of(person)
    if feed is None:
        feed = Feed(user_id=person.id)
        db.session().add(feed)
    feed.token_hash, feed.made_at, feed.read_at = _hashed(token), clock.now(), None
    audit.record("feed:make", person)
    return token


def revoke(person: User) -> bool:
    """End the link; returns whether there was one."""
    feed = of(person)
    if feed is None:
        return False
    db.session().delete(feed)
    audit.record("feed:end", person)
    return True


def found(token: str) -> Feed | None:
    """The feed of a link, while its owner's account is in use."""
    if len(token) > _LONGEST:
        return None
    feed = db.session().scalar(select(Feed).where(Feed.token_hash == _hashed(token)))
    return feed if feed is not None and feed.user.active else None


def too_soon(feed: Feed) -> bool:
    """Whether it was read a moment ago; notes that it is read now otherwise."""
    now = clock.now()
    if feed.read_at is not None and timedelta() <= now - feed.read_at < EVERY:
        return True
    with db.now() as session:
        row = session.get(Feed, feed.user_id)
        if row is not None:
            row.read_at = now
    return False


def calendar(person: User, root: str) -> bytes:
    """The calendar. `root`: what the addresses of cases begin with."""
    items = [item for item in mine.duties(person) if not item.row.sealed][:_MOST]
    planned = [one for look_up in BOOKS for one in look_up(person)]
    changed = _changes({item.row.case_id for item in items} | {one.case_id for one in planned})
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//petitions//deadlines//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(say('办理期限'))}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]  # fmt: skip
    for item in items:
        lines += _event(item, changed[item.row.case_id], root)
    for one in planned:
        lines += _appointment(one, changed[one.case_id], root)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(item: Item, change: tuple[int, datetime], root: str) -> list[str]:
    version, at = change
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    day = item.row.target_on
    return [
        "BEGIN:VEVENT", f"UID:deadline-{item.row.id}@{_host(root)}",
        f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{version}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{item.row.number} {item.limit.short}')}",
        f"URL:{root.rstrip('/')}/cases/{item.row.case_id}", "TRANSP:TRANSPARENT", "END:VEVENT",
    ]  # fmt: skip


def _appointment(one: Appointment, change: tuple[int, datetime], root: str) -> list[str]:
    """An hour; how long it will take nobody has said."""
    version, at = change
    stamp, hour = (moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for moment in (at, one.at))
    return [
        "BEGIN:VEVENT", f"UID:{one.key}@{_host(root)}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{version}",
        f"DTSTART:{hour}", f"SUMMARY:{_escaped(f'{one.number} {one.what}')}",
        f"URL:{root.rstrip('/')}/cases/{one.case_id}", "END:VEVENT",
    ]  # fmt: skip


def _host(root: str) -> str:
    return root.partition("://")[2].partition("/")[0]


def _changes(case_ids: set[int]) -> dict[int, tuple[int, datetime]]:
    """Of each case its version, which only grows, and when something last happened in it."""
    query = (
        select(Case.id, Case.version, func.max(Event.at))
        .join(Event, Event.case_id == Case.id)
        .where(Case.id.in_(case_ids))
        .group_by(Case.id, Case.version)
    )
    rows: Any = db.session().execute(query)
    return {case_id: (version, at) for case_id, version, at in rows}


def _escaped(text: str) -> str:
    r"""TEXT of RFC 5545 §3.3.11: backslash, semicolon, comma and line break."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line as octets, folded between characters."""
    parts, now = list[bytes](), b""
    for sign in line:
        octets = sign.encode()
        if len(now) + len(octets) > _LINE - bool(parts):
            parts.append(now)
            now = b""
        now += octets
    return b"\r\n ".join([*parts, now]) + b"\r\n"


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
