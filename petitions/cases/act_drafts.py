"""Drafts of acts: what was typed survives a closed window, a lost login and a killed server (ux.md H4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.fields import Kind
from petitions.cases.kinds import CaseKind
from petitions.cases.models import ActDraft, Case
from petitions.cases.queries import sees
from petitions.flow import Action


def is_kept(kind: CaseKind, row: Action) -> bool:
    """Whether the form of an act is long enough for a draft: it asks for a text.

    Where it asks who somebody is, nothing is kept: that lies in the vault and nowhere else.
    """
    asked = {kind.fields[name].kind for name in row.fields}
    return Kind.LONG in asked and not asked & {Kind.PHONE, Kind.ID_NUMBER}


def keep(case: Case, action: str, user: User, typed: Mapping[str, Any]) -> datetime:
    """Remember what `user` has typed into the form of `action`, over what was remembered; when."""
    now = clock.now()
    values = {"data": dict(typed), "saved_at": now}
    row = db.insert(ActDraft).values(case_id=case.id, user_id=user.id, action=action, **values)
    db.session().execute(row.on_conflict_do_update(index_elements=["case_id", "user_id", "action"], set_=values))
    return now


def find(case: Case, action: str, user: User) -> ActDraft | None:
    """What this person has typed into this form and not sent."""
    wanted = select(ActDraft).where(ActDraft.case_id == case.id, ActDraft.user_id == user.id, ActDraft.action == action)
    return db.session().scalar(wanted)


def drop(case: Case, action: str, user: User) -> None:
    """The act is done, or the text is not wanted any more."""
    db.session().execute(
        delete(ActDraft).where(ActDraft.case_id == case.id, ActDraft.user_id == user.id, ActDraft.action == action)
    )


def count(person: User) -> int:
    """How many forms this person has begun and not sent."""
    return db.session().scalar(select(func.count()).where(ActDraft.user_id == person.id)) or 0


def pass_on(person: User, taker: User) -> int:
    """Give what a person has begun to a colleague: where they see the case, and have not begun the same themselves."""
    begun = {(one.case_id, one.action) for one in _all(taker)}
    moved = 0
    for draft in _all(person):
        if (draft.case_id, draft.action) not in begun and sees(draft.case_id, taker):
            draft.user_id = taker.id
            moved += 1
    db.session().flush()
    return moved


def _all(person: User) -> Sequence[ActDraft]:
    return db.session().scalars(select(ActDraft).where(ActDraft.user_id == person.id)).all()
