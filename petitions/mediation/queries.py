"""我的调解: what a mediator, or the whole committee, has in hand, by stage, with what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, not_, nulls_last, select
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from petitions import clock, db
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import duties
from petitions.cases.chip import Chip
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import visible_to
from petitions.matters.masks import masked_name
from petitions.matters.worklist import counts
from petitions.mediation.models import Agreement, Mediation, MediationSession, Performance, Seat, yuan
from petitions.mediation.next_session import Agenda, is_planned
from petitions.mediation.workflow import FLOW
from petitions.words import Sentence, say

SHOWN = 100
"""Rows of a tab: the most urgent ones."""

AGENDA = 10
"""Sessions to come that stand above the tabs."""

WINDOW, INSTALMENT = "M9", "MP"
"""司法确认申请期 and the next row of the plan: both are shown beside the term."""


def before(*actions: str) -> ColumnElement[bool]:
    """A mediation that lies where one of the acts of the table may be done."""
    return Case.state.in_(sorted(FLOW.before(*actions)))


_NEWER = aliased(Agreement)
_SITTING = exists().where(Seat.mediation_id == Case.id, Seat.left_on.is_(None))


def overdue() -> ColumnElement[bool]:
    """Something that was promised has not been performed by its day; asked of the agreement that counts."""
    return exists().where(
        Agreement.mediation_id == Case.id, Performance.agreement_id == Agreement.id, Performance.done_on.is_(None),
        Performance.due_on < clock.today(),
        ~exists().where(_NEWER.mediation_id == Agreement.mediation_id, _NEWER.id > Agreement.id),
    )  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One tab."""

    name: str
    label: Sentence
    empty: Sentence


STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("requested", say("待受理"), say("没有等待受理的纠纷。")),
        Stage("appointing", say("待确定调解员"), say("没有等待确定调解员的纠纷。")),
        Stage("mediating", say("调解中"), say("没有正在调解的纠纷。")),
        Stage("signing", say("待签"), say("没有等待签署的协议。")),
        Stage("performing", say("履行中"), say("没有正在履行的协议。")),
        Stage("overdue", say("逾期未履行"), say("没有逾期未履行的协议。")),
        Stage("filing", say("待归档"), say("没有等待归档的卷宗。")),
        Stage("closed", say("已结"), say("还没有归档的卷宗。")),
    )
}
"""In the order of the course; each mediation stands under exactly one of them."""


