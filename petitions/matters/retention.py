"""How long a matter is kept before its people are taken out of it, and which matters are due.

The terms are those the archive rules know (国家档案局令第8号, 2006: 永久, 30年, 10年); which matter has which of them
is the unit's own schedule (第12条 of the same), so every row here is our default and a setting may change it.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from petitions import db
from petitions.access.models import User
from petitions.cases.disposal import Term, not_listed
from petitions.cases.models import Event
from petitions.cases.queries import visible_to
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import say


def is_archived(matter: Matter) -> bool:
    """Whether it has come to rest: only then does a term run, and only then are its people taken out."""
    return matter.state in FLOW.after("archive")


def is_anonymised(matter: Matter) -> bool:
    """Whether its people have been taken out of it."""
    return matter.state in FLOW.after("dispose")


_OURS = say("本系统默认值，以本单位经档案部门审查的保管期限表为准")

TERMS: tuple[Term, ...] = (
    # The first that fits: nature before outcome, because an accusation and a suggestion have schedules of their own.
    Term("accusation", say("检举控告"), 30, _OURS),
    Term("suggestion", say("建议意见"), 10, _OURS),
    Term("D", say("导入其他程序"), 10, _OURS),
    Term("answered", say("有处理结论"), 30, _OURS),
    Term("none", say("没有处理结论"), 10, _OURS),
)


def terms(changed: Mapping[str, int]) -> list[Term]:
    """The terms in force; `changed` holds the years a unit has set, by code, and may name further natures and outcomes."""
    known = {term.code for term in TERMS}
    own = [Term(code, say("{only}", only=code), years, say("本单位设置"))
           for code, years in changed.items() if code not in known]  # fmt: skip
    return own + [
        Term(term.code, term.label, changed[term.code], say("本单位设置")) if term.code in changed else term
        for term in TERMS
    ]


def term_of(nature: str, outcome: str, changed: Mapping[str, int]) -> Term:
    """The term of a matter of this nature that ended so."""
    fits = {nature, outcome, "answered" if outcome else "none"}
    return next(term for term in terms(changed) if term.code in fits)


def is_held() -> ColumnElement[bool]:
    """留存: the condition that a hold was put on the matter and not lifted since."""
    put = select(func.max(Event.id)).where(Event.case_id == Matter.id, Event.action == "hold").scalar_subquery()
    lifted = select(func.max(Event.id)).where(Event.case_id == Matter.id, Event.action == "lift_hold").scalar_subquery()
    return and_(put.is_not(None), or_(lifted.is_(None), lifted < put))


def held_now(matter_id: int) -> bool:
    """Whether one matter is held."""
    return db.session().scalar(select(Matter.id).where(Matter.id == matter_id, is_held())) is not None


def due(user: User, today: date, changed: Mapping[str, int]) -> Select[Matter]:
    """The archived matters of the person's own unit whose term is over on `today`, that are not held and stand on no list.

    Never one that this person may not see (第30条).
    """
    query = select(Matter).where(
        Matter.office_id == user.unit_id,
        Matter.state.in_(FLOW.after("archive")),
        Matter.joined_to_id.is_(None),
        _over(today, changed),
        ~is_held(),
        not_listed(),
    )
    return visible_to(user, query).order_by(Matter.closed_on, Matter.id)


def _over(today: date, changed: Mapping[str, int]) -> ColumnElement[bool]:
    """The terms as one condition: each holds where none of those before it fits."""
    ways, before = list[ColumnElement[bool]](), list[ColumnElement[bool]]()
    for term in terms(changed):
        fits = _fits(term.code)
        if term.years:
            over = Matter.closed_on < date(today.year - term.years, 1, 1)
            ways.append(and_(fits, over, *(~one for one in before)))
        before.append(fits)
    return or_(false(), *ways)


def _fits(code: str) -> ColumnElement[bool]:
    if code in ("answered", "none"):
        return Matter.outcome != "" if code == "answered" else Matter.outcome == ""
    return or_(Matter.nature == code, Matter.outcome == code)
