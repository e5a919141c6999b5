"""知情名单 on the page of an accusation: who may see it by name, whom it accuses, and who had seen it before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from petitions import db
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases import queries
from petitions.cases.models import Case, CaseReader
from petitions.cases.panels import Panel, Place
from petitions.cases.who_saw import who_saw
from petitions.matters.models import Matter
from petitions.words import say


@dataclass(frozen=True)
class Named:
    """One line of the list."""

    name: str
    unit: str
    since: str
    sees: bool
    """Still at the desk or the discipline body: whoever left either sees nothing more."""


def readers_of(case: Case, user: User) -> Panel | None:  # noqa: ARG001
    """Who may see it."""
    if not isinstance(case, Matter) or not case.sealed:
        return None
    rows = db.session().scalars(
        select(CaseReader)
        .where(CaseReader.case_id == case.id, CaseReader.dismissed_at.is_(None))
        .options(joinedload(CaseReader.user))
        .order_by(CaseReader.id)
    ).all()  # fmt: skip
    able = queries.among_viewers(case.id, {row.user_id for row in rows})
    named = [
        Named(row.user.name, row.user.unit.name, row.admitted_at.date().isoformat(), row.user_id in able)
        for row in rows
    ]
    return Panel(
        say("知情名单"), "matters/_readers.html", Place.SIDE, "readers", {"rows": named, "accused": _accused(case)}
    )


def seen_before(case: Case, user: User) -> Panel | None:
    """已被以下人员看过: for the restricted desk, of a matter that was an ordinary one before."""
    if not isinstance(case, Matter) or not case.sealed or not may(user, "case:keep_readers", case):
        return None
    moment = sealed_at(case.id)
    if moment is None:
        return None
    early = [one for one in who_saw([case.id]) if one.first < moment]
    return Panel(
        say("保密前已被以下人员看过"), "matters/_seen.html", Place.MAIN, "seen", {"rows": early, "moment": moment}
    )


def sealed_at(case_id: int) -> datetime | None:
    """When the case became an accusation after it had been an ordinary one; None where it came as one."""
    became = select(AuditEntry.at).where(AuditEntry.case_id == case_id, AuditEntry.act == "case:seal")
    return db.session().scalar(became.order_by(AuditEntry.id.desc()).limit(1))


def _accused(matter: Matter) -> Sequence[str]:
    people = dict(
        db.session().execute(
            select(User.id, User.name).where(User.id.in_([row.user_id for row in matter.respondents if row.user_id]))
        ).all()
    )  # fmt: skip
    units = {row.unit_id: row.unit.name for row in matter.respondents if row.unit is not None}
    return [
        say("{said}（账号：{person}）", said=row.name, person=people[row.user_id]) if row.user_id in people
        else say("{said}（单位：{unit}）", said=row.name, unit=units[row.unit_id]) if row.unit_id in units
        else row.name
        for row in matter.respondents
    ]  # fmt: skip
