"""鉴定处置: drawing up a list of what is due, deciding it, and working it through."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import audit, past
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases.disposal import KEEPING, Disposal, DisposalCase
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.cases.queries import visible_to
from petitions.db import Database
from petitions.matters.models import Matter
from petitions.matters.retention import due, is_archived
from petitions.privacy import destruction
from petitions.words import NotPermitted, Refusal, Refused, Sentence, say

AT_MOST = 2000
"""Cases of one list: as many as somebody who answers for it can still look through in a day."""

CHUNK = 50
"""Cases anonymised in one transaction: about a second, so that a clerk's click waits unnoticed."""

STATES = {
    "asked": say("待批准"),
    "approved": say("已批准，待执行"),
    "refused": say("未批准"),
    "done": say("已执行"),
}

RESULTS = {"done": say("已匿名化"), "kept": say("保留")}

EARLY = {
    "47-1": say("处理目的已实现或不再必要（第47条第一项）"),
    "47-4": say("处理个人信息违反法律法规（第47条第四项）"),
}
"""On which a person may have their data deleted before the term is over (个人信息保护法)."""

GROUNDS = {"term": say("保管期满"), **EARLY}


@dataclass(frozen=True)
class Worked:
    """What a run has done."""

    done: int = 0
    kept: int = 0
    """Cases of approved lists that were held or changed meanwhile."""


def due_now(user: User, changed: Mapping[str, int]) -> list[Case]:
    """The dry run: what a list of this person would hold today, matters first, then the other kinds of case, of each the
    longest closed first. Nothing is written."""
    found: list[Case] = list(db.session().scalars(due(user, clock.today(), changed).limit(AT_MOST)))
    for keeping in KEEPING.values():
        found += db.session().scalars(keeping.due(user, clock.today()).limit(AT_MOST - len(found)))
    return found


def ask(user: User, changed: Mapping[str, int]) -> Disposal:
    """Draw up a list of everything that is due. Raises NotPermitted, or Refused when nothing is."""
    return _asked(user, "term", [case.id for case in due_now(user, changed)])


def ask_for(user: User, ground: str, matters: Sequence[Matter]) -> Disposal:
    """A list of matters whose people have to be deleted on their own request, before the term is over.

    `ground` is the item of 第47条. Raises Refused for a matter that is not archived or stands on a list already.
    """
    open_ones = [one.number for one in matters if not is_archived(one)]
    if open_ones:
        raise Refused(say("{numbers}还没有归档，归档后才能删除", numbers="、".join(open_ones)))
    return _asked(user, ground, [matter.id for matter in matters])


def _asked(user: User, ground: str, case_ids: Sequence[int]) -> Disposal:
    if not may(user, "disposal:ask"):
        raise NotPermitted(say("你不能提出处置清单"))
    if not case_ids:
        raise Refused(say("没有到期的件"))
    waiting = select(DisposalCase.id).join(Disposal).where(
        DisposalCase.case_id.in_(case_ids), Disposal.state.in_(("asked", "approved"))
    )  # fmt: skip
    if db.session().scalar(waiting.limit(1)) is not None:
        raise Refused(say("其中有的件已列入另一份没有办完的处置清单"))
    made = Disposal(office_id=user.unit_id, ground=ground, asked_by_id=user.id, asked_at=clock.now())
    made.cases = [DisposalCase(case_id=case_id) for case_id in case_ids]
    cases = db.session().scalars(select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)).unique().all()
    made.register = destruction.text_of(GROUNDS[ground], user.unit, cases, db.retention_years(), clock.today())
    made.register_sha256 = destruction.digest_of(made.register)
    db.session().add(made)
    signed = {"cases": len(case_ids), "ground": ground, "register": made.register_sha256}
    audit.record("disposal:ask", made, after=signed, actor=user)
    db.session().flush()
    return made


def lists(user: User) -> list[tuple[Disposal, int]]:
    """The lists of the person's unit and of those it came after, with how many cases each has that they may see, newest
    first."""
    seen = visible_to(user, select(func.count()).select_from(DisposalCase).join(Case, Case.id == DisposalCase.case_id))
    counted = seen.where(DisposalCase.disposal_id == Disposal.id).correlate(Disposal).scalar_subquery()
    query = select(Disposal, counted).where(Disposal.office_id.in_(past.forebears(user.unit_id)))
    query = query.options(joinedload(Disposal.asked_by), joinedload(Disposal.decided_by))
    return [(row, count) for row, count in db.session().execute(query.order_by(Disposal.id.desc()).limit(100))]


