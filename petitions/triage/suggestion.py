"""Which unit matters like this one went to before. A suggestion with its reason; a person decides, always."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, literal, select

from petitions import clock, db
from petitions.access import past
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
    rows = _sent(matter, township.group() if township else "")
    by_place = _most({unit_id: near for unit_id, _, near in rows}, free, by_place=True)
    return by_place or _most({unit_id: count for unit_id, count, _ in rows}, free, by_place=False)


def _sent(matter: Matter, township: str) -> list[tuple[int, int, int]]:
    """Unit, how many matters of this class went there, and how many of those from this township."""
    near = case((Matter.place.startswith(township, autoescape=True), 1), else_=0) if township else literal(0)
    query = (
        select(Dispatch.unit_id, func.count(Dispatch.id), func.sum(near))
        .join(Matter, Matter.id == Dispatch.matter_id)
        .where(
            Matter.office_id == matter.office_id, Matter.class_code == matter.class_code, Matter.sealed.is_(False),
            Matter.id != matter.id, Dispatch.part == "lead", Dispatch.way.in_(("transfer", "assign")),
            Dispatch.end.not_in(("returned", "recalled")), Dispatch.succeeds_id.is_(None), Dispatch.sent_at >= clock.now() - _MONTHS,
        )
        .group_by(Dispatch.unit_id)
    )  # fmt: skip
    counted: dict[int, tuple[int, int]] = {}
    for sent_to, count, close in db.session().execute(query):
        # What went to a unit that has been merged speaks for its successor; a split says nothing of either half.
        after = past.heirs(sent_to)
        unit_id = after[0] if len(after) == 1 else sent_to
        many, near_by = counted.get(unit_id, (0, 0))
        counted[unit_id] = (many + count, near_by + int(close or 0))
    return [(unit_id, many, near_by) for unit_id, (many, near_by) in counted.items()]


def _most(counted: dict[int, int], free: dict[int, str], *, by_place: bool) -> Suggestion | None:
    """The unit that stands out, or None: too few matters, too even a spread, or a unit that cannot be chosen."""
    cases = sum(counted.values())
    if cases < LEAST:
        return None
    unit_id = min(counted, key=lambda one: (-counted[one], one))
    share = round(100 * counted[unit_id] / cases)
    return Suggestion(unit_id, free[unit_id], share, cases, by_place) if share >= _SHARE and unit_id in free else None
