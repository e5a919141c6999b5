"""Drafts: a registration being typed is on the server within seconds, and gone once it is registered.

What is typed lies locked; only the one who types it has it opened again, so nobody's look has to be recorded.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, select

from petitions import clock, db
from petitions.access import vault
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.checks import tidy_line
from petitions.cases.handover import Drawer
from petitions.intake.form import Typed, is_worth_keeping
from petitions.intake.models import Draft, place_of
from petitions.matters.consistency import is_confidential
from petitions.matters.models import Petition
from petitions.words import Refused, say

LISTED = 20
"""Drafts of one person that are shown; a desk with more has other problems."""

_TITLE = 30


@dataclass(frozen=True)
class Typing:
    """One's own draft, opened."""

    submission: str
    data: Typed
    saved_at: datetime

    @property
    def title(self) -> str:
        """What it is called in the list: who and what, as far as it is known."""
        return _title(self.data)


def save(user: User, submission: str, values: Typed) -> Draft | None:
    """Keep what is typed under the form's id; None when there is nothing (any more) to keep.

    A form that has become a petition stays gone, however late its last draft arrives. Raises Refused when the id
    belongs to somebody else.
    """
    if not is_worth_keeping(values) or _is_registered(submission):
        discard(user, submission)
        return None
    key_id, told = vault.lock({"typed": json.dumps(values, ensure_ascii=False)}, place_of(submission))
    row: dict[str, Any] = {"key_id": key_id, "told": told, "saved_at": clock.now()}
    write = (
        db.insert(Draft)
        .values(user_id=user.id, submission=submission, **row)
        .on_conflict_do_update(index_elements=["submission"], set_=row, where=Draft.user_id == user.id)
        .returning(Draft)
    )
    kept: Draft | None = db.session().scalar(write, execution_options={"populate_existing": True})
    if kept is None:
        raise Refused(say("这张登记表正由他人填写。重新打开“登记”再填写"))
    return kept


def find(user: User, submission: str) -> Typing | None:
    """One's own draft, if it is still there."""
    row = db.session().scalar(_own(user).where(Draft.submission == submission))
    return _opened(row) if row is not None else None


def mine(user: User, but: str = "") -> Sequence[Typing]:
    """One's own drafts, the latest first, without the one that is open."""
    query = _own(user).where(Draft.submission != but).order_by(Draft.saved_at.desc(), Draft.id.desc())
    return [_opened(row) for row in db.session().scalars(query.limit(LISTED))]


def _opened(row: Draft) -> Typing:
    return Typing(row.submission, json.loads(vault.unlock(row.key_id, row.told, row.place)["typed"]), row.saved_at)


def discard(user: User, submission: str) -> bool:
    """Throw one's own draft away; whether there was one."""
    gone = delete(Draft).where(Draft.user_id == user.id, Draft.submission == submission).returning(Draft.id)
    return db.session().scalar(gone) is not None


def settle(user: User, submission: str) -> None:
    """The form has become a petition: its draft goes with the same transaction.

    A draft that was on its way at that very moment may still land after it. Such rows are never listed, and the next
    registration of the same person sweeps them up: they hold somebody's name and telephone.
    """
    discard(user, submission)
    done = exists().where(Petition.submission == Draft.submission)
    db.session().execute(delete(Draft).where(Draft.user_id == user.id, done), execution_options=_WITHOUT_SYNC)


_WITHOUT_SYNC = {"synchronize_session": False}


def _own(user: User) -> Select[Draft]:
    done = exists().where(Petition.submission == Draft.submission)
    return select(Draft).where(Draft.user_id == user.id, ~done)


def _is_registered(submission: str) -> bool:
    return db.session().scalar(select(Petition.id).where(Petition.submission == submission)) is not None


def _title(values: Typed) -> str:
    """What a draft is called in the list: who and what, as far as it is known."""
    parts = (
        values.get("name") or (say("未署名") if values.get("unsigned") else ""),
        values.get("title") or values.get("text"),
    )
    words = " ".join(tidy_line(str(part))[:_TITLE] for part in parts if part)
    return words or str(values.get("phone") or say("未填写姓名"))


def _count(person: User) -> int:
    return db.session().scalar(select(func.count()).select_from(_own(person).subquery())) or 0


def _pass_on(person: User, taker: User) -> int:
    """第30条: what begins as an accusation goes to nobody but another of the restricted desk."""
    at_the_desk, moved = Role.RESTRICTED_CLERK in taker.roles, 0
    for draft in db.session().scalars(_own(person)).all():
        if at_the_desk or not is_confidential(str(_opened(draft).data.get("purpose") or "")):
            draft.user_id = taker.id
            moved += 1
    db.session().flush()
    return moved


DRAWER = Drawer(say("没有登记完的草稿"), _count, _pass_on)
