"""Whatever a matter keeps about a person: the one place that finds it by what is typed, and takes it out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, false, or_, select, update

from petitions import clock, db
from petitions.cases import checks
from petitions.matters import who
from petitions.matters.identities import Identity
from petitions.matters.models import Matter, Petition, Petitioner

_BLANK: dict[str, Any] = {"name": "", "initials": "", "region": "", "details": {}}
"""Everything of a petitioner's row but whose it is and in which part."""

_UNSEEN = {"synchronize_session": False}


def forget(matter_id: int, petition_ids: Sequence[int]) -> None:
    """Take out who the people of these petitions (and of the matter itself) were; how many they were stays."""
    theirs = or_(Petitioner.matter_id == matter_id, Petitioner.petition_id.in_(petition_ids))
    locked = delete(Identity).where(Identity.petitioner_id.in_(select(Petitioner.id).where(theirs)))
    db.session().execute(locked, execution_options=_UNSEEN)
    db.session().execute(update(Petitioner).where(theirs).values(_BLANK), execution_options=_UNSEEN)


def of_person(phone: str = "", id_number: str = "") -> Select[int]:
    """The numbers of the petitioners with exactly this telephone or identity number, whoever's matters they are in.

    As typed at a counter. What is no whole telephone or identity number finds nobody: by parts one could guess the
    rest.
    """
    known = who.marks(phone=_whole(checks.phone, phone), id_number=_whole(_identity, id_number))
    ways = []
    if known.phone:
        ways.append(Identity.phone_mark.in_(known.phone))
    if known.id_number:
        ways.append(Identity.id_number_mark.in_(known.id_number))
    return select(Identity.petitioner_id).where(or_(*ways) if ways else false())


def matters_of(phone: str = "", id_number: str = "") -> set[int]:
    """The numbers of the matters that hold something of this person, also where their petition was first registered."""
    theirs = of_person(phone, id_number)
    brought = select(Petition.opened_matter_id).join(Petitioner).where(
        Petitioner.id.in_(theirs), Petition.opened_matter_id.is_not(None)
    )  # fmt: skip
    own = select(Petitioner.matter_id).where(Petitioner.id.in_(theirs))
    return set(db.session().scalars(select(Matter.id).where(or_(Matter.id.in_(own), Matter.id.in_(brought)))))


def _whole(read: Any, typed: str) -> str:
    try:
        return str(read(typed)) if typed else ""
    except checks.Unreadable:
        return ""


def _identity(typed: str) -> str:
    return checks.id_number(typed, clock.today())
