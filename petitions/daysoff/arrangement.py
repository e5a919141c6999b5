"""The arrangement of one year's days off as it may be entered: what is refused, and why.

Every rule holds for what is imported and for a single day alike: after either the year must still be one that the
State Council could have announced.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from petitions.cases.calendar import DayKind, DayOff
from petitions.cases.clocks import WEEKEND, in_words, notice_year
from petitions.cases.festivals import TRADITIONAL, statutory
from petitions.words import Refused, Sentence, say

MOST_DAYS = 60
"""Rows of a year. The fullest so far (2013) has 41; more is a mistake of typing."""

NAME_LENGTH = 40
"""Characters. The longest so far has 24: 中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日."""

Days = Mapping[date, DayOff]
Entry = tuple[date, DayOff]


def collected(entries: Iterable[Entry]) -> dict[date, DayOff]:
    """The entries by day. Raises Refused for a day that stands twice."""
    found: dict[date, DayOff] = {}
    for day, one in entries:
        if day in found:
            raise Refused(say("{day}写了两次，删去一处", day=in_words(day)))
        if len(found) >= MOST_DAYS:
            raise Refused(say("一年的放假和调休最多{most}天，核对是否多贴了内容", most=MOST_DAYS))
        found[day] = one
    return dict(sorted(found.items()))


def insist(year: int, days: Days) -> None:
    """Raise Refused for what cannot be a year's arrangement, with the first reason."""
    for reason in _faults(year, days):
        raise Refused(reason)


def _faults(year: int, days: Days) -> Iterator[Sentence]:
    if len(days) > MOST_DAYS:
        yield say("一年的放假和调休最多{most}天，核对是否多贴了内容", most=MOST_DAYS)
    for day, one in days.items():
        if reason := why_not_of(year, day):
            yield reason
        if one.kind is DayKind.WORKDAY and day.weekday() not in WEEKEND:
            yield say("{day}是{weekday}，本来就上班，不能写成调休上班", day=in_words(day), weekday=weekday(day))
        if not one.name or len(one.name) > NAME_LENGTH:
            yield say("{day}要写节日名称，最多{most}个字", day=in_words(day), most=NAME_LENGTH)
    for day, name in statutory(year).items():
        if not _is_off(days, day):
            yield say("{day}是法定节日（{name}），应当放假", day=in_words(day), name=say(name))
    named = {part for one in days.values() if one.kind is DayKind.HOLIDAY for part in one.name.split("、")}
    for name in _feasts(year):
        if not any(name in part for part in named):
            yield say("没有{name}的放假安排", name=say(name))


def why_not_of(year: int, day: date) -> Sentence | None:
    """The reason why the notice of `year` does not decide on `day`, or None."""
    if notice_year(day) == year:
        return None
    return say("{day}不归{year}年的安排：每年的安排管上年12月25日至当年12月24日", day=in_words(day), year=year)


def _is_off(days: Days, day: date) -> bool:
    return day in days and days[day].kind is DayKind.HOLIDAY


def _feasts(year: int) -> list[str]:
    """The holidays a year's arrangement names, in their order."""
    if year < TRADITIONAL:
        return ["元旦", "春节", "劳动节", "国庆节"]
    names = ["元旦", "春节", "清明节", "劳动节", "端午节", "国庆节", "中秋节"]
    return names[:-1] if year == _ONE_HOLIDAY else names


_ONE_HOLIDAY = 2020
"""In this year 中秋 fell on 10月1日, and the one holiday is called by its first name."""


def weekday(day: date) -> Sentence:
    """周一 … 周日."""
    return WEEKDAYS[day.weekday()]


WEEKDAYS = (say("周一"), say("周二"), say("周三"), say("周四"), say("周五"), say("周六"), say("周日"))
