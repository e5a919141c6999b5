"""第57条: after a leak, everybody who has learnt anything of these cases, complete, from the audit alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select

from petitions import db
from petitions.access.audit import AuditEntry
from petitions.access.models import Unit, User
from petitions.cases.audit_list import label_of
from petitions.cases.models import Case
from petitions.words import Sentence

_AT_ONCE = 500
"""Cases asked for in one query: databases limit how many values one may name."""


@dataclass
class Onlooker:
    """One person, and what they did on one case."""

    person: str
    unit: str
    """The unit they worked for then."""
    number: str
    first: datetime
    last: datetime
    acts: dict[str, int] = field(default_factory=dict)
    """How often each act."""
    addresses: set[str] = field(default_factory=set)
    """From which machines."""

    @property
    def words(self) -> list[tuple[Sentence, int]]:
        """The acts as they are called, the most frequent first."""
        return [(label_of(act), count) for act, count in sorted(self.acts.items(), key=lambda one: (-one[1], one[0]))]


def who_saw(case_ids: Collection[int]) -> Sequence[Onlooker]:
    """Who saw, printed, downloaded or worked on these cases, the latest first; an attempt that was refused saw nothing.

    Whoever acts on a case has it before their eyes, so every act counts, not only looking.
    """
    found: dict[tuple[int, int, int], Onlooker] = {}
    ids = sorted(case_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for row, person, unit in db.session().execute(_rows().where(AuditEntry.case_id.in_(some))).yield_per(1000):
            _note(found, row.case_id or 0, row, person, unit)
    # A printed list is one line of the audit for all its cases.
    for row, person, unit in db.session().execute(_rows().where(AuditEntry.act == "list:print")).yield_per(1000):
        for case_id in set(case_ids).intersection(row.after.get("cases", ())):
            _note(found, case_id, row, person, unit)
    numbers = dict(
        db.session().execute(select(Case.id, Case.number).where(Case.id.in_({key[0] for key in found}))).all()
    )
    for (case_id, _, _), one in found.items():
        one.number = numbers[case_id]
    return sorted(found.values(), key=lambda one: (one.last, one.number, one.person), reverse=True)


def _rows() -> Select[AuditEntry, str, str]:
    who = select(AuditEntry, User.name, Unit.name).join(User, User.id == AuditEntry.actor_id)
    who = who.outerjoin(Unit, Unit.id == AuditEntry.unit_id)
    return who.where(AuditEntry.outcome == "done").order_by(AuditEntry.id)


def _note(
    found: dict[tuple[int, int, int], Onlooker], case_id: int, row: AuditEntry, person: str, unit: str | None
) -> None:
    key = (case_id, row.actor_id or 0, row.unit_id or 0)
    one = found.setdefault(key, Onlooker(person, unit or "", "", row.at, row.at))
    one.first, one.last = min(one.first, row.at), max(one.last, row.at)
    one.acts[row.act] = one.acts.get(row.act, 0) + 1
    if row.address:
        one.addresses.add(row.address)


def numbered(number: str) -> list[int]:
    """The cases with exactly this number, in whichever office (numbers are given by each)."""
    return list(db.session().scalars(select(Case.id).where(Case.number == number.strip().upper())))
