"""检举控告 (第30条): what happens to a matter that is one, and who stays outside its wall."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlalchemy.orm import aliased

from petitions import db
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases import codes, parts, search
from petitions.cases.kinds import Act, Effect
from petitions.cases.models import Case
from petitions.matters import who
from petitions.matters.course import matter_of
from petitions.matters.dispatching import end
from petitions.matters.lists import units_in_force
from petitions.matters.models import Matter, Respondent
from petitions.notices.models import Notice
from petitions.words import Sentence, say

_NATURE = "accusation"


def is_sealing(nature: str) -> bool:
    """Whether matters of this nature are kept behind the wall."""
    chosen = codes.entry("nature", nature)
    return bool(chosen and chosen.extra.get("confidential"))


def why_not_kept(unit_id: int, accused: Iterable[int | None]) -> Sentence | None:
    """Why the unit may not keep an accusation against these units, or could not: nobody there would see it."""
    if not _with_those_above(unit_id).isdisjoint(accused):
        return say(
            "被检举的是本单位或者本单位的上级，此件不能由本单位登记办理（第30条）。请信访人直接向纪检监察机关提出"
        )
    if not db.session().scalar(select(_desk(unit_id).exists())):
        return say(
            "本单位没有受限岗人员，检举控告登记后没有人能看到。先请管理员指定受限岗人员，或者请信访人向纪检监察机关提出"
        )
    return None


def not_accused(user: User) -> ColumnElement[bool]:
    """第30条第三款: nobody of the accused unit or of a unit under it sees the accusation, whatever their role."""
    accused = aliased(Respondent)
    theirs = exists().where(accused.matter_id == Case.id, accused.unit_id.in_(_with_those_above(user.unit_id)))
    return ~theirs


def seal(act: Act) -> None:
    """From now on an accusation. Every unit leaves with this transaction, and what it was told and has not read goes."""
    _seal(matter_of(act), _NATURE, act)


def reseal(act: Act, nature: str) -> None:
    """Follow a classification: close the wall round the matter, or open it again where it was no accusation."""
    matter = matter_of(act)
    if not is_sealing(nature):
        for one in _with_joined(matter) if matter.sealed else ():
            one.sealed = False
            who.unseal(one)
            search.index(one.id)
    elif not matter.sealed:
        _seal(matter, nature, act)


def _seal(matter: Matter, nature: str, act: Act) -> None:
    """The matters joined to this one are its repeats: they say the same of the same people."""
    for one in _with_joined(matter):
        for row in one.dispatches:
            if row.ended_at is None:
                end(row, act)
        for part in list(one.parts):
            parts.leave(one, part.unit_id, act.on)
        one.unit_id, one.sender_id, one.handler_id = one.office_id, None, None
        one.taken_by_id = one.taken_until = None
        one.sealed, one.nature = True, nature
        who.seal(one)
        search.index(one.id)
        _retract(one)


def _with_joined(matter: Matter) -> list[Matter]:
    found, waiting = [matter], [matter]
    while waiting:
        joined = db.session().scalars(select(Matter).where(Matter.joined_to_id == waiting.pop().id)).all()
        found += joined
        waiting += joined
    return found


def _retract(matter: Matter) -> None:
    db.session().execute(
        delete(Notice).where(
            Notice.case_id == matter.id, Notice.read_at.is_(None), Notice.recipient_id.not_in(_desk(matter.office_id))
        )
    )


def _desk(unit_id: int) -> Select[int]:
    holds = exists().where(UserRole.user_id == User.id, UserRole.role == Role.RESTRICTED_CLERK.value)
    return select(User.id).where(User.unit_id == unit_id, User.active, holds)


def _with_those_above(unit_id: int) -> set[int]:
    above = {unit.id: unit.parent_id for unit in units_in_force()}
    found = set[int]()
    here: int | None = unit_id
    while here is not None:
        found.add(here)
        here = above.get(here)
    return found


SEALING: dict[str, Effect] = {"seal": seal}
