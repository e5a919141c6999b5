"""The clocks of a case as people read them: the chip, how the day was counted, which one presses most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from petitions import clock
from petitions.access import past
from petitions.cases import chip, clocks, local_limits, recount, rest
from petitions.cases.chip import Chip
from petitions.cases.clocks import Calendar, Span
from petitions.cases.models import Deadline
from petitions.words import Sentence, say


@dataclass(frozen=True)
class Reading:
    """One clock on a page."""

    name: Sentence
    chip: Chip
    explain: Sentence
    """How the last day was counted."""
    was: Sentence | None
    """The last day before an extension."""
    ended: bool
    deadline: Deadline


def chip_of(deadline: Deadline, today: date, calendar: Calendar) -> Chip:
    """How one clock reads today."""
    return chip.reading(
        local_limits.of(deadline), deadline.due_on, today, calendar, target_on=deadline.target_on,
        ended_on=deadline.ended_on, extended=deadline.extension > 0, provisional=deadline.provisional,
        paused_since=deadline.rests_since,
    )  # fmt: skip


def most_urgent(deadlines: Iterable[Deadline], unit_id: int) -> Deadline | None:
    """The open clock that presses most for a reader of this unit: its own duties, then others', then rights that lapse."""
    running = [row for row in deadlines if row.ended_on is None]
    return min(running, key=lambda row: (row.window, row.unit_id != unit_id, row.target_on, row.id), default=None)


def readings(deadlines: Sequence[Deadline], unit_id: int, today: date, calendar: Calendar) -> list[Reading]:
    """Every clock of a case for a reader of this unit: open ones first, the most pressing on top."""
    ordered = sorted(deadlines, key=lambda row: (row.ended_on is not None, row.target_on, row.id))
    return [_reading(row, unit_id, today, calendar) for row in ordered]


def _reading(deadline: Deadline, unit_id: int, today: date, calendar: Calendar) -> Reading:
    name: Sentence = local_limits.of(deadline).short
    if deadline.unit is not None and deadline.unit_id != unit_id:
        # Through the tiers several units run the same clock, each its own.
        name = say(
            "{clock}（{unit}）", clock=name, unit=past.name_on(deadline.unit, deadline.ended_on or clock.today())
        )
    span = span_of(deadline, calendar)
    return Reading(
        name=name,
        chip=chip_of(deadline, today, calendar),
        explain=_explained(deadline, span, calendar),
        was=_before(deadline, calendar) if deadline.extension else None,
        ended=deadline.ended_on is not None,
        deadline=deadline,
    )


def span_of(deadline: Deadline, calendar: Calendar, *, extension: int | None = None) -> Span:
    """The term of a row counted again, with its own extension or another one."""
    if deadline.length is None:
        return clocks.appointed(min(deadline.start_on, deadline.due_on), deadline.due_on)
    limit = local_limits.of(deadline)
    more = deadline.extension if extension is None else extension
    return clocks.due(
        deadline.start_on, deadline.length, limit.unit, calendar, roll=limit.roll, extension=more,
        pauses=rest.intervals(deadline.pauses),
    )  # fmt: skip


def explanation(deadline: Deadline, calendar: Calendar) -> Sentence:
    """How the last day of a clock was counted, in one sentence."""
    return _explained(deadline, span_of(deadline, calendar), calendar)


def as_json(deadline: Deadline, today: date, calendar: Calendar) -> dict[str, Any]:
    """A clock for a script: its days as ISO dates, whether it is overdue on `today`, and its sentence."""
    limit = local_limits.of(deadline)
    return {
        "limit": deadline.code, "rule": deadline.rule, "name": limit.name, "article": limit.article,
        "unit": deadline.unit.name if deadline.unit is not None else None, "window": deadline.window,
        "start": deadline.start_on.isoformat(), **_days(deadline), "extension": deadline.extension,
        "pauses": deadline.pauses, "rests_since": deadline.rests_since.isoformat() if deadline.rests_since else None,
        "provisional": deadline.provisional, "ended": deadline.ended_on.isoformat() if deadline.ended_on else None,
        "overdue": not deadline.window and (deadline.ended_on or today) > deadline.due_on,
        "explanation": str(explanation(deadline, calendar)),
    }  # fmt: skip


def _days(deadline: Deadline) -> dict[str, str | None]:
    """Its three days; a clock that stands still has none."""
    days = {"nominal": deadline.nominal_on, "due": deadline.due_on, "target": deadline.target_on}
    return {name: None if deadline.rests_since else day.isoformat() for name, day in days.items()}


def _explained(deadline: Deadline, span: Span, calendar: Calendar) -> Sentence:
    limit, granted = local_limits.of(deadline), deadline.extended_by
    approver = granted.who if granted is not None else ""
    sentence = clocks.explain(span, limit.name, limit.article, calendar, approver=approver)
    if deadline.rests_since is not None:
        return say(
            "{counted}自{since}起停止计算，恢复后顺延。", counted=sentence, since=clocks.in_words(deadline.rests_since)
        )
    if span.rolled == deadline.due_on:
        return sentence
    if deadline.due_on != recount.least_of(deadline):
        # It had ended before the calendar was changed, or nobody has confirmed yet that it is counted again.
        return say(
            "{counted}放假安排后来有变动，此期限按当时的安排至{due}。",
            counted=sentence,
            due=clocks.in_words(deadline.due_on),
        )
    # Taken back from a unit, the clock ran on with a least rest of days (limits.py, `floor`).
    return say("{counted}退回后继续计算，至{due}。", counted=sentence, due=clocks.in_words(deadline.due_on))


def _before(deadline: Deadline, calendar: Calendar) -> Sentence:
    return say("原期限{due}", due=clocks.in_words(span_of(deadline, calendar, extension=0).rolled))
