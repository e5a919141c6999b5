"""The ladder of reminders: which rung a running clock stands on today, and who is to be told of it.

A rung is told once to each person: the message's key is (deadline, rung, due date, recipient), and a key that is
there already inserts nothing. So any number of ticks may run at once, a tick that dies half way is simply run again,
and after an outage the next tick tells where things stand now: one message a clock, not one for every day missed.
Nothing here is stored about being overdue; an extension or a corrected calendar moves the due date and with it the keys.
Which rungs there are, say the rules (rules.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, case, select

from petitions import clock, db
from petitions.cases import local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import Calendar, days_left
from petitions.cases.models import Case, Deadline
from petitions.db import Database
from petitions.deadlines import rules
from petitions.deadlines.audience import Audience, Staff
from petitions.deadlines.reminders import Messages, Reminder, Rung, Words
from petitions.deadlines.rules import Ladder

log = structlog.get_logger()

BATCH = 4_000
"""Clocks told of in one transaction: a commit costs a write to the disk, and a writer makes the others wait (some 100 ms)."""

_ROLL = timedelta(days=15)
"""No row of days off is longer (the longest, 春节 with its weekends, has ten): so far may a due date lie after its target."""


def rungs(deadline: Row[Any], today: date, calendar: Calendar, ladder: Ladder) -> list[Rung]:
    """The rungs a running clock stands on today: at most one before its day, the day's own and the escalations after."""
    limit = local_limits.of(deadline)
    if today <= deadline.due_on:
        left = days_left(deadline.target_on, today, limit.unit, calendar)
        term = days_left(deadline.target_on, deadline.start_on, limit.unit, calendar)
        # A rung that lies on or before the first day of the term would be told together with the clock itself.
        reached = [days for days in ladder.before if left <= days < term]
        if not reached:
            return []
        kind = "due_soon" if left > 0 else "due_today"
        return [Rung(f"before-{min(reached)}", kind, Audience.DESK if limit.window else Audience.DUTY)]
    if limit.window:
        return []
    late, found = rules.since(deadline.due_on, today), list[Rung]()
    if ladder.every is not None:
        found.append(Rung(f"overdue-{rules.step(late, ladder.every)}", "overdue", Audience.DUTY))
    if ladder.head is not None and late >= ladder.head:
        found.append(Rung("head", "escalated", Audience.HEAD))
    if ladder.office is not None and late >= ladder.office:
        found.append(Rung("office", "escalated", Audience.OFFICE))
    return found


def remind(database: Database) -> tuple[int, int]:
    """Tell everybody what is due today and has not been told; returns how many messages are new and how many failed.

    Reads first and writes only what is missing, a batch a transaction; a clock that cannot be told of is logged and
    left for the next tick, the others are told.
    """
    told = 0
    with database.work(write=False):
        sweep = Sweep(clock.today())
        missing = _missing(sweep, sweep.due())
    for start in range(0, len(missing), BATCH):
        with database.work():
            told += _tell_all(sweep, sweep.due(missing[start : start + BATCH]))
    return told, len(sweep.failed)


def running(today: date, ids: Sequence[int] | None, ahead: int = rules.DEFAULT.before[0]) -> Any:
    """Open clocks somebody has to be told of today or that come near; or those of `ids` that are open.

    `ahead`: so many days before a last day the rules begin to remind.
    """
    query = (
        select(
            Deadline.id, Deadline.case_id, Deadline.code, Deadline.rule, Deadline.unit_id, Deadline.start_on, Deadline.target_on,
            Deadline.due_on, Deadline.extension, Deadline.provisional, Case.number, Case.sealed, Case.office_id, Case.handler_id,
        )
        .join(Case, Case.id == Deadline.case_id)
        # A right of the petitioner (T8) is nobody's to be reminded of.
        .where(Deadline.ended_on.is_(None), Deadline.unit_id.is_not(None))
    )  # fmt: skip
    if ids is not None:
        return query.where(db.among(Deadline.id, ids))
    # Days before are counted in the clock's own unit; the working-day terms are far shorter than what is read here.
    return query.where(Deadline.due_on <= today + timedelta(days=ahead) + _ROLL)


ALIKE = (
    "handler_id", "unit_id", "office_id", "target_on", "due_on", "start_on", "extension", "code", "rule", "sealed",
)  # fmt: skip
"""All that decides what is said of a clock and to whom, but for the number of its case; of an accusation also the case,
whose people are asked for by name."""


