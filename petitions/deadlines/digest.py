"""The digest of a day: one message to each person, and one to each group robot, of what is due.

It leaves the house, so it says the number of a case, which clock, its day, what is left, what to do and where to look: no name,
no text, not even the title. Of accusations (第30条) it says only how many, and that only to people of their lists.
It is put together when it is sent. The tick only notes that somebody is to get one today.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import exists, select

from petitions import clock, db
from petitions.access.models import Unit, User
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import in_words
from petitions.db import Database
from petitions.deadlines import mine
from petitions.deadlines.mine import Item
from petitions.notices import delivery, mail, robots
from petitions.notices.condition import host_of
from petitions.notices.delivery import DIGEST, Channel, Delivery
from petitions.notices.models import Notice
from petitions.notices.queries import REMINDERS
from petitions.notices.sending import Letter
from petitions.settings import Settings

_LINES, _LINES_OF_ROBOT = 50, 20
"""Clocks named in a mail, and by a robot: 企业微信 takes 4,096 bytes. The others are counted."""

_AHEAD = timedelta(days=3)
"""So far a unit's group looks ahead."""

_CHUNK = 500
"""Rows of one INSERT and transaction."""


def put_in_queue(database: Database, settings: Settings) -> int:
    """Note who gets a digest today and has not been noted; returns how many were new. Any number of ticks may do it."""
    new = 0
    with database.work(write=False):
        due = {Channel.MAIL: _people(settings), Channel.ROBOT: _robots(settings)}
    day = clock.today()
    for channel, addressees in due.items():
        for start in range(0, len(addressees), _CHUNK):
            with database.work():
                about, host = day.isoformat(), host_of(settings)
                made = delivery.queue(DIGEST, channel, addressees[start : start + _CHUNK], about, host)
                if made:
                    delivery.supersede(channel, made, day)
                new += len(made)
    return new


def _people(settings: Settings) -> list[int]:
    """Who has something to hear, wants to hear it, and whose time has come."""
    if not mail.is_on(settings):
        return []
    now, day = clock.now().strftime("%H:%M"), clock.today()
    noted = exists().where(Delivery.user_id == User.id, Delivery.kind == DIGEST, Delivery.day == day)
    wanting = select(User.id, User.digest_at).where(User.active, User.digest_on, User.email != "", ~noted)
    ids = [
        row.id
        for row in db.session().execute(wanting.order_by(User.id))
        if (row.digest_at or settings.digest_at) <= now
    ]
    if not ids:
        return []
    kinds = [kind for kind in REMINDERS if kind != "due_soon"] if _is_quiet(settings) else REMINDERS
    told = select(Notice.recipient_id).where(Notice.read_at.is_(None), Notice.kind.in_(kinds)).distinct()
    concerned = mine.pressing() | set(db.session().scalars(told))
    return [one for one in ids if one in concerned]


def _robots(settings: Settings) -> list[int]:
    """The robots that are to speak today: at the time of the house, and not to an empty room."""
    if clock.now().strftime("%H:%M") < settings.digest_at:
        return []
    noted = set(
        db.session().scalars(select(Delivery.robot_id).where(Delivery.kind == DIGEST, Delivery.day == clock.today()))
    )
    waiting = [robot for robot in robots.every() if robot.id not in noted]
    ahead = timedelta() if _is_quiet(settings) else _AHEAD
    return [robot.id for robot in waiting if mine.of_unit(robot.unit_id, ahead)]


def _is_quiet(settings: Settings) -> bool:
    return settings.quiet_days and load_calendar().is_day_off(clock.today())


def link(settings: Settings, path: str) -> str:
    """An address of ours as a reader outside has it."""
    return settings.public_url.rstrip("/") + path


class Digests:
    """Writes the digests (notices/sending.py asks it)."""

    def person(self, person: User, settings: Settings) -> Letter | None:
        """What this person is to hear today; None when nothing is left of it."""
        items = mine.today(person)
        if not items:
            return None
        open_ones, sealed = _parted(items)
        lines = [f"{in_words(clock.today())}，你有以下期限："]
        for heading, part in _groups(open_ones[:_LINES]):
            lines += ["", f"【{heading}】", *(_line(item, settings) for item in part)]
        if len(open_ones) > _LINES:
            lines += ["", f"另有{len(open_ones) - _LINES}件没有列出，请登录查看。"]
        if sealed:
            lines += ["", f"另有{sealed}件保密事项，请登录查看。"]
        lines += ["", f"全部提醒：{link(settings, MINE)}", "发送时间和是否发邮件在“我的提醒”里设置。请勿回复本邮件。"]
        return Letter(f"{settings.office_name}期限提醒", "\n".join(lines))

    def unit(self, unit: Unit, settings: Settings) -> Letter | None:
        """What a unit's group is to hear today; None when nothing is due."""
        items = mine.of_unit(unit.id, _AHEAD)
        if not items:
            return None
        groups = _groups(items)
        counts = "，".join(f"{heading}{len(part)}件" for heading, part in groups)
        lines = [f"{unit.name}：{counts}"]
        lines += [f"{one.row.number} {one.clock}{one.chip.words}" for one in items[:_LINES_OF_ROBOT]]
        if len(items) > _LINES_OF_ROBOT:
            lines.append(f"另有{len(items) - _LINES_OF_ROBOT}件没有列出")
        if settings.public_url:
            lines.append(f"[登录查看]({link(settings, MINE)})")
        return Letter("期限提醒", "\n".join(lines))


MINE = "/reminders"
"""The address of the page with everything (reminder_views.py)."""


def _parted(items: Iterable[Item]) -> tuple[list[Item], int]:
    """What may be named outside, and how many cases may not."""
    all_of_them = list(items)
    return [one for one in all_of_them if not one.row.sealed], len(
        {one.row.case_id for one in all_of_them if one.row.sealed}
    )


def _groups(items: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    parts = {
        "已超期": [one for one in items if one.overdue],
        "今天到期": [one for one in items if one.urgent and not one.overdue],
        "临近到期": [one for one in items if not one.urgent and not one.overdue],
    }
    return [(heading, part) for heading, part in parts.items() if part]


def _line(item: Item, settings: Settings) -> str:
    where = link(settings, f"/cases/{item.row.case_id}")
    day = f"{in_words(item.row.due_on)}到期{'（暂定）' if item.chip.provisional else ''}"
    return f"{item.row.number}　{item.clock}　{day}　{item.chip.words}　要做的：{item.to_do}\n{where}"