def condition(name: str) -> ColumnElement[bool]:
    """What puts a mediation under a tab. Made anew each time: what is overdue depends on the day."""
    mine = Case.kind == "mediation"
    going, performing = before("appoint", "hold_session"), before("urge_performance")
    return and_(mine, {
        "requested": before("accept"),
        "appointing": and_(going, ~_SITTING),
        "mediating": and_(going, _SITTING),
        "signing": before("sign_agreement"),
        "performing": and_(performing, not_(overdue())),
        "overdue": and_(performing, overdue()),
        "filing": before("archive"),
        "closed": Case.state.in_(sorted(FLOW.after("archive", "dispose"))),
    }[name])  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One mediation of a tab."""

    mediation: Mediation
    people: str
    mediators: str
    next: Sentence
    chip: Chip | None
    clock: Sentence | None
    window: Chip | None
    """How long the parties may still ask the court (第33条)."""
    instalment: Sentence | None
    instalment_chip: Chip | None


@dataclass(frozen=True)
class Desk:
    """One tab with its rows, and how many every tab has."""

    stage: Stage
    counts: Sequence[tuple[Stage, int]]
    rows: Sequence[Line]
    total: int
    whole: bool
    """The whole committee's, not only the reader's own."""
    may_choose: bool
    """The reader sees both."""
    agenda: Agenda
    """The sessions that were agreed on, of every tab."""


def _of(user: User, name: str, *, whole: bool) -> Select[Mediation]:
    found = _in_hand(user, whole=whole).where(condition(name))
    return found.order_by(nulls_last(Lens(user.unit_id).due_on().asc()), Case.received_on, Case.id)


def _agenda(user: User, *, whole: bool) -> Agenda:
    query = _in_hand(user, whole=whole).where(is_planned())
    found = db.session().scalars(
        query.order_by(Mediation.next_on, Mediation.next_at, Mediation.id).limit(AGENDA + 1).options(
            selectinload(Mediation.parties).lazyload("*"), lazyload(Mediation.committee)
        )
    ).unique().all()  # fmt: skip
    return Agenda(found[:AGENDA], more=len(found) > AGENDA)


def _in_hand(user: User, *, whole: bool) -> Select[Mediation]:
    query = visible_to(user, select(Mediation)).where(Case.unit_id == user.unit_id)
    if not whole:
        sits = exists().where(
            Seat.mediation_id == Case.id, Seat.user_id.in_(delegation.hands(user)), Seat.left_on.is_(None)
        )
        query = query.where(sits | ~_SITTING)
    return query


def desk(user: User, name: str = "", whose: str = "") -> Desk:
    """The tab asked for, or the first one that is not empty; `whose` is "own" for a chair who looks at their own only."""
    chairs = Role.COMMITTEE_CHAIR in delegation.roles(user)
    whole = chairs and whose != "own"
    numbers = dict(zip(STAGES, counts([_of(user, one, whole=whole) for one in STAGES]), strict=True))
    chosen = STAGES.get(name) or next((one for one in STAGES.values() if numbers[one.name]), STAGES["requested"])
    found = db.session().scalars(
        _of(user, chosen.name, whole=whole).limit(SHOWN).options(
            selectinload(Mediation.parties).lazyload("*"),
            selectinload(Mediation.seats).joinedload(Seat.user).lazyload(User.held),
            # How a session ended says what comes next; what was said in it is for its own page.
            selectinload(Mediation.sessions).load_only(MediationSession.held_on, MediationSession.outcome),
            selectinload(Mediation.agreements).selectinload(Agreement.performances).options(
                joinedload(Performance.debtor).lazyload("*")
            ),
            selectinload(Mediation.deadlines),
        )
    ).unique().all()  # fmt: skip
    lens = Lens(user.unit_id)
    rows = [_line(one, lens) for one in found]
    return Desk(
        chosen,
        [(stage, numbers[stage.name]) for stage in STAGES.values()],
        rows,
        numbers[chosen.name],
        whole,
        chairs,
        _agenda(user, whole=whole),
    )


def _line(one: Mediation, lens: Lens) -> Line:
    running = [row for row in one.deadlines if row.ended_on is None]
    term = min((row for row in running if lens.shows(row) and row.code != INSTALMENT), key=lens.rank, default=None)
    row = one.agreement.owed[0] if one.agreement is not None and one.agreement.owed else None
    return Line(
        mediation=one,
        people=parties_of(one),
        mediators="、".join(seat.user.name for seat in one.seats if seat.left_on is None),
        next=next_step(one),
        chip=duties.chip_of(term) if term is not None else None,
        clock=duties.name_of(term) if term is not None else None,
        window=_chip(running, WINDOW),
        instalment=what_is_owed(row) if row is not None and _is_performed(one) else None,
        instalment_chip=_chip(running, INSTALMENT),
    )


def _chip(running: Sequence[Deadline], code: str) -> Chip | None:
    return next((duties.chip_of(row) for row in running if row.code == code), None)


def parties_of(one: Mediation) -> str:
    """Who disputes with whom, masked: a list is read by whoever passes."""
    if one.sealed:
        return str(say("已保密"))
    return " — ".join("、".join(masked_name(p.name) for p in people) for people in one.sides.values() if people)


def what_is_owed(row: Performance) -> Sentence:
    """One row of a plan in words, its debtor masked."""
    who, day = masked_name(row.debtor.name), row.due_on.isoformat()
    if row.amount is None:
        return say("{day} {debtor}：{item}", day=day, debtor=who, item=row.item)
    return say("{day} {debtor}：{item} {amount}元", day=day, debtor=who, item=row.item, amount=yuan(row.left))


def _is_performed(one: Mediation) -> bool:
    return one.state in FLOW.before("record_performance")


def next_step(one: Mediation) -> Sentence:  # noqa: PLR0911 - one answer for each stage of the course
    """What whoever mediates does next."""
    state = one.state
    if state in FLOW.before("accept"):
        waiting = sum(party.consent != "given" for party in one.principals)
        return say("征求{count}名当事人的意见", count=waiting) if waiting else say("受理")
    if state in FLOW.before("notify_rights"):
        return say("告知权利义务，开始调解") if one.mediator_ids else say("确定调解员")
    if state in FLOW.before("hold_session"):
        last = one.sessions[-1] if one.sessions else None
        if last is None:
            return say("记录第一次调解")
        return (
            say("拟写协议书")
            if last.outcome == "agreed"
            else say("继续调解（上次{day}）", day=last.held_on.isoformat())
        )
    if state in FLOW.before("sign_agreement"):
        return say("登记签署")
    if state in FLOW.before("urge_performance"):
        owed = one.agreement.owed if one.agreement else []
        late = owed and owed[0].due_on < clock.today()
        return say("督促履行") if late else say("登记履行") if owed else say("登记履行完毕")
    return say("立卷归档") if state in FLOW.before("archive") else say("已归档")


def window_ends_soon() -> ColumnElement[bool]:
    """The parties may ask the court for another week at most."""
    day = clock.today()
    return exists().where(
        Deadline.case_id == Case.id, Deadline.code == WINDOW, Deadline.ended_on.is_(None), Deadline.due_on >= day,
        Deadline.due_on <= day + timedelta(days=duties.SOON),
    )  # fmt: skip
