"""The ladder of reminders: which rung a running clock stands on today, and who is to be told of it.

A rung is told once to each person: the message's key is (deadline, rung, due date, recipient), and a key that is
there already inserts nothing. So any number of ticks may run at once, a tick that dies half way is simply run again,
and after an outage the next tick tells where things stand now: one message a clock, not one for every day missed.
Nothing here is stored about being overdue; an extension or a corrected calendar moves the due date and with it the keys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, select, update

from petitions import clock, db
from petitions.access.models import Unit
from petitions.cases import local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.chip import reading
from petitions.cases.clocks import Calendar, days_left
from petitions.cases.models import Case, Deadline
from petitions.db import Database
from petitions.deadlines.audience import Audience, Staff
from petitions.notices import outbox
from petitions.notices.models import Notice
from petitions.settings import Settings
from petitions.words import Sentence, say

log = structlog.get_logger()

BATCH = 100
"""Clocks told of in one transaction: a commit costs a write to the disk, and a writer makes the others wait."""

_KEYS = 500
"""Keys looked up with one query; SQLite takes at most 32,766 values."""

_ROLL = timedelta(days=15)
"""No row of days off is longer (the longest, 春节 with its weekends, has ten): so far may a due date lie after its target."""

_REPLACED = ("due_soon", "due_today", "overdue")
"""A new rung makes the earlier ones of the same clock old news; escalations stay until they are read."""


@dataclass(frozen=True)
class Rung:
    """One step of the ladder a clock has reached."""

    name: str
    """`before-3`, `overdue-12`, `head`, `office`: part of the key."""
    kind: str
    """The kind of the message (petitions/notices/queries.py)."""
    audience: Audience


@dataclass(frozen=True)
class Reminder:
    """What one clock has to say to some people today."""

    deadline: Row[Any]
    rung: Rung
    recipients: tuple[int, ...]

    @property
    def about(self) -> str:
        """The key without the recipient."""
        return f"deadline:{self.deadline.id}:{self.rung.name}:{self.deadline.due_on}"

    @property
    def keys(self) -> list[str]:
        """The keys, as the outbox writes them."""
        return [f"{self.about}:{recipient}" for recipient in self.recipients]


def rungs(deadline: Row[Any], today: date, calendar: Calendar, settings: Settings) -> list[Rung]:
    """The rungs a running clock stands on today: at most one before its day, the day's own and the escalations after."""
    limit = local_limits.of(deadline)
    if today <= deadline.due_on:
        left = days_left(deadline.target_on, today, limit.unit, calendar)
        term = days_left(deadline.target_on, deadline.start_on, limit.unit, calendar)
        # A rung that lies on or before the first day of the term would be told together with the clock itself.
        reached = [days for days in settings.reminder_days if left <= days < term]
        if not reached:
            return []
        kind = "due_soon" if left > 0 else "due_today"
        return [Rung(f"before-{min(reached)}", kind, Audience.DESK if limit.window else Audience.DUTY)]
    if limit.window:
        return []
    late = (today - deadline.due_on).days
    found = [Rung(f"overdue-{late}", "overdue", Audience.DUTY)]
    if late >= settings.escalate_to_head_after:
        found.append(Rung("head", "escalated", Audience.HEAD))
    if late >= settings.escalate_to_office_after:
        found.append(Rung("office", "escalated", Audience.OFFICE))
    return found


def remind(database: Database, settings: Settings) -> tuple[int, int]:
    """Tell everybody what is due today and has not been told; returns how many messages are new and how many failed.

    Reads first and writes only what is missing, a batch a transaction; a clock that cannot be told of is logged and
    left for the next tick, the others are told.
    """
    today, failed, told = clock.today(), set[int](), 0
    with database.work(write=False):
        missing = sorted(_with_missing(_reminders(today, settings, None, failed)))
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        with database.work() as session:
            # Read anew inside the writing transaction: an act may have ended a clock or sealed a case meanwhile.
            for reminder in _reminders(today, settings, batch, failed):
                try:
                    with session.begin_nested():
                        told += _tell(reminder, today)
                except Exception as fault:
                    log.error("reminder_failed", deadline=reminder.deadline.id, rung=reminder.rung.name, exc_info=fault)
                    failed.add(reminder.deadline.id)
    return told, len(failed)


