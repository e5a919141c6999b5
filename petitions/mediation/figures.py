"""The Ministry's table of mediations (domain.md §4.7, §4.10): counted by the database, defined here and nowhere else.

A figure is a condition over a mediation and the period; the table, the export, the cases behind a number and the
sentences under the table all read the same rows. What is sealed is never counted (第30条), and no figure names a party.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, or_, select

from petitions import db
from petitions.access import delegation, past, units
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases import codes
from petitions.mediation import committees
from petitions.mediation.models import Agreement, Confirmation, Mediation, Performance
from petitions.words import Sentence, say

_OF_REGION = (Role.JUDICIAL_OFFICE, Role.PETITION_HEAD, Role.PETITION_OFFICER, Role.CASE_LEADER)


@dataclass(frozen=True)
class Asked:
    """Which mediations are counted: of which committees, between which days, both included."""

    first: date
    last: date
    unit_ids: tuple[int, ...]

    def within(self, day: Any) -> ColumnElement[bool]:
        """SQL: a day of the period."""
        return day.between(self.first, self.last)  # type: ignore[no-any-return]


Condition = Callable[[Any, Asked], ColumnElement[bool]]
"""Over the columns of `_each` and what is asked: whether a mediation counts."""


@dataclass(frozen=True)
class Figure:
    """A column of the table."""

    key: str
    label: Sentence
    counts: Condition
    sums: str = ""
    """The column whose values are added up; empty where mediations are counted."""
    group: str = ""


def _received(c: Any, asked: Asked) -> ColumnElement[bool]:
    return asked.within(c.received_on)


def _from(*sources: str) -> Condition:
    return lambda c, asked: and_(asked.within(c.received_on), c.source.in_(sources))


def _ended(*results: str) -> Condition:
    return lambda c, asked: and_(asked.within(c.result_on), c.result.in_(results))


def _in_form(form: str) -> Condition:
    return lambda c, asked: and_(asked.within(c.result_on), c.result == "agreed", c.form == form)


_COURTS = ("court_before", "court_ordinary", "court_summary", "court_online")
_HANDED_OVER = (*_COURTS, "procuratorate", "police", "petition", "other")

GROUPS: Mapping[str, Sentence] = {
    "source": say("案件来源"), "result": say("调解结果"), "form": say("协议形式"), "size": say("规模"),
    "after": say("履行和司法确认"),
}  # fmt: skip

FIGURES: Sequence[Figure] = (
    Figure("received", say("收到"), _received, group="source"),
    Figure("application", say("依申请"), _from("application"), group="source"),
    Figure("ex_officio", say("主动"), _from("ex_officio"), group="source"),
    Figure("handed_over", say("委托移送"), _from(*_HANDED_OVER), group="source"),
    Figure("court", say("其中法院"), _from(*_COURTS), group="source"),
    Figure("procuratorate", say("其中检察院"), _from("procuratorate"), group="source"),
    Figure("police", say("其中公安"), _from("police"), group="source"),
    Figure("petition", say("其中信访"), _from("petition"), group="source"),
    Figure("other", say("其中其他"), _from("other"), group="source"),
    Figure("accepted", say("受理"), lambda c, asked: asked.within(c.accepted_on), group="result"),
    Figure("agreed", say("成功"), _ended("agreed"), group="result"),
    Figure("failed", say("不成功"), _ended("failed"), group="result"),
    Figure("refused", say("不予调解"), _ended("refused"), group="result"),
    Figure("oral", say("口头"), _in_form("oral"), group="form"),
    Figure("written", say("书面"), _in_form("written"), group="form"),
    Figure("amount", say("涉及金额（元）"), _received, "amount", group="size"),
    Figure("headcount", say("涉及当事人数"), _received, "headcount", group="size"),
    Figure("difficult", say("疑难复杂"), lambda c, asked: and_(asked.within(c.received_on), c.difficult), group="size"),
    Figure(
        "due", say("应履行完"), lambda c, asked: and_(c.result == "agreed", asked.within(c.last_due)), group="after"
    ),
    Figure(
        "performed", say("已履行完"),
        lambda c, asked: and_(c.result == "agreed", asked.within(c.last_due), c.owed == 0), group="after",
    ),
    Figure(
        "confirmed", say("司法确认有效"),
        lambda c, asked: and_(c.result == "agreed", asked.within(c.result_on), c.is_confirmed), group="after",
    ),
)  # fmt: skip

BY_KEY = {one.key: one for one in FIGURES}

RATES: Mapping[str, tuple[Sentence, tuple[str, ...], tuple[str, ...]]] = {
    "success": (say("调解成功率"), ("agreed",), ("agreed", "failed")),
    "performance": (say("协议履行率"), ("performed",), ("due",)),
    "confirmation": (say("司法确认率"), ("confirmed",), ("agreed",)),
}
"""Each with what is divided and by what."""

DEFINITIONS: Sequence[Sentence] = (
    say("收到、来源、涉及金额、涉及当事人数、疑难复杂：按收到日期在本期的件统计。"),
    say("受理：按受理日期。成功、不成功、不予调解，口头、书面：按结果日期，即协议生效、终止调解或者不予调解的日期。"),
    say("委托移送包括法院、检察院、公安、信访和其他部门；“其中”各列相加等于委托移送。"),
    say("应履行完：协议最后一期的履行期限在本期的件；已履行完：其中各项都已履行的。"),
    say("司法确认有效：本期生效的协议中，人民法院已裁定有效的。"),
    say("调解成功率＝成功÷（成功＋不成功）；协议履行率＝已履行完÷应履行完；司法确认率＝司法确认有效÷成功。没有可除的不计算。"),
    say("协议经重新调解变更的，按新协议统计，原协议不再计算。保密件不计入。"),
    say("调委会按本期最后一天的名称列出；那一天已经合并的，计入承接的调委会。调解员按主持人统计，每件只计一次。"),
)  # fmt: skip


# --- counting --------------------------------------------------------------------------------------------------------


def _each(asked: Asked) -> Subquery:
    """One row a mediation, with what the figures ask of it."""
    newest = (
        select(Agreement.mediation_id, func.max(Agreement.id).label("id"))
        .where(Agreement.effective_on.is_not(None)).group_by(Agreement.mediation_id).subquery()
    )  # fmt: skip
    plan = (
        select(
            Performance.agreement_id, func.max(Performance.due_on).label("last_due"),
            func.sum(case((Performance.done_on.is_(None), 1), else_=0)).label("owed"),
        ).group_by(Performance.agreement_id).subquery()
    )  # fmt: skip
    confirmed = exists().where(Confirmation.agreement_id == newest.c.id, Confirmation.result == "valid")
    m = Mediation
    return (
        select(
            m.id.label("id"), m.unit_id, m.numbered_by_id, m.handler_id, m.received_on, m.accepted_on, m.result_on, m.result,
            m.source, m.form, m.dispute_type, m.amount, m.headcount, m.difficult, plan.c.last_due, plan.c.owed,
            confirmed.label("is_confirmed"),
        )
        .outerjoin(newest, newest.c.mediation_id == m.id)
        .outerjoin(plan, plan.c.agreement_id == newest.c.id)
        .where(
            m.sealed.is_(False), m.unit_id.in_(asked.unit_ids),
            or_(*(asked.within(day) for day in (m.received_on, m.accepted_on, m.result_on, plan.c.last_due))),
        )
        .subquery()
    )  # fmt: skip


Counts = Mapping[str, int]
"""By the key of a figure."""

NOTHING: Counts = {one.key: 0 for one in FIGURES}


def _sums(each: Any, asked: Asked) -> list[ColumnElement[Any]]:
    sums: list[ColumnElement[Any]] = []
    for one in FIGURES:
        value = func.coalesce(each[one.sums], 0) if one.sums else 1
        sums.append(func.coalesce(func.sum(case((one.counts(each, asked), value), else_=0)), 0).label(one.key))
    return sums


def _by(asked: Asked, *names: str) -> list[tuple[tuple[Any, ...], Counts]]:
    """The figures by these columns of `_each`, with one query."""
    each = _each(asked).c
    keys = [each[name] for name in names]
    rows = db.session().execute(select(*keys, *_sums(each, asked)).group_by(*keys))
    found: list[tuple[tuple[Any, ...], Counts]] = []
    for row in rows:
        counts = {one.key: int(value) for one, value in zip(FIGURES, row[len(keys) :], strict=True)}
        found.append((tuple(row[: len(keys)]), counts))
    return found


def added(rows: Sequence[Counts]) -> Counts:
    """All of them together."""
    return {key: sum(row[key] for row in rows) for key in NOTHING}


def rate(counts: Counts, name: str) -> float | None:
    """A rate in percent with one place; None where there is nothing to divide by."""
    _, over, under = RATES[name]
    whole = sum(counts[key] for key in under)
    return round(100 * sum(counts[key] for key in over) / whole, 1) if whole else None


@dataclass(frozen=True)
class Line:
    """A row of a table: by what the cases behind it are found, how it is called, and its numbers."""

    value: str
    label: str
    counts: Counts


def by_type(asked: Asked) -> list[Line]:
    """Every type of dispute in the order of the list; a retired one only where something was counted."""
    found = {key[0]: counts for key, counts in _by(asked, "dispute_type")}
    listed = [one.code for one in codes.every("dispute_type") if one.active or one.code in found]
    return [
        Line(code, codes.label("dispute_type", code), found.get(code, NOTHING))
        for code in [*listed, *sorted(set(found) - set(listed))]
    ]


def by_committee(asked: Asked) -> list[Line]:
    """Every committee something was counted for, under the name it had on the last day of the period."""
    by_id = {unit.id: unit for unit in units.every()}
    whole: dict[int, list[Counts]] = {}
    for (numbered_by, holder), counts in _by(asked, "numbered_by_id", "unit_id"):
        whole.setdefault(_answering(by_id[numbered_by], by_id[holder], asked.last), []).append(counts)
    return [Line(str(one), past.name_on(by_id[one], asked.last), added(rows)) for one, rows in sorted(whole.items())]


def _answering(numbered_by: Unit, holder: Unit, day: date) -> int:
    """Whose case it was on a day: of the committee that numbered it while there was that one, of its successor afterwards."""
    ended = numbered_by.valid_to is not None and numbered_by.valid_to < day
    return holder.id if ended else numbered_by.id


def by_mediator(asked: Asked) -> list[Line]:
    """Every mediator something was counted for."""
    found = {key[0]: counts for key, counts in _by(asked, "handler_id")}
    people = db.session().execute(select(User.id, User.name).where(User.id.in_([one for one in found if one])))
    names = {row.id: row.name for row in people}
    return [
        Line(str(one or 0), names.get(one, "") if one else str(say("没有确定调解员")), counts)
        for one, counts in sorted(found.items(), key=lambda row: row[0] or 0)
    ]


BY: Mapping[str, tuple[Sentence, Callable[[Asked], list[Line]]]] = {
    "type": (say("纠纷类型"), by_type),
    "committee": (say("调委会"), by_committee),
    "mediator": (say("调解员"), by_mediator),
}


def behind(asked: Asked, key: str, by: str, value: str) -> Select[tuple[int]]:
    """The ids of the mediations behind one number: column `key`, row `value` of the table `by`; any row where it is empty.

    Whoever reads them narrows the query to what may be seen.
    """
    each = _each(asked).c
    query = select(each.id).where(BY_KEY[key].counts(each, asked))
    if not value:
        return query
    if by == "type":
        return query.where(each.dispute_type == value)
    number = int(value) if value.isdecimal() and len(value) < 10 else -1
    if by == "mediator":
        return query.where(each.handler_id == number if number else each.handler_id.is_(None))
    by_id = {unit.id: unit for unit in units.every()}
    pairs = db.session().execute(select(each.numbered_by_id, each.unit_id).distinct())
    mine = [(one, two) for one, two in pairs if _answering(by_id[one], by_id[two], asked.last) == number]
    return query.where(or_(False, *(and_(each.numbered_by_id == one, each.unit_id == two) for one, two in mine)))


# --- who counts what -------------------------------------------------------------------------------------------------


def counted_for(user: User) -> list[int]:
    """The committees whose mediations this person may count: those of their region, or their own."""
    if delegation.roles(user).isdisjoint(_OF_REGION):
        return past.forebears(user.unit_id)
    return committees.within(user)


def sees_mediators(user: User) -> bool:
    """How much each mediator did is for their committee and the justice office that guides it, nobody else's to compare."""
    return not delegation.roles(user).isdisjoint((Role.COMMITTEE_CHAIR, Role.JUDICIAL_OFFICE))


def places(user: User) -> list[Unit]:
    """What a region may be narrowed to: the committees in it, and the units they stand under."""
    mine = set(counted_for(user))
    found = [one for one in units.every() if one.kind == UnitKind.COMMITTEE and one.id in mine]
    above = {one for unit in found for one in units.upwards(unit.id)} & mine
    return [unit for unit in units.every() if unit.id in above] if len(mine) > 1 else []


def of_place(user: User, place: str) -> tuple[int, ...]:
    """The units counted: of one place with everything below it, or all of this person's."""
    mine = counted_for(user)
    chosen = next((unit for unit in places(user) if str(unit.id) == place), None)
    if chosen is None:
        return tuple(mine)
    below = {chosen.id, *(one.id for one in units.below(chosen.id))}
    wanted = {old for one in below for old in past.forebears(one)}
    return tuple(one for one in mine if one in wanted)
