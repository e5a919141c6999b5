"""Drafts of acts: what was typed survives a closed window, a lost login and a killed server (ux.md H4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.fields import Kind
from petitions.cases.kinds import CaseKind
from petitions.cases.models import ActDraft, Case
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
