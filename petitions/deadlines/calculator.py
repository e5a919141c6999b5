"""期限计算器: the last day of any limit from any start, with the sentence that explains it; for people and for scripts.

It counts with the same rows, the same calendar and the same arithmetic as the clocks of cases, and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from petitions.cases import checks, clocks, local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.clocks import Pause, Span
from petitions.cases.limit import DUTIES, ORIGINS, Limit
from petitions.cases.limits import ADDED, LIMITS
from petitions.words import FieldErrors, Sentence, say

PAUSES_AT_MOST = 20
"""More intervals than any hearing has; a longer list is no question of a person."""

_TO = ".."


@dataclass(frozen=True)
class Answer:
    """What comes out."""

    limit: Limit
    rule: str
    """The version of the limit that was in force on the first day."""
    span: Span
    explanation: Sentence

    def as_json(self) -> dict[str, Any]:
        """The same for a script: days as ISO dates, lengths in `unit`."""
        span = self.span
        return {
            "limit": self.limit.code, "name": self.limit.name, "rule": self.rule, "start": span.start.isoformat(),
            "length": span.length, "unit": span.unit.value, "extension": span.extension,
            "pauses": [[first.isoformat(), last.isoformat()] for first, last in span.pauses],
            "nominal": span.nominal.isoformat(), "due": span.rolled.isoformat(), "target": span.target.isoformat(),
            "provisional": span.provisional, "window": self.limit.window, "duty": str(DUTIES[self.limit.duty]),
            "article": self.limit.article, "origin": str(ORIGINS[self.limit.origin]), "explanation": str(self.explanation),
        }  # fmt: skip


def calculate(asked: Mapping[str, Any], unit_id: int | None) -> Answer:
    """Count a limit as it holds for a unit (the national one for None).

    `asked`: `limit` a code, `start` a day, `extend` a number in the limit's unit, `pause` intervals `day..day` apart by
    blanks, commas or lines. Raises FieldErrors naming what is wrong.
    """
    errors: dict[str, str] = {}
    limit = _limit(str(asked.get("limit") or "").strip(), errors)
    start = _day("start", str(asked.get("start") or ""), errors)
    if limit is not None and start is not None:
        limit, rule = local_limits.in_force(limit.code, unit_id, start)
        extension = _extension(str(asked.get("extend") or ""), limit, errors)
        pauses = _pauses(str(asked.get("pause") or ""), start, errors)
        if not errors:
            return _counted(limit, rule, start, extension, pauses)
    raise FieldErrors(errors)


def _counted(limit: Limit, rule: str, start: date, extension: int, pauses: Sequence[Pause]) -> Answer:
    assert limit.length is not None
    calendar = load_calendar()
    span = clocks.due(start, limit.length, limit.unit, calendar, roll=limit.roll, extension=extension, pauses=pauses)
    for first, last in pauses:
        if last <= start or first > span.nominal:
            raise FieldErrors({"pause": say("{first}至{last}不在期限之内（{start}至{end}），没有可以扣除的日子",
                                            first=clocks.in_words(first), last=clocks.in_words(last),
                                            start=clocks.in_words(start), end=clocks.in_words(span.nominal))})  # fmt: skip
    return Answer(limit, rule, span, clocks.explain(span, limit.name, limit.article, calendar))


def _limit(code: str, errors: dict[str, str]) -> Limit | None:
    branches = [name for name in LIMITS if name.startswith(f"{code}.")]
    limit = LIMITS.get(code)
    if not code:
        errors["limit"] = say("选择一个期限")
    elif branches:
        errors["limit"] = say("{code}分为{branches}，选择其中一个", code=code, branches="、".join(branches))
    elif limit is None:
        errors["limit"] = say("没有“{code}”这个期限", code=checks.shown(code))
    elif limit.length is None:
        errors["limit"] = say("“{name}”没有固定的天数，不能计算：{why}", name=say(limit.name), why=say(limit.remark))
    elif limit.code in ADDED:
        errors["limit"] = say("延长的天数与办理期限连续计算：选择T6，再填延长的天数")
    else:
        return limit
    return None


def _day(name: str, text: str, errors: dict[str, str]) -> date | None:
    if not text.strip():
        errors[name] = say("填写起算日，例如2026-08-03")
        return None
    try:
        return checks.day(text)
    except checks.Unreadable as refusal:
        errors[name] = refusal.sentence
        return None


def _extension(text: str, limit: Limit, errors: dict[str, str]) -> int:
    if not text.strip():
        return 0
    try:
        days = checks.integer(text)
    except checks.Unreadable as refusal:
        errors["extend"] = refusal.sentence
        return 0
    if days < 0:
        errors["extend"] = say("延长的天数不能是负数")
    elif days and not limit.extension:
        errors["extend"] = say("“{name}”不能延长（{article}）", name=say(limit.name), article=say(limit.article))
    elif days > limit.extension:
        most = clocks.counted(limit.extension, limit.unit)
        errors["extend"] = say("最多延长{most}（{article}）", most=most, article=say(limit.article))
    return days


def _pauses(text: str, start: date, errors: dict[str, str]) -> list[Pause]:
    parts = text.replace(",", " ").replace("，", " ").replace("、", " ").split()
    found: list[Pause] = []
    if len(parts) > PAUSES_AT_MOST:
        errors["pause"] = say("最多填{most}段", most=PAUSES_AT_MOST)
        return found
    for part in parts:
        one, _, other = part.partition(_TO)
        try:
            first, last = checks.day(one), checks.day(other or one)
        except checks.Unreadable as refusal:
            errors["pause"] = say("“{part}”看不懂：{why}", part=checks.shown(part), why=refusal.sentence)
            return found
        if last < first:
            errors["pause"] = say("“{part}”结束早于开始", part=part)
            return found
        if last <= start:
            errors["pause"] = say("“{part}”在起算日或者起算日之前，本来就不计", part=part)
            return found
        found.append((first, last))
    return found
