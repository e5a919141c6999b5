"""How long a mediation dossier is kept: the class settled with the archive, its years, and which dossiers are due.

The law is silent; the form of the Ministry has a field for it and no more (domain.md §5B-1). 短期 5, 长期 15 and 永久 are our
default, which a setting changes (`mediation_retention_years`).
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from petitions import db
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.disposal import Keeping, Term, not_listed
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.mediation.lists import FIXED
from petitions.mediation.models import Mediation
from petitions.mediation.workflow import FLOW
from petitions.words import Sentence, say

YEARS: Mapping[str, int] = {"short": 5, "long": 15, "permanent": 0}
"""Whole calendar years after the one in which the mediation was archived; 0 is for ever."""

RESULTS = {"agreed": "调解成功，达成协议", "failed": "调解不成，终止调解", "refused": "不予调解"}
"""As papers say it."""

_LABELS: Mapping[str, Sentence] = {choice.value: say(choice.label) for choice in FIXED["retention_classes"]}


def terms(changed: Mapping[str, int]) -> list[Term]:
    """The terms in force; `changed` holds the years an installation has set, by class."""
    ours = say("法律没有规定，本系统默认值，以本单位经档案部门审查的保管期限表为准")
    return [
        Term(code, _LABELS[code], changed[code], say("本单位设置"))
        if code in changed
        else Term(code, _LABELS[code], years, ours)
        for code, years in YEARS.items()
    ]


def term_of(retention: str, changed: Mapping[str, int]) -> Term:
    """The term of a dossier of this class; of one that has none yet the longest."""
    return next(one for one in terms(changed) if one.code == (retention or "permanent"))


def _over(today: date, changed: Mapping[str, int]) -> ColumnElement[bool]:
    """The condition that the term of a dossier is over on `today`."""
    return or_(
        false(),
        *(
            and_(Mediation.retention == one.code, Mediation.closed_on < date(today.year - one.years, 1, 1))
            for one in terms(changed)
            if one.years
        ),
    )


def due(user: User, today: date) -> Select[Mediation]:
    """The archived mediations of the person's own committee whose term is over; only those that are confided to them."""
    query = select(Mediation).where(
        Mediation.office_id == user.unit_id,
        Mediation.state.in_(FLOW.after("archive")),
        _over(today, db.mediation_retention_years()),
        not_listed(),
    )
    return visible_to(user, query).order_by(Mediation.closed_on, Mediation.id)


def _term_of(case: Case) -> Term:
    assert isinstance(case, Mediation)
    return term_of(case.retention, db.mediation_retention_years())


def _told(case: Case) -> tuple[str, str]:
    assert isinstance(case, Mediation)
    return codes.label("dispute_type", case.dispute_type), RESULTS.get(case.result, "没有结果")


KEEPING = Keeping(due, _term_of, lambda: terms(db.mediation_retention_years()), _told)