def waiting_for(user: User) -> Select[int]:
    """The lists that wait for this person's signature: none that they asked for themselves."""
    ours = Disposal.office_id.in_(past.forebears(user.unit_id))
    return select(Disposal.id).where(ours, Disposal.state == "asked", Disposal.asked_by_id != user.id)


def find(disposal_id: int, user: User) -> Disposal | None:
    """A list of the person's own unit, or of one it came after."""
    found = db.session().get(Disposal, disposal_id)
    return found if found is not None and found.office_id in past.forebears(user.unit_id) else None


def cases_of(disposal: Disposal, user: User) -> list[tuple[DisposalCase, Case]]:
    """The cases of a list that this person may see, with what became of each."""
    query = select(DisposalCase, Case).join(Case, Case.id == DisposalCase.case_id)
    query = query.where(DisposalCase.disposal_id == disposal.id).order_by(DisposalCase.id)
    return [(row, case) for row, case in db.session().execute(visible_to(user, query))]


def decide(disposal: Disposal, user: User, *, approved: bool, note: str = "") -> None:
    """Approve or refuse a list. Raises NotPermitted, or Refused: who asked never approves, and answers for what they see."""
    if not may(user, "disposal:approve"):
        raise NotPermitted(say("处置清单由本单位负责人批准"))
    reason = why_not_decided(disposal, user)
    if reason:
        audit.refused("disposal:approve", Refused(reason), disposal, actor=user)
        raise Refused(reason)
    disposal.state = "approved" if approved else "refused"
    disposal.decided_by_id, disposal.decided_at, disposal.note = user.id, clock.now(), note
    act = "disposal:approve" if approved else "disposal:refuse"
    signed = {"cases": len(disposal.cases), "register": disposal.register_sha256}
    audit.record(act, disposal, after=signed, actor=user)


def why_not_decided(disposal: Disposal, user: User) -> Sentence | None:
    """Why this person cannot decide the list, or None."""
    if disposal.state != "asked":
        return say("这份清单已经办过了")
    if disposal.asked_by_id == user.id:
        return say("提出的人不能批准，请由另一位负责人批准")
    if len(cases_of(disposal, user)) < len(disposal.cases):
        return say("清单里有你不能查看的件，请由能查看全部的负责人批准")
    return destruction.why_not_whole(disposal)


def work_off(database: Database, progress: Callable[[int, int], None] | None = None) -> Worked:
    """Anonymise every case of every approved list, some in each transaction, on behalf of whoever approved it.

    A case that may not be (it was held meanwhile, the approver has left) is kept and says why. A run that was cut off
    goes on where it stopped.
    """
    with database.work(write=False) as reading:
        waiting = select(DisposalCase.id).join(Disposal).where(Disposal.state == "approved", DisposalCase.result == "")
        ids = list(reading.scalars(waiting.order_by(DisposalCase.id)))
    done = kept = 0
    for start in range(0, len(ids), CHUNK):
        with database.work() as writing:
            chunk = select(DisposalCase).where(DisposalCase.id.in_(ids[start : start + CHUNK]))
            for row in writing.scalars(chunk.order_by(DisposalCase.id)).all():
                done, kept = (done + 1, kept) if _worked(row) else (done, kept + 1)
        if progress:
            progress(min(start + CHUNK, len(ids)), len(ids))
    with database.work() as writing:
        left = exists().where(DisposalCase.disposal_id == Disposal.id, DisposalCase.result == "")
        for disposal in writing.scalars(select(Disposal).where(Disposal.state == "approved", ~left)).all():
            disposal.state, disposal.done_at = "done", clock.now()
    return Worked(done, kept)


def _worked(row: DisposalCase) -> bool:
    approver = row.disposal.decided_by
    assert approver is not None  # an approved list has been decided
    if row.result:  # another run was quicker
        return row.result == "done"
    try:
        perform(row.case, "dispose", {}, approver)
    except Refusal as refusal:
        row.result, row.reason = "kept", refusal.sentence
        return False
    row.result = "done"
    return True
