"""The arithmetic of terms: which day is the last one, how many are left, and why. It knows no clock of the law.

The 信访工作条例 does not say how days are counted, so the civil rules apply by analogy: the first day is not
counted (民法典第201条); a term of months or years ends on the matching day, or on the last one of a month that has none
(第202条); a term that ends on a day off ends on the first day after it (第203条). What the rules mean for each clock
(length, unit, whether it rolls) stands in limits.py.
"""

import calendar as months
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from petitions.words import Sentence, say

Pause = tuple[date, date]
"""First and last day of an interval that is not counted, both included."""

_DAY = timedelta(days=1)
WEEKEND = {5: "周六", 6: "周日"}


TENTATIVE = say("日期暂定，按法定节日推算，待国务院通知公布后校准")
"""What every date says that depends on a year without a notice."""


class Unit(StrEnum):
    """What a term is counted in. 日 are all days; only terms that say 工作日 skip days off."""

    DAYS = "days"
    WORKDAYS = "workdays"
    MONTHS = "months"
    YEARS = "years"


def notice_year(day: date) -> int:
    """The year whose State Council notice decides whether `day` is worked.

    The holiday of 元旦 reaches back into December (2018-12-29 was a working Saturday by the notice for 2019);
    the weekend before it never lies earlier than the 25th.
    """
    return day.year + 1 if (day.month, day.day) >= (12, 25) else day.year


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. Without any entry it is Monday to Friday, so no year is ever unknown to it."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    """Days off, announced or statutory, with the holiday's name; weekend days of a holiday too."""
    workdays: frozenset[date] = frozenset()
    """Make-up working days 调休. They win over `holidays`: the stricter reading."""
    published: frozenset[int] = frozenset()
    """Years whose State Council notice is loaded."""

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked."""
        return day in self.workdays or (day.weekday() not in WEEKEND and day not in self.holidays)

    def is_day_off(self, day: date) -> bool:
        """Whether `day` is a holiday or a weekend day that is not made up."""
        return not self.is_workday(day)

    def next_workday(self, day: date) -> date:
        """The first worked day from `day` on, itself included."""
        while self.is_day_off(day):
            day += _DAY
        return day

    def name_of(self, day: date) -> str:
        """Why `day` is off: the holiday's name, 周六 or 周日; empty for a worked day."""
        if self.is_workday(day):
            return ""
        return self.holidays.get(day) or WEEKEND[day.weekday()]

    def knows(self, year: int) -> bool:
        """Whether the notice for `year` is loaded."""
        return year in self.published

    def is_settled(self, day: date) -> bool:
        """Whether every notice that may touch `day` is loaded."""
        return self.knows(day.year) and self.knows(notice_year(day))


@dataclass(frozen=True)
class Span:
    """A term with its last day, and everything needed to explain it."""

    start: date
    """起算日; it is not counted itself."""
    length: int | None
    """In `unit`; None when somebody named the day."""
    unit: Unit
    extension: int
    """In `unit`, counted on from the original start."""
    nominal: date
    """名义到期日: the day the counting ends on."""
    rolled: date
    """实际到期日: the same, moved past days off where the rule rolls."""
    provisional: bool = False
    """A day that decided the date lies in a year without a notice."""
    skipped: tuple[tuple[date, str], ...] = ()
    """Days off that moved the date, with their names: rolled over (日) or not counted (工作日)."""
    pauses: tuple[Pause, ...] = ()
    """The intervals that were not counted: merged, in order, after the start."""

    @property
    def target(self) -> date:
        """What staff work towards: the earlier of both, so that no stricter reading makes them late."""
        return min(self.nominal, self.rolled)

    @property
    def paused(self) -> int:
        """How many 日 the pauses kept from counting."""
        return sum((last - first).days + 1 for first, last in self.pauses)


def due(
    start: date,
    length: int,
    unit: Unit,
    calendar: Calendar,
    *,
    roll: bool = True,
    extension: int = 0,
    pauses: Iterable[Pause] = (),
) -> Span:
    """The term of `length` + `extension` (in `unit`) after `start`.

    The start is not counted. The extension continues the original count and never starts from a rolled date
    (第34条: 60 + at most 30 日 from acceptance). Days of `pauses` are not counted; overlapping ones count once,
    and one that begins after the term has run out does not revive it. Raises ValueError for a negative length
    or extension and for a pause that ends before it begins.
    """
    if length < 0 or extension < 0:
        raise ValueError("a term cannot be negative")
    rests = _merged(pauses, start)
    total = length + extension
    nominal = (
        _after_workdays(start, total, rests, calendar)
        if unit is Unit.WORKDAYS
        else _after_rests(_after(start, total, unit), rests)
    )
    rolled = calendar.next_workday(nominal) if roll else nominal
    # For 工作日 the calendar is asked at every day of the term; for everything else only at its end.
    asked = _days(start + _DAY, rolled) if unit is Unit.WORKDAYS else _days(nominal, rolled) if roll else []
    return Span(
        start=start,
        length=length,
        unit=unit,
        extension=extension,
        nominal=nominal,
        rolled=rolled,
        provisional=not all(calendar.is_settled(day) for day in asked),
        skipped=tuple((day, calendar.name_of(day)) for day in asked if calendar.is_day_off(day)),
        pauses=tuple((first, last) for first, last in rests if first <= nominal),
    )


def appointed(start: date, day: date) -> Span:
    """The term of which somebody named the last day (指定办理期限, 第22条第一款第三项). A named day never rolls.

    Raises ValueError for a day before the start.
    """
    if day < start:
        raise ValueError("a term cannot be negative")
    return Span(start=start, length=None, unit=Unit.DAYS, extension=0, nominal=day, rolled=day)


