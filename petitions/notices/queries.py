"""Reading somebody's inbox: unread first, by day, with the reminders of a day together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, tuple_
from sqlalchemy.orm import aliased

from petitions import clock, db
from petitions.access.models import User
from petitions.notices.models import Notice
from petitions.notices.wording import unpack
from petitions.words import Sentence, say

REMINDERS = ("overdue", "due_today", "due_soon", "escalated")
"""Kinds of the ladder (petitions/deadlines/ladder.py), the most urgent first; every other kind is an act."""

PAGE = 100
"""Messages on one page: more than anybody gets on a bad day."""

BADGE = 100
"""The badge says 99+ from here on, so no more are counted."""

_Other = aliased(Notice)

Condition = Callable[[Any, User], ColumnElement[bool]]

SIGHT: dict[str, Condition] = {}
"""`visible` and `concealed`: what a reader sees of the case in a column. This package knows no case; app.py fills it."""

PLACES: list[Callable[[int, int | None], str]] = []
"""The address of an entry in the history of a case; filled likewise."""


@dataclass(frozen=True)
class Line:
    """One message as it is shown."""

    id: int
    text: str
    urgent: bool
    unread: bool
    time: str
    """`09:32`, in China."""
    leads: bool
    """The case can be opened."""


@dataclass
class Day:
    """What came on one day, in one of the two parts."""

    day: date
    unread: bool
    reminders: list[Line] = field(default_factory=list)
    acts: list[Line] = field(default_factory=list)

    @property
    def title(self) -> Sentence:
        """The day, with 今天 or 昨天 where that is what it is."""
        ago = (clock.today() - self.day).days
        named = say("{day.year}年{day.month}月{day.day}日", day=self.day)
        if ago > 1 or ago < 0:
            return named
        return say("今天 {named}", named=named) if ago == 0 else say("昨天 {named}", named=named)


@dataclass(frozen=True)
class Page:
    """One page of an inbox."""

    days: list[Day]
    next: str
    """Where the next page begins; empty on the last one."""
    newest: int
    """Messages up to this one were there when the page was made."""


SHOWN: Mapping[str, Sentence] = {
    "all": say("全部"),
    "unread": say("未读"),
    "reminders": say("期限提醒"),
    "acts": say("办理动态"),
}


def page(user: User, show: str = "all", after: str = "") -> Page:
    """A page of somebody's messages: unread ones first, then the others, each part newest first."""
    visible = SIGHT["visible"](Notice.case_id, user).label("visible")
    query = _shown(_readable(select(Notice, visible), user), show)
    start = _position(after)
    if start is not None:
        unread, key = start
        its_moment = select(_Other.created_at).where(_Other.id == key).scalar_subquery()
        older = tuple_(Notice.created_at, Notice.id) < tuple_(its_moment, key)
        further = and_(Notice.read_at.is_(None) if unread else Notice.read_at.is_not(None), older)
        query = query.where(or_(further, Notice.read_at.is_not(None)) if unread else further)
    # By when it happened, not by number: a history that is brought in late has its own days.
    order = (Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
    rows = db.session().execute(query.order_by(*order).limit(PAGE + 1)).all()
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    days = _by_day((notice, bool(seen)) for notice, seen in rows[:PAGE])
    newest = db.session().scalar(select(func.max(Notice.id)).where(Notice.recipient_id == user.id)) or 0
    return Page(days, f"{'u' if last.read_at is None else 'r'}{last.id}" if last else "", newest)


def unread(user: User) -> int:
    """How many messages wait, as far as the badge counts them."""
    waiting = _readable(select(Notice.id), user).where(Notice.read_at.is_(None)).limit(BADGE)
    return db.session().scalar(select(func.count()).select_from(waiting.subquery())) or 0


def find(user: User, notice_id: int) -> Notice | None:
    """One of this person's own messages, if it may still be read."""
    found: Notice | None = db.session().scalar(_readable(select(Notice), user).where(Notice.id == notice_id))
    return found


def target(notice: Notice) -> str:
    """Where a message leads: the very entry of the case's history; empty when it is about no case."""
    return PLACES[0](notice.case_id, notice.event_id) if notice.case_id else ""


def _readable(query: Any, user: User) -> Any:
    return query.where(
        Notice.recipient_id == user.id,
        or_(Notice.case_id.is_(None), not_(SIGHT["concealed"](Notice.case_id, user))),
    )


def _shown(query: Any, show: str) -> Any:
    if show == "unread":
        return query.where(Notice.read_at.is_(None))
    if show == "reminders":
        return query.where(Notice.kind.in_(REMINDERS))
    return query.where(Notice.kind.not_in(REMINDERS)) if show == "acts" else query


def _position(after: str) -> tuple[bool, int] | None:
    part, key = after[:1], after[1:]
    good = part in ("u", "r") and key.isascii() and key.isdigit() and len(key) <= 9
    return (part == "u", int(key)) if good else None


def _by_day(rows: Iterable[tuple[Notice, bool]]) -> list[Day]:
    days: list[Day] = []
    for notice, visible in rows:
        day, unread = clock.day_of(notice.created_at), notice.read_at is None
        if not days or (days[-1].day, days[-1].unread) != (day, unread):
            days.append(Day(day, unread))
        line = Line(
            notice.id, unpack(notice.said, notice.text), notice.kind in ("overdue", "escalated"), unread,
            notice.created_at.strftime("%H:%M"), visible,
        )  # fmt: skip
        (days[-1].reminders if notice.kind in REMINDERS else days[-1].acts).append(line)
    for each in days:
        each.reminders.sort(key=lambda line: not line.urgent)
    return days