def running(today: date, settings: Settings, ids: Sequence[int] | None) -> Any:
    """Open clocks somebody has to be told of today or that come near, in the order of their ids."""
    query = (
        select(
            Deadline.id, Deadline.case_id, Deadline.code, Deadline.rule, Deadline.unit_id, Deadline.start_on, Deadline.target_on,
            Deadline.due_on, Deadline.extension, Deadline.started_by_id, Case.number, Case.sealed, Case.office_id,
            Case.handler_id, Unit.name.label("unit"),
        )
        .join(Case, Case.id == Deadline.case_id)
        .join(Unit, Unit.id == Deadline.unit_id)  # a right of the petitioner (T8) is nobody's to be reminded of
        .where(Deadline.ended_on.is_(None))
        .order_by(Deadline.id)
    )  # fmt: skip
    if ids is not None:
        return query.where(Deadline.id.in_(ids))
    # Days before are counted in the clock's own unit; the working-day terms are far shorter than what is read here.
    return query.where(Deadline.due_on <= today + timedelta(days=max(settings.reminder_days, default=0)) + _ROLL)


def _reminders(today: date, settings: Settings, ids: Sequence[int] | None, failed: set[int]) -> list[Reminder]:
    calendar, found = load_calendar(), list[Reminder]()
    rows = db.session().execute(running(today, settings, ids)).all()
    staff = Staff({row.unit_id for row in rows} | {row.office_id for row in rows})
    for row in rows:
        if row.id in failed:
            continue
        try:
            found += _of(row, today, calendar, settings, staff)
        except Exception as fault:
            log.error("reminder_failed", deadline=row.id, exc_info=fault)
            failed.add(row.id)
    return found


def _of(row: Row[Any], today: date, calendar: Calendar, settings: Settings, staff: Staff) -> Iterable[Reminder]:
    heard: set[int] = set()
    for rung in rungs(row, today, calendar, settings):
        # Who is told of the duty itself needs no second message about its escalation.
        recipients = tuple(person for person in staff.of(rung.audience, row) if person not in heard)
        heard.update(recipients)
        if recipients:
            yield Reminder(row, rung, recipients)


def _text(row: Row[Any], rung: Rung, today: date) -> Sentence:
    limit = local_limits.of(row)
    chip = reading(limit, row.due_on, today, load_calendar(), target_on=row.target_on, extended=row.extension > 0)
    told = {"number": row.number, "clock": say(limit.name), "words": chip.words}
    if rung.audience is Audience.HEAD:
        return say("{number}：{clock}{words}，请督促办理", **told)
    if rung.audience is Audience.OFFICE:
        return say("{number}：{clock}{words}（{unit}），可以督办", unit=row.unit, **told)
    return say("{number}：{clock}{words}", **told)


def _with_missing(due: Sequence[Reminder]) -> set[int]:
    """Ids of the clocks of which somebody has not been told yet."""
    keys = {key: reminder.deadline.id for reminder in due for key in reminder.keys}
    wanted = list(keys)
    known: set[str] = set()
    for start in range(0, len(wanted), _KEYS):
        chunk = select(Notice.key).where(Notice.key.in_(wanted[start : start + _KEYS]))
        known.update(db.session().scalars(chunk))
    return {deadline_id for key, deadline_id in keys.items() if key not in known}


def _tell(reminder: Reminder, today: date) -> int:
    """Put the message into the inboxes, and put away unread ones it replaces; returns how many are new."""
    row, rung, at = reminder.deadline, reminder.rung, clock.now()
    new = outbox.tell(
        reminder.recipients, kind=rung.kind, text=_text(row, rung, today), about=reminder.about, at=at,
        case_id=row.case_id, event_id=row.started_by_id,
    )  # fmt: skip
    if new and rung.kind in _REPLACED:
        replaced = update(Notice).where(
            Notice.case_id == row.case_id, Notice.recipient_id.in_(reminder.recipients), Notice.read_at.is_(None),
            Notice.kind.in_(_REPLACED), Notice.key.startswith(f"deadline:{row.id}:", autoescape=True),
            Notice.key.not_in(reminder.keys),
        )  # fmt: skip
        db.session().execute(replaced.values(read_at=at).execution_options(synchronize_session=False))
    return new
