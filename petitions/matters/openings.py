"""开启身份: an accuser is seen by nobody alone. One of the restricted desk asks, somebody else decides (ux.md §9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, not_, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import audit
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import codes
from petitions.cases.models import Case
from petitions.cases.queries import walled_off
from petitions.matters.models import Matter, Opening
from petitions.notices import outbox
from petitions.words import FieldErrors, NotPermitted, Refused, Sentence, say

VALID = timedelta(minutes=30)
"""How long it stays open for the one who asked: long enough for a call or a letter, and no more (ux.md §9)."""

WAITS = timedelta(hours=24)
"""After a day a request has lapsed: whoever still needs it says so again."""


def reason_of(given: str) -> str:
    """The code of a reason, if it is one that may be chosen. Raises FieldErrors."""
    chosen = codes.entry("reveal_reason", given)
    if chosen is None or not chosen.active:
        raise FieldErrors({"reason": say("选择查看的原因")})
    return chosen.code


def ask(matter: Matter, reader: User, given: str) -> Opening:
    """Ask that somebody else let `reader` see who the people of a sealed matter are, for a reason of the list.

    Raises NotPermitted, FieldErrors, or Refused where nothing has to be asked or it was asked already.
    """
    if not may(reader, "identity:ask", matter):
        raise NotPermitted(say("只有登记单位受限岗人员可以申请查看检举控告人的身份"))
    if not matter.sealed:
        raise Refused(say("此件不是检举控告，不需要申请"))
    reason = reason_of(given)
    if latest(matter.id, reader, open_only=True) is not None:
        raise Refused(say("已经申请过，不用再申请"))
    row = Opening(matter_id=matter.id, asked_by_id=reader.id, asked_by=reader, asked_at=clock.now(), reason=reason)
    db.session().add(row)
    db.session().flush()
    audit.record("identity:ask", row, case_id=matter.id, reason=reason)
    colleagues = db.session().scalars(select(User).where(User.unit_id == matter.office_id, User.active))
    _tell(
        row, [one.id for one in colleagues if one.id != reader.id and may(one, "identity:decide", matter)],
        say("{who}申请查看一件检举控告的信访人身份，请到“身份查看审批”决定", who=reader.name),
    )  # fmt: skip
    return row


def decide(opening_id: int, granted: bool, decider: User) -> Opening | None:
    """Grant or refuse a request; None where `decider` may not know of it.

    Raises Refused for the asker's own request, one that is decided, or one that has lapsed.
    """
    # The row is locked where SQLite has not done so already: of two deciders the second is told.
    query = _of(decider).where(Opening.id == opening_id).with_for_update(of=Opening)
    row = db.session().scalar(query.execution_options(populate_existing=True))
    if row is None or not may(decider, "identity:decide", row.matter):
        return None
    if row.asked_by_id == decider.id:
        raise Refused(say("申请人不能批准自己的申请，由另一名受限岗人员或者负责人决定"))
    if row.decided_at is not None:
        raise Refused(say("这项申请已经有人决定"))
    if not is_waiting(row):
        raise Refused(say("这项申请已过24小时，请申请人重新申请"))
    row.decided_by_id, row.decided_at = decider.id, clock.now()
    row.until = row.decided_at + VALID if granted else None
    audit.record("identity:grant" if granted else "identity:refuse", row, case_id=row.matter_id, reason=row.reason)
    answer = say("身份查看申请已获批准，30分钟内有效") if granted else say("身份查看申请没有获得批准")
    _tell(row, [row.asked_by_id], answer)
    return row


def _tell(row: Opening, people: Sequence[int], text: Sentence) -> None:
    """About no case: a head who decides does not see it, and a message names nothing (第30条)."""
    outbox.tell(people, kind="opening", text=text, about=f"opening:{row.id}", at=clock.now())


def in_force(matter_id: int, reader: User) -> Opening | None:
    """The opening under which `reader` may look now, granted by somebody else."""
    held = select(Opening).where(
        Opening.matter_id == matter_id, Opening.asked_by_id == reader.id, Opening.decided_by_id != reader.id,
        Opening.until > clock.now(),
    )  # fmt: skip
    return db.session().scalar(held.order_by(Opening.id.desc()).limit(1))


def latest(matter_id: int, reader: User, *, open_only: bool = False) -> Opening | None:
    """This person's latest request for the matter; `open_only`: if it waits or is in force."""
    asked = select(Opening).where(Opening.matter_id == matter_id, Opening.asked_by_id == reader.id)
    if open_only:
        asked = asked.where(_waiting() | (Opening.until > clock.now()))
    return db.session().scalar(asked.order_by(Opening.id.desc()).limit(1))


def is_waiting(row: Opening) -> bool:
    """Whether somebody can still decide it."""
    return row.decided_at is None and row.asked_at + WAITS > clock.now()


@dataclass(frozen=True)
class Request:
    """A request as whoever decides it sees it: the number of the matter, nothing of what it says."""

    id: int
    number: str
    asker: str
    asked_at: datetime
    reason: str
    own: bool
    """One's own: shown, and decided by somebody else."""


def waiting(decider: User) -> Sequence[Request]:
    """The requests that wait in the decider's unit, the oldest first."""
    rows = db.session().scalars(_of(decider).where(_waiting()).order_by(Opening.id))
    return [
        Request(row.id, row.matter.number, row.asked_by.name, row.asked_at, codes.label("reveal_reason", row.reason),
                row.asked_by_id == decider.id)
        for row in rows
    ]  # fmt: skip


def _waiting() -> ColumnElement[bool]:
    return Opening.decided_at.is_(None) & (Opening.asked_at > clock.now() - WAITS)


def _of(decider: User) -> Select[Opening]:
    """Requests about matters of the decider's own unit, as long as it is not the one that is accused.

    A head who is no restricted clerk decides about a number: the matter itself stays behind its wall.
    """
    return (
        select(Opening)
        .join(Matter, Matter.id == Opening.matter_id)
        .where(Case.office_id == decider.unit_id, Case.sealed, not_(walled_off(decider)))
        .options(joinedload(Opening.matter), joinedload(Opening.asked_by).lazyload(User.held))
    )
