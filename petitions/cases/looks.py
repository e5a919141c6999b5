"""Who has seen a case: from the audit, for whoever answers for it when it turns out to be an accusation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from petitions import db
from petitions.access.audit import AuditEntry
from petitions.access.models import Unit, User
from petitions.cases.audit_list import SEEING, label_of
from petitions.cases.models import Case
from petitions.words import Sentence, say

WORKED = say("办理")
PRINTED = say("打印清单")


@dataclass(frozen=True)
class Look:
    """What one person did with a case."""

    name: str
    unit: str
    """Where they worked when they did it last."""
    ways: Sequence[Sentence]
    """Looked, printed, downloaded, saw who asks, worked on it."""
    first: datetime
    last: datetime
    early: bool
    """The first time was before the case was sealed."""


def sealed_at(case_id: int) -> datetime | None:
    """When the case became an accusation after it had been an ordinary one; None where it came as one."""
    became = select(AuditEntry.at).where(AuditEntry.case_id == case_id, AuditEntry.act == "case:seal")
    return db.session().scalar(became.order_by(AuditEntry.id.desc()).limit(1))


def who_saw(case: Case) -> list[Look]:
    """Everybody who saw it, whoever saw it last first; three queries, and one for lists that were printed."""
    rows = list(
        db.session().execute(
            select(AuditEntry.actor_id, AuditEntry.unit_id, AuditEntry.act, AuditEntry.at)
            .where(
                AuditEntry.case_id == case.id, AuditEntry.outcome == "done",
                or_(AuditEntry.act.in_(SEEING), AuditEntry.act.startswith(f"{case.kind}:", autoescape=True)),
            )
            .order_by(AuditEntry.id)
        )
    )  # fmt: skip
    moment, found = sealed_at(case.id), dict[int, list[tuple[int | None, str, datetime]]]()
    for actor_id, unit_id, act, at in [*rows, *_printed(case)]:
        if actor_id is not None:
            found.setdefault(actor_id, []).append((unit_id, act, at))
    people = dict(db.session().execute(select(User.id, User.name).where(User.id.in_(found))).all())
    wanted = {unit_id for looks in found.values() for unit_id, _, _ in looks if unit_id is not None}
    units = dict(db.session().execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted))).all())
    looks = [_look(people[actor_id], seen, units, moment) for actor_id, seen in found.items()]
    return sorted(looks, key=lambda look: look.last, reverse=True)


def _look(
    name: str, seen: Sequence[tuple[int | None, str, datetime]], units: dict[int, str], moment: datetime | None
) -> Look:
    ordered = sorted(seen, key=lambda one: one[2])
    ways = dict.fromkeys(_way(act) for _, act, _ in ordered)
    first, last = ordered[0][2], ordered[-1][2]
    return Look(
        name, units.get(ordered[-1][0] or 0, ""), list(ways), first, last, moment is not None and first < moment
    )


def _way(act: str) -> Sentence:
    return label_of(act) if act in SEEING else PRINTED if act == "list:print" else WORKED


def _printed(case: Case) -> list[tuple[int | None, int | None, str, datetime]]:
    """Printed lists name their cases in the line itself."""
    rows = db.session().execute(
        select(AuditEntry.actor_id, AuditEntry.unit_id, AuditEntry.act, AuditEntry.at, AuditEntry.after).where(
            AuditEntry.act == "list:print", AuditEntry.at >= case.opened_at
        )
    )
    return [(actor, unit, act, at) for actor, unit, act, at, after in rows if case.id in after.get("cases", ())]
