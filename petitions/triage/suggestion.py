"""Which unit matters like this one went to before. A suggestion with its reason; a person decides, always."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from petitions import clock, db
from petitions.cases.fields import Choice
from petitions.matters.models import Dispatch, Matter
from petitions.words import Sentence, say

LEAST = 5
"""Fewer matters than these are an anecdote."""

_SHARE = 50
"""Per cent that must have gone to one unit: below, the past does not point anywhere."""

_MONTHS = timedelta(days=365)
"""The last twelve months: units and their duties change."""

_TOWNSHIP = re.compile(r"^.{1,12}?(?:街道办事处|街道|镇|乡|开发区)")


@dataclass(frozen=True)
class Suggestion:
    """A unit, and why."""

    unit_id: int
    unit: str
    share: int
    """Per cent of the matters looked at."""
    cases: int
    by_place: bool

    @property
    def reason(self) -> Sentence:
        """The sentence under the suggestion."""
        if self.by_place:
            return say("依据：类别+属地，近12个月{cases}件中{share}%", cases=self.cases, share=self.share)
        return say("依据：类别，近12个月{cases}件中{share}%", cases=self.cases, share=self.share)


def suggest(matter: Matter, units: list[Choice]) -> Suggestion | None:
    """The unit that most matters of the same class (and township, where enough of them are known) went to.

    `units` are those that may be chosen for this matter. None for a sealed matter: what happened to other
    accusations is nobody's hint (第30条).
    """
    if matter.sealed or not matter.class_code:
        return None
    township = _TOWNSHIP.match(matter.place)
    free = {int(choice.value): choice.label for choice in units if not choice.why_not}
    if township:
        in_place = Matter.place.startswith(township.group(), autoescape=True)
        found = _most(matter, free, by_place=True, only=in_place)
        if found is not None:
            return found
    return _most(matter, free, by_place=False)


def _most(matter: Matter, free: dict[int, str], *, by_place: bool, only: ColumnElement[bool] | None = None) -> Suggestion | None:
    sent = func.count(Dispatch.id)
    query = (
        select(Dispatch.unit_id, sent)
        .join(Matter, Matter.id == Dispatch.matter_id)
        .where(
            Matter.office_id == matter.office_id, Matter.class_code == matter.class_code, Matter.sealed.is_(False),
            Matter.id != matter.id, Dispatch.part == "lead", Dispatch.way.in_(("transfer", "assign")),
            Dispatch.end.not_in(("returned", "recalled")), Dispatch.sent_at >= clock.now() - _MONTHS,
        )
        .group_by(Dispatch.unit_id)
        .order_by(sent.desc(), Dispatch.unit_id)
    )  # fmt: skip
    rows = db.session().execute(query if only is None else query.where(only)).all()
    cases = sum(count for _, count in rows)
    if cases < LEAST:
        return None
    unit_id, count = rows[0]
    share = round(100 * count / cases)
    return Suggestion(unit_id, free[unit_id], share, cases, by_place) if share >= _SHARE and unit_id in free else None