class Sweep:
    """What one sweep has worked out: for clocks that run alike, with the same days in the hands of the same people, once."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.failed = set[int]()
        """Clocks that could not be told of."""
        self._calendar, self._rules = load_calendar(), rules.read()
        self.words = Words(today, self._calendar)
        self._known: dict[tuple[Any, ...], Sequence[tuple[Rung, tuple[int, ...]]]] = {}

    def due(self, ids: Sequence[int] | None = None) -> list[Reminder]:
        """What there is to say today, told or not; or of certain clocks, inside the transaction that tells, what still holds then.

        An act may have ended a clock or sealed a case meanwhile. What has changed is worked out anew, as accusations always are.
        """
        near = running(self.today, ids if ids is None else _held(ids), self._rules.ahead)
        one = near.subquery()
        common = [*(one.c[name] for name in ALIKE), case((one.c.sealed, one.c.case_id)).label("case_id")]
        alike: Any = select(*common, db.gathered(one.c.id).label("ids")).group_by(*common)
        rows: Sequence[Row[Any]] = db.session().execute(alike).all()
        if fresh := [row for row in rows if row.sealed or row[:-1] not in self._known]:
            self._work_out(fresh)
        return [
            Reminder(row, row.ids, rung, recipients)
            for row in rows
            for rung, recipients in self._known.get(row[:-1], ())
        ]

    def _work_out(self, rows: Sequence[Row[Any]]) -> None:
        staff = Staff({row.unit_id for row in rows} | {row.office_id for row in rows})
        for row in rows:
            try:
                reached = rungs(row, self.today, self._calendar, self._rules.of(row.code, row.unit_id))
                self._known[row[:-1]] = list(_heard(row, reached, staff))
                for rung in reached:
                    self.words.of(row, rung.audience)
            except Exception as fault:
                self._known[row[:-1]] = ()
                for one in row.ids:
                    log.error("reminder_failed", deadline=one, exc_info=fault)
                self.failed.update(row.ids)


def _held(ids: Sequence[int]) -> Sequence[int]:
    """Those of these clocks whose cases nobody is at work on; until the commit nobody begins to be.

    An act locks its case first (perform.py). A case somebody is at work on is left for the next tick, which sees what came
    of it; and who acts after this waits for the commit, then puts away what was said (outbox.py). It is a query of its own:
    one that locks and reads at once would read the clocks as they stood before the lock. SQLite's BEGIN IMMEDIATE has held all.
    """
    if db.session().get_bind().dialect.name == "sqlite":
        return ids
    free = select(Deadline.id).join(Case, Case.id == Deadline.case_id).where(db.among(Deadline.id, ids))
    return db.session().scalars(free.with_for_update(of=Case, key_share=True, skip_locked=True)).all()


def _heard(row: Row[Any], reached: Iterable[Rung], staff: Staff) -> Iterable[tuple[Rung, tuple[int, ...]]]:
    heard: set[int] = set()
    for rung in reached:
        # Who is told of the duty itself needs no second message about its escalation.
        recipients = tuple(person for person in staff.of(rung.audience, row) if person not in heard)
        heard.update(recipients)
        if recipients:
            yield rung, recipients


def _missing(sweep: Sweep, due: Sequence[Reminder]) -> list[int]:
    """The clocks of which somebody has not been told yet. Those that run alike stay together, so that one batch tells of them."""
    untold = Messages(due, sweep.words).missing() if due else set[int]()
    return list(dict.fromkeys(one for reminder in due for one in reminder.ids if one in untold))


def _tell_all(sweep: Sweep, due: Sequence[Reminder]) -> int:
    """Tell of these clocks; returns how many messages are new."""
    if not due:
        return 0
    try:
        with db.session().begin_nested():
            return _tell(sweep, due)
    except Exception as fault:
        log.warning("reminders_told_singly", clocks=len({one for each in due for one in each.ids}), exc_info=fault)
    told = 0
    for single in (replace(reminder, ids=[one]) for reminder in due for one in reminder.ids):
        try:
            with db.session().begin_nested():
                told += _tell(sweep, [single])
        except Exception as fault:
            log.error("reminder_failed", deadline=single.ids[0], rung=single.rung.name, exc_info=fault)
            sweep.failed.update(single.ids)
    return told


def _tell(sweep: Sweep, due: Sequence[Reminder]) -> int:
    """Put messages into the inboxes, and put away unread ones they replace; returns how many are new."""
    at, messages = clock.now(), Messages(due, sweep.words)
    messages.put_away_older(at)
    return messages.tell(at)
