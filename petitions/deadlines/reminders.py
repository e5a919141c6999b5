"""What reminders say, in words and as rows: the words of clocks that run alike are made once, the rows by the database.

The clocks that run alike differ in the number of their case alone, so a reminder travels to the database as one line with the
clocks it holds for, however many there are, and what depends on the clock (key, number, act) is put in there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, Row, Select, String, cast, exists, literal, select, true

from petitions import db
from petitions.access import units
from petitions.cases import local_limits
from petitions.cases.chip import reading
from petitions.cases.clocks import Calendar
from petitions.cases.models import Case, Deadline
from petitions.deadlines.audience import Audience
from petitions.notices import outbox
from petitions.notices.models import Notice
from petitions.notices.wording import around
from petitions.words import Sentence, say

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
    """What clocks that run alike have to say to some people today."""

    deadline: Row[Any]
    """What the clocks have in common (ladder.ALIKE)."""
    ids: Sequence[int]
    """The clocks."""
    rung: Rung
    recipients: tuple[int, ...]

    @property
    def about(self) -> str:
        """What stands in a key between the clock and the recipient: another day is another reminder."""
        return f":{self.rung.name}:{self.deadline.due_on}"


class Words:
    """The words of the reminders of one day, without the number of the case: every pattern begins with it."""

    def __init__(self, today: date, calendar: Calendar) -> None:
        self.today = today
        self._calendar = calendar
        self._known: dict[tuple[Any, ...], tuple[str, str, str]] = {}

    def of(self, row: Row[Any], audience: Audience) -> tuple[str, str, str]:
        """The text behind the number, and what stands before and after the number in the packed one (notices/wording.py)."""
        own = row.unit_id == row.office_id
        key = (row.code, row.rule, row.due_on, row.target_on, row.extension > 0, audience, row.unit_id, own)
        if key not in self._known:
            sentence = self._sentence(row, audience, own=own)
            self._known[key] = (str(sentence), *around(sentence, "number"))
        return self._known[key]

    def _sentence(self, row: Row[Any], audience: Audience, *, own: bool) -> Sentence:
        limit = local_limits.of(row)
        chip = reading(
            limit, row.due_on, self.today, self._calendar, target_on=row.target_on, extended=row.extension > 0
        )
        told = {"number": "", "clock": say(limit.name), "words": chip.words}
        # An office supervises others (第40条); of what it owes itself its inspectors hear in the words its head has heard.
        if audience is Audience.HEAD or (audience is Audience.OFFICE and own):
            return say("{number}：{clock}{words}，请督促办理", **told)
        if audience is Audience.OFFICE:
            return say("{number}：{clock}{words}（{unit}），建议督办", unit=units.name_of(row.unit_id), **told)
        return say("{number}：{clock}{words}", **told)


class Messages:
    """Reminders as a table of one query: a row for each clock and person."""

    def __init__(self, due: Sequence[Reminder], words: Words) -> None:
        lines = [
            (
                recipient, reminder.rung.kind, *words.of(reminder.deadline, reminder.rung.audience),
                f"{reminder.about}:{recipient}", reminder.ids,
            )
            for reminder in due
            for recipient in reminder.recipients
        ]  # fmt: skip
        self._replacing = sorted({one for reminder in due if reminder.rung.kind in _REPLACED for one in reminder.ids})
        # Read once: a line holds thousands of clocks, and SQLite would take it to pieces again for each of them.
        self._line = select(db.listed(lines, _LINE)).cte("lines", nesting=True).prefix_with("MATERIALIZED")
        each = db.elements(self._line.c.ids)
        self._rows = self._line.join(each, true())
        self._clock: ColumnElement[int] = cast(each.c.value, Integer)
        self._key = literal("deadline:") + cast(self._clock, String) + self._line.c.about

    def missing(self) -> set[int]:
        """The clocks of which somebody has not been told yet."""
        untold = ~exists().where(Notice.key == self._key)
        found = select(db.gathered(self._clock)).select_from(self._rows).where(untold)
        return set(db.session().scalar(found) or ())

    def put_away_older(self, at: datetime) -> None:
        """Mark as read what is unread of these clocks and no longer news."""
        kept = select(self._key).select_from(self._rows).where(self._line.c.kind.in_(_REPLACED))
        outbox.put_away(self._replacing, at, kinds=_REPLACED, keep=kept)

    def tell(self, at: datetime) -> int:
        """Put them into the inboxes; returns how many are new."""
        line = self._line.c
        said = {
            "recipient_id": line.recipient_id, "case_id": Deadline.case_id, "event_id": Deadline.started_by_id,
            "deadline_id": Deadline.id, "kind": line.kind, "text": Case.number + line.text,
            "said": db.json_around(line.before, Case.number, line.after), "key": self._key,
        }  # fmt: skip
        told: Select[Any] = select(*(value.label(name) for name, value in said.items())).select_from(
            self._rows.join(Deadline, Deadline.id == self._clock).join(Case, Case.id == Deadline.case_id)
        )
        return outbox.write(told, at)


_LINE = {
    "recipient_id": Integer(), "kind": String(), "text": String(), "before": String(), "after": String(), "about": String(),
    "ids": JSON(),
}  # fmt: skip