def days_left(due_on: date, today: date, unit: Unit, calendar: Calendar) -> int:
    """How many 日 (工作日 for a term in those) are left: 0 on the last day only, negative once it is over.

    A weekend after the last day has no working day in it, yet the term is over: it counts as one, at least.
    """
    if unit is not Unit.WORKDAYS or due_on == today:
        return (due_on - today).days
    first, last = min(due_on, today) + _DAY, max(due_on, today)
    worked = max(1, sum(calendar.is_workday(day) for day in _days(first, last)))
    return worked if due_on > today else -worked


def in_words(day: date) -> Sentence:
    """`day` as it is written: 2026年3月3日."""
    return say("{day.year}年{day.month}月{day.day}日", day=day)


def counted(count: int, unit: Unit) -> Sentence:
    """A length as it is written: 15日, 5个工作日, 1个月, 2年."""
    match unit:
        case Unit.DAYS:
            return say("{count}日", count=count)
        case Unit.WORKDAYS:
            return say("{count}个工作日", count=count)
        case Unit.MONTHS:
            return say("{count}个月", count=count)
        case Unit.YEARS:
            return say("{count}年", count=count)


def explain(span: Span, limit_name: str, article: str, calendar: Calendar, *, approver: str = "") -> Sentence:
    """One sentence that lets anybody count the date again: start, rule and article, days, and what moved it.

    `approver` is who granted the extension, where that is known.
    """
    rule = {"name": say(limit_name), "article": say(article), "start": in_words(span.start)}
    if span.length is None:
        return say("{name}（{article}）：自{start}起，指定至{nominal}。", nominal=in_words(span.nominal), **rule)
    if span.nominal == span.start:
        return say("{name}（{article}）：应于{start}当日办到。", **rule)
    return say(
        "{name}（{article}）：自{start}起，当日不计，{count}{extension}{pauses}，至{nominal}{off}{roll}{provisional}。",
        count=_count(span, span.length),
        extension=_extension(span, approver),
        pauses=_pauses(span),
        nominal=in_words(span.nominal),
        off=_off(span, calendar),
        roll=_roll(span),
        provisional=say("；{tentative}", tentative=TENTATIVE) if span.provisional else "",
        **rule,
    )


def _count(span: Span, length: int) -> Sentence:
    full = say("满{count}", count=counted(length, span.unit))
    if span.unit not in (Unit.MONTHS, Unit.YEARS):
        return full
    end = _after(span.start, length + span.extension, span.unit)
    if end.day == span.start.day:
        return say("{full}（至对应日，民法典第202条）", full=full)
    return say("{full}（到期月没有对应日，至月末日，民法典第202条）", full=full)


def _extension(span: Span, approver: str) -> Sentence | str:
    if not span.extension:
        return ""
    more = counted(span.extension, span.unit)
    if approver:
        return say("，经{approver}批准延长{more}（仍自原起算日连续计算）", approver=approver, more=more)
    return say("，经批准延长{more}（仍自原起算日连续计算）", more=more)


def _pauses(span: Span) -> Sentence | str:
    if not span.pauses:
        return ""
    each = [say("{first}至{last}", first=in_words(first), last=in_words(last)) for first, last in span.pauses]
    return say("，{intervals}不计入期限（共{days}日）", intervals=_listed(each), days=span.paused)


def _off(span: Span, calendar: Calendar) -> Sentence | str:
    """Working-day terms: the days off that were passed and the make-up days that were counted."""
    if span.unit is not Unit.WORKDAYS or not span.skipped:
        return ""
    made_up = [in_words(day) for day in _days(span.start + _DAY, span.nominal) if day in calendar.workdays]
    if not made_up:
        return say("，其间{names}不计", names=_names(span))
    return say("，其间{names}不计，{days}调休上班计入", names=_names(span), days=_listed(made_up))


def _roll(span: Span) -> Sentence | str:
    if span.rolled == span.nominal:
        return ""
    return say(
        "；逢{names}，依民法典第203条顺延至{rolled}，工作安排以{target}为准",
        names=_names(span),
        rolled=in_words(span.rolled),
        target=in_words(span.target),
    )


def _names(span: Span) -> Sentence:
    return _listed([say(name) for name in dict.fromkeys(name for _, name in span.skipped)])


def _listed(parts: Sequence[Sentence]) -> Sentence:
    """The parts one after another, as a sentence that can still be translated part by part."""
    if len(parts) == 1:
        return parts[0]
    return say("{first}、{rest}", first=parts[0], rest=_listed(parts[1:]))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _merged(pauses: Iterable[Pause], start: date) -> list[Pause]:
    """The pauses in order, overlapping ones joined, cut to the days after `start` (which is not counted anyway)."""
    merged: list[Pause] = []
    for first, last in sorted(pauses):
        if last < first:
            raise ValueError("a pause cannot end before it begins")
        begin = max(first, start + _DAY)
        if last < begin:
            continue
        if merged and begin <= merged[-1][1] + _DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((begin, last))
    return merged


def _after(start: date, count: int, unit: Unit) -> date:
    if unit is Unit.DAYS:
        return start + timedelta(days=count)
    whole = start.year * 12 + start.month - 1 + count * (12 if unit is Unit.YEARS else 1)
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(start.day, months.monthrange(year, month)[1]))


def _after_rests(end: date, rests: Iterable[Pause]) -> date:
    for first, last in rests:
        if first > end:
            break
        end += last - first + _DAY
    return end


def _after_workdays(start: date, count: int, rests: Sequence[Pause], calendar: Calendar) -> date:
    day = start
    while count:
        day += _DAY
        if calendar.is_workday(day) and not any(first <= day <= last for first, last in rests):
            count -= 1
    return day
