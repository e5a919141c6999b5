"""The ladder of reminders: which rung a running clock stands on today, and who is to be told of it.

A rung is told once to each person: the message's key is (deadline, rung, due date, recipient), and a key that is
there already inserts nothing. So any number of ticks may run at once, a tick that dies half way is simply run again,
and after an outage the next tick tells where things stand now: one message a clock, not one for every day missed.
Nothing here is stored about being overdue; an extension or a corrected calendar moves the due date and with it the keys.
Which rungs there are, say the rules (rules.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import structlog
from sqlalchemy import Row, select

from petitions import clock, db
from petitions.access.models import Unit
from petitions.cases import local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.chip import reading
from petitions.cases.clocks import Calendar, days_left
from petitions.cases.models import Case, Deadline
from petitions.db import Database
from petitions.deadlines import rules
from petitions.deadlines.audience import Audience, Staff
from petitions.deadlines.rules import Ladder, Rules
from petitions.notices import outbox
from petitions.notices.models import Notice
from petitions.notices.outbox import Message
from petitions.notices.wording import pack
from petitions.words import Sentence, say

log = structlog.get_logger()

BATCH = 1_000
"""Clocks told of in one transaction: a commit costs a write to the disk, and a writer makes the others wait (some 100 ms)."""

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


Recipients = tuple[int, ...]


@dataclass(frozen=True)
class Reminder:
    """What one clock has to say to some people today."""

    deadline: Row[Any]
    rung: Rung
    recipients: Recipients

    @cached_property
    def about(self) -> str:
        """The key without the recipient."""
        return f"deadline:{self.deadline.id}:{self.rung.name}:{self.deadline.due_on}"

    @cached_property
    def keys(self) -> list[str]:
        """The keys, as the outbox writes them."""
        return [f"{self.about}:{recipient}" for recipient in self.recipients]


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
    today, failed, told = clock.today(), set[int](), 0
    with database.work(write=False):
        due = reminders(today, failed)
        missing = _with_missing(due)
        by_clock: dict[int, list[Reminder]] = {}
        for reminder in due:
            if reminder.deadline.id in missing:
                by_clock.setdefault(reminder.deadline.id, []).append(reminder)
        words = Words(today, load_calendar())
    ids = sorted(by_clock)
    for start in range(0, len(ids), BATCH):
        with database.work():
            told += _tell_all({one: by_clock[one] for one in ids[start : start + BATCH]}, words, failed)
    return told, len(failed)


def running(today: date, ids: Sequence[int] | None, ahead: int = rules.DEFAULT.before[0]) -> Any:
    """Open clocks somebody has to be told of today or that come near, in the order of their ids.

    `ahead`: so many days before a last day the rules begin to remind.
    """
    query = (
        select(
            Deadline.id, Deadline.case_id, Deadline.code, Deadline.rule, Deadline.unit_id, Deadline.start_on, Deadline.target_on,
            Deadline.due_on, Deadline.extension, Deadline.provisional, Deadline.started_by_id, Case.number, Case.sealed, Case.office_id,
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
    return query.where(Deadline.due_on <= today + timedelta(days=ahead) + _ROLL)


def reminders(today: date, failed: set[int]) -> list[Reminder]:
    """What there is to say today, told or not. Ids of clocks that cannot be read are added to `failed`, and left out."""
    known = rules.read()
    rows = db.session().execute(running(today, None, known.ahead)).all()
    return _said_of(rows, today, failed, known)


def _said_of(rows: Sequence[Row[Any]], today: date, failed: set[int], known: Rules) -> list[Reminder]:
    """Many clocks run alike, with the same days in the hands of the same people: what is said of one is worked out once."""
    staff = Staff({row.unit_id for row in rows} | {row.office_id for row in rows})
    calendar, found, alike = load_calendar(), list[Reminder](), dict[tuple[Any, ...], list[tuple[Rung, Recipients]]]()
    for row in rows:
        if row.id in failed:
            continue
        key = (row.code, row.rule, row.start_on, row.target_on, row.due_on, row.unit_id, row.office_id, row.handler_id)
        try:
            said = None if row.sealed else alike.get(key)
            if said is None:
                said = list(_of(row, rungs(row, today, calendar, known.of(row.code, row.unit_id)), staff))
                if not row.sealed:
                    alike[key] = said
            found += [Reminder(row, rung, recipients) for rung, recipients in said]
        except Exception as fault:
            log.error("reminder_failed", deadline=row.id, exc_info=fault)
            failed.add(row.id)
    return found


def _of(row: Row[Any], reached: Iterable[Rung], staff: Staff) -> Iterable[tuple[Rung, Recipients]]:
    heard: set[int] = set()
    for rung in reached:
        # Who is told of the duty itself needs no second message about its escalation.
        recipients = tuple(person for person in staff.of(rung.audience, row) if person not in heard)
        heard.update(recipients)
        if recipients:
            yield rung, recipients


def _with_missing(due: Sequence[Reminder]) -> set[int]:
    """Ids of the clocks of which somebody has not been told yet."""
    keys = {key: reminder.deadline.id for reminder in due for key in reminder.keys}
    known = set(db.session().scalars(select(Notice.key).where(Notice.key.in_(db.one_of(keys, Notice.key.type)))))
    return {deadline_id for key, deadline_id in keys.items() if key not in known}


def _tell_all(batch: Mapping[int, Sequence[Reminder]], words: "Words", failed: set[int]) -> int:
    """Tell of these clocks; returns how many messages are new."""
    due = _still(batch, words.today, failed)
    try:
        with db.session().begin_nested():
            return _tell(due, words)
    except Exception as fault:
        log.warning("reminders_told_singly", clocks=len(batch), exc_info=fault)
    told = 0
    for reminder in due:
        try:
            with db.session().begin_nested():
                told += _tell([reminder], words)
        except Exception as fault:
            log.error("reminder_failed", deadline=reminder.deadline.id, rung=reminder.rung.name, exc_info=fault)
            failed.add(reminder.deadline.id)
    return told


def _still(batch: Mapping[int, Sequence[Reminder]], today: date, failed: set[int]) -> list[Reminder]:
    """What still holds inside the writing transaction: an act may have ended a clock or sealed a case meanwhile.

    An act locks its case first (perform.py). A case somebody is at work on is left for the next tick, which sees what came
    of it; and who acts after this waits for the commit, then puts away what was said (outbox.py).
    """
    query = running(today, list(batch)).with_for_update(of=Case, key_share=True, skip_locked=True)
    rows = db.session().execute(query).all()
    changed = [row for row in rows if row.sealed or row != batch[row.id][0].deadline]
    anew = {row.id for row in changed}
    found = [reminder for row in rows if row.id not in anew for reminder in batch[row.id]]
    return [*found, *_said_of(changed, today, failed, rules.read())] if changed else found


def _tell(due: Sequence[Reminder], words: "Words") -> int:
    """Put messages into the inboxes, and put away unread ones they replace; returns how many are new."""
    at = clock.now()
    new = outbox.tell_all([words.message(reminder) for reminder in due], at)
    later = [reminder for reminder in due if reminder.rung.kind in _REPLACED and not new.isdisjoint(reminder.keys)]
    if later:
        kept = [key for reminder in later for key in reminder.keys]
        outbox.put_away([reminder.deadline.id for reminder in later], at, kinds=_REPLACED, keep=kept)
    return len(new)


class Words:
    """The words of the reminders of one day. They differ in the number of the case alone where the clocks run alike."""

    def __init__(self, today: date, calendar: Calendar) -> None:
        self.today = today
        self._calendar = calendar
        self._known: dict[tuple[Any, ...], tuple[str, dict[str, Any]]] = {}

    def message(self, reminder: Reminder) -> Message:
        """What is put into the inboxes; as text, and packed for another language (notices/wording.py)."""
        row = reminder.deadline
        text, packed = self._without_number(row, reminder.rung.audience)
        said = {"pattern": packed["pattern"], "values": {**packed["values"], "number": row.number}}
        return Message(
            reminder.recipients, kind=reminder.rung.kind, text=row.number + text, about=reminder.about,
            case_id=row.case_id, event_id=row.started_by_id, deadline_id=row.id, said=said,
        )  # fmt: skip

    def _without_number(self, row: Row[Any], audience: Audience) -> tuple[str, dict[str, Any]]:
        own = row.unit_id == row.office_id
        key = (row.code, row.rule, row.due_on, row.target_on, row.extension > 0, audience, row.unit, own)
        if key not in self._known:
            sentence = self._sentence(row, audience, own=own)
            self._known[key] = (str(sentence), pack(sentence))
        return self._known[key]

    def _sentence(self, row: Row[Any], audience: Audience, *, own: bool) -> Sentence:
        """With no number yet: every pattern begins with it."""
        limit = local_limits.of(row)
        chip = reading(
            limit, row.due_on, self.today, self._calendar, target_on=row.target_on, extended=row.extension > 0
        )
        told = {"number": "", "clock": say(limit.name), "words": chip.words}
        # An office supervises others (第40条); of what it owes itself its inspectors hear in the words its head has heard.
        if audience is Audience.HEAD or (audience is Audience.OFFICE and own):
            return say("{number}：{clock}{words}，请督促办理", **told)
        if audience is Audience.OFFICE:
            return say("{number}：{clock}{words}（{unit}），建议督办", unit=row.unit, **told)
        return say("{number}：{clock}{words}", **told)
