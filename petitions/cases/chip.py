"""The deadline chip: one reading of a clock, the same words everywhere (work list, case page, board, paper).

It is computed when it is read, from dates alone, so the words change at midnight without any job. The words
carry the whole meaning; icon and colour only repeat it, so a list still reads in grey and aloud.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from petitions.cases.clocks import TENTATIVE, Calendar, Unit, days_left, in_words
from petitions.cases.limit import Limit
from petitions.words import Sentence, say


class Kind(StrEnum):
    """What a chip looks like."""

    OVERDUE = "overdue"
    SOON = "soon"
    NEAR = "near"
    PLAIN = "plain"
    PAUSED = "paused"
    CLOSED = "closed"
    LAPSED = "lapsed"


ICONS: Mapping[Kind, str] = {Kind.OVERDUE: "▲", Kind.SOON: "●", Kind.NEAR: "◐", Kind.PAUSED: "‖"}

RUNGS: Mapping[Unit, tuple[int, int]] = {
    # At most so many left: soon, near. Only what needs an act is coloured.
    Unit.DAYS: (3, 7),
    # A term of five working days is coloured from three on; a paler rung before it would colour the whole term.
    Unit.WORKDAYS: (3, 3),
    Unit.MONTHS: (3, 7),
    Unit.YEARS: (3, 7),
}


@dataclass(frozen=True)
class Chip:
    """What is shown of one clock."""

    kind: Kind
    icon: str
    words: Sentence
    """Short, for lists."""
    full: Sentence
    """With the whole date: the tooltip and what a screen reader says."""
    late: bool = False
    """Done, but after its day."""
    provisional: bool = False
    """The date depends on days off that are not announced yet; the page says 暂定 beside it."""


def reading(
    limit: Limit,
    due_on: date,
    today: date,
    calendar: Calendar,
    *,
    target_on: date | None = None,
    ended_on: date | None = None,
    extended: bool = False,
    provisional: bool = False,
    paused_since: date | None = None,
    paused_for: str = "听证",
) -> Chip:
    """How the clock `limit` reads on `today`.

    `due_on` is the last day, rolled past days off where the rule rolls; `target_on` the day staff work towards
    when that is earlier. Days are counted down to the target, and overdue begins only after `due_on`.
    A `provisional` date of a clock that still runs says so (clocks.py, TENTATIVE).
    `paused_since` is the first day of a pause that still lasts (`paused_for` says what for).
    """
    if ended_on is not None:
        return _ended(limit, due_on, ended_on, calendar)
    if paused_since is not None:
        return _paused(paused_since, today, paused_for)
    if today > due_on:
        shown = _lapsed(limit, due_on) if limit.window else _overdue(limit, due_on, today, calendar, extended)
    else:
        target = due_on if target_on is None else min(target_on, due_on)
        shown = _open(limit, due_on, target, today, calendar, extended=extended)
    if not provisional:
        return shown
    return replace(shown, full=say("{full}；{tentative}", full=shown.full, tentative=TENTATIVE), provisional=True)


def _chip(kind: Kind, words: Sentence, full: Sentence, *, late: bool = False) -> Chip:
    return Chip(kind, ICONS.get(kind, ""), words, full, late)


def _owed(limit: Limit, due_on: date, words: Sentence) -> Sentence:
    """The date in full, before the short words."""
    values = {"due": in_words(due_on), "act": say(limit.act), "words": words}
    if limit.window:
        return say("可于{due}前（含当日）{act}，{words}", **values)
    return say("应于{due}{act}，{words}", **values)


def _marked(words: Sentence, extended: bool) -> Sentence:
    return say("{words}（已延期）", words=words) if extended else words


def _open(limit: Limit, due_on: date, target: date, today: date, calendar: Calendar, *, extended: bool) -> Chip:
    if today > target:
        # The counted day was a day off: the duty may still be done on the next working day (民法典第203条).
        words = _marked(say("顺延至{day.month}月{day.day}日", day=due_on), extended)
        return _chip(Kind.SOON, words, _owed(limit, due_on, words))
    left = days_left(target, today, limit.unit, calendar)
    soon, near = RUNGS[limit.unit]
    kind = Kind.SOON if left <= soon else Kind.NEAR if left <= near else Kind.PLAIN
    if left == 0:
        words = say("今天到期")
    elif limit.unit is Unit.WORKDAYS:
        words = say("剩{days}个工作日", days=left)
    else:
        words = say("剩{days}天", days=left)
    words = _marked(words, extended)
    full = _owed(limit, target, words)
    if due_on > target:
        full = say("{full}（逢休息日，最迟{due}）", full=full, due=in_words(due_on))
    return _chip(kind, words, full)


def _overdue(limit: Limit, due_on: date, today: date, calendar: Calendar, extended: bool) -> Chip:
    late = -days_left(due_on, today, limit.unit, calendar)
    words = say("已超期{days}个工作日", days=late) if limit.unit is Unit.WORKDAYS else say("已超期{days}天", days=late)
    words = _marked(words, extended)
    return _chip(Kind.OVERDUE, words, _owed(limit, due_on, words))


def _lapsed(limit: Limit, due_on: date) -> Chip:
    words = say(limit.lapsed)
    return _chip(Kind.LAPSED, words, _owed(limit, due_on, words))


def _ended(limit: Limit, due_on: date, ended_on: date, calendar: Calendar) -> Chip:
    late = max(0, -days_left(due_on, ended_on, limit.unit, calendar))
    if limit.window:
        if late:
            return _lapsed(limit, due_on)
        words = say("已结束")
        ended = say("{words}（{ended}）", words=words, ended=in_words(ended_on))
        return _chip(Kind.CLOSED, words, _owed(limit, due_on, ended))
    act = say(limit.act)
    if not late:
        words = say("按期{act}", act=act)
    elif limit.unit is Unit.WORKDAYS:
        words = say("超期{days}个工作日{act}", days=late, act=act)
    else:
        words = say("超期{days}天{act}", days=late, act=act)
    full = say("应于{due}{act}，{ended}{words}", due=in_words(due_on), act=act, ended=in_words(ended_on), words=words)
    return _chip(Kind.CLOSED, words, full, late=bool(late))


def _paused(since: date, today: date, reason: str) -> Chip:
    days = max(0, (today - since).days + 1)
    words = say("{reason}中，已停计{days}天", reason=say(reason), days=days)
    return _chip(Kind.PAUSED, words, say("自{since}起{words}", since=in_words(since), words=words))
